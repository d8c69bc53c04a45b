import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PageFailure } from '../../../nodes/shared/model/pageFailure';
import { PageSeries } from '../../../nodes/shared/reading/pageSeries';
import { MAX_PAGES_WITHOUT_EVENTS } from '../../../nodes/shared/reading/seriesProgress';
import { PageSize } from '../../../nodes/shared/model/pageSize';
import { UnexpectedResponseError } from '../../../nodes/shared/model/unexpectedResponse';
import { followPages } from '../../../nodes/shared/reading/pages';
import { readEvents } from '../../../nodes/shared/reading/reader';
import {
	DAY,
	formatTimestamp,
	fromMilliseconds,
	type Instant,
	MILLISECOND,
	SECOND,
} from '../../../nodes/shared/model/instant';
import type { AuditEvent } from '../../../nodes/shared/model/event';
import type { FetchPage, Page, PageQuery } from '../../../nodes/shared/model/page';
import { runs } from '../../support/seed';
import { type Entry, MemoryLog, newestFirst, PLAIN_LOG } from '../support/memoryLog';

const START = fromMilliseconds(Date.UTC(2026, 0, 1));

const query = (pageSize = 10, length = DAY): PageQuery => ({
	window: { from: START, to: START + length },
	conditions: [],
	pageSize,
});

const eventAt = (cursor: string, at: Instant): AuditEvent => ({
	cursor,
	timestamp: formatTimestamp(at),
});

const entriesEvery = (count: number, step: Instant): Entry[] =>
	Array.from({ length: count }, (_one, i) => ({ at: START + BigInt(i) * step, sequence: i }));

const cursorsOf = (entries: Entry[]) =>
	[...entries].sort(newestFirst).map(({ sequence }) => `c${sequence}`);

async function readAll(fetchPage: FetchPage, asked: PageQuery, size?: PageSize): Promise<string[]> {
	const found: string[] = [];
	for await (const { events } of followPages(fetchPage, asked, { size })) {
		found.push(...events.map(({ cursor }) => cursor));
	}
	return found;
}

describe('pages that do not come to an end', () => {
	/** Answers with whatever a page of that number holds, and always names another one. */
	const endless = (eventsOf: (page: number) => AuditEvent[]) => {
		const log = { requests: 0 };
		const fetchPage: FetchPage = async () => {
			const page = log.requests++;
			return { events: eventsOf(page), next: `page-${page}` };
		};
		return { log, fetchPage };
	};

	const three = [3, 2, 1].map((n) => eventAt(`c${n}`, START + BigInt(n) * SECOND));

	test.each<[string, (page: number) => AuditEvent[]]>([
		['empty', () => []],
		['empty behind the first one', (page) => (page === 0 ? three : [])],
		['the same again and again', () => three],
		['a few, by turns', (page) => [three[page % 3]!, three[(page + 1) % 3]!]],
		[
			'new events that lie outside of the range',
			(page) => [eventAt(`n${page}`, START - DAY - BigInt(page) * SECOND)],
		],
		['the same, without a cursor', () => [{ timestamp: 'n/a', message: 'x' } as never]],
	])('end with an error that says so: %s', async (_what, eventsOf) => {
		const { log, fetchPage } = endless(eventsOf);
		await expect(readAll(fetchPage, query())).rejects.toMatchObject({
			name: 'UnexpectedResponseError',
			message: expect.stringContaining('500 pages in a row without a new event'),
			description: expect.stringContaining('shorter range'),
		});
		expect(log.requests).toBeLessThanOrEqual(MAX_PAGES_WITHOUT_EVENTS + 4);
	});

	test('end also where the same events come again after many pages', async () => {
		const { log, fetchPage } = endless((page) => {
			const n = 50 - (page % 50);
			return [eventAt(`c${n}`, START + BigInt(n) * SECOND)];
		});
		await expect(readAll(fetchPage, query())).rejects.toThrow(UnexpectedResponseError);
		expect(log.requests).toBeLessThanOrEqual(10_100);
	});

	test.each([1, 4])('end a reading with %i requests at a time', async (maxConcurrency) => {
		const { log, fetchPage } = endless((page) => (page === 0 ? three : []));
		const reading = async () => {
			const options = { ...query(), applyFiltersIn: 'signicat', order: 'newestFirst' } as const;
			for await (const page of readEvents(fetchPage, { ...options, maxConcurrency })) void page;
		};
		await expect(reading()).rejects.toThrow(UnexpectedResponseError);
		expect(log.requests).toBeLessThanOrEqual(MAX_PAGES_WITHOUT_EVENTS + 10);
	});

	test('499 empty pages before the last events are no end', async () => {
		const fetchPage: FetchPage = async (_query, next) => {
			const page = Number(next ?? '0');
			return page === 499 ? { events: three, next: null } : { events: [], next: String(page + 1) };
		};
		expect(await readAll(fetchPage, query())).toEqual(['c3', 'c2', 'c1']);
	});

	test('more and more time lies between empty pages, and none between pages with events', async () => {
		const pauses: number[][] = [];
		let page = 0;
		const fetchPage: FetchPage = async () => {
			pauses.push([]);
			page++;
			const events = page % 200 === 0 ? [eventAt(`c${page}`, START + DAY - BigInt(page))] : [];
			return { events, next: page < 402 ? String(page) : null };
		};
		const pause = async (ms: number) => void pauses.at(-1)?.push(ms);
		const series = new PageSeries(fetchPage, query(), { pause });
		while ((await series.read()).next !== null);
		const before = pauses.map((all) => all[0] ?? 0);
		expect(before.slice(0, 10)).toEqual(Array(10).fill(0));
		expect(before.slice(0, 199)).toEqual([...before.slice(0, 199)].sort((a, b) => a - b));
		expect(before[198]).toBe(1000);
		// After events, it begins anew.
		expect(before.slice(199, 209)).toEqual(Array(10).fill(0));
	});
});

