import { earlier, floorTo, type Instant, later, MILLISECOND } from '../../shared/model/instant';
import { MOST_EVENTS_PER_PAGE } from '../../shared/model/page';
import { BOUNDARY_OVERLAP, LONGEST_WINDOW, type Window } from '../../shared/model/window';

/** Longer than the overlap of two windows, so that each window gets further than the one before. */
const SHORTEST: Instant = 2n * BOUNDARY_OVERLAP;

/** A request costs the same for a few events as for a page, so no window is meant to hold fewer. */
const FEWEST_EVENTS = MOST_EVENTS_PER_PAGE / 2;

/** How many times longer than a window the next one may be. */
const GROWTH = 16n;

/** How many times further than before a window steps back that was too dense again. */
const STRIDE = 8n;

/** A window may hold this many times what there is room for; the rest of it is read again. */
const TOO_MANY = 2;

/** What a window held, as far as it was read. */
export interface WindowContent {
	/** How many events the API sent. */
	read: number;
	/** The time of the oldest event that the API sent, the end of the window where it sent none. */
	oldest: Instant;
}

/**
 * Chooses how long the windows of a poll are, so that each holds about as many events as there is
 * room for. The API answers newest first and cannot say how many events a window holds, so a window
 * that holds too many is given up, and what it showed is used to find one that does not: first
 * further and further back from the oldest event it showed, at the pace of the events there, then
 * from below.
 */
export class WindowLength {
	/** The time that a full load of events takes, as far as is known. */
	private span: Instant;
	/** Whether `span` comes from events that were counted, with nothing denser known ahead. */
	private hasCount: boolean;
	/** No window is longer than this: what lies ahead may be denser than what was read. */
	private longest: Instant = LONGEST_WINDOW;
	/** The end of the next window, where one before it was too dense. */
	private stepBack?: Instant;
	/** From here on, the windows tried were too dense; a load of events took `pace` there. */
	private dense?: { from: Instant; pace: Instant };
	private stride = 1n;
	private readonly load: number;

	/**
	 * @param capacity how many events a poll has room for
	 * @param known the span that an earlier poll found
	 */
	constructor(capacity: number, known: Instant | undefined) {
		this.load = Math.max(capacity, FEWEST_EVENTS);
		this.span = known ?? LONGEST_WINDOW;
		this.hasCount = known !== undefined;
	}

	/** The time that a full load of events should take, for the next poll to begin with. */
	current(from: Instant): Instant {
		if (this.stepBack !== undefined) return halved(this.stepBack - from);
		return earlier(this.span, this.longestFrom(from, this.load));
	}

	/** @returns the window to read next, for as many events as there is room for */
	next(from: Instant, until: Instant, room: number): Window {
		const length = earlier(this.share(this.span, room), this.longestFrom(from, room));
		let to = this.stepBack ?? from + length;
		if (this.dense) to = earlier(to, this.dense.from);
		to = later(floorTo(to, MILLISECOND), from + SHORTEST);
		return { from, to: earlier(to, earlier(until, from + LONGEST_WINDOW)) };
	}

	/** Whether a window of which so much is known holds too many events, `fresh` of them new. */
	isTooDense(window: Window, { oldest }: WindowContent, fresh: number, room: number): boolean {
		const most = TOO_MANY * Math.max(room, FEWEST_EVENTS);
		// A window as long as counted events say will hardly hold many more of them.
		if (this.hasCount && this.share(this.span, room) <= this.longest) return fresh > most;
		const covered = Number(window.to - oldest) / Number(window.to - window.from);
		return fresh > most * Math.min(1, covered);
	}

	/** Learns from a window that was read to its end. */
	fits(window: Window, { read }: WindowContent): void {
		const length = window.to - window.from;
		if (this.dense && window.to >= this.dense.from) this.dense = undefined;
		// Somewhere between here and there the dense part begins: not far behind a step back.
		const pace = this.stepBack === undefined ? undefined : this.dense?.pace;
		this.longest = pace ?? length * GROWTH;
		this.span = read === 0 ? LONGEST_WINDOW : this.spanOf(length, read);
		this.hasCount = read > 0 && this.dense === undefined;
		this.stepBack = undefined;
		this.stride = 1n;
	}

	/** Learns from a window that was given up. */
	isGivenUp(window: Window, { read, oldest }: WindowContent): void {
		const pace = read === 0 ? window.to - window.from : this.spanOf(window.to - oldest, read);
		const unread = oldest - window.from;
		const step = pace * this.stride;
		this.stride *= STRIDE;
		this.dense = { from: floorTo(oldest, MILLISECOND), pace };
		this.stepBack = step <= unread / 2n ? oldest - step : undefined;
		this.span = pace;
		this.hasCount = false;
		this.longest = halved(unread);
	}

	/** The longest window that may begin at `from`: halfway to what is known to be dense. */
	private longestFrom(from: Instant, room: number): Instant {
		if (!this.dense) return this.longest;
		const { from: denseFrom, pace } = this.dense;
		return earlier(this.longest, later(this.share(pace, room), halved(denseFrom - from)));
	}

	private spanOf(length: Instant, events: number): Instant {
		if (this.load === Infinity) return LONGEST_WINDOW;
		return later((length * BigInt(this.load)) / BigInt(events), SHORTEST);
	}

	/** What of the time for a full load goes to what there is room for. */
	private share(span: Instant, room: number): Instant {
		if (this.load === Infinity) return span;
		return (span * BigInt(Math.max(room, FEWEST_EVENTS))) / BigInt(this.load);
	}
}

/** Whether a window is read to its end whatever it holds, because none can be shorter. */
export function isShortest({ from, to }: Window): boolean {
	return to - from <= SHORTEST;
}

function halved(span: Instant): Instant {
	return later(span / 2n, SHORTEST);
}
