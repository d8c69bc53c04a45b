import { divideFiltering, type Filtering } from './conditions';
import { identityOf, timeOf } from './identity';
import { followPages } from './pages';
import type { SeriesOptions } from './pageSeries';
import { MAX_STRAYS, type PollState, shortHash, withinSeenBound } from './pollState';
import { CLOCK_TOLERANCE, ServerClock, UNNOTICED } from './serverClock';
import {
	earlier,
	floorTo,
	fromMilliseconds,
	type Instant,
	later,
	MILLISECOND,
	SECOND,
	toMilliseconds,
} from './timestamp';
import { type AuditEvent, type FetchPage, MOST_EVENTS_PER_PAGE } from './types';
import { BOUNDARY_OVERLAP, LONGEST_WINDOW, type Window } from './window';
import { isShortest, type WindowContent, WindowLength } from './windowLength';

/** So many of the longest windows without any event end a poll: more than three years of silence. */
const MAX_EMPTY_WINDOWS = 20;

/** An event so much older than what was asked for is left out: it was not asked for. */
const OLDER_TOLERANCE: Instant = SECOND;

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
	/** How the pages of a window are read: pauses, and how large pages may be. */
	pages?: SeriesOptions;
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
	/** Whether everything was read that there was to read. */
	caughtUp: boolean;
	/** Whether the overlap had to shrink, because too many events lie in it. */
	shrunk: boolean;
	/** How many entries of the pages were no events at all. */
	skipped: number;
	/** By how many ms the stored position lay ahead of every clock, where it had to be taken back. */
	takenBackMs?: number;
	/** By how many ms the server's clock differs from what was expected, where it does. */
	disagreementMs?: number;
}

/**
 * Reads what is new since `state`: windows of time one after the other, oldest first, each read to
 * its end before any of its events counts, so that the watermark never passes an unread event. How far
 * it may go is for the clocks to say (serverClock.ts).
 */
export async function pollEvents(
	fetchPage: FetchPage,
	given: PollState,
	settings: PollSettings,
): Promise<PollResult> {
	const clock = new ServerClock(settings.now, given);
	let skipped = 0;
	const fetch: FetchPage = async (...request) => {
		const page = await fetchPage(...request);
		clock.adjust(page.serverTime);
		skipped += page.skipped ?? 0;
		return page;
	};
	const position = await positionOf(fetch, given, { clock, settings }).catch((error: unknown) => ({
		failure: error,
	}));
	if ('failure' in position) {
		const { failure } = position;
		const nothing = { events: [], progressed: false, caughtUp: false, shrunk: false, skipped };
		return { ...nothing, state: given, failure };
	}
	const { state, takenBackMs } = position;
	const found: AuditEvent[] = [];
	const seen = new Map(state.seen);
	const strays = new Map<string, number>();
	let { watermark } = state;
	let from = state.overlapFrom;
	let reached = from;
	const lengths = new WindowLength(settings.capacity, state.span);
	let failure: unknown;
	let progressed = false;
	let emptyWindows = 0;
	const horizon = () =>
		later(state.watermark, floorTo(clock.readTo - settings.settling, MILLISECOND));
	let until = horizon();
	let goesOn = from < until;
	while (goesOn) {
		const room = settings.capacity - found.length;
		const window = lengths.next(from, until, room);
		let reading: WindowReading;
		try {
			reading = await readWindow(fetch, window, { settings, clock, room, seen, lengths });
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
		const { events, end } = cutToRoom(reading.events, room, window);
		for (const event of events) {
			const hash = shortHash(identityOf(event));
			seen.set(hash, placeIn(window, event));
			if (isStray(window, event)) strays.set(hash, placeIn(window, event));
			found.push(event);
		}
		// The first response says what the server's clock shows. If that is later by no more than the
		// Date header can tell, it is not worth a request.
		const corrected = horizon();
		if (corrected < until || corrected - until >= CLOCK_TOLERANCE) until = corrected;
		reached = earlier(end, until);
		const surelyPast = floorTo(clock.surelyPast - settings.settling, MILLISECOND);
		watermark = later(watermark, earlier(reached, surelyPast));
		from = reached - BOUNDARY_OVERLAP;
		emptyWindows = isLongAndEmpty(window, reading) ? emptyWindows + 1 : 0;
		goesOn =
			reached < until &&
			found.length < settings.capacity &&
			emptyWindows < MAX_EMPTY_WINDOWS &&
			!isOver(settings);
	}
	const isCaughtUp = reached >= until;
	// The time did not do for the overlap: go on from there, or no poll would ever get past it.
	const isStuck = progressed && from < state.watermark && isOver(settings);
	// What may still arrive late is read again, and no more: while catching up, that is nothing.
	// Two clocks that differ by less than they show may both be a little ahead.
	const lateFrom = clock.surelyPast - settings.lateArrival - CLOCK_TOLERANCE;
	const settled = earlier(lateFrom, watermark - BOUNDARY_OVERLAP);
	const overlapFrom = later(state.overlapFrom, isStuck ? from : earlier(settled, from));
	for (const hash of strays.keys()) seen.delete(hash);
	const bound = withinSeenBound(
		{ ...state, seen, watermark: later(watermark, overlapFrom), overlapFrom },
		// A little longer, because the clocks are known to the second only.
		lateFrom - UNNOTICED,
	);
	const { clockAheadMs, clockCandidate, polledAtMs } = clock.next();
	const remembered = [...strays].slice(-MAX_STRAYS);
	return {
		events: found,
		state: {
			...bound.state,
			seen: new Map([...bound.state.seen, ...remembered]),
			span: isCaughtUp ? undefined : wholeSpan(lengths.current(from)),
			clockAheadMs,
			clockCandidate,
			polledAtMs,
		},
		failure,
		progressed,
		caughtUp: isCaughtUp && failure === undefined,
		shrunk: bound.shrunk || isStuck,
		skipped,
		...(takenBackMs !== undefined && { takenBackMs }),
		disagreementMs: clock.disagreementMs,
	};
}

interface Position {
	state: PollState;
	takenBackMs?: number;
}

/**
 * Where to begin. A stored position that lies ahead of every clock came from a clock that was wrong, or
 * from somewhere else: it is taken back to the present, and what is remembered keeps events from coming
 * twice.
 *
 * @throws what `fetch` throws, which is asked for the server's time where the position looks odd
 */
async function positionOf(
	fetch: FetchPage,
	given: PollState,
	{ clock, settings }: { clock: ServerClock; settings: PollSettings },
): Promise<Position> {
	const { lateArrival } = settings;
	const { watermark } = given;
	// Before the first event that is remembered, nobody knows what was returned.
	const first = firstSeen(given);
	const overlapBefore = (end: Instant, unknown: Instant) =>
		earlier(later(end - lateArrival, first ?? unknown), end - BOUNDARY_OVERLAP);
	// An overlap that begins after the watermark would leave out what lies between them.
	const isInverted = given.overlapFrom > watermark;
	const overlapFrom = isInverted ? overlapBefore(watermark, watermark) : given.overlapFrom;
	const state = { ...given, overlapFrom };
	const isAhead = () => watermark > clock.latest + CLOCK_TOLERANCE;
	if (!isAhead()) return { state };
	const to = clock.latest;
	await fetch({ window: { from: to - SECOND, to }, conditions: [], pageSize: 1 });
	if (!isAhead()) return { state };
	const present = floorTo(clock.surelyPast, MILLISECOND);
	const takenBackMs = toMilliseconds(watermark - present);
	return {
		state: {
			...state,
			watermark: present,
			// Where only the watermark is odd, what is to be read again is known as ever.
			overlapFrom: overlapFrom > clock.latest ? overlapBefore(present, 0n) : overlapFrom,
			span: undefined,
			toLearn: given.toLearn && {
				from: earlier(given.toLearn.from, present),
				to: earlier(given.toLearn.to, present),
			},
		},
		takenBackMs,
	};
}

/** The time of the first event that is remembered. */
function firstSeen({ seen }: PollState): Instant | undefined {
	let first: number | undefined;
	for (const time of seen.values()) first = Math.min(first ?? time, time);
	return first === undefined ? undefined : fromMilliseconds(first);
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
			events.push(event);
		}
		if (page.next === null || isShortest(window)) continue;
		const isTooDense = lengths.isTooDense(window, { read, oldest }, events.length, room);
		if (isTooDense || isOver(settings)) {
			return { events: [], read, oldest, complete: false };
		}
	}
	return { events: oldestFirst(events, window), read, oldest, complete: true };
}

