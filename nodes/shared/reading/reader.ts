import type { Condition } from './conditions';
import { matchesAll } from './conditions';
import { followPages } from './pages';
import { parseTimestamp } from './timestamp';
import type { AuditEvent, FetchPage } from './types';
import { splitWindow, type Window, withOverlap } from './window';

export type Order = 'newestFirst' | 'oldestFirst';

export interface ReadOptions {
	window: Window;
	conditions: readonly Condition[];
	/** Where the conditions are evaluated: by the API, or here on everything that it sends. */
	applyFiltersIn: 'signicat' | 'n8n';
	/** Events per page, 1 to 1000. */
	pageSize: number;
	order: Order;
	/** The most events to give; all of them when left out. */
	limit?: number;
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
	const { window, conditions, applyFiltersIn, limit } = options;
	const filtersHere = applyFiltersIn === 'n8n' && conditions.length > 0;
	// Filtering here needs whole pages; otherwise the first request asks for just what is wanted.
	const pageSize = filtersHere ? options.pageSize : Math.min(options.pageSize, limit ?? Infinity);
	for (const piece of splitWindow(window)) {
		const query = {
			window: withOverlap(piece, window),
			conditions: filtersHere ? [] : conditions,
			pageSize,
		};
		for await (const page of followPages(fetchPage, query)) {
			let { events } = page;
			if (piece.from > window.from) {
				events = events.filter((event) => !isBefore(event, piece.from));
			}
			if (filtersHere) events = events.filter((event) => matchesAll(conditions, event));
			if (events.length > 0) yield events;
		}
	}
}

function isBefore(event: AuditEvent, boundary: bigint): boolean {
	const timestamp = parseTimestamp(event.timestamp);
	return timestamp !== undefined && timestamp < boundary;
}
