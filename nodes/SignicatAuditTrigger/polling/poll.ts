import type { AuditEvent } from '../../shared/model/event';
import {
	type Duration,
	earlier,
	floorTo,
	type Instant,
	later,
	MILLISECOND,
} from '../../shared/model/instant';
import type { FetchPage } from '../../shared/model/page';
import { BOUNDARY_OVERLAP, MAX_WINDOW, type Window } from '../../shared/model/window';
import { MAX_STRAYS, type PollState, trimEmitted } from '../state/pollState';
import { isOver, type PollSettings } from './pollSettings';
import { findPosition, type Position } from './position';
import { cutToRoom, readWindow, type WindowReading } from './readWindow';
import { CLOCK_TOLERANCE, MAX_UNDETECTED_SKEW, ServerClock } from './serverClock';
import { Source } from './source';
import { type WindowContent, WindowSizer } from './windowSizer';

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
	overlapTruncated: boolean;
	/** How many entries of the pages were no events at all. */
	skipped: number;
	/** By how many ms the stored position lay ahead of every clock, where it had to be set back. */
	setBackMs?: number;
	/** By how many ms the server's clock differs from what was expected, where it does. */
	unexpectedSkewMs?: number;
}

/**
 * Reads what is new since `state`: windows of time one after the other, oldest first, each read to
 * its end before any of its events counts, so that the watermark never passes an unread event. How far
 * it may go is for the clocks to say (serverClock.ts).
 */
export async function pollEvents(
	fetchPage: FetchPage,
	state: PollState,
	settings: PollSettings,
): Promise<PollResult> {
	const source = new Source(fetchPage, new ServerClock(settings.now, state));
	let poll: Poll | undefined;
	let failure: unknown;
	try {
		poll = new Poll(source, settings, await findPosition(source, state, settings));
		for (let window = poll.nextWindow(); window; window = poll.nextWindow()) {
			const reading = await poll.read(window);
			if (reading.complete) poll.accept(window, reading);
			else poll.abandon(window, reading);
		}
	} catch (error) {
		failure = error;
	}
	return poll?.result(failure) ?? emptyResult(source, state, failure);
}

function emptyResult({ skipped }: Source, state: PollState, failure: unknown): PollResult {
	return {
		events: [],
		state,
		failure,
		progressed: false,
		caughtUp: false,
		overlapTruncated: false,
		skipped,
	};
}

/** How far one poll has come. */
class Poll {
	private readonly start: PollState;

	private readonly newEvents: AuditEvent[] = [];

	/** What was returned before, and in this poll. */
	private readonly emitted: Map<string, number>;

	/** The hashes of events that have no place in time of their own. */
	private readonly strays = new Map<string, number>();

	private readonly sizer: WindowSizer;

	private watermark: Instant;

	/** Where the next window begins. */
	private from: Instant;

	/** Everything before it was read. */
	private reached: Instant;

	/** The end of what is to be read. */
	private until: Instant;

	private isDone: boolean;

	private hasProgressed = false;

	/** How many of the last windows were long, and held nothing. */
	private emptyWindows = 0;

	constructor(
		private readonly source: Source,
		private readonly settings: PollSettings,
		private readonly position: Position,
	) {
		const { state } = position;
		this.start = state;
		this.emitted = new Map(state.emitted);
		this.sizer = new WindowSizer(settings.capacity, state.windowHint);
		this.watermark = state.watermark;
		this.from = this.reached = state.overlapFrom;
		this.until = this.readLimit();
		this.isDone = this.from >= this.until;
	}

	/** The window to read next; undefined where the poll has come to its end. */
	nextWindow(): Window | undefined {
		return this.isDone ? undefined : this.sizer.next(this.from, this.until, this.room);
	}

	async read(window: Window): Promise<WindowReading> {
		const { settings, source, room, emitted: seen, sizer } = this;
		return await readWindow(source.fetch, window, {
			settings,
			clock: source.clock,
			room,
			seen,
			sizer,
		});
	}

