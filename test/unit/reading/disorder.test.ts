import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readEvents } from '../../../nodes/shared/reading/reader';
import { fromMilliseconds, MILLISECOND, SECOND } from '../../../nodes/shared/model/instant';
import type { FetchPage } from '../../../nodes/shared/model/page';
import type { Buffering } from '../../../nodes/shared/reading/segment';
import { runs } from '../../support/seed';
import { type Entry, type LogShape, MemoryLog, newestFirst, PLAIN_LOG } from '../support/memoryLog';

const START = fromMilliseconds(Date.UTC(2026, 0, 1));
const LENGTH = 600n * SECOND;

const range = (count: number) => Array.from({ length: count }, (_one, i) => i);

/** Events at distances from nothing to seconds, with gaps. */
const logs = fc
	.array(
		fc.record({
			at: fc.bigInt({ min: 0n, max: 599_000n }),
			step: fc.constantFrom(0n, 1n, 700n, 13_000n),
			count: fc.integer({ min: 1, max: 80 }),
		}),
		{ maxLength: 8 },
	)
	.map((groups) =>
		groups
			.flatMap(({ at, step, count }) =>
				range(count).map((i) => START + (at + ((step * BigInt(i)) % 1_000n)) * MILLISECOND),
			)
			.map((at, sequence): Entry => ({ at, sequence })),
	);

const readings = fc.record({
	pageSize: fc.constantFrom<number[]>(5, 10, 50, 1000),
	maxConcurrency: fc.constantFrom(1, 2, 4, 8),
	buffering: fc.constantFrom<Buffering[]>('unbounded', { pages: 1 }, { pages: 8 }),
	order: fc.constantFrom('newestFirst' as const, 'oldestFirst' as const),
});

const odd = fc.record({
	every: fc.constantFrom(1, 2, 3, 7, 50),
	value: fc.constantFrom<unknown>(
		null,
		undefined,
		'yesterday',
		1793534400000,
		'0001-01-01T00:00:00Z',
		'9999-12-31T23:59:59.9999999Z',
		'2026-01-01T00:05:xxZ',
	),
});

type Reading = typeof readings extends fc.Arbitrary<infer Value> ? Value : never;

const window = { from: START, to: START + LENGTH };

async function read(fetchPage: FetchPage, reading: Reading): Promise<string[]> {
	const found: string[] = [];
	for await (const events of readEvents(fetchPage, {
		...reading,
		window,
		conditions: [],
		applyFiltersIn: 'signicat',
	})) {
		found.push(...events.map(({ cursor }) => cursor));
	}
	return found;
}

function expected(entries: Entry[], { order }: Reading): string[] {
	const all = entries
		.filter(({ at }) => at < window.to)
		.sort(newestFirst)
		.map(({ sequence }) => `c${sequence}`);
	return order === 'newestFirst' ? all : all.reverse();
}

/** What reading costs at most, where a page is worth `page` events. */
const most = (entries: Entry[], page: number, { maxConcurrency }: Reading) =>
	2 * Math.ceil(entries.length / page) + 4 * maxConcurrency + 2;

describe('a log that is not as it should be', () => {
	test('with pages that overlap, and timestamps that cannot be read: each event once', async () => {
		await fc.assert(
			fc.asyncProperty(
				logs,
				readings,
				fc.option(odd, { nil: undefined }),
				fc.constantFrom(0, 1, 3),
				async (entries, reading, oddTimestamps, overlap) => {
					const shape: LogShape = { ...PLAIN_LOG, oddTimestamps, overlap };
					const log = new MemoryLog(entries, shape);
					const found = await read(log.fetchPage, reading);
					const all = expected(entries, reading);
					// Where nobody can tell when an event was, it may lie a few places off.
					if (oddTimestamps) expect([...found].sort()).toEqual(all.sort());
					else expect(found).toEqual(all);
					if (reading.order === 'oldestFirst' && reading.buffering !== 'unbounded') return;
					expect(log.requests).toBeLessThanOrEqual(
						most(entries, reading.pageSize - overlap, reading),
					);
				},
			),
			{ numRuns: runs(500) },
		);
	});

	test('with events a few places away from where they belong: each event once', async () => {
		await fc.assert(
			fc.asyncProperty(
				logs,
				readings,
				fc.option(odd, { nil: undefined }),
				fc.constantFrom(2, 3, 4),
				async (entries, reading, oddTimestamps, group) => {
					const shape: LogShape = { ...PLAIN_LOG, oddTimestamps, disorder: { group, every: 1 } };
					const log = new MemoryLog(entries, shape);
					const pageSize = Math.max(oddTimestamps ? 50 : 10, reading.pageSize);
					const found = await read(log.fetchPage, { ...reading, pageSize });
					expect([...found].sort()).toEqual(expected(entries, reading).sort());
					expect(log.requests).toBeLessThanOrEqual(4 * most(entries, reading.pageSize, reading));
				},
			),
			{ numRuns: runs(500) },
		);
	});

	test('with an event without a time that changed places with one at a boundary: each event once', async () => {
		const entries = range(71).map((sequence): Entry => {
			return { at: sequence < 69 ? START : START + MILLISECOND, sequence };
		});
		const log = new MemoryLog(entries, {
			...PLAIN_LOG,
			oddTimestamps: { every: 3, value: null },
			disorder: { group: 3, every: 1 },
		});
		const reading: Reading = {
			pageSize: 50,
			maxConcurrency: 1,
			buffering: { pages: 1 },
			order: 'oldestFirst',
		};
		const found = await read(log.fetchPage, reading);
		expect(found.sort()).toEqual(expected(entries, reading).sort());
	});

	test('with a few events that changed places, on pages large enough to see it: each event once', async () => {
		await fc.assert(
			fc.asyncProperty(
				logs,
				readings,
				fc.constantFrom(2, 3, 4, 5),
				fc.constantFrom(2, 5, 20),
				async (entries, reading, group, every) => {
					const log = new MemoryLog(entries, { ...PLAIN_LOG, disorder: { group, every } });
					const found = await read(log.fetchPage, { ...reading, pageSize: 50 });
					expect([...found].sort()).toEqual(expected(entries, reading).sort());
				},
			),
			{ numRuns: runs(500) },
		);
	});

	test('that comes in the wrong order altogether: each event once, without more requests', async () => {
		await fc.assert(
			fc.asyncProperty(logs, readings, async (entries, reading) => {
				const shape = { ...PLAIN_LOG, disorder: { group: 100_000, every: 1 } };
				const log = new MemoryLog(entries, shape);
				const found = await read(log.fetchPage, { ...reading, pageSize: 20 });
				expect([...found].sort()).toEqual(expected(entries, reading).sort());
				expect(log.requests).toBeLessThanOrEqual(2 * Math.ceil(entries.length / 20) + 20);
			}),
			{ numRuns: runs(200) },
		);
	});
});
