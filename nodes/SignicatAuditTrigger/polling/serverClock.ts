import {
	DAY,
	type Duration,
	earlier,
	fromMilliseconds,
	type Instant,
	later,
	MINUTE,
	SECOND,
	toMilliseconds,
} from '../../shared/model/instant';
import { boundedDifference, type ClockCandidate, type ClockState } from '../state/clockState';

/** The Date header counts whole seconds, and a response takes its time. */
export const CLOCK_TOLERANCE: Duration = 2n * SECOND;

/** More than the server's clock can be behind n8n's without anybody noticing. */
export const UNNOTICED: Duration = CLOCK_TOLERANCE + SECOND;

/** How far a poll reads ahead of the slower clock, as the faster one may be right; one window is longer. */
const MAX_READ_AHEAD: Duration = 30n * DAY;

/** A new difference is followed when it was seen in so many polls in a row … */
const FOLLOWED_AFTER_POLLS = 3;
/** … over at least this time: a proxy whose clock is wrong answers some polls, not all. */
const FOLLOWED_AFTER_MS = toMilliseconds(10n * MINUTE);

/**
 * What time it is on the server whose events are read, as far as can be known. No clock is believed
 * alone (docs/architecture.md#which-clock-counts):
 *
 * - `surelyPast` is the earlier one of two clocks: n8n's with the difference that is followed, and the
 *   Date header of this poll's first response; where there is no such header, n8n's clock at this poll
 *   and at the poll before. The watermark goes no further, so a clock that is wrong in one poll loses
 *   nothing.
 * - `readTo` is the later one, at most 30 days further: so what is new comes at once, whichever is right.
 */
export class ServerClock {
	private readonly beganMs: number;

	/** By the Date header, at the beginning of the poll. */
	private measured: { aheadMs: number } | undefined;

	private newest: Instant | undefined;

	constructor(
		private readonly now: () => number,
		private readonly known: ClockState,
	) {
		this.beganMs = now();
	}

	/** @param serverTime the Date header of a response in ms since 1970; the first one of a poll counts */
	adjust(serverTime: number | undefined): void {
		if (serverTime === undefined || this.measured) return;
		this.measured = { aheadMs: serverTime - this.now() };
	}

	/** Notes the time of an event that the log holds. */
	noteEvent(time: Instant): void {
		if (time <= this.expected(0)) this.newest = later(this.newest ?? time, time);
	}

	/** The time up to which the log was complete when the poll began, by the slower clock. */
	get surelyPast(): Instant {
		if (this.measured) return earlier(this.expected(0), this.byHeader(this.measured));
		const { before } = this;
		if (before === undefined) return this.expected(0);
		// An event says that its time has come, too.
		return earlier(this.expected(0), later(before, this.newest ?? before));
	}

	/** The time up to which the log may hold events, by the faster clock. */
	get readTo(): Instant {
		if (!this.measured) return this.latestExpected;
		const latest = later(this.expected(0), this.byHeader(this.measured));
		return earlier(latest, this.surelyPast + MAX_READ_AHEAD);
	}

	/** The latest time that any clock shows, n8n's at the poll before included where it is all there is. */
	get latest(): Instant {
		if (this.measured) return later(this.expected(0), this.byHeader(this.measured));
		return later(this.latestExpected, this.before ?? this.latestExpected);
	}

	/** How far the Date header is from what was expected, in ms; undefined where they agree. */
	get disagreementMs(): number | undefined {
		if (!this.measured) return undefined;
		const difference = this.measured.aheadMs - (this.known.clockAheadMs ?? 0);
		return isSame(difference, 0) ? undefined : difference;
	}

	/** What to remember for the next poll. */
	next(): ClockState {
		const { known, measured } = this;
		if (!measured) {
			return { ...withoutHeader(known), polledAtMs: this.beganMs };
		}
		const { aheadMs } = measured;
		if (this.disagreementMs === undefined) return following(aheadMs);
		const before = known.clockCandidate;
		const isAgain =
			before !== undefined && isSame(before.aheadMs, aheadMs) && before.sinceMs <= this.beganMs;
		const candidate: ClockCandidate = isAgain
			? { ...before, polls: before.polls + 1 }
			: { aheadMs: boundedDifference(aheadMs), sinceMs: this.beganMs, polls: 1 };
		const stays =
			candidate.polls >= FOLLOWED_AFTER_POLLS &&
			this.beganMs - candidate.sinceMs >= FOLLOWED_AFTER_MS;
		if (stays) return following(aheadMs);
		return { clockAheadMs: known.clockAheadMs, clockCandidate: candidate };
	}

	/** What the clock showed at the poll before, where the server told no time then. */
	private get before(): Instant | undefined {
		const { polledAtMs } = this.known;
		if (polledAtMs === undefined) return undefined;
		return this.expected(0) - fromMilliseconds(this.beganMs - polledAtMs);
	}

	private byHeader({ aheadMs }: { aheadMs: number }): Instant {
		return fromMilliseconds(this.beganMs + countedAheadMs(aheadMs));
	}

	/** @param slackMs what is remembered may be a second short, because it came from whole seconds */
	private expected(slackMs: number): Instant {
		const { clockAheadMs } = this.known;
		return fromMilliseconds(
			this.beganMs + (clockAheadMs === undefined ? 0 : clockAheadMs + slackMs),
		);
	}

	/** Before the server has said anything: the latest of what earlier polls have shown. */
	private get latestExpected(): Instant {
		const expected = this.expected(1000);
		const { clockCandidate } = this.known;
		if (!clockCandidate) return expected;
		const candidate = fromMilliseconds(this.beganMs + clockCandidate.aheadMs + 1000);
		return earlier(later(expected, candidate), expected + MAX_READ_AHEAD);
	}
}

function following(aheadMs: number): ClockState {
	return isSame(aheadMs, 0) ? {} : { clockAheadMs: boundedDifference(aheadMs) };
}

function withoutHeader({ clockAheadMs, clockCandidate }: ClockState): ClockState {
	return {
		...(clockAheadMs !== undefined && { clockAheadMs }),
		...(clockCandidate && { clockCandidate }),
	};
}

/** Whether two differences are the same, as far as whole seconds and slow responses let one say. */
export function isSame(a: number, b: number): boolean {
	return Math.abs(a - b) < toMilliseconds(CLOCK_TOLERANCE);
}

/** What counts of a difference by the Date header, in ms: of whole seconds, less than two ahead is not ahead. */
export function countedAheadMs(aheadMs: number): number {
	return aheadMs >= 0 && isSame(aheadMs, 0) ? 0 : aheadMs;
}
