import { sleep } from '../support/mockedSleep';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { ConcurrencyLimiter, IncidentCounter } from '../../../nodes/shared/signicat/limiter';
import { settle } from '../support/settle';

const never = new AbortController().signal;

/** Requests that go through a limiter and are under way until they get a response. */
class Traffic {
	underWay = 0;

	constructor(private readonly limiter: ConcurrencyLimiter) {}

	async request(count: number, signal = never): Promise<number> {
		for (let index = 0; index < count; index++) {
			void this.limiter.acquire(signal).then(
				() => this.underWay++,
				() => undefined,
			);
		}
		return await this.settled();
	}

	async succeed(count = 1): Promise<number> {
		for (let index = 0; index < count; index++) {
			this.finish();
			this.limiter.onSuccess({ latencyMs: 100, size: 1000 });
		}
		return await this.settled();
	}

	async rateLimit(isNew: boolean): Promise<number> {
		this.finish();
		this.limiter.onRateLimit(1, isNew);
		return await this.settled();
	}

	private finish(): void {
		this.underWay--;
		this.limiter.release();
	}

	private async settled(): Promise<number> {
		await settle();
		return this.underWay;
	}
}

beforeEach(() => {
	sleep.mockReset().mockResolvedValue();
});

describe('ConcurrencyLimiter', () => {
	test('lets as many requests through as it may, and the next one when one leaves', async () => {
		const traffic = new Traffic(new ConcurrencyLimiter(4));
		expect(await traffic.request(3)).toBe(3);
		expect(await traffic.request(4)).toBe(4);
		expect(await traffic.succeed()).toBe(4);
		// Two are left of the seven.
		expect(await traffic.succeed(4)).toBe(2);
	});

	test('halves what it lets through when it was too many, once for all that were under way', async () => {
		const traffic = new Traffic(new ConcurrencyLimiter(8));
		expect(await traffic.request(20)).toBe(4);
		const underWay = [];
		for (let index = 0; index < 4; index++) underWay.push(await traffic.rateLimit(index === 0));
		// The first one that leaves still makes room for another: it was not known to be too many.
		expect(underWay).toEqual([4, 3, 2, 2]);
	});

	test('halves again when it is still too many after the wait', async () => {
		const traffic = new Traffic(new ConcurrencyLimiter(8));
		await traffic.request(20);
		for (let index = 0; index < 4; index++) await traffic.rateLimit(index === 0);
		expect(traffic.underWay).toBe(2);
		for (let index = 0; index < 2; index++) await traffic.rateLimit(index === 0);
		expect(traffic.underWay).toBe(1);
	});

	test('lets more through after each full round of responses, up to what it may', async () => {
		const traffic = new Traffic(new ConcurrencyLimiter(8));
		expect(await traffic.request(100)).toBe(4);
		const underWay = [];
		for (let count = 0; count < 12; count++) underWay.push(await traffic.succeed());
		expect(underWay).toEqual([4, 4, 4, 6, 6, 6, 6, 6, 6, 8, 8, 8]);
	});

	test('makes all requests share one wait, the longest that was asked for', async () => {
		const limiter = new ConcurrencyLimiter(4);
		expect(limiter.onRateLimit(2000, true)).toBe(true);
		expect(limiter.onRateLimit(5000, false)).toBe(true);
		expect(limiter.onRateLimit(3000, false)).toBe(false);
		expect(limiter.waitedMs).toBe(5000);
		expect(await new Traffic(limiter).request(2)).toBe(2);
		expect(sleep.mock.calls.map(([ms]) => ms)).toEqual([1000, 1000, 1000, 1000, 1000]);
		limiter.onSuccess();
		expect(limiter.waitedMs).toBe(0);
	});

	test('never lets fewer than one through', async () => {
		const limiter = new ConcurrencyLimiter(4);
		for (let index = 0; index < 6; index++) limiter.onRateLimit(1, true);
		expect(await new Traffic(limiter).request(3)).toBe(1);
	});

	test('what is stopped while it waits for its turn gives it up, and leaves nothing taken', async () => {
		const limiter = new ConcurrencyLimiter(1);
		const traffic = new Traffic(limiter);
		const stop = new AbortController();
		await traffic.request(1);
		await traffic.request(2, stop.signal);
		await traffic.request(1);
		stop.abort(new Error('stopped'));
		await expect(limiter.acquire(stop.signal)).rejects.toThrow('stopped');
		await settle();
		expect(traffic.underWay).toBe(1);
		expect(await traffic.succeed()).toBe(1);
		expect(await traffic.succeed()).toBe(0);
	});

	test('a place that comes as its request is stopped goes to the next one', async () => {
		const limiter = new ConcurrencyLimiter(1);
		const traffic = new Traffic(limiter);
		const stop = new AbortController();
		await traffic.request(1);
		const stopped = limiter.acquire(stop.signal);
		limiter.release();
		stop.abort(new Error('stopped'));
		await expect(stopped).rejects.toThrow('stopped');
		traffic.underWay--;
		expect(await traffic.request(2)).toBe(1);
	});

	test('responses that were not measured count for nothing', () => {
		const limiter = new ConcurrencyLimiter(12);
		for (let index = 0; index < 8; index++) limiter.onSuccess();
		expect(limiter.concurrency).toBe(4);
		for (let index = 0; index < 4; index++) limiter.onSuccess({ latencyMs: 100, size: 1 });
		expect(limiter.concurrency).toBe(6);
	});

	test.each([
		['a quota that is refilled soon', 100, 3],
		['a quota that was used up long before', 60_000, 1],
	])('lets through what %s asks for', (_what, waitMs, expected) => {
		let nowMs = 0;
		const limiter = new ConcurrencyLimiter(12, () => (nowMs += 100));
		for (let index = 0; index < 4; index++) limiter.onSuccess({ latencyMs: 100, size: 1 });
		expect(limiter.concurrency).toBe(6);
		limiter.onRateLimit(waitMs, true);
		expect(limiter.concurrency).toBe(expected);
	});

	test('what is stopped during a pause leaves nothing taken', async () => {
		const limiter = new ConcurrencyLimiter(1);
		limiter.onRateLimit(60_000, true);
		sleep.mockReturnValue(new Promise(() => {}));
		const stop = new AbortController();
		const acquiring = limiter.acquire(stop.signal);
		stop.abort(new Error('stopped'));
		await expect(acquiring).rejects.toThrow('stopped');
		sleep.mockReset().mockResolvedValue();
		expect(await new Traffic(limiter).request(1)).toBe(0);
	});
});

describe('IncidentCounter', () => {
	test('of requests that were under way together are one', () => {
		const incidents = new IncidentCounter();
		const { round } = incidents;
		expect([incidents.add(round), incidents.add(round)]).toEqual([true, false]);
		expect(incidents.count).toBe(1);
		expect(incidents.add(incidents.round)).toBe(true);
		expect(incidents.count).toBe(2);
	});
});
