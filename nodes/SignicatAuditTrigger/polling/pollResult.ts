import type { AuditEvent } from '../../shared/model/event';
import type { Window } from '../../shared/model/window';
import type { ReadyState } from '../state/pollState';

/** What one poll found, and what it leaves for the next one. */
export interface PollResult {
	/** The events to emit: oldest first, each for the first time. */
	events: AuditEvent[];
	state: ReadyState;
	/** What was read of the log: all new events with a time lie in it, the late ones too. */
	covered: Window;
	/** What ended the poll early; the next poll reads the rest. */
	failure?: unknown;
	/** Whether at least one window was read to its end. */
	progressed: boolean;
	/** Whether everything was read that there was to read. */
	caughtUp: boolean;
	/** Whether the overlap had to be shortened, because too many events lie in it. */
	overlapTruncated: boolean;
	/** How many entries of the pages were no events at all. */
	skipped: number;
	/** By how many ms the stored position lay ahead of every clock, where it had to be set back. */
	setBackMs?: number;
	/** By how many ms the skew of the server's clock differs from what was expected, where it does. */
	unexpectedSkewMs?: number;
}
