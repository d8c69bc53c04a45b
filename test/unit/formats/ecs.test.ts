import { describe, expect, test } from '@jest/globals';
import { isIP } from 'node:net';
import fc from 'fast-check';
import { ecsDocument } from '../../../nodes/shared/formats/ecs';
import { DEFAULT_OUTCOME_RULE } from '../../../nodes/shared/formats/outcome';
import { parseJson } from '../../../nodes/shared/model/json';
import type { AuditEvent } from '../../../nodes/shared/model/event';
import { BARE_EVENT, FULL_EVENT, oddEvent } from '../../support/auditEvents';
import { runs } from '../../support/seed';
import schema from '../../support/schemas/ecs.json';

const outcome = { ...DEFAULT_OUTCOME_RULE, property: 'Result' };
const documentOf = (event: AuditEvent) => ecsDocument(event, { outcome });

interface Field {
	type: string;
	allowed?: string[];
}

const FIELDS = schema.fields as Record<string, Field>;

/** The fields of a document by their dotted names, without what the schema leaves to the source. */
function fieldsIn(document: object, prefix = ''): Array<[string, unknown]> {
	return Object.entries(document).flatMap(([key, value]): Array<[string, unknown]> => {
		const name = prefix + key;
		if (name === 'signicat' || name === 'labels') return [];
		const isObject = typeof value === 'object' && value !== null && !(name in FIELDS);
		return isObject ? fieldsIn(value as object, `${name}.`) : [[name, value]];
	});
}

function expectValid(document: Record<string, unknown>): void {
	for (const [name, value] of fieldsIn(document)) {
		const field = FIELDS[name];
		expect([name, field]).toEqual([name, expect.anything()]);
		expect([name, typeof value]).toEqual([name, 'string']);
		if (field?.allowed) expect(field.allowed).toContain(value);
		if (field?.type === 'ip') expect(isIP(String(value))).not.toBe(0);
		if (field?.type === 'date') expect(Date.parse(String(value))).not.toBeNaN();
	}
	for (const [name, value] of Object.entries(document.labels ?? {})) {
		expect(name).toMatch(/^[^.]*\S[^.]*$/u);
		expect(typeof value).toBe('string');
	}
}

describe('an event as an ECS document', () => {
	test('has each field where the schema has a place for it, and the rest under signicat.audit', () => {
		expect(documentOf(FULL_EVENT)).toEqual({
			'@timestamp': '2026-11-01T12:00:00.1234567Z',
			ecs: { version: '9.4.0' },
			message: 'Authentication completed',
			event: {
				kind: 'event',
				module: 'signicat',
				dataset: 'signicat.audit',
				provider: 'Broker',
				action: 'authn_response',
				id: 'c/1+2==',
				outcome: 'success',
			},
			user: { id: 'user-0042' },
			source: { address: '192.0.2.1', ip: '192.0.2.1' },
			trace: { id: '0af7651916cd43dd8448eb211c80319c' },
			organization: { id: 'o-test-0007' },
			labels: { Idp: 'nbid', Result: 'success' },
			signicat: {
				audit: {
					cursor: 'c/1+2==',
					accountId: 'a-test-0042',
					sandbox: true,
					messageId: 'msg-1',
					referenceId: 'ref-1',
					clientId: 'client-1',
					jwtId: 'jwt-1',
					expiresAt: '2026-12-01T00:00:00Z',
					data: { transaction: { id: 'tx-1' }, list: [1, null] },
					mayHaveMoreData: false,
				},
			},
		});
	});

	test('has nothing for what the event does not have', () => {
		expect(documentOf({ ...BARE_EVENT, message: null, userId: '', indexedData: {} })).toEqual({
			'@timestamp': '2026-11-01T12:00:00.0000000Z',
			ecs: { version: '9.4.0' },
			event: {
				kind: 'event',
				module: 'signicat',
				dataset: 'signicat.audit',
				id: 'c',
				outcome: 'unknown',
			},
			signicat: { audit: { cursor: 'c', userId: '' } },
		});
	});

	test('is valid in the version of the schema that it names, whatever the event', () => {
		expect(documentOf(FULL_EVENT)).toMatchObject({ ecs: { version: schema.version } });
		expectValid(documentOf(FULL_EVENT));
		fc.assert(
			fc.property(oddEvent, (event) => {
				expectValid(ecsDocument(event, { outcome, includeOriginal: true }));
			}),
			{ numRuns: runs(300) },
		);
	});

	test('loses no field: what it cannot place is under signicat.audit', () => {
		const odd = {
			...BARE_EVENT,
			timestamp: 'yesterday',
			eventType: { name: 'x' },
			indexedData: ['a'],
			unheardOf: 1,
		} as unknown as AuditEvent;
		const document = documentOf(odd);
		expect(document).not.toHaveProperty('@timestamp');
		expect(document.signicat).toEqual({ audit: odd });
	});

	test('keeps a field called __proto__ as a field', () => {
		const event = JSON.parse('{"cursor":"c","__proto__":{"x":1}}') as AuditEvent;
		const { signicat } = documentOf(event);
		expect(JSON.stringify(signicat)).toBe('{"audit":{"__proto__":{"x":1},"cursor":"c"}}');
	});

	test('has an address that is not an IP address as source.address only', () => {
		for (const ipAddress of ['unknown', 'fe80::1%eth0', '192.0.2.1, 198.51.100.1']) {
			expect(documentOf({ ...BARE_EVENT, ipAddress }).source).toEqual({ address: ipAddress });
		}
		const ipAddress = '2001:db8::1';
		expect(documentOf({ ...BARE_EVENT, ipAddress }).source).toEqual({
			address: ipAddress,
			ip: ipAddress,
		});
	});

	test('has properties as labels: text, with names without dots, and each of them', () => {
		const indexedData = {
			'a.b.c': 'dots',
			a_b_c: 'taken',
			' ': 'blank',
			number: 5,
			flag: false,
			nothing: null,
			list: [1],
			['__proto__']: 'proto',
		};
		const document = documentOf({ ...BARE_EVENT, indexedData } as unknown as AuditEvent);
		expect(document.labels).toEqual({
			a_b_c: 'dots',
			_: 'blank',
			number: '5',
			flag: 'false',
			list: '[1]',
			['__proto__']: 'proto',
		});
		expect(document.signicat).toEqual({
			audit: { cursor: 'c', indexedData: { a_b_c: 'taken' } },
		});
	});

	test('has the original only where asked for, with every digit', () => {
		const text = '{"cursor":"c","timestamp":"t","data":{"id":7615917337495251231,"x":1.50}}';
		const event = parseJson(text) as AuditEvent;
		expect(documentOf(event).event).not.toHaveProperty('original');
		const document = ecsDocument(event, { outcome, includeOriginal: true });
		expect(document.event).toHaveProperty('original', text);
	});

	test('is the same for the same event at any time', () => {
		expect(JSON.stringify(documentOf(FULL_EVENT))).toBe(JSON.stringify(documentOf(FULL_EVENT)));
		expect(JSON.stringify(documentOf(FULL_EVENT))).not.toContain('"created"');
	});

	test('claims no category, type or severity', () => {
		const { event } = documentOf(FULL_EVENT);
		for (const field of ['category', 'type', 'severity']) expect(event).not.toHaveProperty(field);
	});
});
