import type { Filtering } from '../../shared/model/conditions';
import type { AuditEvent } from '../../shared/model/event';
import type { Duration } from '../../shared/model/instant';
import type { SeriesOptions } from '../../shared/reading/pageSeries';

/** How many windows or pages are read at the same time, at most: the client decides how many requests are in progress. */
export const SIDE_BY_SIDE = 4;

export interface PollSettings extends Filtering {
	/** How long after its timestamp an event may still appear in the log. */
	allowedLateness: Duration;
	/** How far a poll stays behind the clock, so that events that arrive out of order can be sorted. */
	delay: Duration;
	/** About how many new events one poll takes at most. */
	capacity: number;
	/** No request is started after this moment, in ms since 1970. */
	deadlineMs: number;
	/** n8n's clock, in ms since 1970. */
	now: () => number;
	/** How many windows may be read at the same time. */
	sideBySide?: number;
	/** How the pages of a window are read: pauses, and how large pages may be. */
	pages?: SeriesOptions;
	/**
	 * Which events count; the others are skipped as if they had been emitted. All events by default. It rejects what was
	 * emitted by itself: no event is remembered for the next poll.
	 */
	counts?: (event: AuditEvent) => boolean;
	/** How large all new events of a poll may be together. Any size by default. */
	maxSize?: { total: number; sizeOf: (event: AuditEvent) => number };
}

/** Whether the poll has used up its time. */
export function isOver({ deadlineMs, now }: PollSettings): boolean {
	return now() >= deadlineMs;
}
