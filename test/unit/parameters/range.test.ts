import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { readRange } from '../../../nodes/shared/parameters/range';
import {
	DAY,
	formatTimestamp,
	fromMilliseconds,
	HOUR,
	parseTimestamp,
} from '../../../nodes/shared/reading/timestamp';
import { ticks } from '../support/arbitraries';
import { refusal } from '../support/refusal';

const NOW_MS = Date.UTC(2026, 10, 20, 12, 30, 15, 250);
const NOW = fromMilliseconds(NOW_MS);

const custom = (from: unknown, to: unknown, timezone = 'UTC') =>
	readRange({ period: 'custom', from, to }, NOW_MS, timezone);

const shown = ({ from, to }: { from: bigint; to: bigint }) => [
	formatTimestamp(from).slice(0, 19),
	formatTimestamp(to).slice(0, 19),
];

describe('a period', () => {
	test.each([
		['lastHour', HOUR],
		['last24Hours', DAY],
		['last7Days', 7n * DAY],
		['last30Days', 30n * DAY],
	])('%s ends now and is as long as it says', (period, length) => {
		expect(readRange({ period }, NOW_MS, 'UTC')).toEqual({ from: NOW - length, to: NOW });
	});

	test('does not look at From and To', () => {
		const values = { period: 'lastHour', from: 'nonsense', to: 'nonsense' };
		expect(readRange(values, NOW_MS, 'UTC')).toEqual({ from: NOW - HOUR, to: NOW });
	});

	test.each(['', 'lastYear', undefined, null, 24, 'constructor', 'toString'])(
		'that is not in the list is refused: %p',
		(period) => {
			const error = refusal(() => readRange({ period }, NOW_MS, 'UTC'));
			expect(error.field).toBe('Period');
			expect(error.description).toContain('last24Hours');
		},
	);
});

describe('a custom range', () => {
	test('without ends is the 30 days before now', () => {
		for (const empty of ['', undefined, null]) {
			expect(custom(empty, empty)).toEqual({ from: NOW - 30n * DAY, to: NOW });
		}
	});

	test('without From begins 30 days before To', () => {
		expect(shown(custom('', '2026-03-31T00:00:00Z'))).toEqual([
			'2026-03-01T00:00:00',
			'2026-03-31T00:00:00',
		]);
	});

	test('without To ends now', () => {
		expect(custom('2026-11-01T00:00:00Z', '').to).toBe(NOW);
	});

	test('keeps every digit where the time zone is given', () => {
		fc.assert(
			fc.property(ticks, fc.bigInt({ min: 1n, max: 1000n }), (from, steps) => {
				const to = from + steps * 100n;
				expect(custom(formatTimestamp(from), formatTimestamp(to))).toEqual({ from, to });
			}),
		);
	});

	test.each([
		['UTC', '2026-07-01T00:00:00', '2026-12-01T00:00:00'],
		['Europe/Oslo', '2026-06-30T22:00:00', '2026-11-30T23:00:00'],
		['America/New_York', '2026-07-01T04:00:00', '2026-12-01T05:00:00'],
	])('without a time zone is in that of the workflow: %s', (timezone, from, to) => {
		expect(shown(custom('2026-07-01T00:00:00', '2026-12-01 00:00', timezone))).toEqual([from, to]);
		expect(shown(custom('2026-07-01', '2026-12-01', timezone))).toEqual([from, to]);
	});

	test('takes a time zone of its own before that of the workflow', () => {
		expect(
			shown(custom('2026-07-01T00:00:00+05:30', '2026-07-02T00:00:00Z', 'Europe/Oslo')),
		).toEqual(['2026-06-30T18:30:00', '2026-07-02T00:00:00']);
	});

	test.each([
		['a Luxon DateTime', DateTime.fromISO('2026-07-01T02:00:00+02:00')],
		['a Date', new Date('2026-07-01T00:00:00Z')],
		['milliseconds since 1970', Date.UTC(2026, 6, 1)],
		['the text of a DateTime', DateTime.fromISO('2026-07-01T02:00:00+02:00').toString()],
	])('takes %s, as expressions give it', (_what, from) => {
		expect(custom(from, '').from).toBe(parseTimestamp('2026-07-01T00:00:00Z'));
	});

	test.each([
		['text', 'yesterday'],
		['a truth value', true],
		['an empty object', {}],
		['zero', 0],
		['seconds since 1970', 1_782_864_000],
		['a day that the calendar does not have', '2026-02-30T00:00:00Z'],
		['a day that the calendar does not have, without a time zone', '2026-02-30'],
		['a number in words', '17'],
		['an invalid DateTime', DateTime.invalid('no reason')],
		['an invalid Date', new Date(NaN)],
	])('refuses %s, and names the field', (_what, value) => {
		expect(refusal(() => custom(value, '')).field).toBe('From');
		const error = refusal(() => custom('', value));
		expect(error.field).toBe('To');
		expect(error.description).toContain('2026-11-01T00:00:00Z');
	});

	test.each([
		['after its end', '2026-11-02T00:00:00Z', '2026-11-01T00:00:00Z', 'To'],
		['at its end', '2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z', 'To'],
		['in the future, where it ends now', '2027-01-01T00:00:00Z', '', 'now'],
	])('refuses a range that begins %s', (_what, from, to, end) => {
		const error = refusal(() => custom(from, to));
		expect(error.field).toBe('From');
		expect(error.message).toContain(`it is not before ${end}`);
	});

	test('may be as short as one step of the clock', () => {
		const { from, to } = custom('2026-11-01T00:00:00.0000001Z', '2026-11-01T00:00:00.0000002Z');
		expect(to - from).toBe(100n);
	});
});
