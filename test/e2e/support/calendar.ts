import type { AuditEvent } from '../../../dev/audit-api';

const DAY_MS = 86_400_000;

/** One formatter per time zone: to make one takes longer than to use it for a hundred events. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** The calendar date of an instant in a time zone, such as 2026-11-25, computed without the package. */
export function dateIn(timeZone: string, at: string | Date): string {
	const format =
		formats.get(timeZone) ??
		// Canadian English formats a date like this.
		new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
	formats.set(timeZone, format);
	return format.format(new Date(at));
}

/** @param days may be negative */
export function addDays(date: string, days: number): string {
	return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The Monday on or before a date. */
export function mondayOf(date: string): string {
	const weekday = new Date(date).getUTCDay();
	return addDays(date, -((weekday + 6) % 7));
}

/** The events of some calendar days in a time zone; `to` is not part of them. */
export function eventsOfDays(
	events: readonly AuditEvent[],
	{ from, to, timeZone }: { from: string; to: string; timeZone: string },
): AuditEvent[] {
	return events.filter(({ timestamp }) => {
		const date = dateIn(timeZone, timestamp);
		return date >= from && date < to;
	});
}

/** How often each service and event type occurs; both are in the key, as JSON. */
export function countsOf(events: readonly AuditEvent[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const { serviceName, eventType } of events) {
		const key = JSON.stringify([serviceName ?? '(none)', eventType ?? '(none)']);
		counts.set(key, (counts.get(key) ?? 0) + 1);
	}
	return counts;
}
