import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AdaptiveLimit } from '../../../nodes/shared/signicat/adaptiveLimit';
import { runs } from '../../support/seed';

interface Limit {
	readonly concurrency: number;
	onResponse(response: { latencyMs: number; size: number; nowMs: number }): void;
	onRateLimit(limit: { waitMs: number; nowMs: number }): void;
}

/** Four at a time, half as many after a rate limit, and one more after each round: no more than four. */
class FixedLimit implements Limit {
	concurrency = 4;

	private successes = 0;

	onResponse(): void {
		if (++this.successes < this.concurrency) return;
		this.successes = 0;
		this.concurrency = Math.min(4, this.concurrency + 1);
	}

	onRateLimit(): void {
		this.successes = 0;
		this.concurrency = Math.max(1, Math.floor(this.concurrency / 2));
	}
}

interface Server {
	requests: number;
	/** How long a response takes with so many requests in progress, in ms. */
	latency: (inProgress: number) => number;
	/** Requests that it answers in each window of time; more of them are refused at once, with the time to wait. */
	quota?: { requests: number; perMs: number };
}

/** Reads from a server whose clock only its responses move. */
function simulate(limit: Limit, { requests, latency, quota }: Server) {
	const pending: Array<{ at: number; sentAt: number; isRefused: boolean }> = [];
	let [now, answered, refused, most, blockedUntil, round] = [0, 0, 0, 0, 0, 0];
	const rounds = new WeakMap<object, number>();
	let window = { endsAt: 0, used: 0 };
	const send = () => {
		if (quota && now >= window.endsAt) window = { endsAt: now + quota.perMs, used: 0 };
		const isRefused = quota !== undefined && ++window.used > quota.requests;
		const request = { at: now + latency(pending.length + 1), sentAt: now, isRefused };
		rounds.set(request, round);
		pending.push(request);
		most = Math.max(most, pending.length);
	};
	while (answered < requests) {
		const isFirst = answered === 0;
		while (
			now >= blockedUntil &&
			pending.length < (isFirst ? 1 : limit.concurrency) &&
			answered + pending.length < requests
		) {
			send();
		}
		pending.sort((a, b) => a.at - b.at);
		const next = pending.shift();
		now = next ? Math.max(now, next.at) : Math.max(now, blockedUntil);
		if (!next) continue;
		if (!next.isRefused) {
			answered++;
			limit.onResponse({ latencyMs: now - next.sentAt, size: 1000, nowMs: now });
			continue;
		}
		refused++;
		blockedUntil = Math.max(blockedUntil, window.endsAt);
		if (rounds.get(next) !== round) continue;
		round++;
		limit.onRateLimit({ waitMs: window.endsAt - now, nowMs: now });
	}
	return { ms: now, refused, most };
}

const respond = (limit: AdaptiveLimit, latencyMs: number, count: number) => {
	const seen = [];
	for (let index = 0; index < count; index++) {
		limit.onResponse({ latencyMs, size: 1000, nowMs: 0 });
		seen.push(limit.concurrency);
	}
	return seen;
};

