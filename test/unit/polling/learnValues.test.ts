import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addOlder, learnValues } from '../../../nodes/SignicatAuditTrigger/polling/learnValues';
import type { PollSettings } from '../../../nodes/SignicatAuditTrigger/polling/pollSettings';
import {
	EVENT_TYPE,
	valuesHash,
	type WatchedFields,
} from '../../../nodes/SignicatAuditTrigger/polling/watchedFields';
import { MAX_VALUES } from '../../../nodes/SignicatAuditTrigger/state/bounds';
import {
	type LearningState,
	type ReadyState,
	startAt,
} from '../../../nodes/SignicatAuditTrigger/state/pollState';
import {
	DAY,
	formatTimestamp,
	fromMilliseconds,
	MILLISECOND,
	SECOND,
} from '../../../nodes/shared/model/instant';
import type { FetchPage } from '../../../nodes/shared/model/page';
import { MAX_WINDOW } from '../../../nodes/shared/model/window';
import { logShapes } from '../support/arbitraries';
import { type Entry, MemoryLog, PLAIN_LOG } from '../support/memoryLog';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);

const SETTINGS: PollSettings & { watched: WatchedFields } = {
	watched: EVENT_TYPE,
	conditions: [],
	applyFiltersIn: 'signicat',
	allowedLateness: 0n,
	delay: 0n,
	capacity: 5000,
	deadlineMs: NOW_MS + 30_000,
	now: () => NOW_MS,
};

