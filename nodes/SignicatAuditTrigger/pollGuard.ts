import { PageSize } from '../shared/model/pageSize';

/** For how long a poll that should have ended keeps its turn, in ms; then another one takes over. */
const GRACE_MS = 15_000;

/** The longest time for which polls are skipped because Signicat asked to wait, in ms. */
const MAX_BACKOFF_MS = 3_600_000;

/** What this process knows about the polls of one node. */
interface Polls {
	/** The poll that is in progress. */
	running?: { token: symbol; sinceMs: number; untilMs: number };
	/** How many polls in a row were skipped because one was in progress. */
	skippedInARow: number;
	/** Signicat asked for no requests in this time, in ms since 1970. */
	backoff?: { sinceMs: number; untilMs: number };
	/** How large pages may be, as the polls before have found. */
	pageSize: PageSize;
	/** Whether the last poll ended early because reading failed. */
	hasFailed: boolean;
	/** How many polls in a row completed no window although there was something to read. */
	withoutProgress: number;
}

export type Admission =
	| { mayPoll: true; turn: PollTurn }
	| { mayPoll: false; reason: 'running'; skippedInARow: number; runningForMs: number }
	| { mayPoll: false; reason: 'backoff'; untilMs: number };

/** The turn of a poll that has begun. */
export interface PollTurn {
	/** Whether the poll still has its turn: one that takes far too long loses it to another. */
	isCurrent(): boolean;
	/** How large pages may be, as the polls before have found. */
	readonly pageSize: PageSize;
	/** Whether reading failed in the poll before. */
	readonly isAfterFailure: boolean;
	/** Notes whether reading failed, for the next poll. */
	noteReading(hasFailed: boolean): void;
	/** Skips the polls of the next `ms`, because Signicat asked to wait. */
	backOff(ms: number): void;
	/** @returns how many polls in a row made no progress, this one included */
	countProgress(progressed: boolean): number;
	end(): void;
}

/**
 * Lets one poll of a node run at a time, and none while Signicat asked to wait; n8n's default engine does
 * not care. Times are by n8n's clock: if it was set back, no poll waits for it.
 */
export class PollGuard {
	private readonly nodes = new Map<string, Polls>();

	/**
	 * @param name identifies the node across all workflows
	 * @param untilMs when the poll is over at the latest, in ms since 1970
	 */
	begin(name: string, { nowMs, untilMs }: { nowMs: number; untilMs: number }): Admission {
		const polls = this.nodes.get(name) ?? newPolls();
		this.nodes.set(name, polls);
		const { running, backoff } = polls;
		if (running && running.sinceMs <= nowMs && nowMs < running.untilMs + GRACE_MS) {
			polls.skippedInARow++;
			const runningForMs = nowMs - running.sinceMs;
			return {
				mayPoll: false,
				reason: 'running',
				skippedInARow: polls.skippedInARow,
				runningForMs,
			};
		}
		polls.skippedInARow = 0;
		if (backoff && backoff.sinceMs <= nowMs && nowMs < backoff.untilMs) {
			return { mayPoll: false, reason: 'backoff', untilMs: backoff.untilMs };
		}
		polls.backoff = undefined;
		polls.pageSize.beginAnew();
		const token = Symbol(name);
		polls.running = { token, sinceMs: nowMs, untilMs };
		const isCurrent = () => polls.running?.token === token;
		return {
			mayPoll: true,
			turn: {
				isCurrent,
				pageSize: polls.pageSize,
				isAfterFailure: polls.hasFailed,
				noteReading: (hasFailed) => (polls.hasFailed = hasFailed),
				backOff: (ms) => {
					const sinceMs = Date.now();
					polls.backoff = { sinceMs, untilMs: sinceMs + Math.min(ms, MAX_BACKOFF_MS) };
				},
				countProgress: (progressed) =>
					(polls.withoutProgress = progressed ? 0 : polls.withoutProgress + 1),
				end: () => {
					if (isCurrent()) polls.running = undefined;
				},
			},
		};
	}
}

function newPolls(): Polls {
	return { skippedInARow: 0, pageSize: new PageSize(), hasFailed: false, withoutProgress: 0 };
}
