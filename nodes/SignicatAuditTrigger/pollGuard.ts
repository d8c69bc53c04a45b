/** How long after its end a poll is given before another one takes its place, in ms. */
const GRACE_MS = 15_000;

/** The longest time that a poll stays away because Signicat asked for it, in ms. */
const MAX_AWAY_MS = 3_600_000;

/** What is known of the polls of one node in this process. */
interface Polls {
	/** The poll that is under way. */
	running?: { token: symbol; since: number; until: number };
	/** How many polls in a row were left out because one was under way. */
	leftOut: number;
	/** Signicat asked for no request in this time, in ms since 1970. */
	away?: { since: number; until: number };
	/** How many polls in a row read nothing to its end although there was something to read. */
	withoutProgress: number;
}

export type Turn =
	| { mayPoll: true; poll: PollTurn }
	| { mayPoll: false; why: 'running'; leftOut: number; runningForMs: number }
	| { mayPoll: false; why: 'away'; untilMs: number };

/** One poll that has begun. */
export interface PollTurn {
	/** Whether this is still the poll of its node: one that took far too long was replaced by another. */
	isCurrent(): boolean;
	/** Stays away as long as Signicat asked for. */
	stayAway(ms: number): void;
	/** @returns how many polls in a row got nowhere, with this one */
	countProgress(progressed: boolean): number;
	end(): void;
}

/**
 * n8n's default engine begins a poll although one is under way, and although Signicat asked to wait.
 * Times are those of n8n's clock; one that was set back ends what depends on it.
 */
export class PollGuard {
	private readonly nodes = new Map<string, Polls>();

	/**
	 * @param name of the node, in all workflows
	 * @param until when the poll is over at the latest, in ms since 1970
	 */
	begin(name: string, { now, until }: { now: number; until: number }): Turn {
		const polls = this.nodes.get(name) ?? { leftOut: 0, withoutProgress: 0 };
		this.nodes.set(name, polls);
		const { running, away } = polls;
		if (running && running.since <= now && now < running.until + GRACE_MS) {
			polls.leftOut++;
			const runningForMs = now - running.since;
			return { mayPoll: false, why: 'running', leftOut: polls.leftOut, runningForMs };
		}
		polls.leftOut = 0;
		if (away && away.since <= now && now < away.until) {
			return { mayPoll: false, why: 'away', untilMs: away.until };
		}
		polls.away = undefined;
		const token = Symbol(name);
		polls.running = { token, since: now, until };
		const isCurrent = () => polls.running?.token === token;
		return {
			mayPoll: true,
			poll: {
				isCurrent,
				stayAway: (ms) => {
					const since = Date.now();
					polls.away = { since, until: since + Math.min(ms, MAX_AWAY_MS) };
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
