import { formatTimestamp, type Instant, parseEventTime } from '../../shared/model/instant';
import { zoneFormat } from '../../shared/model/zoneFormat';

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

const QUARTER = Array.from({ length: 15 }, (_, minute) => minute);

/** Formats a sortable time as local time, to the minute: `2026-11-01 14:07`. */
export type ZoneClock = (sortable: string) => string;

/**
 * Time zone lookups are slow, and consecutive events mostly share a quarter of an hour, so the last one
 * is cached. Since 1972, every offset from UTC is a multiple of 15 minutes.
 *
 * @param timeZone IANA name
 * @throws RangeError for a time zone that does not exist
 */
export function zoneClock(timeZone: string): ZoneClock {
	const format = zoneFormat(timeZone);
	let lastQuarter: string | undefined;
	let minutes: string[] = [];
	return (sortable) => {
		const minute = Number(sortable.slice(14, 16));
		const quarter = `${sortable.slice(0, 14)}${String(minute - (minute % 15)).padStart(2, '0')}`;
		if (quarter !== lastQuarter) {
			const parts = format.formatToParts(new Date(`${quarter}:00Z`));
			const part = (name: Intl.DateTimeFormatPartTypes) =>
				parts.find(({ type }) => type === name)?.value ?? '';
			const hour = `${part('year')}-${part('month')}-${part('day')} ${part('hour')}`;
			const first = Number(part('minute'));
			minutes = QUARTER.map((offset) => `${hour}:${String(first + offset).padStart(2, '0')}`);
			lastQuarter = quarter;
		}
		return minutes[minute % 15] ?? '';
	};
}
