import {
	DAY,
	type Duration,
	earlier,
	fromMilliseconds,
	type Instant,
	later,
	MINUTE,
	toMilliseconds,
} from '../../shared/model/instant';
import type { Window } from '../../shared/model/window';
import { boundedSkewMs, type ClockCandidate, type ClockState } from '../state/clockState';
import {
	CLOCK_TOLERANCE,
	countPoll,
	followSkew,
	ignoreSmallSkew,
	isSameSkew,
	newCandidate,
} from './clockSkew';

/**
 * How far a poll reads ahead of the slower clock, or of what was read before where that is further, as the faster
 * clock may be right; one window is longer.
 */
const MAX_READ_AHEAD: Duration = 30n * DAY;

/** A new skew is followed once it was measured in so many polls in a row … */
const MIN_POLLS_TO_FOLLOW = 3;
/** … over at least this time: a proxy with a wrong clock responds to some polls, not all. */
const MIN_MS_TO_FOLLOW = toMilliseconds(10n * MINUTE);

/**
 * What time it is on the server whose events are read, as far as can be known. No clock is believed
 * alone (docs/architecture.md#which-clock-counts):
 *
 * - `surelyPast` is the earlier of two clocks: n8n's plus the skew that is followed, and the Date header of
 *   this poll's first response; without that header, n8n's clock at this poll and at the last one. The
 *   watermark goes no further, so a clock that is wrong in one poll loses nothing.
 * - `readTo` is the later one, at most 30 days ahead of it or of the watermark: so new events are emitted at once,
 *   whichever clock is right.
 */
export class ServerClock {
	private readonly beganMs: number;

	/** By the first Date header of the poll. */
	private measuredSkewMs: number | undefined;

	private newest: Instant | undefined;

	/** Whether the log holds an event from nearer to the later of the two clocks, which proves that one. */
	private isLaterProven = false;

	constructor(
		private readonly now: () => number,
		private readonly known: ClockState & { watermark: Instant },
	) {
		this.beganMs = now();
	}

	/** @param serverTime the Date header of a response in ms since 1970; the first one of a poll counts */
	noteHeader(serverTime: number | undefined): void {
		if (serverTime === undefined) return;
		this.measuredSkewMs ??= serverTime - this.now();
	}

	/** Notes the time of an event in the log: unless it lies in the future, that time has come. */
	noteEvent(time: Instant): void {
		if (time <= this.expected(0)) this.newest = later(this.newest ?? time, time);
		const { byHeader } = this;
		if (byHeader === undefined) return;
		const expected = this.expected(0);
		const isPast = time <= later(byHeader, expected) + CLOCK_TOLERANCE;
		if (isPast && time > (byHeader + expected) / 2n) this.isLaterProven = true;
	}

	/** The time up to which the log was complete when the poll began, by the slower clock. */
	get surelyPast(): Instant {
		const { byHeader, atLastPoll } = this;
		if (byHeader !== undefined) return earlier(this.expected(0), byHeader);
		if (atLastPoll === undefined) return this.expected(0);
		return earlier(this.expected(0), later(atLastPoll, this.newest ?? atLastPoll));
	}

	/** The time up to which the log may hold events, by the faster clock. */
	get readTo(): Instant {
		const { byHeader } = this;
		if (byHeader === undefined) return this.latestExpected;
		const latest = later(later(this.expected(0), this.onN8n), byHeader);
		return earlier(latest, later(this.surelyPast, this.known.watermark) + MAX_READ_AHEAD);
	}

	/** The latest time that any clock shows; without the header, n8n's at the last poll counts too. */
	get latest(): Instant {
		const { byHeader } = this;
		const latest = later(byHeader ?? this.latestExpected, this.onN8n);
		return later(latest, byHeader === undefined ? (this.atLastPoll ?? latest) : this.expected(0));
	}

	/** How far the Date header is ahead of the expected time, in ms; undefined where they agree. */
	get unexpectedSkewMs(): number | undefined {
		if (this.measuredSkewMs === undefined) return undefined;
		const difference = this.measuredSkewMs - (this.known.clockSkewMs ?? 0);
		return isSameSkew(difference, 0) ? undefined : difference;
	}

