import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatTimestamp, parseEventTime } from '../../../nodes/shared/model/instant';
import { sortableInstant, sortableTime } from '../../../nodes/shared/model/sortableTime';
import { runs } from '../../support/seed';
import { instants } from '../support/arbitraries';

const twoDigits = (max: number) =>
	fc.integer({ min: 0, max }).map((number) => String(number).padStart(2, '0'));

/** Text that looks like a timestamp: odd dates, leap seconds, offsets, any number of digits. */
const timestampLike = fc
	.tuple(
		fc.constantFrom('0099', '1900', '2000', '2023', '2024', '2026', '9998'),
		twoDigits(13),
		twoDigits(32),
		fc.constantFrom('T', 't', ' '),
		twoDigits(24),
		twoDigits(60),
		twoDigits(61),
		fc.constantFrom('', '.', '.1', '.10', '.1234567', '.123456789', '.1234567891', ',5'),
		fc.constantFrom('Z', 'Z', 'z', '', '+01:00', '-0230', '+23:59'),
	)
	.map(
		([year, month, day, t, hour, minute, second, fraction, zone]) =>
			`${year}-${month}-${day}${t}${hour}:${minute}:${second}${fraction}${zone}`,
	);

/** Close to each other, so that equal seconds and equal instants occur. */
const neighbours = fc
	.tuple(
		fc.constantFrom('2026-02-28T23:59:59', '2026-03-01T00:00:00', '2026-03-01T00:00:01'),
		fc.constantFrom('', '.1', '.10', '.1000001', '.1000000', '.123456789', '.9999999'),
		fc.constantFrom('Z', 'Z', 'z', '', '+00:00', '+01:00'),
	)
	.map((parts) => parts.join(''));

const timestamps = fc.oneof(timestampLike, neighbours, instants.map(formatTimestamp));

describe('a sortable time', () => {
	test('has the order of the instants', () => {
		fc.assert(
			fc.property(
				fc.oneof(fc.tuple(neighbours, neighbours), fc.tuple(timestamps, timestamps)),
				(pair) => {
					const [a, b] = pair.map(parseEventTime);
					const [textA, textB] = pair.map(sortableTime);
					fc.pre(a !== undefined && b !== undefined);
					if (a < b) expect(String(textA) < String(textB)).toBe(true);
					if (a > b) expect(String(textA) > String(textB)).toBe(true);
				},
			),
			{ numRuns: runs(3000) },
		);
	});

	test('is there for what is a timestamp, and for nothing else', () => {
		const anything = fc.oneof(timestamps, timestampLike, fc.string());
		fc.assert(
			fc.property(anything, (text) => {
				expect(sortableTime(text) === undefined).toBe(parseEventTime(text) === undefined);
			}),
			{ numRuns: runs(3000) },
		);
	});

	test.each([undefined, null, 1793534400000, true, [], {}, ['2026-11-01T00:00:00Z']])(
		'is not there for %j',
		(timestamp) => {
			expect(sortableTime(timestamp)).toBeUndefined();
		},
	);

	test('is there for the dates that the calendar has', () => {
		for (const year of ['0099', '1000', '1900', '2000', '2023', '2024']) {
			for (let month = 0; month <= 13; month++) {
				for (let day = 0; day <= 32; day++) {
					const [mm, dd] = [month, day].map((number) => String(number).padStart(2, '0'));
					const timestamp = `${year}-${mm}-${dd}T12:00:00Z`;
					const exists = parseEventTime(timestamp) !== undefined;
					expect([timestamp, sortableTime(timestamp) !== undefined]).toEqual([timestamp, exists]);
				}
			}
		}
	});

	test('is not there beyond the year 9999, where an offset may lead', () => {
		expect(sortableTime('9999-12-31T23:59:59+01:00')).toBe('9999-12-31T22:59:59.0000000');
		expect(sortableTime('9999-12-31T23:59:59-01:00')).toBeUndefined();
	});

	test('of an instant is that of its timestamp', () => {
		fc.assert(
			fc.property(instants, (instant) => {
				expect(sortableInstant(instant)).toBe(sortableTime(formatTimestamp(instant)));
			}),
		);
	});
});
