import { describe, expect, test } from '@jest/globals';
import { RequestGate } from '../../../nodes/shared/api/gate';
import { settle } from '../support/settle';

/** Requests that go through a gate and are under way until they are answered. */
class Traffic {
	underWay = 0;

	constructor(private readonly gate: RequestGate) {}

	async ask(count: number): Promise<number> {
		for (let one = 0; one < count; one++) void this.gate.enter().then(() => this.underWay++);
		return await this.settled();
	}

	async answer(count = 1): Promise<number> {
		for (let one = 0; one < count; one++) {
			this.leave();
			this.gate.succeeded();
		}
		return await this.settled();
	}

	async refuse(until: number): Promise<number> {
		this.leave();
		this.gate.slowDown(until);
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
		const until = Date.now() + 60_000;
		const underWay = [];
		for (let one = 0; one < 8; one++) underWay.push(await traffic.refuse(until + one));
		// The first one that leaves still makes room for another: it was not known to be too many.
		expect(underWay).toEqual([8, 7, 6, 5, 4, 4, 4, 4]);
	});

	test('halves again when it is still too many after the wait', async () => {
		const traffic = new Traffic(new RequestGate(8));
		await traffic.ask(20);
		for (let one = 0; one < 8; one++) await traffic.refuse(1);
		expect(traffic.underWay).toBe(4);
		for (let one = 0; one < 4; one++) await traffic.refuse(2);
		expect(traffic.underWay).toBe(2);
	});

	test('lets one more through after each full round of answers, up to what it may', async () => {
		const gate = new RequestGate(4);
		gate.slowDown(1);
		const traffic = new Traffic(gate);
		expect(await traffic.ask(100)).toBe(2);
		const underWay = [];
		for (let count = 0; count < 14; count++) underWay.push(await traffic.answer());
		expect(underWay).toEqual([2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4]);
	});

	test('makes all requests wait for the latest moment that it was told', () => {
		const gate = new RequestGate(4);
		expect(gate.pause(4000)).toBe(0);
		gate.slowDown(10_000);
		gate.slowDown(8000);
		expect(gate.pause(4000)).toBe(6000);
		expect(gate.pause(10_000)).toBe(0);
	});

	test('never lets fewer than one through', async () => {
		const gate = new RequestGate(4);
		for (let until = 1; until < 6; until++) gate.slowDown(until);
		expect(await new Traffic(gate).ask(3)).toBe(1);
	});
});
