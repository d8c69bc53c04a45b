/**
 * Points in time as ticks: whole nanoseconds since 1970. Independent of the package's own parser of timestamps,
 * so that the two check each other.
 */
export type Ticks = bigint;

const TICKS_PER_MS = 1_000_000n;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/;

/** Undefined for text that is not a date-time with a time zone. Digits after the ninth are dropped. */
export function toTicks(text: string): Ticks | undefined {
	const match = DATE_TIME.exec(text);
	if (!match) return undefined;
	const [, date, time, fraction = '', zone = ''] = match;
	const milliseconds = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
	// Date.parse reads 30 February as 2 March.
	const isRealDate =
		new Date(Date.parse(`${date}T00:00:00Z`) || 0).toISOString().slice(0, 10) === date;
	if (Number.isNaN(milliseconds) || !isRealDate) return undefined;
	return BigInt(milliseconds) * TICKS_PER_MS + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

export function dateToTicks(date: Date): Ticks {
	return BigInt(date.getTime()) * TICKS_PER_MS;
}

/** UTC with seven fractional digits, or three. Further digits are dropped, not rounded. */
export function fromTicks(ticks: Ticks, digits: 7 | 3 = 7): string {
	const seconds = ticks / 1_000_000_000n;
	const nanoseconds = String(ticks % 1_000_000_000n).padStart(9, '0');
	const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
	return `${whole}.${nanoseconds.slice(0, digits)}Z`;
}

/** The same date-time, truncated to milliseconds; other text as it is. */
export function truncateToMilliseconds(text: string): string {
	return text.replace(/(\.\d{3})\d+/, '$1');
}

export const DAY: Ticks = 86_400_000_000_000n;
export const HOUR: Ticks = 3_600_000_000_000n;
