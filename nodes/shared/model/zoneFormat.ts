/**
 * Formats local time in a time zone, to the second. Use `formatToParts`, because the order of the parts
 * is that of a locale.
 *
 * @param timeZone IANA name
 * @throws RangeError for a time zone that does not exist
 */
export function zoneFormat(timeZone: string): Intl.DateTimeFormat {
	return new Intl.DateTimeFormat('en-US', {
		timeZone,
		calendar: 'gregory',
		numberingSystem: 'latn',
		hourCycle: 'h23',
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
		hour: '2-digit',
		minute: '2-digit',
		second: '2-digit',
	});
}
