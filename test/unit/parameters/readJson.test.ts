import { describe, expect, test } from '@jest/globals';
import { DateTime } from 'luxon';
import { readJson } from '../../../nodes/shared/parameters/readJson';

const MOMENT = '2026-11-01T12:00:00.000Z';

describe('a JSON value', () => {
	test.each([new Date(MOMENT), DateTime.fromISO(MOMENT)])(
		'may contain a date and time: %p',
		(time) => {
			expect(readJson('Value', { times: [time] })).toEqual({ times: [MOMENT] });
		},
	);

	test.each([new Date(NaN), DateTime.invalid('of a test')])('has no invalid date: %p', (time) => {
		expect(() => readJson('Value', [time])).toThrow('contains an invalid date');
	});

	test('has at most 20,000 values, those that contain others included', () => {
		const list = (length: number) => Array.from({ length }, () => 0);
		expect(readJson('Value', list(19_999))).toHaveLength(19_999);
		expect(() => readJson('Value', list(20_000))).toThrow('contains too many values');
		expect(() => readJson('Value', JSON.stringify(list(20_000)))).toThrow('too many values');
	});
});
