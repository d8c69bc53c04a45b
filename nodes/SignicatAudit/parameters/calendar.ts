import { DAY, fromMilliseconds, later, MILLISECOND } from '../../shared/model/instant';
import type { Window } from '../../shared/model/window';
import { checkedFormat } from '../../shared/parameters/timeZone';

/** Calendar periods in a time zone, where a day may have 23 or 25 hours, or not exist. */
export const CALENDAR_PERIODS = ['today', 'yesterday', 'previousWeek', 'previousMonth'] as const;

export type CalendarPeriod = (typeof CALENDAR_PERIODS)[number];

const DAY_MS = Number(DAY / MILLISECOND);
const HOUR_MS = DAY_MS / 24;

/** The present in the time zone of the workflow. */
export interface Present {
	/** Milliseconds since 1970. */
	nowMs: number;
	/** IANA name. */
	timeZone: string;
}

/** A calendar date, as the number of days since 1 January 1970. */
type DayNumber = number;

/**
 * The window of a period, relative to the present. Each period starts where the previous one ends, so
 * no event is missed or read twice. Today ends now.
 *
 * @throws InvalidParameterError for a time zone that does not exist
 */
export function calendarWindow(period: CalendarPeriod, { nowMs, timeZone }: Present): Window {
	const zone = openZone(timeZone);
	const today = zone.dayOf(nowMs);
	const between = (from: number, to: number): Window => ({
		from: fromMilliseconds(from),
		to: fromMilliseconds(to),
	});
	switch (period) {
		case 'today': {
			const { from, to } = between(zone.startOf(today), nowMs);
			// Exactly at midnight the window would be empty, and a query needs a range with a length.
			return { from, to: later(to, from + MILLISECOND) };
		}
		case 'yesterday': {
			const end = zone.startOf(today);
			// The last day that existed: in Samoa, 31 December 2011 came after 29 December.
			return between(zone.startOf(zone.dayOf(end - 1)), end);
		}
		case 'previousWeek': {
			// 1 January 1970 was a Thursday.
			const monday = today - ((today + 3) % 7);
			return between(zone.startOf(monday - 7), zone.startOf(monday));
		}
		case 'previousMonth': {
			const date = new Date(today * DAY_MS);
			const first = (months: number): DayNumber =>
				Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) / DAY_MS;
			return between(zone.startOf(first(-1)), zone.startOf(first(0)));
		}
	}
}

function openZone(timeZone: string) {
	const format = checkedFormat(timeZone);

	/** The local time, encoded as if it were UTC: in ms since 1970, to the second. */
	const wallClock = (ms: number): number => {
		const parts: Record<string, number> = {};
		for (const { type, value } of format.formatToParts(ms)) parts[type] = Number(value);
		const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
		return Date.UTC(year, month - 1, day, hour, minute, second);
	};
	const dayOf = (ms: number): DayNumber => Math.floor(wallClock(ms) / DAY_MS);
	const offsetAt = (ms: number): number => wallClock(ms) - Math.floor(ms / 1000) * 1000;

	/** The first millisecond of a day, or of the next one if the time zone skips the day. */
	const startOf = (day: DayNumber): number => {
		const utc = day * DAY_MS;
		// If clocks are changed around midnight, the offset before differs from the one after.
		const offsets = [offsetAt(utc - 1.5 * DAY_MS), offsetAt(utc + 1.5 * DAY_MS)];
		const midnights = offsets.map((offset) => utc - offset).sort((a, b) => a - b);
		const reached = midnights.findIndex((ms) => dayOf(ms) >= day);
		let after = midnights[reached] ?? utc + DAY_MS;
		let before = midnights[reached - 1] ?? after - HOUR_MS;
		// If clocks skip midnight, the day begins at the change, which lies between the two.
		if (dayOf(after - 1) < day) before = after - 1;
		while (after - before > 1) {
			const middle = Math.floor((before + after) / 2);
			if (dayOf(middle) >= day) after = middle;
			else before = middle;
		}
		return after;
	};
	return { dayOf, startOf };
}
