import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { MIN_INSTANT } from '../../../nodes/shared/parameters/readInstant';
import { readRange } from '../../../nodes/SignicatAudit/parameters/range';
import {
	DAY,
	formatTimestamp,
	fromMilliseconds,
	HOUR,
	MINUTE,
	parseTimestamp,
} from '../../../nodes/shared/model/instant';
import { refusal } from '../support/refusal';

const NOW_MS = Date.UTC(2026, 10, 20, 12, 30, 15, 250);
const NOW = fromMilliseconds(NOW_MS);

/** With seven fractional digits, as the API sends them. */
const recent = fc
	.bigInt({ min: MIN_INSTANT / 100n, max: (NOW - DAY) / 100n })
	.map((count) => count * 100n);

const custom = (from: unknown, to: unknown, timezone = 'UTC') =>
	readRange({ period: 'custom', from, to }, { nowMs: NOW_MS, timeZone: timezone }).window;

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
		expect(readRange({ period }, { nowMs: NOW_MS, timeZone: 'UTC' })).toEqual({
			window: { from: NOW - length, to: NOW },
			notes: [],
		});
	});

	test('does not look at From and To', () => {
		const values = { period: 'lastHour', from: 'nonsense', to: 'nonsense' };
		expect(readRange(values, { nowMs: NOW_MS, timeZone: 'UTC' }).window).toEqual({
			from: NOW - HOUR,
			to: NOW,
		});
	});

	test.each([undefined, null, '', ' '])('that is empty is the last 24 hours: %p', (period) => {
		expect(readRange({ period }, { nowMs: NOW_MS, timeZone: 'UTC' }).window).toEqual({
			from: NOW - DAY,
			to: NOW,
		});
	});

	test.each([
		[{ amount: 90, unit: 'minutes' }, 90n * MINUTE],
		[{ amount: ' 36 ', unit: 'hours' }, 36n * HOUR],
		[{ amount: 2, unit: 'days' }, 2n * DAY],
		[{ amount: '', unit: null }, DAY],
	])('last %p ends now', (values, length) => {
		expect(
			readRange({ period: 'last', ...values }, { nowMs: NOW_MS, timeZone: 'Europe/Oslo' }).window,
		).toEqual({
			from: NOW - length,
			to: NOW,
		});
	});

	test.each([
		[{ amount: 0 }, 'Amount'],
		[{ amount: 1.5 }, 'Amount'],
		[{ amount: 1e21 }, 'Amount'],
		[{ amount: 1, unit: 'weeks' }, 'Unit'],
	])('last %p is refused', (values, field) => {
		expect(
			refusal(() => readRange({ period: 'last', ...values }, { nowMs: NOW_MS, timeZone: 'UTC' }))
				.field,
		).toBe(field);
	});

	test.each(['lastYear', 24, 'constructor', 'toString'])(
		'that is not in the list is refused: %p',
		(period) => {
			const error = refusal(() => readRange({ period }, { nowMs: NOW_MS, timeZone: 'UTC' }));
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
			fc.property(recent, fc.bigInt({ min: 1n, max: 1000n }), (from, steps) => {
				const to = from + steps * 100n;
				expect(custom(formatTimestamp(from), formatTimestamp(to))).toEqual({ from, to });
			}),
		);
	});

	test.each([
		['UTC', '2026-07-01T00:00:00', '2026-11-18T00:00:00'],
		['Europe/Oslo', '2026-06-30T22:00:00', '2026-11-17T23:00:00'],
		['America/New_York', '2026-07-01T04:00:00', '2026-11-18T05:00:00'],
	])('without a time zone is in that of the workflow: %s', (timezone, from, to) => {
		expect(shown(custom('2026-07-01T00:00:00', '2026-11-18 00:00', timezone))).toEqual([from, to]);
		expect(shown(custom('2026-07-01', '2026-11-18', timezone))).toEqual([from, to]);
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
		['an offset that no time zone has', '2026-11-01T00:00:00+25:00'],
		['an offset that no time zone has, in hours', '2026-11-01T00:00:00-99'],
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
		['after its end', '2026-11-02T00:00:00Z', '2026-11-01T00:00:00Z', "'To'"],
		['at its end', '2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z', "'To'"],
		['in the future, where it ends now', '2027-01-01T00:00:00Z', '', 'now'],
	])('refuses a range that begins %s', (_what, from, to, end) => {
		const error = refusal(() => custom(from, to));
		expect(error.field).toBe('From');
		expect(error.message).toContain(`must be earlier than ${end}`);
	});

	test.each([
		['9999-12-31T23:59:59Z'],
		['2026-11-20T12:30:15.2500001Z'],
		[DateTime.fromISO('2030-01-01T00:00:00Z')],
	])('that ends in the future ends now, and says so: %p', (to) => {
		const range = readRange(
			{ period: 'custom', from: '2026-11-01', to },
			{ nowMs: NOW_MS, timeZone: 'UTC' },
		);
		expect(range.window.to).toBe(NOW);
		expect(range.notes).toEqual(["'To' is in the future, so only events up to now are returned"]);
	});

	test.each([['0001-01-01T00:00:00Z'], ['1970-01-01'], [new Date('1999-12-31T23:59:59Z')]])(
		'begins with the year 2000 at the earliest, and says so: %p',
		(from) => {
			const range = readRange(
				{ period: 'custom', from, to: '' },
				{ nowMs: NOW_MS, timeZone: 'UTC' },
			);
			expect(range.window.from).toBe(parseTimestamp('2000-01-01T00:00:00Z'));
			expect(range.notes).toEqual([
				'The range starts before the year 2000, so only events from 2000 onward are returned',
			]);
		},
	);

	test('that ends before the year 2000 is refused', () => {
		expect(refusal(() => custom('', '1999-01-01T00:00:00Z')).field).toBe('To');
	});

	test.each([[new Date(1e15)], [1e15], [Number.MAX_SAFE_INTEGER]])(
		'with an end after the year 9999 is refused, not sent: %p',
		(to) => {
			const error = refusal(() => custom('', to));
			expect(error.field).toBe('To');
			expect(error.message).toContain('later than the year 9999');
		},
	);

	test('keeps the digits that n8n’s reader of date-times would cut', () => {
		expect(custom('2026-07-01T00:00:00.1234567', '', 'Europe/Oslo').from).toBe(
			parseTimestamp('2026-06-30T22:00:00.1234567Z'),
		);
	});

	test.each([
		['2026-11-01 7:00'],
		['2026-11-01T00:00 (a comment)'],
		['2026-11-01, 10 a.m.'],
		['2026-11-01T00:00:00+99:99x'],
		[`2026-11-01${' '.repeat(1e6)}x`],
	])('is not read as if it were in the server’s time zone: %p', (from) => {
		expect(refusal(() => custom(from, '')).field).toBe('From');
	});

	test('in an unknown time zone of the workflow is refused by that name, where it matters', () => {
		const error = refusal(() => custom('2026-11-01', '', 'Mars/Olympus'));
		expect(error.message).toBe(
			"Invalid value for 'Workflow Settings > Timezone': not a known time zone",
		);
		expect(custom('2026-11-01T00:00:00Z', '', 'Mars/Olympus').to).toBe(NOW);
		expect(
			refusal(() => readRange({ period: 'today' }, { nowMs: NOW_MS, timeZone: 'Mars/Olympus' }))
				.field,
		).toBe(error.field);
	});

	test('may be as short as one step of the clock', () => {
		const { from, to } = custom('2026-11-01T00:00:00.0000001Z', '2026-11-01T00:00:00.0000002Z');
		expect(to - from).toBe(100n);
	});
});