describe('learnValues', () => {
	const learning = (days: bigint): LearningState => ({
		...startAt(NOW, 'key'),
		phase: 'learning',
		toLearn: { from: NOW - days * DAY, to: NOW },
	});

	function entry(at: bigint, sequence: number, serviceName = 'Broker'): Entry {
		return { at, sequence, fields: { serviceName, eventType: `type-${sequence}` } };
	}

	test('does nothing where nothing is left to learn', async () => {
		const log = new MemoryLog([]);
		const state = learning(0n);
		expect(await learnValues(log.fetchPage, state, SETTINGS)).toEqual(startAt(NOW, 'key'));
		expect(log.requests).toBe(0);
	});

	test('learns the pairs of the whole stretch, and leaves the rest of the state as it is', async () => {
		const log = new MemoryLog([
			entry(NOW - 1n, 1),
			entry(NOW - 100n * DAY, 2),
			entry(NOW - 150n * DAY, 3),
			entry(NOW - 151n * DAY, 4),
			entry(NOW, 5),
		]);
		const before = { ...learning(150n), knownValues: new Set([valuesHash(['old', 'old'])]) };
		const { knownValues, phase, ...rest } = await learnValues(log.fetchPage, before, SETTINGS);
		expect(knownValues).toEqual(
			new Set([
				valuesHash(['old', 'old']),
				...[1, 2, 3].map((sequence) => valuesHash(['Broker', `type-${sequence}`])),
			]),
		);
		expect(phase).toBe('ready');
		expect(rest).not.toHaveProperty('toLearn');
		expect(before.knownValues.size).toBe(1);
		expect({ ...before, ...rest }).toEqual(before);
	});

	test.each(['signicat', 'n8n'] as const)(
		'learns only what passes the conditions, applied in %s',
		async (applyFiltersIn) => {
			const log = new MemoryLog([entry(NOW - 1n, 1), entry(NOW - 2n, 2, 'mobileid')]);
			const conditions = [{ field: 'serviceName', operator: 'eq', value: 'mobileid' }];
			const { knownValues } = await learnValues(log.fetchPage, learning(1n), {
				...SETTINGS,
				conditions,
				applyFiltersIn,
			});
			expect(knownValues).toEqual(new Set([valuesHash(['mobileid', 'type-2'])]));
			expect(log.queries.map((query) => query.conditions)).toEqual([
				applyFiltersIn === 'n8n' ? [] : conditions,
			]);
		},
	);

	test('comes to its end over several polls, whatever the log looks like, and misses no pair', async () => {
		const scenarios = fc.record({
			shape: logShapes,
			days: fc.constantFrom(1n, 30n, 130n),
			offsets: fc.uniqueArray(fc.bigInt({ min: 1n, max: 100_000n }), { maxLength: 25 }),
			pagesPerPoll: fc.integer({ min: 4, max: 7 }),
		});
		await fc.assert(
			fc.asyncProperty(scenarios, async ({ shape, days, offsets, pagesPerPoll }) => {
				let nowMs = NOW_MS;
				const spread = (days * DAY) / 100_001n / 100n;
				const entries = offsets.map((offset, i) => entry(NOW - offset * spread * 100n, i));
				const log = new MemoryLog(entries, shape);
				const fetchPage: FetchPage = async (query, next) => {
					nowMs += 1000;
					return await log.fetchPage(query, next);
				};
				let state: LearningState | ReadyState = learning(days);
				for (let poll = 0; poll < 200 && state.phase === 'learning'; poll++) {
					state = await learnValues(fetchPage, state, {
						...SETTINGS,
						deadlineMs: nowMs + pagesPerPoll * 1000,
						now: () => nowMs,
					});
				}
				expect(state.phase).toBe('ready');
				expect(state.knownValues).toEqual(
					new Set(offsets.map((_, i) => valuesHash(['Broker', `type-${i}`]))),
				);
			}),
		);
	});

	test('goes on in the millisecond where it stopped, since that may hold more', async () => {
		const at = NOW - SECOND + 500_000n;
		const log = new MemoryLog([entry(at + 100n, 1), entry(at, 2)], { ...PLAIN_LOG, pageCap: 1 });
		let nowMs = NOW_MS;
		const fetchPage: FetchPage = async (query, next) => {
			nowMs += 1000;
			return await log.fetchPage(query, next);
		};
		const stopped = await learnValues(fetchPage, learning(1n), {
			...SETTINGS,
			deadlineMs: NOW_MS + 1000,
			now: () => nowMs,
		});
		expect(stopped.knownValues).toEqual(new Set([valuesHash(['Broker', 'type-1'])]));
		if (stopped.phase !== 'learning') throw new Error('Nothing is left to learn');
		expect(stopped.toLearn.from).toBe(NOW - DAY);
		const { knownValues, phase } = await learnValues(fetchPage, stopped, SETTINGS);
		expect(knownValues).toEqual(
			new Set([valuesHash(['Broker', 'type-1']), valuesHash(['Broker', 'type-2'])]),
		);
		expect(phase).toBe('ready');
	});

	test('begins no request after the deadline, in the midst of a window and between two', async () => {
		let nowMs = NOW_MS;
		const deadlineMs = NOW_MS + 2500;
		const began: number[] = [];
		const log = new MemoryLog([]);
		const fetchPage: FetchPage = async (query, next) => {
			began.push(nowMs);
			nowMs += 1000;
			return await log.fetchPage(query, next);
		};
		const state = await learnValues(fetchPage, learning(600n), {
			...SETTINGS,
			deadlineMs,
			now: () => nowMs,
		});
		expect(began.filter((at) => at >= deadlineMs)).toEqual([]);
		// Three windows were read whole.
		expect(state).toMatchObject({
			phase: 'learning',
			toLearn: { from: NOW - 600n * DAY, to: NOW - 3n * MAX_WINDOW },
		});
	});

	test('is done where the time is over with the last window', async () => {
		const settings = { ...SETTINGS, deadlineMs: NOW_MS };
		const { phase } = await learnValues(new MemoryLog([]).fetchPage, learning(1n), settings);
		expect(phase).toBe('ready');
	});

	test.each([
		['before the window', NOW - 2n * DAY, NOW],
		['at its end', NOW, NOW],
		['that cannot be read', undefined, NOW],
		['at its beginning', NOW - DAY, NOW - DAY + MILLISECOND],
		['in its last millisecond', NOW - 1n, NOW],
	])('goes on behind the oldest event of the window: one with a time %s', async (_what, at, to) => {
		const timestamp = at === undefined ? 'soon' : formatTimestamp(at);
		const fetchPage: FetchPage = async () => ({ events: [{ cursor: 'a', timestamp }], next: 'b' });
		const settings = { ...SETTINGS, deadlineMs: NOW_MS };
		expect(await learnValues(fetchPage, learning(1n), settings)).toMatchObject({
			phase: 'learning',
			toLearn: { from: NOW - DAY, to },
		});
	});

	test('passes on what a request threw', async () => {
		const fetchPage: FetchPage = async () => {
			throw new Error('fault');
		};
		await expect(learnValues(fetchPage, learning(1n), SETTINGS)).rejects.toThrow('fault');
	});

	test('asks for no window that is longer than 60 days', async () => {
		const log = new MemoryLog([], PLAIN_LOG);
		await learnValues(log.fetchPage, learning(200n), SETTINGS);
		const lengths = log.queries.map(({ window }) => window.to - window.from);
		expect(lengths.length).toBeGreaterThan(3);
		expect(lengths.filter((length) => length > 60n * DAY - SECOND)).toEqual([]);
	});

	test('learns nothing of events without any of the watched fields', async () => {
		const log = new MemoryLog([
			{ at: NOW - 1n, sequence: 1, fields: { userId: 'u1' } },
			{ at: NOW - 2n, sequence: 2, fields: {} },
			{ at: NOW - 3n, sequence: 3, fields: { ipAddress: '192.0.2.1' } },
		]);
		const watched = { names: ['userId', 'ipAddress'], countsMissing: false };
		const { knownValues } = await learnValues(log.fetchPage, learning(1n), {
			...SETTINGS,
			watched,
		});
		expect([...knownValues]).toEqual([valuesHash([null, '192.0.2.1']), valuesHash(['u1', null])]);
	});

	test('knows first what was seen last, and stops where there is no more room', async () => {
		const count = MAX_VALUES + 3000;
		const entries = Array.from({ length: count }, (_, i) => entry(NOW - BigInt(i + 1) * SECOND, i));
		const log = new MemoryLog(entries);
		const { knownValues, phase } = await learnValues(log.fetchPage, learning(30n), SETTINGS);
		const newest = valuesHash(['Broker', 'type-0']);
		expect(phase).toBe('ready');
		// One page more than there is room for: the oldest will be forgotten.
		expect(knownValues.size).toBe(MAX_VALUES + 1000);
		expect([...knownValues].at(-1)).toBe(newest);
		expect([...knownValues][0]).toBe(valuesHash(['Broker', `type-${MAX_VALUES + 999}`]));
	});
});

describe('addOlder', () => {
	test('puts the oldest first, and before all that is known', () => {
		expect([...addOlder(new Set(['c', 'd']), ['b', 'd', 'a', 'b'])]).toEqual(['a', 'b', 'c', 'd']);
	});
});