/** The API sends the newest event first, and may be out of order by a few. */
function oldestFirst(newestFirst: AuditEvent[], window: Window): AuditEvent[] {
	const placed = newestFirst.reverse().map((event) => ({ event, at: instantIn(window, event) }));
	const isInOrder = placed.every(({ at }, index) => at >= (placed[index - 1]?.at ?? at));
	if (isInOrder) return newestFirst;
	return placed.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).map(({ event }) => event);
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
	window: Window,
): { events: AuditEvent[]; end: Instant } {
	const [first] = events;
	const tooMany = events[room];
	if (!first || !tooMany) return { events, end: window.to };
	const startsAt = (event: AuditEvent) => fromMilliseconds(placeIn(window, event));
	const end = later(startsAt(tooMany), startsAt(first) + MILLISECOND);
	// Events at the very end have no place of their own in time: they would not come again.
	if (end >= window.to) return { events, end: window.to };
	return { events: events.filter((event) => startsAt(event) < end), end };
}

function isLongAndEmpty(window: Window, { read }: WindowContent): boolean {
	return read === 0 && window.to - window.from >= LONGEST_WINDOW / 2n;
}

function wholeSpan(span: Instant): Instant {
	return later(floorTo(span, MILLISECOND), MILLISECOND);
}

export function isOver({ deadline, now }: PollSettings): boolean {
	return now() >= deadline;
}

/** Whether an event's time cannot be read, or lies after all that was asked for. */
function isStray(window: Window, event: AuditEvent): boolean {
	const time = timeOf(event);
	return time === undefined || time >= window.to;
}

/** When an event counts as having happened: within the window that it came with, at its end if unknown. */
function instantIn({ from, to }: Window, event: AuditEvent): Instant {
	return later(from, earlier(timeOf(event) ?? to, to));
}

/** The same in ms since 1970. */
function placeIn(window: Window, event: AuditEvent): number {
	return toMilliseconds(instantIn(window, event));
}
