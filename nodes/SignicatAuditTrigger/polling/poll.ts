import type { AuditEvent } from '../../shared/model/event';
import {
	type Duration,
	earlier,
	floorTo,
	type Instant,
	later,
	MILLISECOND,
} from '../../shared/model/instant';
import { BOUNDARY_OVERLAP, MAX_WINDOW, type Window } from '../../shared/model/window';
import type { ReadyState } from '../state/pollState';
import { Budget } from './budget';
import { CLOCK_TOLERANCE } from './clockSkew';
import { endState } from './endState';
import { PollMemory } from './pollMemory';
import type { PollResult } from './pollResult';
import { isOver, type PollSettings, SIDE_BY_SIDE } from './pollSettings';
import type { Position } from './position';
import { readWindow, type WindowReading } from './readWindow';
import type { Source } from './source';
import { densityHint, type WindowContent, WindowSizer } from './windowSizer';

/** So many windows of maximum length in a row without an event end a poll: more than three years of silence. */
const MAX_EMPTY_WINDOWS = 20;

/** One poll: which window comes next, what was found so far, and how far it came. */
export class Poll {
	private readonly start: ReadyState;

	private readonly newEvents: AuditEvent[] = [];

	private readonly memory: PollMemory;

	private readonly sizer: WindowSizer;

	private readonly budget: Budget;

	private watermark: Instant;

	/** Where the poll begins. */
	private readonly begin: Instant;

	/** Where the next window begins. */
	private from: Instant;

	/** Everything before it was read. */
	private reached: Instant;

	/** The end of what is to be read. */
	private until: Instant;

	/** Whether nothing more is to be read, also of what is in progress. */
	private done: boolean;

	/** The end of what the new events come from. */
	private coveredTo: Instant;

	private hasProgressed = false;

	/** How many events the API sent in windows that were read to their end. */
	private eventsRead = 0;

	/** How many of the last windows were long and empty. */
	private emptyWindows = 0;

	constructor(
		private readonly source: Source,
		private readonly settings: PollSettings,
		private readonly position: Position,
	) {
		const { state } = position;
		this.start = state;
		this.memory = new PollMemory(state);
		this.budget = new Budget(settings);
		this.sizer = new WindowSizer(settings.capacity, state.windowHint);
		this.watermark = state.watermark;
		this.begin = later(state.overlapFrom, state.reread?.from ?? state.overlapFrom);
		this.from = this.reached = this.coveredTo = this.begin;
		this.until = this.readLimit();
		this.done = this.from >= this.until;
	}

	get isDone(): boolean {
		return this.done;
	}

	/** @returns the window to read behind those in progress; undefined where none is to be read now */
	nextWindow(inProgress: readonly Window[]): Window | undefined {
		const { until, sizer, budget, settings } = this;
		const { sideBySide = SIDE_BY_SIDE } = settings;
		const last = inProgress.at(-1);
		if (this.done || (isOver(settings) && (last || this.hasProgressed))) return undefined;
		if (!last) return sizer.next({ from: this.from, to: until }, budget.left);
		// Where events lie unevenly, what is read ahead would often be read in vain.
		const isFull = inProgress.length >= sideBySide || !sizer.isSteady;
		if (isFull || last.to >= until) return undefined;
		const expected = sizer.expected(inProgress.filter(({ to }) => to > this.start.watermark));
		return budget.left - expected < sizer.batchSize
			? undefined
			: sizer.next({ from: last.to - BOUNDARY_OVERLAP, to: until }, sizer.batchSize);
	}

	async read(window: Window, signal: AbortSignal): Promise<WindowReading> {
		const { settings, source, budget, memory, sizer } = this;
		return await readWindow(source.fetch, window, {
			settings,
			clock: source.clock,
			budget: budget.left,
			memory,
			sizer,
			signal,
		});
	}

	/** Takes the events of a window that was read to its end, and moves on behind it. */
	accept(window: Window, reading: WindowReading): void {
		this.hasProgressed = true;
		this.sizer.onComplete(window, reading);
		this.eventsRead += reading.read;
		// The window before it may have brought some of them since.
		const fresh = reading.events.filter(({ key }) => !this.memory.has(key));
		const { events, end } = this.budget.take(fresh, window);
		this.coveredTo = later(this.coveredTo, end);
		for (const placed of events) {
			this.memory.add(placed);
			this.newEvents.push(placed.event);
		}
		this.adjustEnd();
		this.reached = earlier(end, this.until);
		this.watermark = later(this.watermark, earlier(this.reached, this.watermarkLimit()));
		this.from = this.reached - BOUNDARY_OVERLAP;
		this.emptyWindows = isLongAndEmpty(window, reading) ? this.emptyWindows + 1 : 0;
		this.done = this.isCaughtUp || this.budget.isUsedUp || this.emptyWindows >= MAX_EMPTY_WINDOWS;
	}

	/** Abandons a window that holds far more events than the poll still takes. */
	abandon(window: Window, reading: WindowReading): void {
		this.sizer.onAbandoned(window, reading);
		this.done = isOver(this.settings);
	}

	/** @param failure what ended the poll early, if anything did */
	result(failure: unknown): PollResult {
		const { start, settings, memory, watermark, from, hasProgressed, isCaughtUp } = this;
		const { setBackMs } = this.position;
		const { clock, skipped } = this.source;
		return {
			events: this.newEvents,
			covered: { from: this.begin, to: this.coveredTo },
			...endState({
				start,
				settings,
				clock,
				memory,
				watermark,
				from,
				hasProgressed,
				windowHint: this.windowHint,
			}),
			failure,
			progressed: hasProgressed,
			caughtUp: isCaughtUp && failure === undefined,
			skipped,
			setBackMs,
			unexpectedSkewMs: clock.unexpectedSkewMs,
		};
	}

	/** How long a window the next poll should begin with; undefined where it may read all at once. */
	private get windowHint(): Duration | undefined {
		if (!this.isCaughtUp) return this.sizer.hint(this.from);
		const length = this.reached - this.begin;
		return densityHint(length, this.eventsRead, this.settings.capacity);
	}

	private get isCaughtUp(): boolean {
		return this.reached >= this.until;
	}

	/**
	 * The first response tells the server's time. If that is later by no more than the Date header can show,
	 * it is not worth another request.
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
