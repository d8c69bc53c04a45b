import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eventJson } from '../../../nodes/shared/formats/eventJson';
import { SIMPLIFIED_FIELDS, simplifyEvent } from '../../../nodes/shared/formats/simplify';

const FIELDS = [
	'cursor',
	'timestamp',
	'serviceName',
	'eventType',
	'message',
	'userId',
	'clientId',
	'ipAddress',
	'referenceId',
	'traceId',
];

const BARE = { cursor: 'c/1+2==', timestamp: '2026-11-01T12:00:00.1234567Z' };

const FULL = {
	unheardOf: 1,
	data: { a: 1 },
	sandbox: true,
	...Object.fromEntries([...FIELDS].reverse().map((field) => [field, `the ${field}`])),
	...BARE,
};

describe('a simplified event', () => {
	test('has the ten fields that matter most', () => {
		expect(SIMPLIFIED_FIELDS).toEqual(FIELDS);
	});

	test('holds them in their order, whatever the order in which the API sent them', () => {
		expect(Object.keys(simplifyEvent(FULL))).toEqual(FIELDS);
	});

	test('keeps every value as it came, the digits of the timestamp included', () => {
		expect(simplifyEvent(FULL)).toEqual({
			...Object.fromEntries(FIELDS.map((field) => [field, `the ${field}`])),
			...BARE,
		});
	});

	test('leaves out what is missing or null, and nothing else', () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(fc.constantFrom(...FIELDS.slice(2))),
				fc.constantFrom(null, undefined),
				(missing, nothing) => {
					const event = { ...FULL, ...Object.fromEntries(missing.map((name) => [name, nothing])) };
					expect(Object.keys(simplifyEvent(event))).toEqual(
						FIELDS.filter((field) => !missing.includes(field)),
					);
				},
			),
		);
	});

	test('keeps an empty text, which is a value', () => {
		expect(simplifyEvent({ ...BARE, message: '' })).toEqual({ ...BARE, message: '' });
	});

	test('leaves the event itself as it is', () => {
		const event = Object.freeze({ ...FULL });
		expect(simplifyEvent(event)).not.toBe(event);
		expect(event).toEqual(FULL);
	});
});

describe('eventJson', () => {
	test('gives the event exactly as the API sent it where it is not simplified', () => {
		const event = { ...BARE, message: null, data: [1, { deep: null }], unheardOf: false };
		expect(eventJson(event, false)).toEqual(event);
		expect(eventJson(event, true)).toEqual(BARE);
	});
});
