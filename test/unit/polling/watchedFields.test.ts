import { describe, expect, test } from '@jest/globals';
import {
	EVENT_TYPE,
	hashOfEvent,
	valuesHash,
	watchedValues,
} from '../../../nodes/SignicatAuditTrigger/polling/watchedFields';
import { haveSameFields, stateKey } from '../../../nodes/SignicatAuditTrigger/state/stateKey';

describe('valuesHash', () => {
	test('takes names that are nested however deeply', () => {
		const levels = 10_000;
		const deep: unknown = JSON.parse('['.repeat(levels) + ']'.repeat(levels));
		expect(valuesHash([deep, 'login'])).not.toBe(valuesHash([[deep], 'login']));
	});

	test('takes a missing name for null', () => {
		expect(valuesHash([undefined, undefined])).toBe(valuesHash([null, null]));
		expect(valuesHash(['Broker', undefined])).toBe(valuesHash(['Broker', null]));
	});

	test.each([
		['the same event type of two services', ['a', 'x'], ['b', 'x']],
		['names that are the same when put together', ['ab', 'c'], ['a', 'bc']],
		['names that change places', ['a', 'b'], ['b', 'a']],
		['no name and the word null', ['a', null], ['a', 'null']],
		['no name and an empty one', [null, 'a'], ['', 'a']],
		['a number and its text', [42, 'a'], ['42', 'a']],
		['a list and its text', [['x'], 'a'], ['["x"]', 'a']],
	])('tells %s apart', (_what, [service, type], [otherService, otherType]) => {
		expect(valuesHash([service, type])).not.toBe(valuesHash([otherService, otherType]));
	});
});

describe('the values of watched fields', () => {
	const watched = { names: ['userId', 'Idp', 'data.result'], countsMissing: false };
	const event = (fields: object) => ({ cursor: 'c', timestamp: 'soon', ...fields });

	test('are those of fields, properties and paths, in their order', () => {
		expect(
			watchedValues(
				event({ userId: 'u', indexedData: { Idp: 'nbid' }, data: { result: false } }),
				watched,
			),
		).toEqual(['u', 'nbid', false]);
	});

	test('are null where an event lacks one', () => {
		expect(watchedValues(event({ indexedData: { Idp: 'nbid' }, userId: null }), watched)).toEqual([
			null,
			'nbid',
			null,
		]);
	});

	test('are nothing where an event lacks all, except for an event type', () => {
		expect(watchedValues(event({ userId: null }), watched)).toBeUndefined();
		expect(hashOfEvent(event({}), watched)).toBeUndefined();
		expect(watchedValues(event({}), EVENT_TYPE)).toEqual([null, null]);
		expect(hashOfEvent(event({}), EVENT_TYPE)).toBe(valuesHash([null, null]));
	});
});

describe('the key of a state', () => {
	test('changes with the settings and with the fields', () => {
		const keys = [
			stateKey(['a'], undefined),
			stateKey(['b'], undefined),
			stateKey(['a'], ['userId']),
			stateKey(['b'], ['userId']),
			stateKey(['a'], ['ipAddress']),
			stateKey(['a'], ['userId', 'ipAddress']),
			stateKey(['a'], ['userId,ipAddress']),
		];
		expect(new Set(keys).size).toBe(keys.length);
	});

	test('tells whether the values of another state are of the same fields', () => {
		const key = stateKey(['a'], ['userId']);
		expect(haveSameFields(stateKey(['b'], ['userId']), key)).toBe(true);
		expect(haveSameFields(stateKey(['a'], ['ipAddress']), key)).toBe(false);
		expect(haveSameFields(stateKey(['a'], undefined), key)).toBe(false);
		expect(haveSameFields('', key)).toBe(false);
	});
});
