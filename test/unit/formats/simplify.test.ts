import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SIMPLIFIED_FIELDS, simplifyEvent } from '../../../nodes/shared/formats/simplify';
import { BARE_EVENT, FULL_EVENT } from '../../support/auditEvents';

const FIELDS = [
	'timestamp',
	'serviceName',
	'eventType',
	'message',
	'userId',
	'clientId',
	'ipAddress',
	'referenceId',
	'indexedData',
	'cursor',
];

describe('a simplified event', () => {
	test('has the ten fields that matter most', () => {
		expect(SIMPLIFIED_FIELDS).toEqual(FIELDS);
	});

	test('holds them in their order, whatever the order in which the API sent them', () => {
		expect(Object.keys(simplifyEvent(FULL_EVENT))).toEqual(FIELDS);
		const reversed = Object.fromEntries(Object.entries(FULL_EVENT).reverse());
		expect(Object.keys(simplifyEvent({ ...BARE_EVENT, ...reversed }))).toEqual(FIELDS);
	});

	test('keeps every value as it came, the digits of the timestamp included', () => {
		const simplified = simplifyEvent(FULL_EVENT);
		expect(simplified).toEqual(
			Object.fromEntries(FIELDS.map((field) => [field, (FULL_EVENT as never)[field]])),
		);
		expect(simplified.indexedData).toBe(FULL_EVENT.indexedData);
	});

	test('leaves out what is missing or null, and nothing else', () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(fc.constantFrom(...FIELDS)),
				fc.constantFrom(null, undefined),
				(missing, nothing) => {
					const event = {
						...FULL_EVENT,
						...Object.fromEntries(missing.map((name) => [name, nothing])),
					};
					expect(Object.keys(simplifyEvent(event))).toEqual(
						FIELDS.filter((field) => !missing.includes(field)),
					);
				},
			),
		);
	});

	test('keeps an empty text, which is a value', () => {
		const event = { ...BARE_EVENT, message: '' };
		expect(simplifyEvent(event)).toEqual(event);
	});

	test('leaves the event itself as it is', () => {
		const event = Object.freeze({ ...FULL_EVENT });
		expect(simplifyEvent(event)).not.toBe(event);
		expect(event).toEqual(FULL_EVENT);
	});
});
