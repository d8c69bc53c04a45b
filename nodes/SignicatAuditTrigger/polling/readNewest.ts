import { splitFilters } from '../../shared/model/conditions';
import type { AuditEvent } from '../../shared/model/event';
import { timeOf } from '../../shared/model/identity';
import { earlier, type Instant, later, nextMillisecond } from '../../shared/model/instant';
import { type FetchPage, MAX_EVENTS_PER_PAGE } from '../../shared/model/page';
import { sharedPageSize } from '../../shared/model/pageSize';
import type { Window } from '../../shared/model/window';
import { readEvents } from '../../shared/reading/reader';
import { MAX_PACKED_EVENTS } from '../state/packedEvents';
import { isOver, type PollSettings, SIDE_BY_SIDE } from './pollSettings';

export interface Newest {
	/** Newest first, as the API sent them. */
	events: AuditEvent[];
	/** How many events there are, whether they match or not. */
	read: number;
	/** From here to `to`, everything is in `events`. */
	from: Instant;
	to: Instant;
	/** The time of the newest event of the log that lies in the window, whether it matches or not. */
	newest?: Instant;
	/** How far the server's clock is ahead of n8n's by the first Date header, in ms. */
	skewMs?: number;
}

interface ReadNewestOptions {
	settings: PollSettings;
	/** Ends the reading early, told the times of the oldest and of the newest event so far. */
	isEnough?: (oldest: Instant, newest: Instant) => boolean;
}

/** How many pages may be in memory that wait for newer ones. */
const MAX_PAGES_AHEAD = 16;

/**
 * Reads a window newest first, until it ends, `isEnough` says so, time is up, or there is more than can be
 * remembered.
 *
 * @throws what `fetchPage` throws
 */
export async function readNewest(
	fetchPage: FetchPage,
	window: Window,
	{ settings, isEnough }: ReadNewestOptions,
): Promise<Newest> {
	const { remote, matches } = splitFilters(settings);
	const query = { window, conditions: remote, pageSize: MAX_EVENTS_PER_PAGE };
	const events: AuditEvent[] = [];
	let skewMs: number | undefined;
	let newest: Instant | undefined;
	let oldest = window.to;
	let read = 0;
	let requests = 0;
	let hasNext = false;
	const fetch: FetchPage = async (...request) => {
		const page = await fetchPage(...request);
		if (page.serverTime !== undefined) skewMs ??= page.serverTime - settings.now();
		requests++;
		hasNext = page.next !== null;
		return page;
	};
	const { pages = {} } = settings;
	const size = pages.size ?? sharedPageSize(fetchPage);
	// Where little may be enough, nothing is read ahead.
	const reading = readEvents(fetch, {
		...query,
		...pages,
		size,
		applyFiltersIn: 'signicat',
		order: 'newestFirst',
		buffering: { pages: MAX_PAGES_AHEAD },
		maxConcurrency: isEnough ? 1 : SIDE_BY_SIDE,
	});
	let from = window.from;
	for await (const page of reading) {
		read += page.length;
		for (const event of page) {
			if (matches(event)) events.push(event);
			const time = timeOf(event);
			if (time === undefined || time < window.from || time >= window.to) continue;
			newest = later(newest ?? time, time);
			oldest = earlier(oldest, time);
		}
		const isDone =
			isOver(settings) ||
			events.length > MAX_PACKED_EVENTS ||
			(newest !== undefined && isEnough?.(oldest, newest) === true);
		if (!isDone || (requests === 1 && !hasNext)) continue;
		// The oldest millisecond that was read may not be complete.
		from = nextMillisecond(oldest);
		break;
	}
	return { events, read, from, to: window.to, newest, skewMs };
}
