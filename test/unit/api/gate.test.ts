import { sleep } from '../support/mockedSleep';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Complaints, RequestGate } from '../../../nodes/shared/signicat/limiter';
import { settle } from '../support/settle';

const never = new AbortController().signal;

/** Requests that go through a gate and are under way until they are answered. */
class Traffic {
	underWay = 0;

	constructor(private readonly gate: RequestGate) {}

	async ask(count: number, signal = never): Promise<number> {
		for (let one = 0; one < count; one++) {
			void this.gate.enter(signal).then(
				() => this.underWay++,
				() => undefined,
			);
		}
		return await this.settled();
	}

	async answer(count = 1): Promise<number> {
		for (let one = 0; one < count; one++) {
			this.leave();
			this.gate.succeeded();
		}
		return await this.settled();
	}

	async refuse(isNew: boolean): Promise<number> {
		this.leave();
		this.gate.slowDown(1, isNew);
		return await this.settled();
	}

	private leave(): void {
		this.underWay--;
		this.gate.leave();
	}

	private async settled(): Promise<number> {
		await settle();
		return this.underWay;
	}
}

beforeEach(() => {
	sleep.mockReset().mockResolvedValue();
});

describe('RequestGate', () => {
	test('lets as many requests through as it may, and the next one when one leaves', async () => {
		const traffic = new Traffic(new RequestGate(4));
		expect(await traffic.ask(3)).toBe(3);
		expect(await traffic.ask(4)).toBe(4);
		expect(await traffic.answer()).toBe(4);
		// Two are left of the seven.
		expect(await traffic.answer(4)).toBe(2);
	});

	test('halves what it lets through when it was too many, once for all that were under way', async () => {
		const traffic = new Traffic(new RequestGate(8));
		expect(await traffic.ask(20)).toBe(8);
		const underWay = [];
		for (let one = 0; one < 8; one++) underWay.push(await traffic.refuse(one === 0));
		// The first one that leaves still makes room for another: it was not known to be too many.
		expect(underWay).toEqual([8, 7, 6, 5, 4, 4, 4, 4]);
	});

	test('halves again when it is still too many after the wait', async () => {
		const traffic = new Traffic(new RequestGate(8));
		await traffic.ask(20);
		for (let one = 0; one < 8; one++) await traffic.refuse(one === 0);
		expect(traffic.underWay).toBe(4);
		for (let one = 0; one < 4; one++) await traffic.refuse(one === 0);
		expect(traffic.underWay).toBe(2);
	});

	test('lets one more through after each full round of answers, up to what it may', async () => {
		const gate = new RequestGate(4);
		gate.slowDown(1, true);
		const traffic = new Traffic(gate);
		expect(await traffic.ask(100)).toBe(2);
		const underWay = [];
		for (let count = 0; count < 14; count++) underWay.push(await traffic.answer());
		expect(underWay).toEqual([2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4]);
	});

	test('makes all requests share one wait, the longest that was asked for', async () => {
		const gate = new RequestGate(4);
		expect(gate.slowDown(2000, true)).toBe(true);
		expect(gate.slowDown(5000, false)).toBe(true);
		expect(gate.slowDown(3000, false)).toBe(false);
		expect(gate.waitedMs).toBe(5000);
		expect(await new Traffic(gate).ask(2)).toBe(2);
		expect(sleep.mock.calls.map(([ms]) => ms)).toEqual([1000, 1000, 1000, 1000, 1000]);
		gate.succeeded();
		expect(gate.waitedMs).toBe(0);
	});

	test('never lets fewer than one through', async () => {
		const gate = new RequestGate(4);
		for (let one = 0; one < 6; one++) gate.slowDown(1, true);
		expect(await new Traffic(gate).ask(3)).toBe(1);
	});

	test('what is stopped while it waits for its turn gives it up, and leaves nothing taken', async () => {
		const gate = new RequestGate(1);
		const traffic = new Traffic(gate);
		const stop = new AbortController();
		await traffic.ask(1);
		await traffic.ask(2, stop.signal);
		await traffic.ask(1);
		stop.abort(new Error('stopped'));
		await expect(gate.enter(stop.signal)).rejects.toThrow('stopped');
		expect(await traffic.answer()).toBe(1);
		expect(await traffic.answer()).toBe(0);
	});

	test('what is stopped during a pause leaves nothing taken', async () => {
		const gate = new RequestGate(1);
		gate.slowDown(60_000, true);
		sleep.mockReturnValue(new Promise(() => {}));
		const stop = new AbortController();
		const entering = gate.enter(stop.signal);
		stop.abort(new Error('stopped'));
		await expect(entering).rejects.toThrow('stopped');
		sleep.mockReset().mockResolvedValue();
		expect(await new Traffic(gate).ask(1)).toBe(0);
	});
});

describe('Complaints', () => {
	test('of requests that were under way together are one', () => {
		const complaints = new Complaints();
		const { round } = complaints;
		expect([complaints.add(round), complaints.add(round)]).toEqual([true, false]);
		expect(complaints.count).toBe(1);
		expect(complaints.add(complaints.round)).toBe(true);
		expect(complaints.count).toBe(2);
	});
});
