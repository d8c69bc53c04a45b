import type { AuditEvent } from '../../shared/model/event';
import { timeOf } from '../../shared/model/identity';
import {
	earlier,
	floorTo,
	type Instant,
	later,
	MILLISECOND,
	toMilliseconds,
} from '../../shared/model/instant';
import { BOUNDARY_OVERLAP, MAX_WINDOW, type Window } from '../../shared/model/window';
import type { ReadyState } from '../state/pollState';
import { Budget } from './budget';
import { CLOCK_TOLERANCE } from './clockSkew';
import { endState } from './endState';
import type { PollResult } from './pollResult';
import { isOver, type PollSettings } from './pollSettings';
import type { Position } from './position';
import { readWindow, type WindowReading } from './readWindow';
import type { Source } from './source';
import { type WindowContent, WindowSizer } from './windowSizer';

/** So many windows of maximum length in a row without an event end a poll: more than three years of silence. */
const MAX_EMPTY_WINDOWS = 20;

/** One poll: which window comes next, what was found so far, and how far it came. */
export class Poll {
	private readonly start: ReadyState;

	private readonly newEvents: AuditEvent[] = [];

	/** Hashes of what was emitted before and in this poll, with times in ms since 1970. */
	private readonly emitted: Map<string, number>;

	/** Those of them whose events have no time, and nothing newer that bounds it, with the latest time that they may have. */
	private readonly strays = new Map<string, number>();

	private readonly sizer: WindowSizer;

	private readonly budget: Budget;

	private watermark: Instant;

	/** Where the next window begins. */
	private from: Instant;

	/** Everything before it was read. */
	private reached: Instant;

	/** The end of what is to be read. */
	private until: Instant;

	private isDone: boolean;

	/** The end of what the new events come from. */
	private coveredTo: Instant;

	private hasProgressed = false;

	/** How many of the last windows were long and empty. */
	private emptyWindows = 0;

	constructor(
		private readonly source: Source,
		private readonly settings: PollSettings,
		private readonly position: Position,
	) {
		const { state } = position;
		this.start = state;
		this.emitted = new Map(state.emitted);
		this.budget = new Budget(settings);
		this.sizer = new WindowSizer(settings.capacity, state.windowHint);
		this.watermark = state.watermark;
		this.from = this.reached = this.coveredTo = state.overlapFrom;
		this.until = this.readLimit();
		this.isDone = this.from >= this.until;
	}

	/** @returns the window to read next; undefined at the end of the poll */
	nextWindow(): Window | undefined {
		return this.isDone
			? undefined
			: this.sizer.next({ from: this.from, to: this.until }, this.budget.left);
	}

	async read(window: Window): Promise<WindowReading> {
		const { settings, source, budget, emitted, sizer } = this;
		return await readWindow(source.fetch, window, {
			settings,
			clock: source.clock,
			budget: budget.left,
			emitted,
			sizer,
		});
	}

	/** Takes the events of a window that was read to its end, and moves on behind it. */
	accept(window: Window, reading: WindowReading): void {
		this.hasProgressed = true;
		this.sizer.onComplete(window, reading);
		const { events, end } = this.budget.take(reading.events, window);
		this.coveredTo = later(this.coveredTo, end);
		for (const { event, hash, place } of events) {
			const latestMs = toMilliseconds(place.latest);
			this.emitted.set(hash, latestMs);
			const time = timeOf(event);
			if (place.isStray)
				this.strays.set(hash, time === undefined ? latestMs : toMilliseconds(time));
			this.newEvents.push(event);
		}
		this.adjustEnd();
		this.reached = earlier(end, this.until);
		this.watermark = later(this.watermark, earlier(this.reached, this.watermarkLimit()));
		this.from = this.reached - BOUNDARY_OVERLAP;
		this.emptyWindows = isLongAndEmpty(window, reading) ? this.emptyWindows + 1 : 0;
		this.isDone =
			this.isCaughtUp ||
			this.budget.isUsedUp ||
			this.emptyWindows >= MAX_EMPTY_WINDOWS ||
			isOver(this.settings);
	}

	/** Abandons a window that holds far more events than the poll still takes. */
	abandon(window: Window, reading: WindowReading): void {
		this.sizer.onAbandoned(window, reading);
		this.isDone = isOver(this.settings);
	}

	/** @param failure what ended the poll early, if anything did */
	result(failure: unknown): PollResult {
		const { start, settings, emitted, strays, watermark, from, hasProgressed, isCaughtUp } = this;
		const { setBackMs } = this.position;
		const { clock, skipped } = this.source;
		const windowHint = this.sizer.hint(from);
		return {
			events: this.newEvents,
			covered: { from: start.overlapFrom, to: this.coveredTo },
			...endState({
				start,
				settings,
				clock,
				emitted,
				strays,
				watermark,
				from,
				hasProgressed,
				isCaughtUp,
				windowHint,
			}),
			failure,
			progressed: hasProgressed,
			caughtUp: isCaughtUp && failure === undefined,
			skipped,
			...(setBackMs !== undefined && { setBackMs }),
			unexpectedSkewMs: clock.unexpectedSkewMs,
		};
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
