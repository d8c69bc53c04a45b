import { describe, expect, test } from '@jest/globals';
import { readEvents, type ReadOptions } from '../../../nodes/shared/reading/reader';
import { PageSize } from '../../../nodes/shared/model/pageSize';
import { DAY, fromMilliseconds, SECOND } from '../../../nodes/shared/model/instant';
import type { FetchPage, Progress } from '../../../nodes/shared/model/page';
import { type Entry, MemoryLog } from '../support/memoryLog';
import { settle } from '../support/settle';

const START = fromMilliseconds(Date.UTC(2026, 0, 1));

const entriesEvery = (count: number, step: bigint): Entry[] =>
	Array.from({ length: count }, (_one, i) => ({ at: START + BigInt(i) * step, sequence: i }));

const READINGS = [
	['in sequence', { maxConcurrency: 1, order: 'newestFirst' }],
	['in parallel', { maxConcurrency: 4, order: 'newestFirst' }],
	['with few pages', { maxConcurrency: 4, order: 'newestFirst', buffering: { pages: 8 } }],
	['oldest first', { maxConcurrency: 4, order: 'oldestFirst', buffering: { pages: 8 } }],
] as const;

describe.each(READINGS)('A reading %s', (_name, reading) => {
	const options = {
		...reading,
		conditions: [],
		applyFiltersIn: 'signicat',
		pageSize: 10,
		window: { from: START, to: START + 200n * SECOND },
	} as const satisfies ReadOptions;

	async function read(fetchPage: FetchPage, more: Partial<ReadOptions>): Promise<number> {
		let events = 0;
		for await (const page of readEvents(fetchPage, { ...options, ...more })) events += page.length;
		return events;
	}

	test('counts its events, pages and windows', async () => {
		const log = new MemoryLog(entriesEvery(200, DAY / 2n));
		const pages: number[] = [];
		const progress: Progress = { events: 0, windows: 0, onPage: () => pages.push(progress.events) };
		const window = { from: START, to: START + 150n * DAY };
		expect(await read(log.fetchPage, { window, progress })).toBe(200);
		expect(progress.events).toBe(200);
		expect(pages).toHaveLength(log.requests);
		expect(pages.at(-1)).toBe(200);
		// Each ends with a page that has no next.
		expect(progress.windows).toBe(log.queries.length);
		expect(progress.windows).toBeGreaterThanOrEqual(3);
	});

	test('has no more requests in progress than the limiter allows at the moment', async () => {
		const log = new MemoryLog(entriesEvery(200, SECOND));
		const limiter = { concurrency: 4 };
		let [inProgress, most] = [0, 0];
		const fetchPage: FetchPage = async (query, next) => {
			most = Math.max(most, ++inProgress);
			await settle();
			inProgress--;
			return await log.fetchPage(query, next);
		};
		expect(await read(fetchPage, { limiter })).toBe(200);
		expect(most).toBe(reading.maxConcurrency);
		most = 0;
		limiter.concurrency = 2;
		expect(await read(fetchPage, { limiter })).toBe(200);
		expect(most).toBe(Math.min(2, reading.maxConcurrency));
	});

	test('waits between empty pages', async () => {
		const pauses: number[] = [];
		const pause = async (ms: number) => void pauses.push(ms);
		const log = new MemoryLog(entriesEvery(5, SECOND));
		const fetchPage: FetchPage = async (query, next) => {
			const page = Number(next ?? '0');
			return page < 15
				? { events: [], next: String(page + 1) }
				: await log.fetchPage(query, undefined);
		};
		expect(await read(fetchPage, { pause })).toBe(5);
		expect(pauses.slice(0, 5)).toEqual([10, 20, 30, 40, 50]);
	});

	test('requests pages no larger than have shown to be possible', async () => {
		const size = new PageSize();
		size.reduce(100);
		const log = new MemoryLog(entriesEvery(200, SECOND));
		expect(await read(log.fetchPage, { size, pageSize: 100 })).toBe(200);
		expect(Math.max(...log.queries.map(({ pageSize }) => pageSize))).toBe(50);
	});

	test('needs one request for a range without events', async () => {
		const log = new MemoryLog([]);
		expect(await read(log.fetchPage, {})).toBe(0);
		expect(log.requests).toBe(1);
	});

	test('needs one request for events that fit into a page', async () => {
		const log = new MemoryLog(entriesEvery(9, SECOND));
		expect(await read(log.fetchPage, {})).toBe(9);
		expect(log.requests).toBe(1);
	});
});
