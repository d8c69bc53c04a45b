import { formatTimestamp, type Instant, parseEventTime } from './instant';

/**
 * UTC date-times whose order as text is their order in time. All of them exist: 29 February is left to
 * the parser. Without a time zone they are UTC, too (docs/api.md#timestamps).
 */
const PLAIN_UTC =
	/^[1-9]\d{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z?$/;

/**
 * A form of a timestamp that can be compared as text, mostly without parsing: an earlier instant has a
 * smaller text. Equal instants may have different texts.
 *
 * @returns undefined for anything that is not a timestamp
 */
export function sortableTime(timestamp: unknown): string | undefined {
	if (typeof timestamp !== 'string') return undefined;
	if (PLAIN_UTC.test(timestamp))
		return timestamp.endsWith('Z') ? timestamp.slice(0, -1) : timestamp;
	const instant = parseEventTime(timestamp);
	const text = instant === undefined ? undefined : sortableInstant(instant);
	// With an offset, the year may have five digits in UTC, which breaks the order as text.
	return text?.startsWith('+') ? undefined : text;
}

export function sortableInstant(instant: Instant): string {
	return formatTimestamp(instant).slice(0, -1);
}
