import { splitFilters } from '../../shared/model/conditions';
import type { AuditEvent } from '../../shared/model/event';
import { timeOf } from '../../shared/model/identity';
import { earlier, type Instant, later, nextMillisecond } from '../../shared/model/instant';
import { type FetchPage, MAX_EVENTS_PER_PAGE, type Page } from '../../shared/model/page';
import type { Window } from '../../shared/model/window';
import { followPages } from '../../shared/reading/pages';
import { MAX_PACKED_EVENTS } from '../state/packedEvents';
import { isOver, type PollSettings } from './pollSettings';

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
	const add = (page: Page) => {
		read += page.events.length;
		if (page.serverTime !== undefined) skewMs ??= page.serverTime - settings.now();
		for (const event of page.events) {
			if (matches(event)) events.push(event);
			const time = timeOf(event);
			if (time === undefined || time < window.from || time >= window.to) continue;
			newest = later(newest ?? time, time);
			oldest = earlier(oldest, time);
		}
	};
	let from = window.from;
	for await (const page of followPages(fetchPage, query, settings.pages)) {
		add(page);
		const isDone =
			isOver(settings) ||
			events.length > MAX_PACKED_EVENTS ||
			(newest !== undefined && isEnough?.(oldest, newest) === true);
		if (!isDone || page.next === null) continue;
		// The oldest millisecond that was read may not be complete.
		from = nextMillisecond(oldest);
		break;
	}
	return { events, read, from, to: window.to, newest, skewMs };
}
