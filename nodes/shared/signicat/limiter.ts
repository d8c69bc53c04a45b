import { AdaptiveLimit } from './adaptiveLimit';
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

/** What a response that succeeded tells about the load. */
export interface Measured {
	/** From sending the request to the end of the response. */
	latencyMs: number;
	/** In any unit. */
	size: number;
}

/**
 * Lets a few requests through at a time, as many as the `AdaptiveLimit` says. When Signicat says that it is too many,
 * all of them wait as long as it asks.
 */
export class ConcurrencyLimiter {
	readonly rateLimits = new IncidentCounter();

	/** What was waited for a quota since the last response that succeeded, in ms. */
	waitedMs = 0;

	private active = 0;

	private readonly delay = new SharedDelay();

	private readonly queue: Array<() => void> = [];

	private readonly limit: AdaptiveLimit;

	/** @param now a clock in ms, only used for differences; by default one that nobody can set */
	constructor(
		maxConcurrency: number,
		private readonly now: () => number = () => performance.now(),
	) {
		this.limit = new AdaptiveLimit(maxConcurrency);
	}

	/** How many requests may be in progress at the moment. */
	get concurrency(): number {
		return this.limit.concurrency;
	}

	/**
	 * Waits for a place among the requests in progress. Every `acquire` that succeeds has one `release`.
	 *
	 * @throws AbortedError when `signal` ends the wait
	 */
	async acquire(signal: AbortSignal): Promise<void> {
		if (this.active >= this.concurrency) await this.waitInQueue(signal);
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
		this.admitNext();
	}

	private admitNext(): void {
		while (this.active < this.concurrency && this.queue.length > 0) {
			this.active++;
			this.queue.shift()?.();
		}
	}

	onSuccess(measured?: Measured): void {
		this.rateLimits.count = 0;
		this.waitedMs = 0;
		if (measured) this.limit.onResponse({ ...measured, nowMs: this.now() });
		this.admitNext();
	}

	/**
	 * Lets no request through for `delayMs`.
	 *
	 * @param isNew false for what was in progress together with a request that met the same rate limit
	 * @returns whether the delay is longer for it
	 */
	onRateLimit(delayMs: number, isNew: boolean): boolean {
		if (isNew) this.limit.onRateLimit({ waitMs: delayMs, nowMs: this.now() });
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
