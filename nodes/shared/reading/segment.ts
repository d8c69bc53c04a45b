import { type Duration, type Instant } from '../model/instant';
import type { AuditEvent } from '../model/event';
import type { Window } from '../model/window';
import type { PageSeries } from './pageSeries';

/** How many pages may be in memory, waiting for their turn: any number, or as many as are named. */
export type Buffering = 'unbounded' | { pages: number };

/** A part of a range that is read as one series of pages. */
export interface Segment {
	/** Events before it belong to the neighbour. Rises when the older part is split off. */
	from: Instant;
	to: Instant;
	/** Everything from here on was read. */
	unreadTo: Instant;
	/** Starts with the first page. */
	series?: PageSeries;
	/** Whether a page was read, and there is one after it. */
	hasNext: boolean;
	/** The time that one page covers here, as its pages have shown. */
	timePerPage?: Duration;
	/** The longest segment that may be split off it before it starts. */
	maxLength?: Duration;
	isReading: boolean;
	isDone: boolean;
	/** Pages that were read and wait for their turn. */
	pages: AuditEvent[][];
}

export function newSegment({ from, to }: Window): Segment {
	return {
		from,
		to,
		unreadTo: to,
		hasNext: false,
		isReading: false,
		isDone: false,
		pages: [],
	};
}

/**
 * A little less than a page covers, so that a segment of that length rarely takes two. For events that lie evenly,
 * 8/10, 9/10 and 19/20 take 32, 29 and 28 responses; for 1,000 bursts 33, 38 and 55.
 */
export function onePageLength(timePerPage: Duration): Duration {
	return (timePerPage * 9n) / 10n;
}

/**
 * Whether splitting a segment at this length leaves enough to be worth a request. Half of the length: for events in
 * one hour, oldest first, a quarter and a half take 55 responses, all of it 104.
 */
export function isMuchLonger({ from, to }: Segment, length: Duration): boolean {
	return to - from > length + length / 2n;
}
