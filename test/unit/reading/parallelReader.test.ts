import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UnexpectedResponseError } from '../../../nodes/shared/model/unexpectedResponse';
import { OldestFirstReader } from '../../../nodes/shared/reading/oldestFirstReader';
import { ParallelReader } from '../../../nodes/shared/reading/parallelReader';
import { readEvents } from '../../../nodes/shared/reading/reader';
import { DAY, fromMilliseconds, MILLISECOND, SECOND } from '../../../nodes/shared/model/instant';
import type { SegmentReader } from '../../../nodes/shared/reading/segmentReader';
import type { FetchPage } from '../../../nodes/shared/model/page';
import type { Window } from '../../../nodes/shared/model/window';
import type { Buffering } from '../../../nodes/shared/reading/segment';
import { runs } from '../../support/seed';
import { logShapes } from '../support/arbitraries';
import { type Entry, MemoryLog, newestFirst } from '../support/memoryLog';
import { settle } from '../support/settle';

const START = fromMilliseconds(Date.UTC(2026, 0, 1));

const lengths = [10n * SECOND, DAY, 150n * DAY];

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

const scenarios = fc.constantFrom(...lengths).chain((length) =>
	fc.record({
		window: fc.constant<Window>({ from: START, to: START + length }),
		entries: fc
			.array(
				fc.record({
					// A part in ten thousand of the range; neighbours share a part, and often an instant.
					part: fc.oneof(
						fc.bigInt({ min: 0n, max: 10_000n }),
						fc.bigInt({ min: 4_000n, max: 4_003n }),
					),
					steps: fc.constantFrom(0n, 0n, 1n, 9_999n, 10_000n),
					count: fc.constantFrom(1, 1, 3, 6),
				}),
				{ maxLength: 30 },
			)
			.map((groups) =>
				groups
					.flatMap(({ part, steps, count }) =>
						range(count).map(() => START + (length / 10_000n) * part + steps * 100n),
					)
					.map((at, sequence): Entry => ({ at, sequence })),
			),
		shape: logShapes,
		pageSize: fc.constantFrom(1, 2, 5, 1000),
		concurrency: fc.integer({ min: 2, max: 6 }),
		buffering: fc.constantFrom<Buffering[]>({ pages: 1 }, { pages: 3 }, 'unbounded'),
	}),
);

type Scenario = typeof scenarios extends fc.Arbitrary<infer Value> ? Value : never;

function expected({ window, entries, shape }: Scenario): string[] {
	return entries
		.filter(({ at }) => (shape.includesFrom ? at >= window.from : at > window.from))
		.filter(({ at }) => at < window.to)
		.sort(newestFirst)
		.map(({ sequence }) => `c${sequence}`);
}

async function read(reader: SegmentReader): Promise<string[]> {
	const found: string[] = [];
	for await (const events of reader.read()) found.push(...events.map(({ cursor }) => cursor));
	return found;
}

const everySecond = range(200).map((i): Entry => ({ at: START + BigInt(i) * SECOND, sequence: i }));

const DENSE = {
	window: { from: START, to: START + 200n * SECOND },
	conditions: [],
	pageSize: 5,
	concurrency: 4,
	buffering: 'unbounded' as Buffering,
};

const inOrder = {
	'newest first': (scenario: Scenario) => expected(scenario),
	'oldest first': (scenario: Scenario) => expected(scenario).reverse(),
};

