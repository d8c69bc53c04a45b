import { SharedPause, untilEnded } from './deadline';

/**
 * Counts complaints since the last response that succeeded. Requests that were under way together complain
 * together: that is one complaint. Each request notes the round in which it is sent.
 */
export class Complaints {
	/** Without a response that succeeded in between. */
	count = 0;

	round = 0;

	/** @returns whether it is a new complaint, not one of a round that was counted */
	add(round: number): boolean {
		if (round < this.round) return false;
		this.round++;
		this.count++;
		return true;
	}
}

/**
 * Lets requests through a few at a time. When Signicat says that it is too many, all of them wait as
 * long as it asks, and half as many go on; each full round without a complaint lets one more through.
 */
export class RequestGate {
	readonly refusals = new Complaints();

	/** What was waited for a quota since the last response that succeeded, in ms. */
	waitedMs = 0;

	private limit: number;

	private active = 0;

	private successes = 0;

	private readonly pause = new SharedPause();

	private readonly waiting: Array<() => void> = [];

	constructor(private readonly most: number) {
		this.limit = most;
	}

	/**
	 * Waits for a place among the requests under way. Every `enter` that succeeds has one `leave`.
	 *
	 * @throws EndedError when `signal` ends the wait
	 */
	async enter(signal: AbortSignal): Promise<void> {
		if (this.active >= this.limit || this.waiting.length > 0) await this.queue(signal);
		else this.active++;
		try {
			await this.pause.wait(signal);
		} catch (error) {
			this.leave();
			return await Promise.reject(error);
		}
	}

	leave(): void {
		this.active--;
		while (this.active < this.limit && this.waiting.length > 0) {
			this.active++;
			this.waiting.shift()?.();
		}
	}

	succeeded(): void {
		this.refusals.count = 0;
		this.waitedMs = 0;
		this.successes++;
		if (this.successes < this.limit) return;
		this.successes = 0;
		this.limit = Math.min(this.most, this.limit + 1);
	}

	/**
	 * Lets no request through for `waitMs`.
	 *
	 * @param isNew false for what was under way together with a request that complained already
	 * @returns whether the wait is longer for it
	 */
	slowDown(waitMs: number, isNew: boolean): boolean {
		if (isNew) this.limit = Math.max(1, Math.floor(this.limit / 2));
		this.successes = 0;
		const longer = Math.max(0, waitMs - this.pause.leftMs);
		this.pause.leftMs += longer;
		this.waitedMs += longer;
		return longer > 0;
	}

	private async queue(signal: AbortSignal): Promise<void> {
		let enter: () => void = () => {};
		const place = new Promise<void>((resolve) => this.waiting.push((enter = resolve)));
		try {
			await untilEnded(place, signal);
		} catch (error) {
			const index = this.waiting.indexOf(enter);
			// A place that came at the same moment goes to the next one.
			if (index < 0) this.leave();
			else this.waiting.splice(index, 1);
			return await Promise.reject(error);
		}
	}
}
