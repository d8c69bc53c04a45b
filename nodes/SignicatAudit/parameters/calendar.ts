import {
	DAY,
	type Duration,
	fromMilliseconds,
	later,
	MILLISECOND,
} from '../../shared/model/instant';
import type { Window } from '../../shared/model/window';
import { InvalidParameterError } from '../../shared/parameters/invalid';
import { zoneFormat } from '../../shared/model/zoneFormat';

/** Periods of the calendar, in a time zone. A day may have 23 or 25 hours there, or not exist. */
export const CALENDAR_PERIODS = ['today', 'yesterday', 'previousWeek', 'previousMonth'] as const;

export type CalendarPeriod = (typeof CALENDAR_PERIODS)[number];

const DAY_MS = Number(DAY / MILLISECOND);
const HOUR_MS = DAY_MS / 24;

/** A date of the calendar, as the number of its day since 1 January 1970. */
type DayNumber = number;

/**
 * The window of a period, seen from `nowMs`. Periods that follow each other meet: where one ends, the
 * next one begins. Today ends now; the others end where they end.
 *
 * @param timeZone IANA name
 * @throws InvalidParameterError for a time zone that does not exist
 */
export function calendarWindow(period: CalendarPeriod, nowMs: number, timeZone: string): Window {
	const zone = openZone(timeZone);
	const today = zone.dayOf(nowMs);
	const between = (from: number, to: number): Window => ({
		from: fromMilliseconds(from),
		to: fromMilliseconds(to),
	});
	switch (period) {
		case 'today': {
			const { from, to } = between(zone.startOf(today), nowMs);
			// At midnight to the millisecond there is nothing yet, and no range without a length.
			return { from, to: later(to, from + MILLISECOND) };
		}
		case 'yesterday': {
			const end = zone.startOf(today);
			// The last day that there was: Samoa went from 29 to 31 December 2011.
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

/** @throws InvalidParameterError for a time zone that does not exist */
export function checkTimeZone(timeZone: string): string {
	checkedFormat(timeZone);
	return timeZone;
}

function checkedFormat(timeZone: string): Intl.DateTimeFormat {
	const format = formatFor(timeZone);
	if (format) return format;
	throw new InvalidParameterError(
		'Workflow Settings > Timezone',
		'not a known time zone',
		"Open the workflow settings and choose a different 'Timezone'. If the default is selected, it comes from the GENERIC_TIMEZONE environment variable of your n8n instance.",
	);
}

function formatFor(timeZone: string): Intl.DateTimeFormat | undefined {
	try {
		return zoneFormat(timeZone);
	} catch {
		return undefined;
	}
}

function openZone(timeZone: string) {
	const format = checkedFormat(timeZone);

	/** What clocks show in the zone, as if they showed UTC: in ms since 1970, to the second. */
	const shown = (ms: number): number => {
		const parts: Record<string, number> = {};
		for (const { type, value } of format.formatToParts(ms)) parts[type] = Number(value);
		const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
		return Date.UTC(year, month - 1, day, hour, minute, second);
	};
	const dayOf = (ms: number): DayNumber => Math.floor(shown(ms) / DAY_MS);
	const offsetAt = (ms: number): number => shown(ms) - Math.floor(ms / 1000) * 1000;

	/** The first millisecond of a day, or of the one after it where the zone leaves the day out. */
	const startOf = (day: DayNumber): number => {
		const utc = day * DAY_MS;
		// Clocks that are changed around midnight have one offset before and another one after.
		const offsets = [offsetAt(utc - 1.5 * DAY_MS), offsetAt(utc + 1.5 * DAY_MS)];
		const midnights = offsets.map((offset) => utc - offset).sort((a, b) => a - b);
		const reached = midnights.findIndex((ms) => dayOf(ms) >= day);
		let after = midnights[reached] ?? utc + DAY_MS;
		let before = midnights[reached - 1] ?? after - HOUR_MS;
		// Where clocks skip midnight, the day begins at the change, which lies between the two.
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

/** How long so many minutes, hours or days are. A day has 24 hours here. */
export function lengthOf(amount: number, unit: 'minutes' | 'hours' | 'days'): Duration {
	const minutes = { minutes: 1n, hours: 60n, days: 24n * 60n }[unit];
	return BigInt(amount) * minutes * 60_000n * MILLISECOND;
}
