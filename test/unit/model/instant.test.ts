import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
	ceilTo,
	DAY,
	earlier,
	floorTo,
	formatTimestamp,
	fromMilliseconds,
	HOUR,
	later,
	MILLISECOND,
	MINUTE,
	parseEventTime,
	parseTimestamp,
	SECOND,
	toMilliseconds,
} from '../../../nodes/shared/model/instant';
import { instants, ticks } from '../support/arbitraries';

const pad = (value: number, length = 2) => String(value).padStart(length, '0');

describe('parseTimestamp', () => {
	test('keeps all seven digits that Signicat sends', () => {
		expect(parseTimestamp('2023-11-13T11:38:10.7302363Z')).toBe(1_699_875_490_730_236_300n);
	});

	test('agrees with Date wherever milliseconds are enough', () => {
		fc.assert(
			fc.property(
				fc.date({
					min: new Date('1000-01-01T00:00:00Z'),
					max: new Date('9998-12-31T00:00:00Z'),
					noInvalidDate: true,
				}),
				(date) => {
					expect(parseTimestamp(date.toISOString())).toBe(BigInt(date.getTime()) * 1_000_000n);
				},
			),
		);
	});

	test.each([
		['no fraction', '2026-11-01T12:00:00Z', '2026-11-01T12:00:00.0000000Z'],
		['one digit', '2026-11-01T12:00:00.5Z', '2026-11-01T12:00:00.5000000Z'],
		['nine digits', '2026-11-01T12:00:00.123456789Z', '2026-11-01T12:00:00.123456789Z'],
		['no seconds', '2026-11-01T12:00Z', '2026-11-01T12:00:00.0000000Z'],
		['a decimal comma', '2026-11-01T12:00:00,25Z', '2026-11-01T12:00:00.2500000Z'],
		['small letters', '2026-11-01t12:00:00z', '2026-11-01T12:00:00.0000000Z'],
		['a space for the T', '2026-11-01 12:00:00Z', '2026-11-01T12:00:00.0000000Z'],
		['spaces around it', ' 2026-11-01T12:00:00Z\n', '2026-11-01T12:00:00.0000000Z'],
		['an offset without a colon', '2026-11-01T12:00:00+0130', '2026-11-01T10:30:00.0000000Z'],
		['an offset in hours', '2026-11-01 12:00:00.5+02', '2026-11-01T10:00:00.5000000Z'],
		['a leap day', '2028-02-29T00:00:00Z', '2028-02-29T00:00:00.0000000Z'],
	])('reads a date-time with %s', (_what, text, meant) => {
		expect(formatTimestamp(parseTimestamp(text) ?? 0n)).toBe(meant);
	});

	test('cuts what is finer than a nanosecond', () => {
		expect(parseTimestamp('2026-11-01T12:00:00.1234567899Z')).toBe(
			parseTimestamp('2026-11-01T12:00:00.123456789Z'),
		);
	});

	test('takes a leap second for the last second of its minute', () => {
		expect(parseTimestamp('2016-12-31T23:59:60.25Z')).toBe(
			parseTimestamp('2016-12-31T23:59:59.25Z'),
		);
	});

	test.each([
		['nothing', ''],
		['a date alone', '2026-11-01'],
		['a date-time without a time zone', '2026-11-01T12:00:00'],
		['a thirtieth of February', '2026-02-30T12:00:00Z'],
		['a leap day in another year', '2026-02-29T12:00:00Z'],
		['a month 13', '2026-13-01T12:00:00Z'],
		['a month 0', '2026-00-01T12:00:00Z'],
		['an hour 24', '2026-11-01T24:00:00Z'],
		['a minute 60', '2026-11-01T12:60:00Z'],
		['a second 61', '2026-11-01T12:00:61Z'],
		['an offset of 24 hours', '2026-11-01T12:00:00+24:00'],
		['an offset of 60 minutes', '2026-11-01T12:00:00-01:60'],
		['a point without digits', '2026-11-01T12:00:00.Z'],
		['text around it', 'at 2026-11-01T12:00:00Z'],
		['a number', '1793534400000'],
		['undefined in words', 'undefined'],
	])('gives undefined for %s', (_what, text) => {
		expect(parseTimestamp(text)).toBeUndefined();
	});

	test('does not take the first century for the twentieth', () => {
		const earliest = parseTimestamp('0001-01-01T00:00:00.0000000Z');
		expect(
			earliest === undefined || earliest < (parseTimestamp('1000-01-01T00:00:00Z') ?? 0n),
		).toBe(true);
	});

	test('gives the same instant in every time zone', () => {
		fc.assert(
			fc.property(
				ticks,
				fc.integer({ min: -23, max: 23 }),
				fc.integer({ min: 0, max: 59 }),
				fc.boolean(),
				(instant, hours, minutes, withColon) => {
					const sign = hours < 0 ? '-' : '+';
					const shift = BigInt((hours < 0 ? -1 : 1) * (Math.abs(hours) * 60 + minutes));
					const local = formatTimestamp(instant + shift * MINUTE).slice(0, -1);
					const zone = `${sign}${pad(Math.abs(hours))}${withColon ? ':' : ''}${pad(minutes)}`;
					expect(parseTimestamp(local + zone)).toBe(instant);
				},
			),
		);
	});
});

