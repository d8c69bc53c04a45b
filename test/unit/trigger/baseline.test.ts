import { describe, expect, test } from '@jest/globals';
import { takeBaseline } from '../../../nodes/SignicatAuditTrigger/baseline';
import { keyOf } from '../../../nodes/SignicatAuditTrigger/state/eventKey';
import { MAX_PACKED_EVENTS } from '../../../nodes/SignicatAuditTrigger/state/packedEvents';
import {
	fromMilliseconds,
	type Instant,
	MILLISECOND,
	MINUTE,
	SECOND,
	toMilliseconds,
} from '../../../nodes/shared/model/instant';
import type { FetchPage } from '../../../nodes/shared/model/page';
import { MemoryLog, PLAIN_LOG } from '../support/memoryLog';
import { logOf } from '../support/orderedLog';
import { pollSettings } from '../support/polls';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);

const SETTINGS = pollSettings(() => NOW_MS, { deadlineMs: NOW_MS + 30_000 });

/** The log of a server whose clock is ahead by `skewMs`, and tells so in the Date header. */
function serverOf(times: readonly Instant[], skewMs = 0, shape = PLAIN_LOG): FetchPage {
	const log = new MemoryLog(
		times.map((at, sequence) => ({ at, sequence })),
		shape,
	);
	return async (...request) => ({
		...(await log.fetchPage(...request)),
		serverTime: NOW_MS + skewMs,
	});
}

/** The same for a great many events. */
function largeServerOf(times: readonly Instant[], skewMs = 0): FetchPage {
	const { fetchPage } = logOf([...times].sort((a, b) => (a < b ? -1 : 1)));
	return async (...request) => ({ ...(await fetchPage(...request)), serverTime: NOW_MS + skewMs });
}

/** `count` events, the newest of them right before `to`, a millisecond apart. */
const eventsBefore = (to: Instant, count: number) =>
	Array.from({ length: count }, (_, index) => to - BigInt(index + 1) * MILLISECOND);

const hashOf = (cursor: string) => keyOf({ cursor, timestamp: '' }, undefined).hash;

describe('takeBaseline', () => {
	test('remembers what is in the log already, with its time, and reads on from the present', async () => {
		const times = [NOW - SECOND, NOW - MINUTE];
		const { state, events } = await takeBaseline(serverOf(times), 'key', SETTINGS);
		expect(state).toMatchObject({ phase: 'ready', key: 'key', watermark: NOW });
		expect(state.overlapFrom < NOW - 5n * MINUTE).toBe(true);
		expect([...state.emitted]).toEqual([
			{ ms: NOW_MS - 60_000, hash: hashOf('c1') },
			{ ms: NOW_MS - 1000, hash: hashOf('c0') },
		]);
		expect(events.map(({ cursor }) => cursor)).toEqual(['c0', 'c1']);
	});

	test('remembers the newest where there are more than it has room for, and reads on from there', async () => {
		const times = eventsBefore(NOW, MAX_PACKED_EVENTS + 5000);
		const { state } = await takeBaseline(largeServerOf(times), 'key', SETTINGS);
		expect(state.emitted.size).toBe(MAX_PACKED_EVENTS);
		expect(state.watermark).toBe(NOW);
		const first = toMilliseconds(state.overlapFrom);
		expect(first).toBe(NOW_MS - MAX_PACKED_EVENTS);
		expect(state.emitted.first).toBe(first);
	});

	test('has a later watermark where not even what lies between the two clocks has room', async () => {
		const skewMs = 240_000;
		const times = eventsBefore(NOW + fromMilliseconds(skewMs), MAX_PACKED_EVENTS + 5000);
		const { state } = await takeBaseline(largeServerOf(times, skewMs), 'key', SETTINGS);
		expect(state.watermark).toBe(state.overlapFrom);
		expect(state.watermark > NOW).toBe(true);
		expect(state.emitted.size).toBe(MAX_PACKED_EVENTS);
		expect(state.clockCandidate).toEqual({ skewMs, sinceMs: NOW_MS, polls: 1 });
	});

	test('does not cut through the events of one millisecond', async () => {
		const times = eventsBefore(NOW, 3300).flatMap((at) => Array.from({ length: 50 }, () => at));
		const { state } = await takeBaseline(largeServerOf(times), 'key', SETTINGS);
		expect(state.emitted.size).toBe(MAX_PACKED_EVENTS);
		expect(NOW - state.overlapFrom).toBe(BigInt(MAX_PACKED_EVENTS / 50) * MILLISECOND);
	});

	test('remembers an event once that the log shows on two pages', async () => {
		const shape = { ...PLAIN_LOG, pageCap: 10, overlap: 3 };
		const { state } = await takeBaseline(
			serverOf(eventsBefore(NOW, 40), 0, shape),
			'key',
			SETTINGS,
		);
		expect(state.emitted.size).toBe(40);
	});

	test('leaves the start unverified where the clocks cannot both be right', async () => {
		const skewMs = 61 * 86_400_000;
		const { state, events } = await takeBaseline(serverOf([NOW - SECOND], skewMs), 'key', SETTINGS);
		expect(state).toMatchObject({
			phase: 'clockUnverified',
			watermark: NOW,
			clockCandidate: { skewMs, sinceMs: NOW_MS, polls: 1 },
		});
		expect(events).toEqual([]);
	});
});
