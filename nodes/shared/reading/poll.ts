import { divideFiltering, type Filtering } from './conditions';
import { followPages } from './pages';
import { type PollState, shortHash, withinSeenBound } from './pollState';
import {
	earlier,
	floorTo,
	fromMilliseconds,
	type Instant,
	later,
	MILLISECOND,
	parseTimestamp,
	SECOND,
	toMilliseconds,
} from './timestamp';
import { type AuditEvent, type FetchPage, MOST_EVENTS_PER_PAGE } from './types';
import { BOUNDARY_OVERLAP, type Window } from './window';
import { isShortest, type WindowContent, WindowLength } from './windowLength';

/** The Date header counts whole seconds, and an answer takes its time. */
const CLOCK_TOLERANCE: Instant = 2n * SECOND;

/** More than the server's clock can be behind n8n's without anybody noticing. */
export const UNNOTICED: Instant = CLOCK_TOLERANCE + SECOND;

export interface PollSettings extends Filtering {
	/** How long after its timestamp an event may still appear in the log. */
	lateArrival: Instant;
	/** How far the poll stays behind the clock. */
	settling: Instant;
	/** About how many events one poll reads at most. */
	capacity: number;
	/** No further request is begun after this moment, in ms since 1970. */
	deadline: number;
	/** n8n's clock, in ms since 1970. */
	now: () => number;
	/** Which events count; the others are passed over as if they were known. All of them when left out. */
	counts?: (event: AuditEvent) => boolean;
}

export interface PollResult {
	/** Oldest first, each for the first time. */
	events: AuditEvent[];
	state: PollState;
	/** What ended the poll before its end; the rest comes with the next poll. */
	failure?: unknown;
	/** Whether at least one window was read to its end. */
	progressed: boolean;
	/** Whether the overlap had to shrink, because too many events lie in it. */
	shrunk: boolean;
}

/**
 * Reads what is new since `state`: windows of time one after the other, oldest first, each read to
 * its end before any of its events counts, so that the watermark never passes an unread event.
 */
export async function pollEvents(
	fetchPage: FetchPage,
	state: PollState,
	settings: PollSettings,
): Promise<PollResult> {
	const clock = serverClock(settings.now, state.clockAheadMs);
	const found: AuditEvent[] = [];
	const seen = new Map(state.seen);
	let { watermark } = state;
	let from = state.overlapFrom;
	const lengths = new WindowLength(settings.capacity, state.span);
	let failure: unknown;
	let progressed = false;
	const horizon = () =>
		later(state.watermark, floorTo(clock.startedAt() - settings.settling, MILLISECOND));
	let until = horizon();
	let goesOn = from < until;
	while (goesOn) {
		const room = settings.capacity - found.length;
		const window = lengths.next(from, until, room);
		let reading: WindowReading;
		try {
			reading = await readWindow(fetchPage, window, { settings, clock, room, seen, lengths });
		} catch (error) {
			failure = error;
			break;
		}
		if (!reading.complete) {
			lengths.isGivenUp(window, reading);
			goesOn = !isOver(settings);
			continue;
		}
		progressed = true;
		lengths.fits(window, reading);
		const { events, end } = cutToRoom(reading.events, room, window.to);
		for (const event of events) {
			seen.set(shortHash(event.cursor), timeOf(event, window.to));
			found.push(event);
		}
		// A clock that runs ahead of the server's must not carry the watermark past unseen events. One
		// that runs behind by no more than the Date header can tell is not worth a request.
		const corrected = horizon();
		if (corrected < until || corrected - until >= CLOCK_TOLERANCE) until = corrected;
		const reached = earlier(end, until);
		watermark = later(watermark, reached);
		from = reached - BOUNDARY_OVERLAP;
		goesOn = watermark < until && found.length < settings.capacity && !isOver(settings);
	}
	const isCaughtUp = watermark >= until;
	// The time did not do for the overlap: go on from there, or no poll would ever get past it.
	const isStuck = progressed && from < state.watermark && isOver(settings);
	// What may still arrive late is read again, and no more: while catching up, that is nothing.
	const settled = earlier(clock.startedAt() - settings.lateArrival, watermark - BOUNDARY_OVERLAP);
	const overlapFrom = later(state.overlapFrom, isStuck ? from : earlier(settled, from));
	const { state: next, shrunk } = withinSeenBound({ ...state, seen, watermark, overlapFrom });
	return {
		events: found,
		state: {
			...next,
			span: isCaughtUp ? undefined : lengths.current(from),
			clockAheadMs: clock.aheadMs(),
		},
		failure,
		progressed,
		shrunk: shrunk || isStuck,
	};
}

