import type { AuditEvent } from '../model/event';
import type { Window } from '../model/window';
import type { SeriesPage } from './pageSeries';

/**
 * The events of a page that belong to a segment of a range. What lies at the start of the range itself is for the
 * API to say; boundaries between segments are for us.
 */
export function eventsWithin(
	{ from }: Window,
	{ events, times, settledBefore }: SeriesPage,
	range: Window,
): AuditEvent[] {
	return from <= range.from ? events : times.eventsFrom(from, settledBefore);
}

/** Whether all events of a segment of a range have come, also those that are a little late on its pages. */
export function isLastPage(
	{ from }: Window,
	{ next, settled }: SeriesPage,
	range: Window,
): boolean {
	const isInner = from > range.from;
	return next === null || (isInner && settled !== undefined && settled < from);
}
