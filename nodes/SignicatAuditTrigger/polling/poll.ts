import { isOver, type PollSettings } from './pollSettings';
import { MAX_STRAYS, type PollState, withinSeenBound } from '../state/pollState';
import { positionOf } from './position';
import { cutToRoom, readWindow, type WindowReading } from './readWindow';
import { CLOCK_TOLERANCE, ServerClock, UNNOTICED } from './serverClock';
import { earlier, floorTo, type Instant, later, MILLISECOND } from '../../shared/model/instant';
import type { AuditEvent } from '../../shared/model/event';
import type { FetchPage } from '../../shared/model/page';
import { BOUNDARY_OVERLAP, LONGEST_WINDOW, type Window } from '../../shared/model/window';
import { type WindowContent, WindowLength } from './windowLength';

/** So many of the longest windows without any event end a poll: more than three years of silence. */
const MAX_EMPTY_WINDOWS = 20;

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
		for (const { event, hash, placeMs, isStray } of events) {
			seen.set(hash, placeMs);
			if (isStray) strays.set(hash, placeMs);
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

function isLongAndEmpty(window: Window, { read }: WindowContent): boolean {
	return read === 0 && window.to - window.from >= LONGEST_WINDOW / 2n;
}

function wholeSpan(span: Instant): Instant {
	return later(floorTo(span, MILLISECOND), MILLISECOND);
}