describe('formatTimestamp', () => {
	test('is undone by parseTimestamp to the nanosecond', () => {
		fc.assert(
			fc.property(instants, (instant) => {
				expect(parseTimestamp(formatTimestamp(instant))).toBe(instant);
			}),
		);
	});

	test('gives back the very text that Signicat sent', () => {
		fc.assert(
			fc.property(
				fc.date({
					min: new Date('1000-01-01T00:00:00Z'),
					max: new Date('9998-12-31T00:00:00Z'),
					noInvalidDate: true,
				}),
				fc.integer({ min: 0, max: 9_999_999 }),
				(date, fraction) => {
					const text = `${date.toISOString().slice(0, 19)}.${pad(fraction, 7)}Z`;
					expect(formatTimestamp(parseTimestamp(text) ?? 0n)).toBe(text);
				},
			),
		);
	});

	test('orders texts of seven digits as their instants are ordered', () => {
		// Neighbours are the interesting ones: two instants drawn apart differ in the year already.
		const neighbours = fc
			.tuple(ticks, fc.bigInt({ min: -20n, max: 20n }))
			.map(([instant, steps]) => [instant, instant + steps * 100n] as const);
		fc.assert(
			fc.property(fc.oneof(neighbours, fc.tuple(ticks, ticks)), ([a, b]) => {
				const [left, right] = [formatTimestamp(a), formatTimestamp(b)];
				expect(left).toHaveLength(28);
				expect(left < right).toBe(a < b);
				expect(left === right).toBe(a === b);
			}),
		);
	});

	test('shows nine digits only where seven do not hold the instant', () => {
		expect(formatTimestamp(1n)).toBe('1970-01-01T00:00:00.000000001Z');
		expect(formatTimestamp(100n)).toBe('1970-01-01T00:00:00.0000001Z');
	});

	test('counts back from 1970 without borrowing a second', () => {
		expect(formatTimestamp(-100n)).toBe('1969-12-31T23:59:59.9999999Z');
	});
});

describe('milliseconds', () => {
	test('survive the way to an instant and back', () => {
		fc.assert(
			fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), (milliseconds) => {
				expect(toMilliseconds(fromMilliseconds(milliseconds))).toBe(milliseconds);
			}),
		);
	});

	test('are rounded down, before 1970 too', () => {
		expect(toMilliseconds(1_999_999n)).toBe(1);
		expect(toMilliseconds(-1n)).toBe(-1);
	});

	test('lose their fractions on the way to an instant', () => {
		expect(fromMilliseconds(1.9)).toBe(MILLISECOND);
	});
});

describe('floorTo and ceilTo', () => {
	const units = fc.constantFrom(1n, 100n, MILLISECOND, SECOND, MINUTE, HOUR, DAY);

	test('enclose an instant between two neighbouring multiples', () => {
		fc.assert(
			fc.property(instants, units, (instant, unit) => {
				const [floor, ceiling] = [floorTo(instant, unit), ceilTo(instant, unit)];
				expect([floor % unit, ceiling % unit]).toEqual([0n, 0n]);
				expect(floor <= instant && instant <= ceiling).toBe(true);
				expect(ceiling - floor).toBe(instant % unit === 0n ? 0n : unit);
			}),
		);
	});

	test('leave a multiple as it is', () => {
		fc.assert(
			fc.property(instants, units, (instant, unit) => {
				expect([floorTo(instant * unit, unit), ceilTo(instant * unit, unit)]).toEqual([
					instant * unit,
					instant * unit,
				]);
			}),
		);
	});
});

describe('earlier and later', () => {
	test('pick the two ends, whatever their order', () => {
		expect([earlier(1n, 2n), earlier(2n, 1n)]).toEqual([1n, 1n]);
		expect([later(1n, 2n), later(2n, 1n)]).toEqual([2n, 2n]);
	});
});

describe('parseEventTime', () => {
	test.each([
		'2026-11-01T12:00:00',
		'2026-11-01 12:00:00.1234567',
		'2026-11-01t12:00',
		' 2026-11-01T12:00:00,5 ',
	])('reads %s as UTC, which is no timestamp of a parameter', (text) => {
		expect(parseTimestamp(text)).toBeUndefined();
		expect(parseEventTime(text)).toBe(parseTimestamp(`${text.trim()}Z`));
		expect(parseEventTime(text)).toBeDefined();
	});

	test('reads what has a time zone as parseTimestamp does', () => {
		fc.assert(
			fc.property(
				instants,
				fc.constantFrom('Z', 'z', '+01:00', '-0930', '+25', 'X', ' UTC'),
				(instant, zone) => {
					const text = formatTimestamp(instant).replace('Z', zone);
					expect(parseEventTime(text)).toBe(parseTimestamp(text));
				},
			),
		);
	});

	test.each(['', 'yesterday', '2026-11-01', '12:00', '2026-02-30T00:00:00', '2026-11-01T25:00:00'])(
		'does not read %j',
		(text) => {
			expect(parseEventTime(text)).toBeUndefined();
		},
	);
});
