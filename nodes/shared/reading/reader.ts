import { divideFiltering, type Filtering } from './conditions';
import { followPages } from './pages';
import { isBefore, ParallelReader } from './parallelReader';
import type { AuditEvent, FetchPage, PageQuery, Progress } from './types';
import { splitWindow, type Window, withOverlap } from './window';

export const ORDERS = ['newestFirst', 'oldestFirst'] as const;

export type Order = (typeof ORDERS)[number];

export interface ReadOptions extends Filtering {
	window: Window;
	/** Events per page, 1 to 1000. */
	pageSize: number;
	order: Order;
	/** The most events to give; all of them when left out. */
	limit?: number;
	/** Requests under way at the same time, 1 when left out. With a limit, reading is sequential. */
	maxConcurrency?: number;
	/** How many pages may wait for their turn; any number when left out. */
	waitingPages?: number;
	/** Counted up while reading. */
	progress?: Progress;
}

/**
 * Reads a range and gives its events page by page, each exactly once, in the asked order.
 * The consumer can stop at any time. Nothing is requested before the consumer asks for it.
 */
export async function* readEvents(
	fetchPage: FetchPage,
	options: ReadOptions,
): AsyncGenerator<AuditEvent[]> {
	if (options.order === 'oldestFirst') {
		yield* readOldestFirst(fetchPage, options);
		return;
	}
	let left = options.limit ?? Infinity;
	for await (const events of readNewestFirst(fetchPage, options)) {
		if (events.length >= left) {
			yield events.slice(0, left);
			return;
		}
		left -= events.length;
		yield events;
	}
}

/** The API knows no order but newest first (docs/api.md#order), so the last page comes out first. */
async function* readOldestFirst(
	fetchPage: FetchPage,
	{ limit, ...options }: ReadOptions,
): AsyncGenerator<AuditEvent[]> {
	const pages: AuditEvent[][] = [];
	let held = 0;
	for await (const events of readNewestFirst(fetchPage, options)) {
		pages.push(events);
		held += events.length;
		// Only the oldest `limit` events can be part of the answer: let go of the newer pages.
		while (limit !== undefined && held - (pages[0]?.length ?? 0) >= limit) {
			held -= pages.shift()?.length ?? 0;
		}
	}
	let left = limit ?? Infinity;
	while (left > 0) {
		const events = pages.pop()?.reverse().slice(0, left);
		if (!events) return;
		left -= events.length;
		yield events;
	}
}

async function* readNewestFirst(
	fetchPage: FetchPage,
	options: ReadOptions,
): AsyncGenerator<AuditEvent[]> {
	const { window, limit, maxConcurrency = 1, progress } = options;
	const { sent, keeps } = divideFiltering(options);
	const filtersHere = sent.length < options.conditions.length;
	const query = {
		window,
		conditions: sent,
		// Filtering here needs whole pages; otherwise the first request asks for just what is wanted.
		pageSize: filtersHere ? options.pageSize : Math.min(options.pageSize, limit ?? Infinity),
	};
	const isSequential = limit !== undefined || maxConcurrency === 1;
	const { waitingPages = Infinity } = options;
	const concurrency = maxConcurrency;
	const pages = isSequential
		? readInSequence(fetchPage, query, progress)
		: new ParallelReader(fetchPage, { ...query, concurrency, waitingPages, progress }).read();
	for await (const page of pages) {
		if (progress) progress.events += page.length;
		const events = filtersHere ? page.filter(keeps) : page;
		if (events.length > 0) yield events;
	}
}

async function* readInSequence(
	fetchPage: FetchPage,
	query: PageQuery,
	progress?: Progress,
): AsyncGenerator<AuditEvent[]> {
	const { window } = query;
	for (const piece of splitWindow(window)) {
		const pages = followPages(fetchPage, { ...query, window: withOverlap(piece, window) });
		for await (const { events } of pages) {
			yield piece.from > window.from
				? events.filter((event) => !isBefore(event, piece.from))
				: events;
		}
		if (progress) progress.windows++;
	}
}