/** A log whose `next` is no longer valid when `expires` says so. */
function expiring(log: MemoryLog, expires: (request: number) => boolean, reason: unknown) {
	let requests = 0;
	const fetchPage: FetchPage = async (asked, next) => {
		requests++;
		if (next !== undefined && expires(requests)) throw new PageFailure('freshQuery', reason);
		return await log.fetchPage(asked, next);
	};
	return fetchPage;
}

/** Events that share instants and milliseconds, in a range of ten seconds. */
const crowds = fc
	.array(
		fc.record({
			at: fc.bigInt({ min: 0n, max: 10_000n }),
			ticks: fc.constantFrom(0n, 1n, 9_999n),
			count: fc.constantFrom(1, 1, 2, 5),
		}),
		{ maxLength: 40 },
	)
	.map((groups) =>
		groups
			.flatMap(({ at, ticks, count }) =>
				Array.from({ length: count }, () => START + at * MILLISECOND + ticks * 100n),
			)
			.map((at, sequence): Entry => ({ at, sequence })),
	);

describe('a next page that is no longer valid', () => {
	const reason = new Error('the cursor has expired');

	test('is replaced by a fresh query from where the last page ended, without gaps and doubles', async () => {
		await fc.assert(
			fc.asyncProperty(
				crowds,
				fc.constantFrom(2, 3, 10, 50),
				fc.constantFrom<7 | 3>(7, 3),
				fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
				async (entries, pageSize, digits, pattern) => {
					const log = new MemoryLog(entries, { ...PLAIN_LOG, digits });
					let since = 0;
					// Never more than two in a row.
					const expires = (request: number) => {
						const isExpired = pattern[request % pattern.length] === true && since < 2;
						since = isExpired ? since + 1 : 0;
						return isExpired;
					};
					const fetchPage = expiring(log, expires, reason);
					expect(await readAll(fetchPage, query(pageSize))).toEqual(cursorsOf(entries));
				},
			),
			{ numRuns: runs(300) },
		);
	});

	test('also where no next page is ever valid', async () => {
		const entries = entriesEvery(500, 100n * MILLISECOND);
		const log = new MemoryLog(entries);
		const fetchPage = expiring(log, () => true, reason);
		expect(await readAll(fetchPage, query(20))).toEqual(cursorsOf(entries));
		expect(log.requests).toBeLessThanOrEqual(2 * (500 / 20));
	});

	test.each([
		['sequence', 1, 'newestFirst', 'unbounded'],
		['parallel reader', 4, 'newestFirst', 'unbounded'],
		['parallel reader with few pages', 4, 'newestFirst', { pages: 8 }],
		['reader of oldest first', 4, 'oldestFirst', { pages: 8 }],
	] as const)('does not stop the %s', async (_what, maxConcurrency, order, buffering) => {
		const entries = entriesEvery(600, 100n * MILLISECOND);
		const log = new MemoryLog(entries);
		const fetchPage = expiring(log, (request) => request % 2 === 0, reason);
		const found: string[] = [];
		for await (const events of readEvents(fetchPage, {
			...query(20, 60n * SECOND),
			applyFiltersIn: 'signicat',
			maxConcurrency,
			order,
			buffering,
		})) {
			found.push(...events.map(({ cursor }) => cursor));
		}
		const expected = cursorsOf(entries);
		expect(found).toEqual(order === 'newestFirst' ? expected : expected.reverse());
		expect(log.requests).toBeLessThanOrEqual(2.5 * (600 / 20) + 8);
	});

	test('goes on from the beginning where no event has a time, and gives each once', async () => {
		const pages: Page[] = [
			{ events: [{ cursor: 'a' }, { cursor: 'b' }] as AuditEvent[], next: '1' },
			{ events: [{ cursor: 'c' }] as AuditEvent[], next: '2' },
			{ events: [{ cursor: 'd' }] as AuditEvent[], next: null },
		];
		let failures = 0;
		const fetchPage: FetchPage = async (_query, next) => {
			if (next === '2' && failures++ === 0) throw new PageFailure('freshQuery', reason);
			return pages[Number(next ?? '0')]!;
		};
		expect(await readAll(fetchPage, query())).toEqual(['a', 'b', 'c', 'd']);
	});

	test('is reported as it was where fresh queries bring nothing new', async () => {
		// More events at one instant than a page can hold.
		const entries = Array.from({ length: 1500 }, (_one, sequence) => ({ at: START, sequence }));
		const log = new MemoryLog(entries);
		const fetchPage = expiring(log, () => true, reason);
		await expect(readAll(fetchPage, query(1000))).rejects.toBe(reason);
		expect(log.requests).toBeLessThanOrEqual(5);
	});

	test('a first page is never replaced', async () => {
		const fetchPage: FetchPage = async () => {
			throw new PageFailure('freshQuery', reason);
		};
		await expect(readAll(fetchPage, query())).rejects.toBe(reason);
	});
});