	/**
	 * What to remember about the clocks for the next poll. Unlike `verifyStart`, which holds up all reading, it
	 * can take its time to follow a new skew.
	 */
	nextState(): ClockState {
		const { known, measuredSkewMs: skewMs } = this;
		if (skewMs === undefined) {
			return { ...withoutHeader(known), polledAtMs: this.beganMs };
		}
		if (this.unexpectedSkewMs === undefined) return followSkew(skewMs);
		const candidate = this.nextCandidate(skewMs);
		// If the header is wrong for a while, the watermark would pass what is still to come, or lie ahead of all clocks.
		const isProven = this.unexpectedSkewMs > 0 === this.isLaterProven;
		if (this.isLasting(candidate) && isProven) return followSkew(skewMs);
		return { clockSkewMs: known.clockSkewMs, clockCandidate: candidate };
	}

	/**
	 * Where to look for an event that proves a lasting skew, because the poll does not read that far; undefined
	 * where there is nothing to prove.
	 */
	get proofWindow(): Window | undefined {
		const { byHeader, measuredSkewMs: skewMs, readTo } = this;
		if (byHeader === undefined || skewMs === undefined || byHeader <= readTo) return undefined;
		if (!this.isLasting(this.nextCandidate(skewMs))) return undefined;
		return { from: byHeader - MAX_READ_AHEAD, to: byHeader };
	}

	private nextCandidate(skewMs: number): ClockCandidate {
		const before = this.known.clockCandidate;
		const isAgain =
			before !== undefined && isSameSkew(before.skewMs, skewMs) && before.sinceMs <= this.beganMs;
		return isAgain ? countPoll(before) : newCandidate(boundedSkewMs(skewMs), this.beganMs);
	}

	private isLasting({ polls, sinceMs }: ClockCandidate): boolean {
		return polls >= MIN_POLLS_TO_FOLLOW && this.beganMs - sinceMs >= MIN_MS_TO_FOLLOW;
	}

	/** n8n's clock at the beginning of the poll, without the skew that is followed: it may be the right one. */
	private get onN8n(): Instant {
		return fromMilliseconds(this.beganMs);
	}

	/** The expected time of the last poll, where the server told no time then. */
	private get atLastPoll(): Instant | undefined {
		const { polledAtMs } = this.known;
		if (polledAtMs === undefined) return undefined;
		return this.expected(0) - fromMilliseconds(this.beganMs - polledAtMs);
	}

	/** The server's time at the beginning of the poll, by the Date header. */
	private get byHeader(): Instant | undefined {
		if (this.measuredSkewMs === undefined) return undefined;
		return fromMilliseconds(this.beganMs + ignoreSmallSkew(this.measuredSkewMs));
	}

	/**
	 * The server's time at the beginning of the poll, by n8n's clock and the skew that is followed.
	 *
	 * @param slackMs the skew may be a second short, because it was measured in whole seconds
	 */
	private expected(slackMs: number): Instant {
		const { clockSkewMs } = this.known;
		return fromMilliseconds(this.beganMs + (clockSkewMs === undefined ? 0 : clockSkewMs + slackMs));
	}

	/** Before the first response: the latest time that earlier polls allow for. */
	private get latestExpected(): Instant {
		const expected = this.expected(1000);
		const { clockCandidate } = this.known;
		const candidate = clockCandidate
			? fromMilliseconds(this.beganMs + clockCandidate.skewMs + 1000)
			: expected;
		const latest = later(later(expected, this.onN8n), candidate);
		return earlier(latest, later(expected, this.known.watermark) + MAX_READ_AHEAD);
	}
}

function withoutHeader({ clockSkewMs, clockCandidate }: ClockState): ClockState {
	return {
		...(clockSkewMs !== undefined && { clockSkewMs }),
		...(clockCandidate && { clockCandidate }),
	};
}
