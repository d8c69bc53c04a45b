import { describe, expect, test } from '@jest/globals';
import { cefLine } from '../../../nodes/shared/formats/cef';
import { ecsDocument } from '../../../nodes/shared/formats/ecs';
import { eventJson, type Output } from '../../../nodes/shared/formats/eventJson';
import { ocsfEvent } from '../../../nodes/shared/formats/ocsf';
import type { AuditEvent } from '../../../nodes/shared/model/event';
import { BARE_EVENT, FULL_EVENT } from '../../support/auditEvents';

const OUTPUT: Output = {
	format: 'simplified',
	fields: ['Result'],
	outcome: { property: 'Result', success: ['success'], failure: [] },
	includeOriginal: false,
};
const as = (format: Output['format'], event: AuditEvent = FULL_EVENT) =>
	eventJson(event, { ...OUTPUT, format });

describe('the JSON of an event', () => {
	test('is the event itself as raw', () => {
		const event = { ...BARE_EVENT, message: null, data: [1, { deep: null }], unheardOf: false };
		expect(as('raw', event)).toBe(event);
	});

	test('has at most ten fields if simplified', () => {
		expect(Object.keys(as('simplified'))).toHaveLength(10);
	});

	test('has the selected fields and the cursor', () => {
		expect(as('selectedFields')).toEqual({ Result: 'success', cursor: FULL_EVENT.cursor });
	});

	test('is what each format makes of it', () => {
		const { outcome } = OUTPUT;
		expect(as('ecs')).toEqual(ecsDocument(FULL_EVENT, { outcome }));
		expect(as('ocsf')).toEqual(ocsfEvent(FULL_EVENT, { outcome }));
		expect(as('cef')).toEqual({ cef: cefLine(FULL_EVENT, { outcome }), cursor: FULL_EVENT.cursor });
		const missing = { timestamp: 't' } as AuditEvent;
		expect(as('cef', missing)).toEqual({ cef: cefLine(missing, { outcome }), cursor: null });
	});

	test('has the original in ECS and OCSF if asked for', () => {
		const original = JSON.stringify(FULL_EVENT);
		const withOriginal = { ...OUTPUT, includeOriginal: true };
		expect(eventJson(FULL_EVENT, { ...withOriginal, format: 'ecs' })).toHaveProperty(
			'event.original',
			original,
		);
		expect(eventJson(FULL_EVENT, { ...withOriginal, format: 'ocsf' }).raw_data).toBe(original);
	});

	test.each(['simplified', 'raw', 'selectedFields', 'ecs', 'ocsf', 'cef'] as const)(
		'contains the cursor as %s, so that Get finds the event',
		(format) => {
			expect(JSON.stringify(as(format))).toContain(FULL_EVENT.cursor);
		},
	);
});
