import { splitFilters, type Filtering } from '../model/conditions';
import { Once } from './once';
import { followPages } from './pages';
import type { SeriesOptions } from './pageSeries';
import { OldestFirstReader } from './oldestFirstReader';
import { ParallelReader } from './parallelReader';
import type { Buffering } from './segment';
import { eventsWithin } from './segmentPages';
import type { AuditEvent } from '../model/event';
import { type FetchPage, MAX_EVENTS_PER_PAGE, type PageQuery, type Progress } from '../model/page';
import { splitWindow, type Window, withOverlap } from '../model/window';

export const ORDERS = ['newestFirst', 'oldestFirst'] as const;

export type Order = (typeof ORDERS)[number];

/** How many of the latest events are remembered where only a few pages are in memory. */
const MAX_REMEMBERED = 4 * MAX_EVENTS_PER_PAGE;

export interface ReadOptions extends Filtering, SeriesOptions {
	window: Window;
	/** Events per page, 1 to 1000. */
	pageSize: number;
	order: Order;
	/** The most events to return. All of them by default. */
	limit?: number;
	/** Requests in progress at the same time, 1 by default. With a limit, reading is sequential. */
	maxConcurrency?: number;
	/** How many pages may be in memory, for a consumer that keeps few itself. Unbounded by default. */
	buffering?: Buffering;
	/** Counted up while reading. */
	progress?: Progress;
}

/**
 * Reads a range and returns its events page by page, each exactly once, in the order asked for.
 * The consumer can stop at any time. Nothing is requested before the consumer asks for it.
 */
export async function* readEvents(
	fetchPage: FetchPage,
	options: ReadOptions,
): AsyncGenerator<AuditEvent[]> {
	const { remote, matches } = splitFilters(options);
	const filtersHere = remote.length < options.conditions.length;
	const { buffering = 'unbounded', order, limit } = options;
	// A consumer that keeps all events can have each of them remembered.
	const maxRemembered = buffering === 'unbounded' ? undefined : MAX_REMEMBERED;
	const once = new Once({ maxRemembered, isForwards: order === 'oldestFirst' });
	let remaining = limit ?? Infinity;
	for await (const page of pagesOf(fetchPage, {
		...options,
		buffering,
		conditions: remote,
		filtersHere,
	})) {
		const events = once.pass(filtersHere ? page.filter(matches) : page);
		if (events.length >= remaining) {
			yield events.slice(0, remaining);
			return;
		}
		remaining -= events.length;
		if (events.length > 0) yield events;
	}
}

interface PagesOptions extends Omit<ReadOptions, 'applyFiltersIn'> {
	buffering: Buffering;
	/** Whether only a part of the events is wanted, so that as many as are wanted may not be enough. */
	filtersHere: boolean;
}

function pagesOf(fetchPage: FetchPage, options: PagesOptions): AsyncGenerator<AuditEvent[]> {
	const { window, conditions, pageSize, limit, progress, pause, size, limiter } = options;
	const { maxConcurrency = 1, buffering } = options;
	// With a limit, what is read ahead may not be needed.
	const concurrency = limit === undefined ? maxConcurrency : 1;
	const query = { window, conditions, pageSize, progress, pause, size, limiter };
	if (options.order === 'oldestFirst') {
		// The API knows no order but newest first (docs/api.md#order).
		return limit === undefined && buffering === 'unbounded'
			? reversed(pagesOf(fetchPage, { ...options, order: 'newestFirst' }))
			: new OldestFirstReader(fetchPage, { ...query, concurrency, buffering }).read();
	}
	if (concurrency > 1) {
		return new ParallelReader(fetchPage, { ...query, concurrency, buffering }).read();
	}
	// The first request asks for no more than is wanted.
	const wanted = options.filtersHere ? Infinity : (limit ?? Infinity);
	return readInSequence(fetchPage, { ...query, pageSize: Math.min(pageSize, wanted) });
}

async function* reversed(newestFirst: AsyncGenerator<AuditEvent[]>): AsyncGenerator<AuditEvent[]> {
	const pages: AuditEvent[][] = [];
	for await (const events of newestFirst) pages.push(events);
	for (let events = pages.pop(); events; events = pages.pop()) yield [...events].reverse();
}

interface SequenceOptions extends PageQuery, SeriesOptions {
	progress?: Progress;
}

async function* readInSequence(
	fetchPage: FetchPage,
	{ window, conditions, pageSize, progress, ...options }: SequenceOptions,
): AsyncGenerator<AuditEvent[]> {
	for (const part of splitWindow(window)) {
		const query = { window: withOverlap(part, window), conditions, pageSize };
		for await (const page of followPages(fetchPage, query, options)) {
			const own = eventsWithin(part, page, window);
			if (progress) {
				progress.events += own.length;
				progress.onPage?.();
			}
			yield own;
		}
		if (progress) progress.windows++;
	}
}
