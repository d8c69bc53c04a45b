import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pollEvents } from '../../../nodes/SignicatAuditTrigger/polling/pollEvents';
import { startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import { parseState, serializeState } from '../../../nodes/SignicatAuditTrigger/state/storedState';
import { fromMilliseconds } from '../../../nodes/shared/model/instant';
import { runs } from '../../support/seed';
import { type Entry, type LogShape, MemoryLog, PLAIN_LOG } from '../support/memoryLog';
import { pollSettings } from '../support/polls';

const START_MS = Date.UTC(2026, 10, 1, 12);
const HOUR_MS = 3_600_000;
const MAX_POLLS = 1000;

/** Events of the hour from START_MS on, in groups that are close together. */
const logs = fc
	.array(
		fc.record({
			at: fc.integer({ min: 0, max: HOUR_MS - 40_000 }),
			step: fc.constantFrom(0, 1, 900),
			count: fc.integer({ min: 1, max: 40 }),
		}),
		{ minLength: 1, maxLength: 6 },
	)
	.map((groups) =>
		entriesAt(
			groups.flatMap(({ at, step, count }) =>
				Array.from({ length: count }, (_, place) => at + place * step),
			),
		),
	);

function entriesAt(times: number[]): Entry[] {
	return times.map((ms, sequence) => ({ at: fromMilliseconds(START_MS + ms), sequence }));
}

/** Polls once a second until everything was read, and three times more. */
async function pollAll(
	entries: Entry[],
	shape: Partial<LogShape>,
	{ capacity, endMs }: { capacity: number; endMs: number },
): Promise<string[]> {
	const log = new MemoryLog(entries, { ...PLAIN_LOG, ...shape });
	let state = startAt(fromMilliseconds(START_MS), 'key');
	const emitted: string[] = [];
	let pollsLeft = MAX_POLLS;
	for (let nowMs = endMs; pollsLeft > 0; nowMs += 1000) {
		const result = await pollEvents(
			async (query, next) => ({ ...(await log.fetchPage(query, next)), serverTime: nowMs }),
			state,
			pollSettings(() => nowMs, { capacity, deadlineMs: nowMs + 30_000 }),
		);
		if (result.failure !== undefined) throw result.failure;
		emitted.push(...result.events.map(({ cursor }) => cursor));
		const stored: unknown = JSON.parse(JSON.stringify(serializeState(result.state)));
		state = parseState(stored) as typeof state;
		pollsLeft = result.caughtUp ? Math.min(pollsLeft - 1, 3) : pollsLeft - 1;
	}
	return emitted;
}

const cursorsOf = (entries: Entry[]) => entries.map(({ sequence }) => `c${sequence}`);

describe('events whose timestamps cannot be read', () => {
	test.each(['a backlog', 'the late arrival window'])(
		'are emitted once each where a poll takes only a part of %s',
		async (where) => {
			await fc.assert(
				fc.asyncProperty(
					logs,
					fc.constantFrom(1, 3, 10, 40),
					fc.constantFrom(1, 2, 3, 7),
					fc.constantFrom<unknown>(null, 'n/a', '1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z'),
					fc.constantFrom(undefined, 2, 3),
					async (entries, capacity, every, value, group) => {
						const shape = {
							oddTimestamps: { every, value },
							...(group && { disorder: { group, every: 1 } }),
						};
						const endMs = START_MS + HOUR_MS + (where === 'a backlog' ? 600_000 : 0);
						const emitted = await pollAll(entries, shape, { capacity, endMs });
						expect(emitted.sort()).toEqual(cursorsOf(entries).sort());
					},
				),
				{ numRuns: runs(200) },
			);
		},
		60_000,
	);

	test.each([2, 10])('are emitted once each where one in %i of many is such', async (every) => {
		const entries = entriesAt(Array.from({ length: 3000 }, (_, place) => place * 90));
		const shape = { oddTimestamps: { every, value: null } };
		const endMs = START_MS + 3000 * 90 + 1000;
		const emitted = await pollAll(entries, shape, { capacity: 500, endMs });
		expect(emitted.sort()).toEqual(cursorsOf(entries).sort());
	});

	test.each([400, 3000, 12_000])(
		'are emitted once each where all of %i are such',
		async (count) => {
			const entries = entriesAt(Array.from({ length: count }, (_, place) => place * 20));
			const shape = { oddTimestamps: { every: 1, value: 1_793_534_400_000 } };
			const emitted = await pollAll(entries, shape, {
				capacity: 5000,
				endMs: START_MS + count * 20,
			});
			expect(emitted.sort()).toEqual(cursorsOf(entries).sort());
		},
	);

	test('stand between their neighbours', async () => {
		const entries = entriesAt([0, 60_000, 120_000, 180_000]);
		const shape = { oddTimestamps: { every: 2, value: 'n/a' } };
		expect(await pollAll(entries, shape, { capacity: 100, endMs: START_MS + HOUR_MS })).toEqual([
			'c0',
			'c1',
			'c2',
			'c3',
		]);
	});
});
