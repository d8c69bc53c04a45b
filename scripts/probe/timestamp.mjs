const DATE_TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/;
/** Fewer digits may be all there are, or what is left of more. */
const MILLISECOND_DIGITS = 3;

/** @returns {number | undefined} undefined for text that is no date-time with a time zone */
export function fractionalDigits(timestamp) {
	const match = DATE_TIME.exec(timestamp);
	return match ? (match[2] ?? '').length : undefined;
}

/** A number to order by: nanoseconds since 1970; undefined for text that is no date-time. */
export function instantOf(timestamp) {
	const match = DATE_TIME.exec(timestamp);
	if (!match) return undefined;
	const [, seconds, fraction = '', zone] = match;
	const milliseconds = Date.parse(seconds + zone);
	if (Number.isNaN(milliseconds)) return undefined;
	return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

/** Whether the API may keep times more exactly than it shows them. */
export function mayBeCut(events) {
	return events.every(({ timestamp }) => (fractionalDigits(timestamp) ?? 0) <= MILLISECOND_DIGITS);
}

/** @returns {string} ISO 8601 in UTC, `days` before a timestamp */
export function daysBefore(timestamp, days) {
	return new Date(Date.parse(timestamp) - days * 86_400_000).toISOString();
}
