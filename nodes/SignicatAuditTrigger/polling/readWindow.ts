import { divideFiltering } from '../../shared/model/conditions';
import { identityOf, timeOf } from '../../shared/model/identity';
import { followPages } from '../../shared/reading/pages';
import { isOver, type PollSettings } from './pollSettings';
import { shortHash } from '../state/pollState';
import type { ServerClock } from './serverClock';
import {
	earlier,
	fromMilliseconds,
	type Instant,
	later,
	SECOND,
	toMilliseconds,
} from '../../shared/model/instant';
import type { AuditEvent } from '../../shared/model/event';
import { type FetchPage, MOST_EVENTS_PER_PAGE } from '../../shared/model/page';
import type { Window } from '../../shared/model/window';
import { isShortest, type WindowContent, type WindowSizer } from './windowSizer';

/**
 * An event so much older than what was asked for is left out: it was not asked for. More than a timestamp is
 * rounded by; the tests of a poll see no difference between nothing and two seconds.
 */
const OLDER_TOLERANCE: Instant = SECOND;

/** An event in its place in time. */
interface Placed {
	event: AuditEvent;
	/** Of its identity. */
	hash: string;
	/** When it counts as having happened: within the window that it came with, at its end if unknown. */
	at: Instant;
	/** The same in ms since 1970. */
	placeMs: number;
	/** Whether its time cannot be read, or lies after all that was asked for. */
	isStray: boolean;
}

export interface WindowReading extends WindowContent {
	/** The events that are new, oldest first; nothing when the window was not read to its end. */
	events: Placed[];
	complete: boolean;
}

interface WindowContext {
	settings: PollSettings;
	clock: ServerClock;
	/** How many new events still have room in this poll. */
	room: number;
	seen: ReadonlyMap<string, number>;
	sizer: WindowSizer;
}

/** Reads one window to its end, unless it holds far more events than there is room for. */
export async function readWindow(
	fetchPage: FetchPage,
	window: Window,
	{ settings, clock, room, seen, sizer }: WindowContext,
): Promise<WindowReading> {
	const { sent, keeps } = divideFiltering(settings);
	const query = { window, conditions: sent, pageSize: MOST_EVENTS_PER_PAGE };
	const events: Placed[] = [];
	const here = new Set<string>();
	let read = 0;
	let oldest = window.to;
	for await (const page of followPages(fetchPage, query, settings.pages)) {
		read += page.events.length;
		for (const event of page.events) {
			const time = timeOf(event);
			if (time !== undefined && time < window.from - OLDER_TOLERANCE) continue;
			if (time !== undefined && time < window.to) {
				oldest = earlier(oldest, later(time, window.from));
				clock.noteEvent(time);
			}
			const hash = shortHash(identityOf(event));
			if (seen.has(hash) || here.has(hash)) continue;
			if (!keeps(event) || settings.counts?.(event) === false) continue;
			here.add(hash);
			events.push(placed(event, { hash, time, window }));
		}
		if (page.next === null || isShortest(window)) continue;
		const isTooDense = sizer.isTooDense(window, { read, oldest }, events.length, room);
		if (isTooDense || isOver(settings)) {
			return { events: [], read, oldest, complete: false };
		}
	}
	return { events: oldestFirst(events), read, oldest, complete: true };
}

function placed(
	event: AuditEvent,
	{ hash, time, window }: { hash: string; time: Instant | undefined; window: Window },
): Placed {
	const isStray = time === undefined || time >= window.to;
	const at = isStray ? window.to : later(window.from, time);
	return { event, hash, at, placeMs: toMilliseconds(at), isStray };
}

/** The API sends the newest event first, and may be out of order by a few. */
function oldestFirst(newestFirst: Placed[]): Placed[] {
	const events = newestFirst.reverse();
	const isInOrder = events.every(({ at }, index) => at >= (events[index - 1]?.at ?? at));
	if (isInOrder) return events;
	return events.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/**
 * Keeps the oldest events of a window that fit into the room, cut between two milliseconds. At least
 * one millisecond is kept, however many events it holds.
 *
 * @returns the events kept, and the end of the time that they cover
 */
export function cutToRoom(
	events: Placed[],
	room: number,
	window: Window,
): { events: Placed[]; end: Instant } {
	const [first] = events;
	const tooMany = events[room];
	if (!first || !tooMany) return { events, end: window.to };
	const endMs = Math.max(tooMany.placeMs, first.placeMs + 1);
	const end = fromMilliseconds(endMs);
	// Events at the very end have no place of their own in time: they would not come again.
	if (end >= window.to) return { events, end: window.to };
	return { events: events.filter(({ placeMs }) => placeMs < endMs), end };
}