interface WindowReading extends WindowContent {
	/** The events that are new, oldest first; nothing when the window was not read to its end. */
	events: AuditEvent[];
	complete: boolean;
}

interface WindowContext {
	settings: PollSettings;
	clock: ServerClock;
	/** How many new events still have room in this poll. */
	room: number;
	seen: ReadonlyMap<string, number>;
	lengths: WindowLength;
}

async function readWindow(
	fetchPage: FetchPage,
	window: Window,
	{ settings, clock, room, seen, lengths }: WindowContext,
): Promise<WindowReading> {
	const { sent, keeps } = divideFiltering(settings);
	const query = { window, conditions: sent, pageSize: MOST_EVENTS_PER_PAGE };
	const events: AuditEvent[] = [];
	const here = new Set<string>();
	let read = 0;
	let oldest = window.to;
	for await (const page of followPages(fetchPage, query)) {
		clock.adjust(page.serverTime);
		read += page.events.length;
		oldest = parseTimestamp(page.events.at(-1)?.timestamp ?? '') ?? oldest;
		for (const event of page.events) {
			const hash = shortHash(event.cursor);
			if (seen.has(hash) || here.has(hash)) continue;
			if (!keeps(event) || settings.counts?.(event) === false) continue;
			here.add(hash);
			events.push(event);
		}
		if (page.next === null || isShortest(window)) continue;
		const isTooDense = lengths.isTooDense(window, { read, oldest }, events.length, room);
		if (isTooDense || isOver(settings)) {
			return { events: [], read, oldest, complete: false };
		}
	}
	return { events: events.reverse(), read, oldest, complete: true };
}

/**
 * Keeps the oldest events of a window that fit into the room, cut between two milliseconds. At least
 * one millisecond is kept, however many events it holds.
 *
 * @returns the events kept, and the end of the time that they cover
 */
function cutToRoom(
	events: AuditEvent[],
	room: number,
	windowEnd: Instant,
): { events: AuditEvent[]; end: Instant } {
	const [first] = events;
	const tooMany = events[room];
	if (!first || !tooMany) return { events, end: windowEnd };
	const startsAt = (event: AuditEvent) => fromMilliseconds(timeOf(event, windowEnd));
	const end = later(startsAt(tooMany), startsAt(first) + MILLISECOND);
	return { events: events.filter((event) => startsAt(event) < end), end };
}

export function isOver({ deadline, now }: PollSettings): boolean {
	return now() >= deadline;
}

/** The time of an event in ms since 1970; one that cannot be read counts as the end of its window. */
function timeOf(event: AuditEvent, windowEnd: Instant): number {
	return toMilliseconds(parseTimestamp(event.timestamp) ?? windowEnd);
}

interface ServerClock {
	/** The server's time when the poll began. */
	startedAt(): Instant;
	adjust(serverTime: number | undefined): void;
	/** How far the server's clock is ahead in ms, where that is worth remembering. */
	aheadMs(): number | undefined;
}

/**
 * n8n's clock, put right by what the poll before found, and by the server's first answer. The Date
 * header counts whole seconds, so a server less than two seconds ahead is not; one that is behind
 * always is, to be safe.
 */
function serverClock(now: () => number, known: number | undefined): ServerClock {
	const began = now();
	// What is known may be a second short, because it came from whole seconds.
	let ahead = known === undefined ? 0 : known + 1000;
	let isAdjusted = false;
	return {
		startedAt: () => fromMilliseconds(began + ahead),
		adjust(serverTime) {
			if (serverTime === undefined || isAdjusted) return;
			isAdjusted = true;
			ahead = clockDifference(serverTime, now());
		},
		aheadMs: () => worthKnowing(ahead),
	};
}

/** @returns how far the server's clock is ahead in ms, by the whole seconds of the Date header */
export function clockDifference(serverTime: number, now: number): number {
	const ahead = serverTime - now;
	return ahead >= 0 && ahead < toMilliseconds(CLOCK_TOLERANCE) ? 0 : ahead;
}

/** A difference that later polls should know of; undefined for one that the Date header hardly shows. */
export function worthKnowing(aheadMs: number): number | undefined {
	return Math.abs(aheadMs) < toMilliseconds(CLOCK_TOLERANCE) ? undefined : aheadMs;
}
