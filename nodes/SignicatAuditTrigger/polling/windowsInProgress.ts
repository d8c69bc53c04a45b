import type { Window } from '../../shared/model/window';
import type { WindowReading } from './readWindow';

/** Reads a window; `signal` ends that. */
type ReadWindow = (window: Window, signal: AbortSignal) => Promise<WindowReading>;

type Outcome = { reading: WindowReading } | { failure: unknown };

interface InProgress {
	window: Window;
	/** Never rejects. */
	outcome: Promise<Outcome>;
}

/** The windows of a poll that are read side by side. They are taken in the order in which they began, whichever ends first. */
export class WindowsInProgress {
	private queue: InProgress[] = [];

	private ending = new AbortController();

	constructor(private readonly read: ReadWindow) {}

	get windows(): Window[] {
		return this.queue.map(({ window }) => window);
	}

	start(window: Window): void {
		const outcome = this.read(window, this.ending.signal).then(
			(reading): Outcome => ({ reading }),
			(failure: unknown): Outcome => ({ failure }),
		);
		this.queue.push({ window, outcome });
	}

	/**
	 * Waits for the first window.
	 *
	 * @returns undefined where none is in progress
	 * @throws what reading it throws
	 */
	async take(): Promise<{ window: Window; reading: WindowReading } | undefined> {
		const first = this.queue[0];
		if (!first) return undefined;
		const outcome = await first.outcome;
		this.queue.shift();
		if ('failure' in outcome) throw outcome.failure;
		return { window: first.window, reading: outcome.reading };
	}

	/** Ends all that is in progress, and waits for that. */
	async stop(): Promise<void> {
		this.ending.abort();
		this.ending = new AbortController();
		await Promise.all(this.queue.map(async ({ outcome }) => await outcome));
		this.queue = [];
	}
}
