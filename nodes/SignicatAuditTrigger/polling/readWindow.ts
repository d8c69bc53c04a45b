import { splitFilters } from '../../shared/model/conditions';
import { identityOf, timeOf } from '../../shared/model/identity';
import { followPages } from '../../shared/reading/pages';
import { isOver, type PollSettings } from './pollSettings';
import { type Place, Placement } from './placement';
import { shortHash } from '../state/pollState';
import type { ServerClock } from './serverClock';
import { type Duration, earlier, later, SECOND } from '../../shared/model/instant';
import type { AuditEvent } from '../../shared/model/event';
import { type FetchPage, MAX_EVENTS_PER_PAGE } from '../../shared/model/page';
import type { Window } from '../../shared/model/window';
import { isShortest, type WindowContent, type WindowSizer } from './windowSizer';

/**
 * An event that is older than the window by more than this is skipped: it was not asked for. Timestamps are rounded
 * by less. The tests of a poll pass alike with nothing and with two seconds.
 */
const OLDER_TOLERANCE: Duration = SECOND;

/** An event in its place in time. */
export interface PlacedEvent {
	event: AuditEvent;
	/** Of its identity. */
	hash: string;
	place: Place;
}

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
	emitted: ReadonlyMap<string, number>;
	sizer: WindowSizer;
}

/** Reads one window to its end, unless it holds far more events than the poll still takes. */
export async function readWindow(
	fetchPage: FetchPage,
	window: Window,
	{ settings, clock, budget, emitted, sizer }: WindowContext,
): Promise<WindowReading> {
	const { remote, matches } = splitFilters(settings);
	const query = { window, conditions: remote, pageSize: MAX_EVENTS_PER_PAGE };
	const events: PlacedEvent[] = [];
	const placement = new Placement(window);
	const inWindow = new Set<string>();
	let read = 0;
	let oldest = window.to;
	for await (const page of followPages(fetchPage, query, settings.pages)) {
		read += page.events.length;
		placement.startPage(page.times);
		for (const event of page.events) {
			const time = timeOf(event);
			if (time !== undefined && time < window.from - OLDER_TOLERANCE) continue;
			if (time !== undefined && time < window.to) {
				oldest = earlier(oldest, later(time, window.from));
				clock.noteEvent(time);
			}
			const place = placement.next(time);
			const hash = shortHash(identityOf(event));
			if (emitted.has(hash) || inWindow.has(hash)) continue;
			if (!matches(event) || settings.counts?.(event) === false) continue;
			inWindow.add(hash);
			events.push({ event, hash, place });
		}
		if (page.next === null || isShortest(window)) continue;
		const isTooDense = sizer.isTooDense(window, { oldest, fresh: events.length, budget });
		if (isTooDense || isOver(settings)) {
			return { events: [], read, oldest, complete: false };
		}
	}
	return { events: oldestFirst(events), read, oldest, complete: true };
}

/** The API sends the newest event first, and may be out of order by a few. */
function oldestFirst(newestFirst: PlacedEvent[]): PlacedEvent[] {
	const events = newestFirst.reverse();
	const isInOrder = events.every(
		({ place }, index) => place.at >= (events[index - 1]?.place.at ?? place.at),
	);
	if (isInOrder) return events;
	return events.sort((a, b) => (a.place.at < b.place.at ? -1 : a.place.at > b.place.at ? 1 : 0));
}
