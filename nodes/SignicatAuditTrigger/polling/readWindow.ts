import { splitFilters } from '../../shared/model/conditions';
import { timeOf } from '../../shared/model/identity';
import { followPages } from '../../shared/reading/pages';
import { isOver, type PollSettings } from './pollSettings';
import { type PlacedEvent, Placement } from './placement';
import { keyOf } from '../state/eventKey';
import { sharedPageSize } from '../../shared/model/pageSize';
import type { PollMemory } from './pollMemory';
import type { ServerClock } from './serverClock';
import { type Duration, earlier, later, SECOND } from '../../shared/model/instant';
import { type FetchPage, MAX_EVENTS_PER_PAGE } from '../../shared/model/page';
import type { Window } from '../../shared/model/window';
import { isShortest, type WindowContent, type WindowSizer } from './windowSizer';

/**
 * An event that is older than the window by more than this is skipped: it was not asked for. Timestamps are rounded
 * by less. The tests of a poll pass alike with nothing and with two seconds.
 */
export const OLDER_TOLERANCE: Duration = SECOND;

export interface WindowReading extends WindowContent {
	/** The events that are new, oldest first; nothing when the window was not read to its end. */
	events: PlacedEvent[];
	complete: boolean;
}

interface WindowContext {
	settings: PollSettings;
	clock: ServerClock;
	/** How many more new events the poll takes. */
	budget: number;
	memory: PollMemory;
	sizer: WindowSizer;
	signal: AbortSignal;
}

/** Reads one window to its end, unless it holds far more events than the poll still takes. */
export async function readWindow(
	fetchPage: FetchPage,
	window: Window,
	{ settings, clock, budget, memory, sizer, signal }: WindowContext,
): Promise<WindowReading> {
	const { remote, matches } = splitFilters(settings);
	const query = { window, conditions: remote, pageSize: MAX_EVENTS_PER_PAGE };
	const events: PlacedEvent[] = [];
	const placement = new Placement(window);
	const inWindow = new Set<string>();
	let read = 0;
	let oldest = window.to;
	const { size = sharedPageSize(fetchPage) } = settings.pages ?? {};
	const fetch: FetchPage = async (page, next) => await fetchPage(page, next, signal);
	for await (const page of followPages(fetch, query, { ...settings.pages, size })) {
		read += page.events.length;
		placement.startPage(page.times);
		for (const event of page.events) {
			const time = timeOf(event);
			if (time !== undefined && time < window.from - OLDER_TOLERANCE) continue;
			const isDated = time !== undefined && time < window.to;
			if (isDated) {
				oldest = earlier(oldest, later(time, window.from));
				clock.noteEvent(time);
			}
			const place = placement.next(time);
			const key = keyOf(event, time);
			if (memory.has(key) || inWindow.has(key.text)) continue;
			if (!matches(event) || settings.counts?.(event) === false) continue;
			inWindow.add(key.text);
			events.push({ event, key, place, isDated });
		}
		if (page.next === null || isShortest(window)) continue;
		const isTooDense = sizer.isTooDense(window, { read, oldest, fresh: events.length, budget });
		if (isTooDense || isOver(settings)) {
			return { events: [], read, oldest, complete: false };
		}
	}
	return { events: oldestFirst(events), read, oldest, complete: true };
}

/** The API sends the newest event first, and may be out of order by a few. */
function oldestFirst(newestFirst: PlacedEvent[]): PlacedEvent[] {
	return newestFirst.reverse().sort((a, b) => Number(a.place.at - b.place.at));
}