	/** Takes up what a window holds that was read to its end, and moves on behind it. */
	accept(window: Window, reading: WindowReading): void {
		this.hasProgressed = true;
		this.sizer.onComplete(window, reading);
		const { events, end } = cutToRoom(reading.events, this.room, window);
		for (const { event, hash, placeMs, isStray } of events) {
			this.emitted.set(hash, placeMs);
			if (isStray) this.strays.set(hash, placeMs);
			this.newEvents.push(event);
		}
		this.adjustEnd();
		this.reached = earlier(end, this.until);
		this.watermark = later(this.watermark, earlier(this.reached, this.watermarkLimit()));
		this.from = this.reached - BOUNDARY_OVERLAP;
		this.emptyWindows = isLongAndEmpty(window, reading) ? this.emptyWindows + 1 : 0;
		this.isDone =
			this.reached >= this.until ||
			this.room <= 0 ||
			this.emptyWindows >= MAX_EMPTY_WINDOWS ||
			isOver(this.settings);
	}

	/** Gives up a window that holds far more than there is room for. */
	abandon(window: Window, reading: WindowReading): void {
		this.sizer.onAbandoned(window, reading);
		this.isDone = isOver(this.settings);
	}

	result(failure: unknown): PollResult {
		const { setBackMs } = this.position;
		const { clock, skipped } = this.source;
		const isCaughtUp = this.reached >= this.until;
		const { state, overlapTruncated } = this.endState(isCaughtUp);
		return {
			events: this.newEvents,
			state,
			failure,
			progressed: this.hasProgressed,
			caughtUp: isCaughtUp && failure === undefined,
			overlapTruncated,
			skipped,
			...(setBackMs !== undefined && { setBackMs }),
			unexpectedSkewMs: clock.unexpectedSkewMs,
		};
	}

	private endState(isCaughtUp: boolean): { state: PollState; overlapTruncated: boolean } {
		const { start, source, settings, watermark, from, emitted, strays } = this;
		// The time did not do for the overlap: go on from there, or no poll would ever get past it.
		const isStuck = this.hasProgressed && from < start.watermark && isOver(settings);
		// What may still arrive late is read again, and no more: while catching up, that is nothing.
		// Two clocks that differ by less than they show may both be a little ahead.
		const lateFrom = source.clock.surelyPast - settings.allowedLateness - CLOCK_TOLERANCE;
		const settled = earlier(lateFrom, watermark - BOUNDARY_OVERLAP);
		const overlapFrom = later(start.overlapFrom, isStuck ? from : earlier(settled, from));
		for (const hash of strays.keys()) emitted.delete(hash);
		const trimmed = trimEmitted(
			{ ...start, emitted, watermark: later(watermark, overlapFrom), overlapFrom },
			// A little longer, because the clocks are known to the second only.
			lateFrom - MAX_UNDETECTED_SKEW,
		);
		const { clockSkewMs, clockCandidate, polledAtMs } = source.clock.nextState();
		const state = {
			...trimmed.state,
			emitted: new Map([...trimmed.state.emitted, ...[...strays].slice(-MAX_STRAYS)]),
			windowHint: isCaughtUp ? undefined : wholeMilliseconds(this.sizer.hint(from)),
			clockSkewMs,
			clockCandidate,
			polledAtMs,
		};
		return { state, overlapTruncated: trimmed.overlapTruncated || isStuck };
	}

	/** How many new events still have room. */
	private get room(): number {
		return this.settings.capacity - this.newEvents.length;
	}

	/**
	 * The first response says what the server's clock shows. If that is later by no more than the Date header
	 * can tell, it is not worth a request.
	 */
	private adjustEnd(): void {
		const corrected = this.readLimit();
		if (corrected < this.until || corrected - this.until >= CLOCK_TOLERANCE) this.until = corrected;
	}

	/** Up to where events may be read. */
	private readLimit(): Instant {
		const { clock } = this.source;
		const end = floorTo(clock.readTo - this.settings.delay, MILLISECOND);
		return later(this.start.watermark, end);
	}

	/** Up to where the watermark may go. */
	private watermarkLimit(): Instant {
		return floorTo(this.source.clock.surelyPast - this.settings.delay, MILLISECOND);
	}
}

function isLongAndEmpty(window: Window, { read }: WindowContent): boolean {
	return read === 0 && window.to - window.from >= MAX_WINDOW / 2n;
}

function wholeMilliseconds(duration: Duration): Duration {
	return later(floorTo(duration, MILLISECOND), MILLISECOND);
}
