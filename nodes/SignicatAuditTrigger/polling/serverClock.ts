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
import { boundedSkewMs, type ClockState } from '../state/clockState';
import { adoptSkew, confirmed, ignoreSmallSkew, isSameSkew, newCandidate } from './clockSkew';

/** How far a poll reads ahead of the slower clock, as the faster one may be right; one window is longer. */
const MAX_READ_AHEAD: Duration = 30n * DAY;

/** A new difference is followed when it was seen in so many polls in a row … */
const MIN_POLLS_TO_ADOPT = 3;
/** … over at least this time: a proxy whose clock is wrong answers some polls, not all. */
const MIN_MS_TO_ADOPT = toMilliseconds(10n * MINUTE);

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
	private measuredSkewMs: number | undefined;

	private newest: Instant | undefined;

	constructor(
		private readonly now: () => number,
		private readonly known: ClockState,
	) {
		this.beganMs = now();
	}

	/** @param serverTime the Date header of a response in ms since 1970; the first one of a poll counts */
	noteHeader(serverTime: number | undefined): void {
		if (serverTime === undefined) return;
		this.measuredSkewMs ??= serverTime - this.now();
	}

	/** Notes the time of an event that the log holds. */
	noteEvent(time: Instant): void {
		if (time <= this.expected(0)) this.newest = later(this.newest ?? time, time);
	}

	/** The time up to which the log was complete when the poll began, by the slower clock. */
	get surelyPast(): Instant {
		const { byHeader, atLastPoll } = this;
		if (byHeader !== undefined) return earlier(this.expected(0), byHeader);
		if (atLastPoll === undefined) return this.expected(0);
		// An event says that its time has come, too.
		return earlier(this.expected(0), later(atLastPoll, this.newest ?? atLastPoll));
	}

	/** The time up to which the log may hold events, by the faster clock. */
	get readTo(): Instant {
		const { byHeader } = this;
		if (byHeader === undefined) return this.latestExpected;
		const latest = later(this.expected(0), byHeader);
		return earlier(latest, this.surelyPast + MAX_READ_AHEAD);
	}

	/** The latest time that any clock shows, n8n's at the poll before included where it is all there is. */
	get latest(): Instant {
		const { byHeader } = this;
		if (byHeader !== undefined) return later(this.expected(0), byHeader);
		return later(this.latestExpected, this.atLastPoll ?? this.latestExpected);
	}

	/** How far the Date header is from what was expected, in ms; undefined where they agree. */
	get unexpectedSkewMs(): number | undefined {
		if (this.measuredSkewMs === undefined) return undefined;
		const difference = this.measuredSkewMs - (this.known.clockSkewMs ?? 0);
		return isSameSkew(difference, 0) ? undefined : difference;
	}

	/**
	 * What to remember for the next poll. A new skew is adopted late: until then no poll loses anything by it.
	 * (`verifyStart` cannot wait: before it has decided, nothing is read.)
	 */
	nextState(): ClockState {
		const { known, measuredSkewMs: skewMs } = this;
		if (skewMs === undefined) {
			return { ...withoutHeader(known), polledAtMs: this.beganMs };
		}
		if (this.unexpectedSkewMs === undefined) return adoptSkew(skewMs);
		const before = known.clockCandidate;
		const isAgain =
			before !== undefined && isSameSkew(before.skewMs, skewMs) && before.sinceMs <= this.beganMs;
		const candidate = isAgain
			? confirmed(before)
			: newCandidate(boundedSkewMs(skewMs), this.beganMs);
		const isLasting =
			candidate.polls >= MIN_POLLS_TO_ADOPT && this.beganMs - candidate.sinceMs >= MIN_MS_TO_ADOPT;
		if (isLasting) return adoptSkew(skewMs);
		return { clockSkewMs: known.clockSkewMs, clockCandidate: candidate };
	}

	/** What the clock showed at the poll before, where the server told no time then. */
	private get atLastPoll(): Instant | undefined {
		const { polledAtMs } = this.known;
		if (polledAtMs === undefined) return undefined;
		return this.expected(0) - fromMilliseconds(this.beganMs - polledAtMs);
	}

	/** What the Date header says of the moment when the poll began. */
	private get byHeader(): Instant | undefined {
		if (this.measuredSkewMs === undefined) return undefined;
		return fromMilliseconds(this.beganMs + ignoreSmallSkew(this.measuredSkewMs));
	}

	/** @param slackMs what is remembered may be a second short, because it came from whole seconds */
	private expected(slackMs: number): Instant {
		const { clockSkewMs } = this.known;
		return fromMilliseconds(this.beganMs + (clockSkewMs === undefined ? 0 : clockSkewMs + slackMs));
	}

	/** Before the server has said anything: the latest of what earlier polls have shown. */
	private get latestExpected(): Instant {
		const expected = this.expected(1000);
		const { clockCandidate } = this.known;
		if (!clockCandidate) return expected;
		const candidate = fromMilliseconds(this.beganMs + clockCandidate.skewMs + 1000);
		return earlier(later(expected, candidate), expected + MAX_READ_AHEAD);
	}
}

function withoutHeader({ clockSkewMs, clockCandidate }: ClockState): ClockState {
	return {
		...(clockSkewMs !== undefined && { clockSkewMs }),
		...(clockCandidate && { clockCandidate }),
	};
}
