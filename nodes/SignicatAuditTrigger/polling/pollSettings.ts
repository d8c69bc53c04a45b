import type { Filtering } from '../../shared/model/conditions';
import type { SeriesOptions } from '../../shared/reading/pageSeries';
import type { Duration } from '../../shared/model/instant';
import type { AuditEvent } from '../../shared/model/event';

export interface PollSettings extends Filtering {
	/** How long after its timestamp an event may still appear in the log. */
	allowedLateness: Duration;
	/** How far the poll stays behind the clock. */
	delay: Duration;
	/** About how many events one poll reads at most. */
	capacity: number;
	/** No further request is begun after this moment, in ms since 1970. */
	deadlineMs: number;
	/** n8n's clock, in ms since 1970. */
	now: () => number;
	/** How the pages of a window are read: pauses, and how large pages may be. */
	pages?: SeriesOptions;
	/** Which events count; the others are passed over as if they were known. All of them when left out. */
	counts?: (event: AuditEvent) => boolean;
}

/** Whether the time of a poll is up. */
export function isOver({ deadlineMs, now }: PollSettings): boolean {
	return now() >= deadlineMs;
}