describe.each([
	{ name: 'ParallelReader', Reader: ParallelReader, order: 'newest first' as const },
	{ name: 'OldestFirstReader', Reader: OldestFirstReader, order: 'oldest first' as const },
])('$name', ({ Reader, order }) => {
	test(`gives each event once and ${order}, in whatever order the answers come`, async () => {
		await fc.assert(
			fc.asyncProperty(scenarios, fc.scheduler(), async (scenario, scheduler) => {
				const log = new MemoryLog(scenario.entries, scenario.shape);
				const fetchPage: FetchPage = async (query, next) => {
					const page = await log.fetchPage(query, next);
					return await scheduler.schedule(Promise.resolve(page));
				};
				const reading = read(new Reader(fetchPage, { ...scenario, conditions: [] }));
				expect(await scheduler.waitFor(reading)).toEqual(inOrder[order](scenario));
			}),
			{ numRuns: runs(300) },
		);
	});

	test('cuts on whole milliseconds, so that it does not matter how timestamps are shown', async () => {
		const odd = 1_234_500n;
		const entries = everySecond.map(({ at, sequence }) => ({ at: at + odd, sequence }));
		const window = { from: DENSE.window.from + 300n, to: DENSE.window.to + 700n };
		const log = new MemoryLog(entries);
		await read(new Reader(log.fetchPage, { ...DENSE, window }));
		const cuts = log.queries.map((query) => query.window.to).filter((to) => to !== window.to);
		expect(cuts.length).toBeGreaterThan(2);
		expect(cuts.filter((to) => to % MILLISECOND !== 0n)).toEqual([]);
	});

	test.each([
		['of one query', 200n * SECOND],
		['of several queries', 150n * DAY],
	])(
		'in a range %s, has no more requests under way than it may, and one alone at first',
		async (...[, length]) => {
			const log = new MemoryLog(everySecond);
			const window = { from: START, to: START + length };
			const underWay: number[] = [];
			let count = 0;
			const fetchPage: FetchPage = async (query, next) => {
				underWay.push(++count);
				await settle();
				const page = await log.fetchPage(query, next);
				count--;
				return page;
			};
			await read(new Reader(fetchPage, { ...DENSE, window }));
			// The second request begins when the first one has ended.
			expect(underWay.slice(0, 2)).toEqual([1, 1]);
			expect(Math.max(...underWay)).toBe(4);
		},
	);

	test('holds few pages for a consumer that takes its time', async () => {
		const log = new MemoryLog(everySecond);
		const pages = new Reader(log.fetchPage, { ...DENSE, buffering: { pages: 3 } }).read();
		await pages.next();
		await settle();
		// Oldest first, what is newer than the segments that are read waits, too: a page for each halving.
		expect(log.requests).toBeLessThanOrEqual(1 + 3 + (order === 'oldest first' ? 2 : 1));
		await pages.return(undefined);
	});

	test('begins no request after its consumer stopped', async () => {
		const log = new MemoryLog(everySecond);
		const pages = new Reader(log.fetchPage, { ...DENSE, buffering: { pages: 3 } }).read();
		await pages.next();
		await pages.return(undefined);
		await settle();
		const requests = log.requests;
		await settle();
		expect(log.requests).toBe(requests);
		expect(requests).toBeLessThan(10);
	});

	test.each([1, 2, 3, 7])('passes on what request %i threw', async (failing) => {
		const log = new MemoryLog(everySecond);
		let requests = 0;
		const fetchPage: FetchPage = async (query, next) => {
			if (++requests === failing) throw new Error('fault');
			return await log.fetchPage(query, next);
		};
		await expect(read(new Reader(fetchPage, DENSE))).rejects.toThrow('fault');
	});

	test.each([2, 3, 5])(
		'passes on what request %i threw while the consumer was busy',
		async (failing) => {
			const log = new MemoryLog(everySecond);
			let requests = 0;
			const fetchPage: FetchPage = async (query, next) => {
				if (++requests === failing) throw new Error('fault');
				return await log.fetchPage(query, next);
			};
			let outcome: unknown = 'still waiting';
			const reading = async () => {
				const reader = new Reader(fetchPage, { ...DENSE, buffering: { pages: 4 } });
				for await (const events of reader.read()) {
					expect(events.length).toBeGreaterThan(0);
					await settle();
				}
			};
			void reading().catch((error: unknown) => (outcome = error));
			for (let turn = 0; turn < 100; turn++) await settle();
			expect(outcome).toEqual(new Error('fault'));
		},
	);

	test('ends the other requests when one fails', async () => {
		const log = new MemoryLog(everySecond);
		const ended: boolean[] = [];
		let requests = 0;
		const fetchPage: FetchPage = async (query, next, signal) => {
			if (++requests === 1) return await log.fetchPage(query, next);
			if (requests === 4) throw new Error('fault');
			return await new Promise((_resolve, reject) => {
				signal?.addEventListener('abort', () => {
					ended.push(true);
					reject(new Error('ended'));
				});
			});
		};
		await expect(read(new Reader(fetchPage, DENSE))).rejects.toThrow('fault');
		expect(requests).toBeGreaterThanOrEqual(4);
		expect(ended).toHaveLength(requests - 2);
	});

	test('stops at a page that names itself as the next', async () => {
		const fetchPage: FetchPage = async () => ({ events: [], next: 'loop' });
		await expect(read(new Reader(fetchPage, DENSE))).rejects.toThrow(UnexpectedResponseError);
	});

	test('costs little more requests than there are pages', async () => {
		const log = new MemoryLog(everySecond);
		await read(new Reader(log.fetchPage, DENSE));
		expect(log.requests).toBeLessThanOrEqual(1.25 * (200 / DENSE.pageSize) + 2 * 4);
	});

	test('costs little more requests than the sequence, whatever the log looks like', async () => {
		await fc.assert(
			fc.asyncProperty(scenarios, async (scenario) => {
				const options = { ...scenario, conditions: [] };
				// Where a page can be empty, a split may cost two requests.
				const shape = { ...scenario.shape, emptyPages: false, emptyEnd: false };
				const sequence = new MemoryLog(scenario.entries, shape);
				const reading = readEvents(sequence.fetchPage, {
					...options,
					order: 'newestFirst',
					applyFiltersIn: 'signicat',
				});
				for await (const page of reading) expect(page.length).toBeGreaterThan(0);
				const log = new MemoryLog(scenario.entries, shape);
				await read(new Reader(log.fetchPage, options));
				const most = 1.5 * sequence.requests + 2 * scenario.concurrency;
				expect(log.requests).toBeLessThanOrEqual(most);
			}),
			{ numRuns: runs(1000) },
		);
	});
});
