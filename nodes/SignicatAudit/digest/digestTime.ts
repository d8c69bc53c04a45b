import { zoneFormat } from '../../shared/model/zoneFormat';

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
