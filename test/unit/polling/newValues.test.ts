import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
	learnTypes,
	pickNewTypes,
	typeHash,
} from '../../../nodes/SignicatAuditTrigger/polling/eventTypes';
import type { PollSettings } from '../../../nodes/SignicatAuditTrigger/polling/pollSettings';
import {
	type LearningState,
	type ReadyState,
	startAt,
} from '../../../nodes/SignicatAuditTrigger/state/pollState';
import { DAY, fromMilliseconds, SECOND } from '../../../nodes/shared/model/instant';
import type { FetchPage } from '../../../nodes/shared/model/page';
import { logShapes } from '../support/arbitraries';
import { type Entry, MemoryLog, PLAIN_LOG } from '../support/memoryLog';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);

const SETTINGS: PollSettings = {
	conditions: [],
	applyFiltersIn: 'signicat',
	allowedLateness: 0n,
	delay: 0n,
	capacity: 5000,
	deadlineMs: NOW_MS + 30_000,
	now: () => NOW_MS,
};

const event = (cursor: string, serviceName?: string | null, eventType?: string | null) => ({
	cursor,
	timestamp: `2026-11-01T12:00:0${cursor.slice(-1)}Z`,
	serviceName,
	eventType,
});

describe('typeHash', () => {
	test('takes names that are nested however deeply', () => {
		const levels = 10_000;
		const deep: unknown = JSON.parse('['.repeat(levels) + ']'.repeat(levels));
		expect(typeHash(deep, 'login')).not.toBe(typeHash([deep], 'login'));
	});

	test('takes a missing name for null', () => {
		expect(typeHash(undefined, undefined)).toBe(typeHash(null, null));
		expect(typeHash('Broker', undefined)).toBe(typeHash('Broker', null));
	});

	test.each([
		['the same event type of two services', ['a', 'x'], ['b', 'x']],
		['names that are the same when put together', ['ab', 'c'], ['a', 'bc']],
		['names that change places', ['a', 'b'], ['b', 'a']],
		['no name and the word null', ['a', null], ['a', 'null']],
		['no name and an empty one', [null, 'a'], ['', 'a']],
	])('tells %s apart', (_what, [service, type], [otherService, otherType]) => {
		expect(typeHash(service, type)).not.toBe(typeHash(otherService, otherType));
	});
});

describe('pickNewTypes', () => {
	test('gives each unknown pair once, with its first event', () => {
		const first = event('c1', 'Broker', 'authn_response');
		const other = event('c3', 'mobileid', 'authn_response');
		const { found } = pickNewTypes(
			[first, event('c2', 'Broker', 'authn_response'), other],
			new Set(),
		);
		expect(found).toEqual([
			{
				serviceName: 'Broker',
				eventType: 'authn_response',
				firstSeenAt: '2026-11-01T12:00:01Z',
				event: first,
			},
			{
				serviceName: 'mobileid',
				eventType: 'authn_response',
				firstSeenAt: '2026-11-01T12:00:03Z',
				event: other,
			},
		]);
	});

	test('gives no pair that is known', () => {
		const known = new Set([typeHash('Broker', 'login')]);
		expect(pickNewTypes([event('c1', 'Broker', 'login')], known).found).toEqual([]);
	});

	test('knows the old and the new pairs afterwards, and leaves the known ones as they were', () => {
		const before = new Set([typeHash('Broker', 'login')]);
		const { known } = pickNewTypes([event('c1', 'Broker', 'logout')], before);
		expect(known).toEqual(new Set([typeHash('Broker', 'login'), typeHash('Broker', 'logout')]));
		expect(before.size).toBe(1);
	});

	test('names a missing service and a missing event type null', () => {
		const { found } = pickNewTypes([event('c1'), event('c2', null, null)], new Set());
		expect(found.map(({ serviceName, eventType }) => [serviceName, eventType])).toEqual([
			[null, null],
		]);
	});
});

describe('learnTypes', () => {
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
		expect(await learnTypes(log.fetchPage, state, SETTINGS)).toEqual(startAt(NOW, 'key'));
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
		const before = { ...learning(150n), knownTypes: new Set([typeHash('old', 'old')]) };
		const { knownTypes, phase, ...rest } = await learnTypes(log.fetchPage, before, SETTINGS);
		expect(knownTypes).toEqual(
			new Set([
				typeHash('old', 'old'),
				...[1, 2, 3].map((sequence) => typeHash('Broker', `type-${sequence}`)),
			]),
		);
		expect(phase).toBe('ready');
		expect(rest).not.toHaveProperty('toLearn');
		expect(before.knownTypes.size).toBe(1);
		expect({ ...before, ...rest }).toEqual(before);
	});

	test.each(['signicat', 'n8n'] as const)(
		'learns only what passes the conditions, applied in %s',
		async (applyFiltersIn) => {
			const log = new MemoryLog([entry(NOW - 1n, 1), entry(NOW - 2n, 2, 'mobileid')]);
			const conditions = [{ field: 'serviceName', operator: 'eq', value: 'mobileid' }];
			const { knownTypes } = await learnTypes(log.fetchPage, learning(1n), {
				...SETTINGS,
				conditions,
				applyFiltersIn,
			});
			expect(knownTypes).toEqual(new Set([typeHash('mobileid', 'type-2')]));
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
					state = await learnTypes(fetchPage, state, {
						...SETTINGS,
						deadlineMs: nowMs + pagesPerPoll * 1000,
						now: () => nowMs,
					});
				}
				expect(state.phase).toBe('ready');
				expect(state.knownTypes).toEqual(
					new Set(offsets.map((_, i) => typeHash('Broker', `type-${i}`))),
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
		const stopped = await learnTypes(fetchPage, learning(1n), {
			...SETTINGS,
			deadlineMs: NOW_MS + 1000,
			now: () => nowMs,
		});
		expect(stopped.knownTypes).toEqual(new Set([typeHash('Broker', 'type-1')]));
		if (stopped.phase !== 'learning') throw new Error('Nothing is left to learn');
		expect(stopped.toLearn.from).toBe(NOW - DAY);
		const { knownTypes, phase } = await learnTypes(fetchPage, stopped, SETTINGS);
		expect(knownTypes).toEqual(
			new Set([typeHash('Broker', 'type-1'), typeHash('Broker', 'type-2')]),
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
		const state = await learnTypes(fetchPage, learning(600n), {
			...SETTINGS,
			deadlineMs,
			now: () => nowMs,
		});
		expect(began.filter((at) => at >= deadlineMs)).toEqual([]);
		expect(state.phase).toBe('learning');
		expect(state).toHaveProperty('toLearn');
	});

	test('passes on what a request threw', async () => {
		const fetchPage: FetchPage = async () => {
			throw new Error('fault');
		};
		await expect(learnTypes(fetchPage, learning(1n), SETTINGS)).rejects.toThrow('fault');
	});

	test('asks for no window that is longer than 60 days', async () => {
		const log = new MemoryLog([], PLAIN_LOG);
		await learnTypes(log.fetchPage, learning(200n), SETTINGS);
		const lengths = log.queries.map(({ window }) => window.to - window.from);
		expect(lengths.length).toBeGreaterThan(3);
		expect(lengths.filter((length) => length > 60n * DAY - SECOND)).toEqual([]);
	});
});
