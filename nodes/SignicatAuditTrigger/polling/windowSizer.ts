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

/*
 * The numbers below were chosen by requests per page for the logs of 1,000,000 events in
 * test/unit/polling/backlog.test.ts, each number varied alone. "Bursts" are its 50 bursts of half a minute,
 * "mixtures" are 100 of its mixtures of random bursts.
 */

/** Longer than the overlap of two windows, so that each gets further than the one before. Twice as long takes the same. */
const MIN_WINDOW: Duration = 2n * BOUNDARY_OVERLAP;

/** About how many events a window is meant to hold, at most: it is read page by page, and others beside it. */
const MAX_BATCH = 5 * MAX_EVENTS_PER_PAGE;

/**
 * A window of more events than this takes too long to read page by page, even where they were emitted before and count
 * for nothing.
 */
const MAX_READ = 4 * MAX_BATCH;

/**
 * A request costs the same for a few events as for a page, so no window is meant to hold fewer. A quarter of
 * a page takes 2.65 for the bursts, half a page 2.31. With 200 events per poll, a whole page takes up to twice as many.
 */
const MIN_EVENTS = MAX_EVENTS_PER_PAGE / 2;

/**
 * How many times longer than a window the next one may be. For the bursts, 8 takes 2.36, 16 takes 2.31, 32 takes 2.11;
 * for 1,000 bursts of a second 1.09, 1.12, 1.16, and without a bound 3.84.
 */
const MAX_GROWTH = 16n;

/**
 * A window may hold this many times the budget; the rest of it is read again. For the bursts,
 * 1 takes 2.64, 2 takes 2.31, 4 takes 2.70; for events that lie evenly 1.73, 1.02, 1.09.
 */
const MAX_OVERFULL = 2;

/**
 * How much of the way to what was too dense the next window goes. For mixtures, 3/8 takes 3.46, 1/2 takes
 * 3.06, 3/4 takes 2.71, 7/8 takes 2.61; for events that lie evenly, a single poll takes up to 12, 14, 24, 41 requests.
 */
const threeQuarters = (way: Duration): Duration => (way * 3n) / 4n;

/** What a window held, as far as it was read. */
export interface WindowContent {
	/** How many events the API sent. */
	read: number;
	/** The time of the oldest event that the API sent, the end of the window where it sent none. */
	oldest: Instant;
}

/**
 * Chooses how long the windows of a poll are, so that each holds about as many events as the
 * poll takes: a batch. The API responds newest first and cannot say how many events a window holds. So
 * a window is as long as a batch took in the one before it. One that turns out too dense is abandoned,
 * and the next ones approach the oldest event that it showed, each by a part of the way.
 */
export class WindowSizer {
	/** The time that a batch takes, as far as is known. */
	private timePerBatch: Duration;

	/** No window is longer than this: what lies ahead may be denser than what was read. */
	private maxLength: Duration = MAX_WINDOW;

	/** From here on, a window that was tried was too dense. */
	private denseFrom?: Instant;

	/** About how many events a window is meant to hold. */
	readonly batchSize: number;

	/** Whether the last window held about what was expected, so that the next ones may, too. */
	isSteady: boolean;

	/**
	 * @param capacity how many events a poll takes
	 * @param known the time of a batch that an earlier poll found
	 */
	constructor(capacity: number, known: Duration | undefined) {
		this.batchSize = batchSizeFor(capacity);
		this.timePerBatch = known ?? MAX_WINDOW;
		this.isSteady = known !== undefined;
	}

	/** The time that a batch should take, for the next poll to begin with. */
	hint(from: Instant): Duration {
		return earlier(this.timePerBatch, this.lengthFrom(from, this.batchSize));
	}

	/**
	 * @param ahead what is still to be read
	 * @param budget how many events the poll still takes
	 * @returns the window to read next
	 */
	next({ from, to: until }: Window, budget: number): Window {
		const to = floorTo(from + this.lengthFrom(from, budget), MILLISECOND);
		const end = earlier(until, from + MAX_WINDOW);
		return { from, to: earlier(later(to, from + MIN_WINDOW), end) };
	}

	/** Whether a window of which so much is known holds too many events, `fresh` of them new. */
	isTooDense(
		{ from, to }: Window,
		{ read, oldest, fresh, budget }: WindowContent & { fresh: number; budget: number },
	): boolean {
		const covered = Number(to - oldest) / Number(to - from);
		const isTooFull = fresh > MAX_OVERFULL * this.roomFor(budget) * covered;
		return isTooFull || read > MAX_READ * covered;
	}

	/** About how many events windows that are in progress will bring. */
	expected(windows: readonly Window[]): number {
		return windows.length * this.batchSize;
	}

	/** Learns from a window that was read to its end. */
	onComplete({ from, to }: Window, { read }: WindowContent): void {
		// Before the dense part, a window says nothing about it.
		if (this.denseFrom !== undefined && to < this.denseFrom) return;
		this.denseFrom = undefined;
		this.timePerBatch = this.timeOfBatch(to - from, read);
		this.maxLength = (to - from) * MAX_GROWTH;
		this.isSteady = read >= this.batchSize / 2;
	}

	/** Learns from a window that was abandoned. */
	onAbandoned({ from, to }: Window, { read, oldest }: WindowContent): void {
		this.isSteady = false;
		this.denseFrom = floorTo(oldest, MILLISECOND);
		this.timePerBatch = this.timeOfBatch(to - oldest, read);
		// Half, for the bursts (all of the rest takes 2.55, a quarter 2.31), and for events that lie evenly (1.02, 1.12).
		this.maxLength = (oldest - from) / 2n;
	}

	private lengthFrom(from: Instant, budget: number): Duration {
		const share = BigInt(this.roomFor(budget));
		const length = earlier((this.timePerBatch * share) / BigInt(this.batchSize), this.maxLength);
		if (this.denseFrom === undefined) return length;
		const rest = this.denseFrom - from;
		return earlier(later(length, threeQuarters(rest)), rest);
	}

	/** How many of so many events a window should bring. */
	private roomFor(budget: number): number {
		return Math.max(Math.min(budget, this.batchSize), MIN_EVENTS);
	}

	private timeOfBatch(length: Duration, events: number): Duration {
		return timeOf(this.batchSize, length, events);
	}
}

/** The time that a batch takes where so many events were in a length of time. */
function timeOf(batchSize: number, length: Duration, events: number): Duration {
	if (events === 0) return MAX_WINDOW;
	return later((length * BigInt(batchSize)) / BigInt(events), MIN_WINDOW);
}

/**
 * How long windows should be, from all that was read; undefined where one can hold all of it.
 *
 * @param capacity how many events a poll takes
 */
export function densityHint(
	length: Duration,
	events: number,
	capacity: number,
): Duration | undefined {
	return events > MAX_BATCH ? timeOf(batchSizeFor(capacity), length, events) : undefined;
}

function batchSizeFor(capacity: number): number {
	return Math.max(Math.min(capacity, MAX_BATCH), MIN_EVENTS);
}

/** Whether a window is read to its end whatever it holds, because none can be shorter. */
export function isShortest({ from, to }: Window): boolean {
	return to - from <= MIN_WINDOW;
}
