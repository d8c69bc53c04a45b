import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import {
	CALENDAR_PERIODS,
	type CalendarPeriod,
	calendarWindow,
	previousCalendarWindow,
} from '../../../nodes/SignicatAudit/parameters/calendar';
import { readRange } from '../../../nodes/SignicatAudit/parameters/range';
import {
	formatTimestamp,
	fromMilliseconds,
	HOUR,
	MILLISECOND,
	toMilliseconds,
} from '../../../nodes/shared/model/instant';

/** Offsets of whole, half and quarter hours; clock changes at midnight; a day that was skipped. */
const ZONES = [
	'UTC',
	'Europe/Oslo',
	'America/New_York',
	'America/Sao_Paulo',
	'America/Asuncion',
	'America/Havana',
	'America/St_Johns',
	'Asia/Beirut',
	'Africa/Cairo',
	'Asia/Kathmandu',
	'Asia/Tehran',
	'Australia/Lord_Howe',
	'Pacific/Apia',
	'Pacific/Chatham',
	'Pacific/Kiritimati',
	'Pacific/Pago_Pago',
	'Africa/Casablanca',
	'Asia/Pyongyang',
	'America/Caracas',
	'Antarctica/Troll',
];
const zones = fc.constantFrom(...ZONES);
const instants = fc.integer({ min: Date.UTC(2000, 0, 2), max: Date.UTC(2037, 11, 31) });

const windowAt = (period: CalendarPeriod, at: string, zone: string) =>
	calendarWindow(period, { nowMs: Date.parse(at), timeZone: zone });
const shown = ({ from, to }: { from: bigint; to: bigint }) =>
	[from, to].map((instant) => formatTimestamp(instant).replace('.0000000', ''));

