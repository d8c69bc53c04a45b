/**
 * Points in time as whole nanoseconds since 1970, because Signicat's timestamps carry seven
 * fractional digits and a JavaScript `Date` holds three (docs/api.md#timestamps).
 */
export type Instant = bigint;

/**
 * A length of time in whole nanoseconds, below zero where it reaches back. The difference of two instants
 * is a duration, and an instant plus a duration is an instant.
 */
export type Duration = bigint;

export const MILLISECOND: Duration = 1_000_000n;
export const SECOND: Duration = 1_000n * MILLISECOND;
export const MINUTE: Duration = 60n * SECOND;
export const HOUR: Duration = 60n * MINUTE;
export const DAY: Duration = 24n * HOUR;

const DATE_TIME =
	/^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9})\d*)?)?(?:([Zz])|([+-])([01]\d|2[0-3])(?::?([0-5]\d))?)?$/;

/**
 * Reads an ISO 8601 date-time with a time zone (`Z` or an offset), to the nanosecond.
 * Returns undefined for anything else, dates that the calendar does not have included.
 */
export function parseTimestamp(text: string): Instant | undefined {
	const match = DATE_TIME.exec(text.trim());
	return match && (match[8] !== undefined || match[9] !== undefined) ? instantOf(match) : undefined;
}

/** The same for a time of the API's, which is UTC where it names no time zone (docs/api.md#timestamps). */
export function parseEventTime(text: string): Instant | undefined {
	const match = DATE_TIME.exec(text.trim());
	return match ? instantOf(match) : undefined;
}

function instantOf(match: RegExpExecArray): Instant | undefined {
	const [, year, month, day, hour, minute, second = '0', fraction = '', , sign, hours, minutes] =
		match;
	const seconds = Number(second);
	// A leap second counts as the last second of its minute.
	const milliseconds = Date.UTC(
		Number(year),
		Number(month) - 1,
		Number(day),
		Number(hour),
		Number(minute),
		Math.min(seconds, 59),
	);
	const date = new Date(milliseconds);
	const exists =
		date.getUTCFullYear() === Number(year) &&
		date.getUTCMonth() === Number(month) - 1 &&
		date.getUTCDate() === Number(day) &&
		Number(hour) < 24 &&
		Number(minute) < 60 &&
		seconds <= 60;
	if (!exists) return undefined;
	const offsetMinutes = sign ? Number(hours) * 60 + Number(minutes ?? 0) : 0;
	const offset = BigInt(sign === '-' ? -offsetMinutes : offsetMinutes) * MINUTE;
	return fromMilliseconds(milliseconds) + BigInt(fraction.padEnd(9, '0')) - offset;
}

/** Formats an instant as UTC with seven fractional digits (nine where it needs them). */
export function formatTimestamp(instant: Instant): string {
	const wholeSecond = floorTo(instant, SECOND);
	const nanoseconds = String(instant - wholeSecond).padStart(9, '0');
	const fraction = nanoseconds.endsWith('00') ? nanoseconds.slice(0, 7) : nanoseconds;
	return `${new Date(toMilliseconds(wholeSecond)).toISOString().slice(0, 19)}.${fraction}Z`;
}

/**
 * @param milliseconds since 1970, as `Date.now()` returns them, or of a length of time; fractions are cut
 * @returns the instant, or the duration
 */
export function fromMilliseconds(milliseconds: number): Instant {
	return BigInt(Math.trunc(milliseconds)) * MILLISECOND;
}

/**
 * @returns milliseconds since 1970, or those of a duration, rounded down: for clocks and displays, never
 * for order
 */
export function toMilliseconds(time: Instant | Duration): number {
	return Number(floorTo(time, MILLISECOND) / MILLISECOND);
}

/** The last multiple of `unit` that is not after `time`, before 1970 too. */
export function floorTo(time: Instant | Duration, unit: Duration): Instant | Duration {
	const rest = time % unit;
	return rest < 0n ? time - rest - unit : time - rest;
}

/** The beginning of the millisecond after the one that `instant` lies in. */
export function nextMillisecond(instant: Instant): Instant {
	return floorTo(instant, MILLISECOND) + MILLISECOND;
}

/** The first multiple of `unit` that is not before `instant`. */
export function ceilTo(instant: Instant, unit: Duration): Instant {
	const floor = floorTo(instant, unit);
	return floor === instant ? instant : floor + unit;
}

/** The earlier one of two instants, or the shorter one of two durations. */
export function earlier(a: Instant, b: Instant): Instant {
	return a < b ? a : b;
}

/** The later one of two instants, or the longer one of two durations. */
export function later(a: Instant, b: Instant): Instant {
	return a > b ? a : b;
}
