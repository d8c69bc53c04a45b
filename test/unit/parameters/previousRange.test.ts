import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
	calendarWindow,
	CALENDAR_PERIODS,
	previousCalendarWindow,
} from '../../../nodes/SignicatAudit/parameters/calendar';
import { MIN_INSTANT } from '../../../nodes/shared/parameters/readInstant';
import { previousRange } from '../../../nodes/SignicatAudit/parameters/previousRange';
import { readRange } from '../../../nodes/SignicatAudit/parameters/range';
import { DAY, fromMilliseconds, HOUR, parseTimestamp } from '../../../nodes/shared/model/instant';
import { refusal } from '../support/refusal';

const NOW_MS = Date.UTC(2026, 10, 20, 12, 30, 15, 250);
const NOW = fromMilliseconds(NOW_MS);
const OSLO = { nowMs: NOW_MS, timeZone: 'Europe/Oslo' };

describe('the range to compare a range with', () => {
	test.each(['lastHour', 'last24Hours', 'last7Days', 'last30Days', ''])(
		'is the same time before it: %p',
		(period) => {
			const { window } = readRange({ period }, OSLO);
			const previous = previousRange(period, window, OSLO);
			expect(previous.to).toBe(window.from);
			expect(previous.to - previous.from).toBe(window.to - window.from);
		},
	);

	test('has the length of a custom range, or of a number of hours', () => {
		const last = readRange({ period: 'last', amount: 36, unit: 'hours' }, OSLO).window;
		expect(previousRange('last', last, OSLO)).toEqual({
			from: NOW - 72n * HOUR,
			to: NOW - 36n * HOUR,
		});
		const custom = readRange(
			{ period: 'custom', from: '2026-11-02T00:00:00Z', to: '2026-11-05T12:00:00.0000001Z' },
			OSLO,
		).window;
		expect(previousRange('custom', custom, OSLO)).toEqual({
			from: custom.from - (3n * DAY + 12n * HOUR + 100n),
			to: custom.from,
		});
	});

	test('has the length of what is left of a custom range that ends in the future', () => {
		const { window } = readRange(
			{ period: 'custom', from: '2026-11-20T12:00:00Z', to: '2027-01-01' },
			OSLO,
		);
		const previous = previousRange('custom', window, OSLO);
		expect(previous.to - previous.from).toBe(NOW - (parseTimestamp('2026-11-20T12:00:00Z') ?? 0n));
	});

	test.each(CALENDAR_PERIODS)('is that of the calendar for %s', (period) => {
		const window = calendarWindow(period, OSLO);
		expect(previousRange(period, window, OSLO)).toEqual(
			previousCalendarWindow(period, window, OSLO),
		);
	});

	test('ends where the range starts, and is as long, for any custom range', () => {
		const instants = fc.bigInt({ min: MIN_INSTANT, max: NOW });
		fc.assert(
			fc.property(instants, instants, (a, b) => {
				fc.pre(a !== b);
				const window = a < b ? { from: a, to: b } : { from: b, to: a };
				fc.pre(window.from - (window.to - window.from) >= MIN_INSTANT);
				const previous = previousRange('custom', window, OSLO);
				expect([previous.to, window.from - previous.from]).toEqual([
					window.from,
					window.to - window.from,
				]);
			}),
		);
	});

	test('before the year 2000 is refused, because there are no events', () => {
		const window = { from: MIN_INSTANT + DAY - 1n, to: MIN_INSTANT + 2n * DAY - 1n };
		const error = refusal(() => previousRange('custom', window, OSLO));
		expect(error.message).toBe(
			"Invalid value for 'Compare With': the previous period starts before the year 2000",
		);
		expect(error.description).toContain("'Nothing'");
		const later = { from: window.from + 1n, to: window.to + 1n };
		expect(previousRange('custom', later, OSLO).from).toBe(MIN_INSTANT);
	});

	test('of a period that does not exist is refused', () => {
		const window = { from: NOW - DAY, to: NOW };
		expect(refusal(() => previousRange('lastYear', window, OSLO)).field).toBe('Period');
	});
});