describe('a calendar period', () => {
	test.each([
		['today', '2026-11-25T07:00:00Z', ['2026-11-24T23:00:00Z', '2026-11-25T07:00:00Z']],
		['yesterday', '2026-11-25T07:00:00Z', ['2026-11-23T23:00:00Z', '2026-11-24T23:00:00Z']],
		['yesterday', '2026-11-24T23:30:00Z', ['2026-11-23T23:00:00Z', '2026-11-24T23:00:00Z']],
		['previousWeek', '2026-11-25T07:00:00Z', ['2026-11-15T23:00:00Z', '2026-11-22T23:00:00Z']],
		['previousWeek', '2026-11-23T00:00:00Z', ['2026-11-15T23:00:00Z', '2026-11-22T23:00:00Z']],
		['previousWeek', '2026-11-22T22:59:59Z', ['2026-11-08T23:00:00Z', '2026-11-15T23:00:00Z']],
		['previousMonth', '2026-11-25T07:00:00Z', ['2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z']],
		['previousMonth', '2026-01-01T12:00:00Z', ['2025-11-30T23:00:00Z', '2025-12-31T23:00:00Z']],
	] as const)('is in the time zone of the workflow: %s at %s in Oslo', (period, at, expected) => {
		expect(shown(windowAt(period, at, 'Europe/Oslo'))).toEqual(expected);
	});

	test.each([
		['Europe/Oslo', '2026-03-30T06:00:00Z', 23n],
		['Europe/Oslo', '2026-10-26T06:00:00Z', 25n],
		// Midnight does not exist: clocks go from 00:00 to 01:00.
		['America/Sao_Paulo', '2018-11-05T12:00:00Z', 23n],
		['America/Sao_Paulo', '2018-02-18T12:00:00Z', 25n],
		['Asia/Beirut', '2022-03-28T12:00:00Z', 23n],
		['Africa/Cairo', '2024-04-27T12:00:00Z', 23n],
		['Africa/Cairo', '2024-11-01T12:00:00Z', 25n],
	])('has the hours that the day had: %s at %s', (zone, at, hours) => {
		const { from, to } = windowAt('yesterday', at, zone);
		expect((to - from) / HOUR).toBe(hours);
	});

	test('after a day that was left out is the last day that there was', () => {
		// In Samoa 29 December 2011 was followed by the 31st.
		expect(shown(windowAt('yesterday', '2011-12-30T20:00:00Z', 'Pacific/Apia'))).toEqual([
			'2011-12-29T10:00:00Z',
			'2011-12-30T10:00:00Z',
		]);
	});

	test('begins with the first of two midnights', () => {
		// In Havana clocks go back from 01:00 to 00:00.
		const { from, to } = windowAt('yesterday', '2026-11-02T12:00:00Z', 'America/Havana');
		expect([(to - from) / HOUR, formatTimestamp(from)]).toEqual([
			25n,
			'2026-11-01T04:00:00.0000000Z',
		]);
	});

	test('today at midnight to the millisecond is not without a length', () => {
		const { from, to } = windowAt('today', '2026-11-24T23:00:00Z', 'Europe/Oslo');
		expect(to - from).toBe(MILLISECOND);
	});

	test('begins where Luxon has the day, week or month begin', () => {
		fc.assert(
			fc.property(zones, instants, (zone, nowMs) => {
				const now = DateTime.fromMillis(nowMs, { zone });
				const start = (unit: 'day' | 'week' | 'month', back: number) =>
					now
						.startOf(unit)
						.minus({ [unit]: back })
						.startOf(unit);
				// Luxon differs if a day is skipped or midnight occurs twice.
				if (['Pacific/Apia', 'America/St_Johns', 'America/Havana'].includes(zone)) return;
				for (const [period, from, to] of [
					['today', start('day', 0), now],
					['yesterday', start('day', 1), start('day', 0)],
					['previousWeek', start('week', 1), start('week', 0)],
					['previousMonth', start('month', 1), start('month', 0)],
				] as const) {
					const window = calendarWindow(period, { nowMs, timeZone: zone });
					expect([zone, period, toMilliseconds(window.from)]).toEqual([zone, period, +from]);
					if (period !== 'today') expect(toMilliseconds(window.to)).toBe(+to);
				}
			}),
		);
	});

	test('meets the one before it and the one after it, without a gap or an overlap', () => {
		fc.assert(
			fc.property(
				zones,
				instants,
				fc.constantFrom('yesterday', 'previousWeek', 'previousMonth'),
				(zone, nowMs, period) => {
					const window = calendarWindow(period, { nowMs, timeZone: zone });
					expect(window.from).toBeLessThan(window.to);
					expect(window.to).toBeLessThanOrEqual(fromMilliseconds(nowMs));
					// At the instant when it ended, it is the same one ...
					const end = toMilliseconds(window.to);
					expect(calendarWindow(period, { nowMs: end, timeZone: zone })).toEqual(window);
					// ... and a millisecond before, it was the one that ends where this one begins.
					const before = calendarWindow(period, { nowMs: end - 1, timeZone: zone });
					if (zone !== 'America/St_Johns') expect(before.to).toBe(window.from);
				},
			),
		);
	});

	test('run each day at eight, reads every instant of years once', () => {
		for (const zone of ZONES) {
			let at = DateTime.fromISO('2011-02-01T08:00:00', { zone });
			let { to: end } = calendarWindow('yesterday', { nowMs: at.toMillis(), timeZone: zone });
			for (let day = 0; day < 400; day++) {
				at = at.plus({ days: 1 });
				const { from, to } = calendarWindow('yesterday', { nowMs: at.toMillis(), timeZone: zone });
				expect([zone, at.toISO(), from]).toEqual([zone, at.toISO(), end]);
				end = to;
			}
		}
	});

	test.each(CALENDAR_PERIODS)('%s is read as Period', (period) => {
		const now = Date.UTC(2026, 10, 25, 12);
		expect(readRange({ period }, { nowMs: now, timeZone: 'Asia/Kathmandu' }).window).toEqual(
			calendarWindow(period, { nowMs: now, timeZone: 'Asia/Kathmandu' }),
		);
	});
});

