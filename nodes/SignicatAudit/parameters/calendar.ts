import {
	DAY,
	fromMilliseconds,
	later,
	MILLISECOND,
	toMilliseconds,
} from '../../shared/model/instant';
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

/**
 * The period of the same kind that ends where `window` starts, such as the week before the previous week.
 * For today it is yesterday, up to the same local time: if clocks skipped that time yesterday, up to the
 * change; if it occurred twice, up to the first.
 *
 * @param window as `calendarWindow` returns it for `period`
 * @throws InvalidParameterError for a time zone that does not exist
 */
export function previousCalendarWindow(
	period: CalendarPeriod,
	window: Window,
	{ timeZone }: Pick<Present, 'timeZone'>,
): Window {
	const nowMs = toMilliseconds(window.from);
	if (period !== 'today') return calendarWindow(period, { nowMs, timeZone });
	const zone = openZone(timeZone);
	const { from } = calendarWindow('yesterday', { nowMs, timeZone });
	const endMs = toMilliseconds(window.to);
	const timeOfDay = zone.localTimeAt(endMs) - zone.dayOf(endMs) * DAY_MS;
	const to = zone.firstAt(zone.dayOf(toMilliseconds(from)) * DAY_MS + timeOfDay);
	return { from, to: later(fromMilliseconds(to), from + MILLISECOND) };
}

function openZone(timeZone: string) {
	const format = checkedFormat(timeZone);

	/** The local time, encoded as if it were UTC: in ms since 1970. */
	const localTimeAt = (ms: number): number => {
		const parts: Record<string, number> = {};
		for (const { type, value } of format.formatToParts(ms)) parts[type] = Number(value);
		const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
		return (
			Date.UTC(year, month - 1, day, hour, minute, second) + (ms - Math.floor(ms / 1000) * 1000)
		);
	};
	const dayOf = (ms: number): DayNumber => Math.floor(localTimeAt(ms) / DAY_MS);
	const offsetAt = (ms: number): number => localTimeAt(ms) - ms;

	/** The first millisecond at which clocks show a local time, or a later one if the time zone skips it. */
	const firstAt = (localTime: number): number => {
		// If clocks are changed around that time, the offset before differs from the one after.
		const offsets = [offsetAt(localTime - 1.5 * DAY_MS), offsetAt(localTime + 1.5 * DAY_MS)];
		const candidates = offsets.map((offset) => localTime - offset).sort((a, b) => a - b);
		const reached = candidates.findIndex((ms) => localTimeAt(ms) >= localTime);
		let after = candidates[reached] ?? localTime + DAY_MS;
		let before = candidates[reached - 1] ?? after - HOUR_MS;
		// If clocks skip that time, it is reached at the change, which lies between the two.
		if (localTimeAt(after - 1) < localTime) before = after - 1;
		while (after - before > 1) {
			const middle = Math.floor((before + after) / 2);
			if (localTimeAt(middle) >= localTime) after = middle;
			else before = middle;
		}
		return after;
	};
	/** The first millisecond of a day, or of the next one if the time zone skips the day. */
	const startOf = (day: DayNumber): number => firstAt(day * DAY_MS);
	return { localTimeAt, dayOf, firstAt, startOf };
}
