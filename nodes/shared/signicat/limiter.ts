import { SharedDelay, untilAborted } from './deadline';

/**
 * Counts incidents of one kind since the last response that succeeded. Requests that were in progress together
 * meet the same incident, which counts once: so each request notes the round in which it is sent.
 */
export class IncidentCounter {
	/** Without a response that succeeded in between. */
	count = 0;

	round = 0;

	/** @returns whether it is a new incident, not one of a round that was counted */
	add(round: number): boolean {
		if (round < this.round) return false;
		this.round++;
		this.count++;
		return true;
	}
}

/**
 * Lets a few requests through at a time. How many follows the AIMD rule (additive increase, multiplicative
 * decrease): when Signicat says that it is too many, all of them wait as long as it asks and half as many
 * continue; each full round without a rate limit lets one more through.
 */
export class ConcurrencyLimiter {
	readonly rateLimits = new IncidentCounter();

	/** What was waited for a quota since the last response that succeeded, in ms. */
	waitedMs = 0;

	private concurrency: number;

	private active = 0;

	private successes = 0;

	private readonly delay = new SharedDelay();

	private readonly queue: Array<() => void> = [];

	constructor(private readonly maxConcurrency: number) {
		this.concurrency = maxConcurrency;
	}

	/**
	 * Waits for a place among the requests in progress. Every `acquire` that succeeds has one `release`.
	 *
	 * @throws AbortedError when `signal` ends the wait
	 */
	async acquire(signal: AbortSignal): Promise<void> {
		if (this.active >= this.concurrency || this.queue.length > 0) await this.waitInQueue(signal);
		else this.active++;
		try {
			await this.delay.wait(signal);
		} catch (error) {
			this.release();
			return await Promise.reject(error);
		}
	}

	release(): void {
		this.active--;
		while (this.active < this.concurrency && this.queue.length > 0) {
			this.active++;
			this.queue.shift()?.();
		}
	}

	onSuccess(): void {
		this.rateLimits.count = 0;
		this.waitedMs = 0;
		this.successes++;
		if (this.successes < this.concurrency) return;
		this.successes = 0;
		this.concurrency = Math.min(this.maxConcurrency, this.concurrency + 1);
	}

	/**
	 * Lets no request through for `delayMs`.
	 *
	 * @param isNew false for what was in progress together with a request that met the same rate limit
	 * @returns whether the delay is longer for it
	 */
	onRateLimit(delayMs: number, isNew: boolean): boolean {
		if (isNew) this.concurrency = Math.max(1, Math.floor(this.concurrency / 2));
		this.successes = 0;
		const extensionMs = Math.max(0, delayMs - this.delay.remainingMs);
		this.delay.remainingMs += extensionMs;
		this.waitedMs += extensionMs;
		return extensionMs > 0;
	}

	private async waitInQueue(signal: AbortSignal): Promise<void> {
		let admit: () => void = () => {};
		const place = new Promise<void>((resolve) => this.queue.push((admit = resolve)));
		try {
			await untilAborted(place, signal);
		} catch (error) {
			const index = this.queue.indexOf(admit);
			// A place that came at the same moment goes to the next one.
			if (index < 0) this.release();
			else this.queue.splice(index, 1);
			return await Promise.reject(error);
		}
	}
}