describe('the period before a calendar period', () => {
	const previousAt = (period: CalendarPeriod, at: string, zone: string) =>
		previousCalendarWindow(period, windowAt(period, at, zone), { timeZone: zone });

	test.each([
		['today', '2026-11-25T07:00:00Z', ['2026-11-23T23:00:00Z', '2026-11-24T07:00:00Z']],
		['yesterday', '2026-11-25T07:00:00Z', ['2026-11-22T23:00:00Z', '2026-11-23T23:00:00Z']],
		['previousWeek', '2026-11-25T07:00:00Z', ['2026-11-08T23:00:00Z', '2026-11-15T23:00:00Z']],
		// A week that ends with a day of 25 hours.
		['previousWeek', '2026-11-02T07:00:00Z', ['2026-10-18T22:00:00Z', '2026-10-25T23:00:00Z']],
		['previousMonth', '2026-11-25T07:00:00Z', ['2026-08-31T22:00:00Z', '2026-09-30T22:00:00Z']],
		['previousMonth', '2026-03-31T12:00:00Z', ['2025-12-31T23:00:00Z', '2026-01-31T23:00:00Z']],
	] as const)('is in the time zone of the workflow: %s at %s in Oslo', (period, at, expected) => {
		expect(shown(previousAt(period, at, 'Europe/Oslo'))).toEqual(expected);
	});

	test.each([
		// The day before had 23 hours: from 02:00, its clocks showed 03:00.
		['2026-03-30T06:00:00Z', '2026-03-29T06:00:00Z'],
		['2026-03-29T23:30:00Z', '2026-03-29T00:30:00Z'],
		// 02:30 did not exist: up to the change.
		['2026-03-30T00:30:00Z', '2026-03-29T01:00:00Z'],
		// The day before had 25 hours, and 02:30 twice: up to the first.
		['2026-10-26T01:30:00Z', '2026-10-25T00:30:00Z'],
		['2026-10-26T22:59:59.999Z', '2026-10-25T22:59:59.999Z'],
		// Today has 25 hours: the hour that occurs twice ends in the same way.
		['2026-10-25T00:30:00Z', '2026-10-24T00:30:00Z'],
		['2026-10-25T01:30:00Z', '2026-10-24T00:30:00Z'],
	])('of today ends at the same local time: at %s in Oslo', (at, end) => {
		expect(shown(previousAt('today', at, 'Europe/Oslo'))[1]?.replace('0000Z', 'Z')).toBe(end);
	});

	test('of today at midnight is not without a length', () => {
		const { from, to } = previousAt('today', '2026-11-24T23:00:00Z', 'Europe/Oslo');
		expect([to - from, shown({ from, to })[0]]).toEqual([MILLISECOND, '2026-11-23T23:00:00Z']);
	});

	test('of today is not without a length either where clocks skipped midnight the day before', () => {
		// In São Paulo the day before began at 01:00, and it is 00:30 now.
		const window = previousAt('today', '2018-11-05T02:30:00Z', 'America/Sao_Paulo');
		expect([window.to - window.from, shown(window)[0]]).toEqual([
			MILLISECOND,
			'2018-11-04T03:00:00Z',
		]);
	});

	test('ends exactly where the period starts, and is the period that it was then', () => {
		fc.assert(
			fc.property(
				zones,
				instants,
				fc.constantFrom('yesterday', 'previousWeek', 'previousMonth'),
				(zone, nowMs, period) => {
					const window = calendarWindow(period, { nowMs, timeZone: zone });
					const previous = previousCalendarWindow(period, window, { timeZone: zone });
					if (zone !== 'America/St_Johns') expect(previous.to).toBe(window.from);
					expect(previous.from).toBeLessThan(previous.to);
					const now = DateTime.fromMillis(toMilliseconds(window.from), { zone });
					const unit = (
						{ yesterday: 'day', previousWeek: 'week', previousMonth: 'month' } as const
					)[period];
					// Luxon differs if a day is skipped or midnight occurs twice.
					if (['Pacific/Apia', 'America/St_Johns', 'America/Havana'].includes(zone)) return;
					expect([zone, toMilliseconds(previous.from)]).toEqual([
						zone,
						+now.minus({ [unit]: 1 }).startOf(unit),
					]);
				},
			),
		);
	});

	test('of today is the start of yesterday, up to the first instant with the same local time or a later one', () => {
		fc.assert(
			fc.property(zones, instants, (zone, nowMs) => {
				if (['Pacific/Apia', 'America/St_Johns'].includes(zone)) return;
				const today = calendarWindow('today', { nowMs, timeZone: zone });
				const yesterday = calendarWindow('yesterday', { nowMs, timeZone: zone });
				const { from, to } = previousCalendarWindow('today', today, { timeZone: zone });
				expect(from).toBe(yesterday.from);
				expect(from).toBeLessThan(to);
				expect(to).toBeLessThanOrEqual(yesterday.to);
				const clockAt = (ms: number) => DateTime.fromMillis(ms, { zone }).toFormat('HH:mm:ss.SSS');
				const end = toMilliseconds(to);
				// At midnight it ends with yesterday only if yesterday had no later time.
				if (to < yesterday.to) expect(clockAt(end) >= clockAt(nowMs)).toBe(true);
				const last = DateTime.fromMillis(end - 1, { zone });
				if (end - 1 > toMilliseconds(from)) {
					expect(last.toFormat('HH:mm:ss.SSS') < clockAt(nowMs)).toBe(true);
				}
			}),
		);
	});
});
