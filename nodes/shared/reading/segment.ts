import type { Instant } from '../model/instant';
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
	/** Whether its first page shows what to expect around it, so that it is read before what is in front of it. */
	isProbe: boolean;
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
		isProbe: false,
		isReading: false,
		isDone: false,
		pages: [],
	};
}
