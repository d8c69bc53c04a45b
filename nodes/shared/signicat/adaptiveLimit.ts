/** Requests in progress at the same time, to begin with. */
const INITIAL_CONCURRENCY = 4;

/** So many more from one round of responses to the next, until a rate limit comes; one more from then on. */
const INCREASE = 2;

/**
 * How many requests may wait in a queue, at the server or in n8n: fewer than the first let the limit grow, more than
 * the second make it shrink. Both rise with the logarithm of the limit, as in Netflix's VegasLimit.
 */
const queueBounds = (limit: number) => [3 * Math.log10(limit), 6 * Math.log10(limit)] as const;

/** After a rate limit: rounds of responses without another one, until one request more than before is tried. */
const ROUNDS_UNTIL_PROBE = 64;

/** Responses of less than this part of the largest one are too small to be compared with it. */
const COMPARABLE = 1 / 2;

/**
 * How many requests may be in progress at the same time. It follows two published rules:
 *
 * - latency, TCP Vegas (Brakmo and Peterson, 1995; as in Netflix's concurrency-limits): `limit × (1 − shortest /
 *   present latency)` requests wait in a queue somewhere. The limit grows while they are few and shrinks where they are
 *   many, but not below what it began with;
 * - rate limits, AIMD (additive increase, multiplicative decrease; Chiu and Jain, 1989): each at least halves the
 *   limit, down to 1. If the quota was used up long before it is refilled, so many requests at a time were of no use:
 *   then it falls further, to as many as make the quota last.
 *
 * Pure: times come in from outside.
 */
export class AdaptiveLimit {
	private limit: number;

	/** The most that is tried again after a rate limit. */
	private ceiling: number;

	private wasRateLimited = false;

	/** Latencies of the responses of this round, in ms. */
	private round: number[] = [];

	private roundLength = 0;

	private roundsAtCeiling = 0;

	/** The smallest median of a round so far, in ms. */
	private shortestMs = Infinity;

	private largestSize = 0;

	/** When the requests since the latest rate limit began, in ms. */
	private activeSinceMs: number | undefined;

	/** @param max the upper bound, 1 or more */
	constructor(private readonly max: number) {
		this.ceiling = max;
		this.limit = Math.min(INITIAL_CONCURRENCY, max);
	}

	get concurrency(): number {
		return this.limit;
	}

	/** Takes a response into account that succeeded: how long it took, its size in any unit, and when it came. */
	onResponse({ latencyMs, size, nowMs }: { latencyMs: number; size: number; nowMs: number }): void {
		this.activeSinceMs ??= nowMs - latencyMs;
		this.largestSize = Math.max(this.largestSize, size);
		if (size >= this.largestSize * COMPARABLE) this.round.push(latencyMs);
		if (++this.roundLength < this.limit) return;
		this.adjust(this.round);
		this.round = [];
		this.roundLength = 0;
	}

	/** Takes a rate limit into account after which nothing is sent for `waitMs`. */
	onRateLimit({ waitMs, nowMs }: { waitMs: number; nowMs: number }): void {
		this.limit = Math.max(1, Math.min(this.lasting(waitMs, nowMs), Math.floor(this.limit / 2)));
		this.ceiling = this.limit;
		this.wasRateLimited = true;
		this.activeSinceMs = undefined;
		this.round = [];
		this.roundLength = 0;
		this.roundsAtCeiling = 0;
	}

	/** How many requests at a time would have made the quota last until it is refilled. */
	private lasting(waitMs: number, nowMs: number): number {
		if (this.activeSinceMs === undefined) return this.limit;
		const activeMs = Math.max(0, nowMs - this.activeSinceMs);
		return Math.ceil((this.limit * activeMs) / Math.max(1, activeMs + waitMs));
	}

	private adjust(latencies: number[]): void {
		this.probe();
		const latencyMs = median(latencies);
		if (latencyMs === undefined) return;
		this.shortestMs = Math.min(this.shortestMs, latencyMs);
		const queued = latencyMs > 0 ? this.limit * (1 - this.shortestMs / latencyMs) : 0;
		const floor = Math.min(this.limit, INITIAL_CONCURRENCY);
		const [few, many] = queueBounds(Math.max(2, this.limit));
		if (queued > many) this.limit = Math.max(floor, this.limit - 1);
		else if (queued < few) {
			const increase = this.wasRateLimited ? 1 : INCREASE;
			this.limit = Math.min(this.ceiling, this.limit + increase);
		}
	}

	private probe(): void {
		if (this.limit < this.ceiling || ++this.roundsAtCeiling < ROUNDS_UNTIL_PROBE) return;
		this.roundsAtCeiling = 0;
		this.ceiling = Math.min(this.max, this.ceiling + 1);
	}
}

function median(values: number[]): number | undefined {
	return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
