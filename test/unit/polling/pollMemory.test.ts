import { describe, expect, test } from '@jest/globals';
import { PollMemory } from '../../../nodes/SignicatAuditTrigger/polling/pollMemory';
import { keyOf } from '../../../nodes/SignicatAuditTrigger/state/eventKey';
import { EventSet } from '../../../nodes/SignicatAuditTrigger/state/eventSet';
import { fromMilliseconds, type Instant, SECOND } from '../../../nodes/shared/model/instant';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);

const key = (cursor: string, time?: Instant) => keyOf({ cursor, timestamp: '' }, time);
const dated = (cursor: string) => ({ ms: NOW_MS, hash: key(cursor, NOW).hash });

function remembering(before: { dated?: string[]; undated?: string[] } = {}) {
	const undated = (before.undated ?? []).map((cursor) => [key(cursor).name, NOW_MS] as const);
	const emitted = EventSet.of((before.dated ?? []).map(dated));
	return new PollMemory({ emitted, undated: new Map(undated) });
}

function add(memory: PollMemory, cursor: string, time?: Instant, isStray = false): void {
	const place = { at: NOW, earliest: NOW, latest: NOW + SECOND, isStray };
	const isDated = time === NOW;
	memory.add({ event: { cursor, timestamp: '' }, key: key(cursor, time), place, isDated });
}

describe('the memory of a poll', () => {
	test('has what was emitted before it, by its time or without one', () => {
		const memory = remembering({ dated: ['a'], undated: ['b'] });
		expect(memory.has(key('a', NOW))).toBe(true);
		expect(memory.has(key('b'))).toBe(true);
		// The time can be read by now.
		expect(memory.has(key('b', NOW))).toBe(true);
		expect(memory.has(key('a'))).toBe(false);
		expect(memory.has(key('a', NOW + SECOND))).toBe(false);
		expect(memory.has(key('c', NOW))).toBe(false);
	});

	test('has what was emitted in it', () => {
		const memory = remembering({ dated: ['a'] });
		add(memory, 'b', NOW);
		add(memory, 'c');
		expect([key('b', NOW), key('c')].map((one) => memory.has(one))).toEqual([true, true]);
		expect([key('b'), key('d', NOW), key('d')].map((one) => memory.has(one))).toEqual(
			Array(3).fill(false),
		);
		expect([...memory.emitted]).toEqual([...EventSet.of(['a', 'b'].map(dated))]);
		expect([...memory.undated]).toEqual([[key('c').name, NOW_MS + 1000]]);
		expect(memory.strays.size).toBe(0);
	});

	test('knows which events nothing bounds, with the time that they show, or may have at the latest', () => {
		const memory = remembering();
		add(memory, 'a', undefined, true);
		add(memory, 'b', NOW + 60n * SECOND, true);
		expect([...memory.strays]).toEqual([
			[key('a').name, NOW_MS + 1000],
			[key('b').name, NOW_MS + 60_000],
		]);
		expect([...memory.undated.values()]).toEqual([NOW_MS + 1000, NOW_MS + 1000]);
	});

	test('leaves what the state remembers as it is', () => {
		const undated = new Map<string, number>();
		add(new PollMemory({ emitted: EventSet.NONE, undated }), 'a');
		expect(undated.size).toBe(0);
	});
});