describe('a page that is too large', () => {
	const reason = new Error('504');

	const limited = (log: MemoryLog, most: number) => {
		const sizes: number[] = [];
		const fetchPage: FetchPage = async (asked, next) => {
			sizes.push(asked.pageSize);
			if (asked.pageSize > most) throw new PageFailure('smallerPage', reason);
			return await log.fetchPage(asked, next);
		};
		return { sizes, fetchPage };
	};

	test.each([10, 62, 200, 999])('is asked for in pages of %i at most', async (most) => {
		const entries = entriesEvery(1500, SECOND);
		const { sizes, fetchPage } = limited(new MemoryLog(entries), most);
		expect(await readAll(fetchPage, query(1000))).toEqual(cursorsOf(entries));
		// Halves, until it fits; then that size.
		expect(sizes.filter((size) => size > most).length).toBeLessThanOrEqual(7);
		expect(Math.min(...sizes)).toBeGreaterThanOrEqual(Math.min(most / 2, 10));
	});

	test('what fits is remembered by all who read with the same function', async () => {
		const { sizes, fetchPage } = limited(new MemoryLog(entriesEvery(300, SECOND)), 200);
		await readAll(fetchPage, query(1000));
		sizes.length = 0;
		await readAll(fetchPage, query(1000));
		expect(Math.max(...sizes)).toBe(125);
	});

	test('and by those who share the size', async () => {
		const size = new PageSize();
		const log = new MemoryLog(entriesEvery(300, SECOND));
		await readAll(limited(log, 200).fetchPage, query(1000), size);
		const other = limited(log, 200);
		await readAll(other.fetchPage, query(1000), size);
		expect(Math.max(...other.sizes)).toBe(125);
	});

	test.each([1, 4])('in the middle of a reading with %i at a time', async (maxConcurrency) => {
		const entries = entriesEvery(2000, SECOND);
		const log = new MemoryLog(entries);
		let requests = 0;
		const fetchPage: FetchPage = async (asked, next) => {
			if (++requests > 3 && asked.pageSize > 40) throw new PageFailure('smallerPage', reason);
			return await log.fetchPage(asked, next);
		};
		const found: string[] = [];
		for await (const events of readEvents(fetchPage, {
			...query(100, 2000n * SECOND),
			applyFiltersIn: 'signicat',
			order: 'newestFirst',
			maxConcurrency,
		})) {
			found.push(...events.map(({ cursor }) => cursor));
		}
		expect(found).toEqual(cursorsOf(entries));
		expect(requests).toBeLessThanOrEqual(2.5 * (2000 / 25));
	});

	test('is reported as it was where even ten events are too many', async () => {
		const { sizes, fetchPage } = limited(new MemoryLog(entriesEvery(300, SECOND)), 5);
		await expect(readAll(fetchPage, query(1000))).rejects.toBe(reason);
		expect(sizes.at(-1)).toBe(10);
		expect(sizes).toHaveLength(8);
	});

	test('is not asked for in larger pages than the user wants', async () => {
		const { sizes, fetchPage } = limited(new MemoryLog(entriesEvery(20, SECOND)), 2);
		await expect(readAll(fetchPage, query(5))).rejects.toBe(reason);
		expect(sizes).toEqual([5]);
	});
});
