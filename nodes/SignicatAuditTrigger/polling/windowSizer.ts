import {
	type Duration,
	earlier,
	floorTo,
	type Instant,
	later,
	MILLISECOND,
} from '../../shared/model/instant';
import { MAX_EVENTS_PER_PAGE } from '../../shared/model/page';
import { BOUNDARY_OVERLAP, MAX_WINDOW, type Window } from '../../shared/model/window';

/** Longer than the overlap of two windows, so that each window gets further than the one before. */
const MIN_WINDOW: Duration = 2n * BOUNDARY_OVERLAP;

/** A request costs the same for a few events as for a page, so no window is meant to hold fewer. */
const MIN_EVENTS = MAX_EVENTS_PER_PAGE / 2;

/** How many times longer than a window the next one may be. */
const MAX_GROWTH = 16n;

/** How many times further than before a window steps back that was too dense again. */
const BACKOFF_FACTOR = 8n;

/** A window may hold this many times what there is room for; the rest of it is read again. */
const MAX_OVERFULL = 2;

/** What a window held, as far as it was read. */
export interface WindowContent {
	/** How many events the API sent. */
	read: number;
	/** The time of the oldest event that the API sent, the end of the window where it sent none. */
	oldest: Instant;
}

/**
 * Chooses how long the windows of a poll are, so that each holds about as many events as there is
 * room for: a batch. The API answers newest first and cannot say how many events a window holds, so a window
 * that holds too many is abandoned, and what it showed is used to find one that does not. It goes through
 * four phases:
 *
 * - *unmeasured*: nothing was counted yet, so a window is as long as allowed;
 * - *measured*: the last window was counted, and the next one takes the time that a batch took there;
 * - *stepping back*: a window was too dense, and the next one ends before the oldest event it showed, further
 *   back each time that is too dense again;
 * - *closing in*: a window before the dense region was complete, and the next ones approach it from below.
 */
export class WindowSizer {
	/** The time that a batch takes, as far as is known. */
	private timePerBatch: Duration;

	/** Whether it comes from events that were counted, with nothing denser known ahead. */
	private isMeasured: boolean;

	/** No window is longer than this: what lies ahead may be denser than what was read. */
	private maxLength: Duration = MAX_WINDOW;

	/** While stepping back: the end of the next window. */
	private steppedBackTo?: Instant;

	/** From here on, the windows tried were too dense. */
	private denseRegion?: { from: Instant; timePerBatch: Duration };

	/** How many batches the next step back goes, should the window be too dense again. */
	private backoff = 1n;

	private readonly batchSize: number;

	/**
	 * @param capacity how many events a poll has room for
	 * @param known the time of a batch that an earlier poll found
	 */
	constructor(capacity: number, known: Duration | undefined) {
		this.batchSize = Math.max(capacity, MIN_EVENTS);
		this.timePerBatch = known ?? MAX_WINDOW;
		this.isMeasured = known !== undefined;
	}

	/** The time that a batch should take, for the next poll to begin with. */
	hint(from: Instant): Duration {
		if (this.steppedBackTo !== undefined) return halved(this.steppedBackTo - from);
		return earlier(this.timePerBatch, this.maxLengthFrom(from, this.batchSize));
	}

	/** @returns the window to read next, for as many events as there is room for */
	next(from: Instant, until: Instant, room: number): Window {
		const length = earlier(this.share(this.timePerBatch, room), this.maxLengthFrom(from, room));
		let to = this.steppedBackTo ?? from + length;
		if (this.denseRegion) to = earlier(to, this.denseRegion.from);
		to = later(floorTo(to, MILLISECOND), from + MIN_WINDOW);
		return { from, to: earlier(to, earlier(until, from + MAX_WINDOW)) };
	}

	/** Whether a window of which so much is known holds too many events, `fresh` of them new. */
	isTooDense(window: Window, { oldest }: WindowContent, fresh: number, room: number): boolean {
		const most = MAX_OVERFULL * Math.max(room, MIN_EVENTS);
		// A window as long as counted events say will hardly hold many more of them.
		if (this.isMeasured && this.share(this.timePerBatch, room) <= this.maxLength)
			return fresh > most;
		const covered = Number(window.to - oldest) / Number(window.to - window.from);
		return fresh > most * Math.min(1, covered);
	}

	/** Learns from a window that was read to its end. */
	onComplete(window: Window, { read }: WindowContent): void {
		const length = window.to - window.from;
		if (this.denseRegion && window.to >= this.denseRegion.from) this.denseRegion = undefined;
		// Somewhere between here and there the dense part begins: not far behind a step back.
		const denseTime = this.steppedBackTo === undefined ? undefined : this.denseRegion?.timePerBatch;
		this.maxLength = denseTime ?? length * MAX_GROWTH;
		this.timePerBatch = read === 0 ? MAX_WINDOW : this.timeOfBatch(length, read);
		this.isMeasured = read > 0 && this.denseRegion === undefined;
		this.steppedBackTo = undefined;
		this.backoff = 1n;
	}

	/** Learns from a window that was abandoned. */
	onAbandoned(window: Window, { read, oldest }: WindowContent): void {
		const timePerBatch =
			read === 0 ? window.to - window.from : this.timeOfBatch(window.to - oldest, read);
		const unread = oldest - window.from;
		const step = timePerBatch * this.backoff;
		this.backoff *= BACKOFF_FACTOR;
		this.denseRegion = { from: floorTo(oldest, MILLISECOND), timePerBatch };
		this.steppedBackTo = step <= unread / 2n ? oldest - step : undefined;
		this.timePerBatch = timePerBatch;
		this.isMeasured = false;
		this.maxLength = halved(unread);
	}

	/** The longest window that may begin at `from`: halfway to what is known to be dense. */
	private maxLengthFrom(from: Instant, room: number): Duration {
		if (!this.denseRegion) return this.maxLength;
		const { from: denseFrom, timePerBatch } = this.denseRegion;
		const allowed = later(this.share(timePerBatch, room), halved(denseFrom - from));
		return earlier(this.maxLength, allowed);
	}

	private timeOfBatch(length: Duration, events: number): Duration {
		if (this.batchSize === Infinity) return MAX_WINDOW;
		return later((length * BigInt(this.batchSize)) / BigInt(events), MIN_WINDOW);
	}

	/** What of the time for a batch goes to what there is room for. */
	private share(length: Duration, room: number): Duration {
		if (this.batchSize === Infinity) return length;
		return (length * BigInt(Math.max(room, MIN_EVENTS))) / BigInt(this.batchSize);
	}
}

/** Whether a window is read to its end whatever it holds, because none can be shorter. */
export function isShortest({ from, to }: Window): boolean {
	return to - from <= MIN_WINDOW;
}

function halved(length: Duration): Duration {
	return later(length / 2n, MIN_WINDOW);
}
