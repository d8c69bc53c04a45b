import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { zoneClock } from '../../../nodes/SignicatAudit/digest/digestTime';
import { sortableTime } from '../../../nodes/shared/model/sortableTime';

describe('a clock', () => {
	test.each([
		['UTC', '2026-11-01T13:07:59.9999999Z', '2026-11-01 13:07'],
		['UTC', '2026-11-01T00:00:00Z', '2026-11-01 00:00'],
		['Europe/Oslo', '2026-10-31T23:30:00Z', '2026-11-01 00:30'],
		['Europe/Oslo', '2026-07-01T00:00:00+02:00', '2026-07-01 00:00'],
		['America/New_York', '2026-11-01T03:59:59.5Z', '2026-10-31 23:59'],
		['Asia/Kolkata', '2026-11-01T18:45:00.0000001Z', '2026-11-02 00:15'],
	])('in %s shows %s as %s', (zone, timestamp, shown) => {
		expect(zoneClock(zone)(String(sortableTime(timestamp)))).toBe(shown);
	});

	test.each(['UTC', 'Europe/Oslo', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns'])(
		'in %s shows what the platform shows',
		(timeZone) => {
			const clock = zoneClock(timeZone);
			const dates = fc.date({
				min: new Date('1980-01-01'),
				max: new Date('2100-01-01'),
				noInvalidDate: true,
			});
			// Also times close to each other, because the clock caches the last quarter of an hour.
			const lists = fc.tuple(dates, fc.array(fc.integer({ min: -3e6, max: 3e6 })));
			fc.assert(
				fc.property(lists, ([date, steps]) => {
					for (const step of [0, ...steps]) {
						const time = new Date(date.getTime() + step);
						expect(clock(String(sortableTime(time.toISOString())))).toBe(
							time.toLocaleString('sv-SE', { timeZone }).slice(0, 16),
						);
					}
				}),
			);
		},
	);

	test('shows the same time whatever it was asked before', () => {
		const later = fc.date({
			min: new Date('1980-01-01'),
			max: new Date('2100-01-01'),
			noInvalidDate: true,
		});
		const clock = zoneClock('Europe/Oslo');
		fc.assert(
			fc.property(later, (date) => {
				const time = String(sortableTime(date.toISOString()));
				expect(clock(time)).toBe(zoneClock('Europe/Oslo')(time));
			}),
		);
	});

	test('does not run in a time zone that does not exist', () => {
		expect(() => zoneClock('Middle/Earth')).toThrow(RangeError);
	});
});