describe('AdaptiveLimit', () => {
	test('begins with four and lets two more through after each round of fast responses, up to its maximum', () => {
		const limit = new AdaptiveLimit(12);
		expect(limit.concurrency).toBe(4);
		expect(respond(limit, 100, 10)).toEqual([4, 4, 4, 6, 6, 6, 6, 6, 6, 8]);
		respond(limit, 100, 100);
		expect(limit.concurrency).toBe(12);
		expect(new AdaptiveLimit(1).concurrency).toBe(1);
	});

	test('lets fewer through while responses take three times as long, but not fewer than at first', () => {
		const limit = new AdaptiveLimit(12);
		respond(limit, 100, 28);
		expect(limit.concurrency).toBe(12);
		respond(limit, 300, 12);
		expect(limit.concurrency).toBe(11);
		respond(limit, 3000, 200);
		expect(limit.concurrency).toBe(4);
		respond(limit, 100, 40);
		expect(limit.concurrency).toBeGreaterThan(8);
	});

	test('does not take responses that are small for fast ones', () => {
		const limit = new AdaptiveLimit(12);
		for (let index = 0; index < 40; index++) {
			const isSmall = index % 2 === 0;
			limit.onResponse({ latencyMs: isSmall ? 5 : 100, size: isSmall ? 10 : 1000, nowMs: 0 });
		}
		expect(limit.concurrency).toBe(12);
	});

	test('learns nothing from a round of small responses', () => {
		const limit = new AdaptiveLimit(12);
		const round = (latencyMs: number, size: number, count: number) => {
			for (; count > 0; count--) limit.onResponse({ latencyMs, size, nowMs: 0 });
		};
		round(100, 1000, 4);
		expect(limit.concurrency).toBe(6);
		round(5, 499, 60);
		expect(limit.concurrency).toBe(6);
		// Half of the largest one is enough.
		round(100, 500, 6);
		expect(limit.concurrency).toBe(8);
		round(100, 1000, 100);
		expect(limit.concurrency).toBe(12);
	});

	test('goes by the median of a round: one slow response is none', () => {
		for (let slow = 0; slow < 12; slow++) {
			const limit = new AdaptiveLimit(12);
			respond(limit, 100, 28);
			for (let index = 0; index < 12; index++) respond(limit, index === slow ? 3000 : 100, 1);
			expect(limit.concurrency).toBe(12);
		}
	});

	test('grows where responses take no time that can be measured', () => {
		const limit = new AdaptiveLimit(12);
		respond(limit, 0, 28);
		expect(limit.concurrency).toBe(12);
	});

	test('stays where it is where the server answers one after the other', () => {
		const { most } = simulate(new AdaptiveLimit(12), {
			requests: 1000,
			latency: (inProgress) => 25 * inProgress,
		});
		expect(most).toBeLessThanOrEqual(8);
	});

	test('takes half as long as four at a time where nothing limits it', () => {
		const server = { requests: 100, latency: () => 100 };
		expect(simulate(new FixedLimit(), server).ms).toBe(2600);
		expect(simulate(new AdaptiveLimit(12), server).ms).toBe(1100);
	});

	test.each([
		{ requests: 8, perMs: 60_000 },
		{ requests: 20, perMs: 10_000 },
		{ requests: 30, perMs: 60_000 },
		{ requests: 50, perMs: 5_000 },
	])(
		'is refused no more often than four at a time with a quota of $requests in $perMs ms, and takes as long',
		(quota) => {
			const server = { requests: 300, latency: () => 100, quota };
			const fixed = simulate(new FixedLimit(), server);
			const adaptive = simulate(new AdaptiveLimit(12), server);
			expect(adaptive.refused).toBeLessThanOrEqual(fixed.refused);
			expect(adaptive.ms).toBeLessThanOrEqual(fixed.ms * 1.1);
		},
	);

	test('a quota that is used up before anything was answered halves it', () => {
		const limit = new AdaptiveLimit(12);
		limit.onRateLimit({ waitMs: 60_000, nowMs: 0 });
		expect(limit.concurrency).toBe(2);
	});

	test('falls to as many as make the quota last', () => {
		const limit = new AdaptiveLimit(12);
		// The first request began at 5,000 ms.
		for (let index = 0; index < 28; index++) {
			limit.onResponse({ latencyMs: 10_000, size: 1000, nowMs: 15_000 });
		}
		expect(limit.concurrency).toBe(12);
		// 12 at a time for 20 of 50 seconds are 4.8 at a time.
		limit.onRateLimit({ waitMs: 30_000, nowMs: 25_000 });
		expect(limit.concurrency).toBe(5);
	});

	test('tries one more after 64 rounds, and not before', () => {
		const limit = new AdaptiveLimit(12);
		limit.onRateLimit({ waitMs: 60_000, nowMs: 0 });
		limit.onRateLimit({ waitMs: 60_000, nowMs: 0 });
		expect(limit.concurrency).toBe(1);
		expect(respond(limit, 100, 63).at(-1)).toBe(1);
		expect(respond(limit, 100, 1)).toEqual([2]);
	});

	test('does not try more while responses are slow', () => {
		const limit = new AdaptiveLimit(12);
		respond(limit, 100, 28);
		limit.onRateLimit({ waitMs: 0, nowMs: 1000 });
		expect(limit.concurrency).toBe(6);
		respond(limit, 3000, 999);
		expect(limit.concurrency).toBe(4);
		// It grows by one at a time.
		expect(respond(limit, 100, 30).slice(0, 9)).toEqual([4, 4, 4, 5, 5, 5, 5, 5, 6]);
		expect(limit.concurrency).toBe(6);
	});

	test('tries more again long after a rate limit', () => {
		const limit = new AdaptiveLimit(12);
		respond(limit, 100, 28);
		limit.onRateLimit({ waitMs: 60_000, nowMs: 1000 });
		expect(limit.concurrency).toBe(1);
		respond(limit, 100, 60);
		expect(limit.concurrency).toBe(1);
		respond(limit, 100, 2000);
		expect(limit.concurrency).toBeGreaterThan(4);
	});

	test('stays between one and its maximum, whatever comes', () => {
		const events = fc.array(
			fc.record({
				isRateLimit: fc.boolean(),
				latencyMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
				waitMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
				stepMs: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
				size: fc.nat(),
			}),
		);
		fc.assert(
			fc.property(events, fc.integer({ min: 1, max: 16 }), (all, max) => {
				const limit = new AdaptiveLimit(max);
				let nowMs = 0;
				for (const { isRateLimit, waitMs, latencyMs, size, stepMs } of all) {
					nowMs += stepMs;
					if (isRateLimit) limit.onRateLimit({ waitMs, nowMs });
					else limit.onResponse({ latencyMs, size, nowMs });
					expect(Number.isInteger(limit.concurrency)).toBe(true);
					expect(limit.concurrency).toBeGreaterThanOrEqual(1);
					expect(limit.concurrency).toBeLessThanOrEqual(max);
				}
			}),
			{ numRuns: runs(300) },
		);
	});
});
