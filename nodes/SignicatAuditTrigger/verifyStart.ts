import { timeOf } from '../shared/model/identity';
import { fromMilliseconds, type Instant, later, toMilliseconds } from '../shared/model/instant';
import type { FetchPage } from '../shared/model/page';
import { MAX_WINDOW } from '../shared/model/window';
import {
	CLOCK_TOLERANCE,
	countPoll,
	followSkew,
	ignoreSmallSkew,
	isPlausibleSkew,
	isSameSkew,
	measureSkew,
	newCandidate,
} from './polling/clockSkew';
import type { PollSettings } from './polling/pollSettings';
import { boundedSkewMs, type ClockCandidate } from './state/clockState';
import { type ClockUnverifiedState, type PollState, verifiedState } from './state/pollState';

/** After so many polls without the skew of the activation, a plausible one that lasts is taken for real. */
const POLLS_TO_DECIDE = 3;

/**
 * Corrects a watermark that was taken from n8n's clock, because the server's was unknown at the activation or
 * too far away to be right. Takes a request or two.
 *
 * Unlike `ServerClock.nextState`, it follows a skew that was measured at the activation and is the same now:
 * nothing can be read before the start is decided.
 *
 * @returns the state of the next phase; or still unverified, where it is open yet which clock is wrong
 * @throws what `fetchPage` throws
 */
export async function verifyStart(
	fetchPage: FetchPage,
	state: ClockUnverifiedState,
	{ now }: PollSettings,
): Promise<PollState> {
	const { watermark, clockCandidate: before } = state;
	const skewMs = await measureCarefully(fetchPage, watermark, now);
	const nowMs = now();
	if (skewMs === undefined) {
		return { ...verified(state, 0), polledAtMs: toMilliseconds(watermark) };
	}
	const clocksAgree = isSameSkew(skewMs, 0);
	if (before && !isSameSkew(before.skewMs, skewMs)) {
		const isDecided = clocksAgree || before.polls >= POLLS_TO_DECIDE;
		if (!isDecided) return { ...state, clockCandidate: countPoll(before) };
		// A header that is far off, and each time by another difference, tells no time: it may have stopped.
		if (!isPlausibleSkew(skewMs)) return keepStart(state, { nowMs, skewMs });
		const start = startByElapsed(before, { nowMs, skewMs: clocksAgree ? 0 : skewMs });
		const corrected = verified(state, start - toMilliseconds(watermark));
		return clocksAgree ? corrected : { ...corrected, clockCandidate: newCandidate(skewMs, nowMs) };
	}
	if (!isPlausibleSkew(skewMs)) {
		if (!before) return { ...state, clockCandidate: newCandidate(skewMs, nowMs) };
		// The log tells which clock is right: an event later than the earlier clock proves the later one.
		const isLaterRight = await hasEventBetween(fetchPage, { nowMs, skewMs });
		if (isLaterRight !== skewMs > 0) return keepStart(state, { nowMs, skewMs });
	}
	const corrected = verified(state, ignoreSmallSkew(skewMs));
	if (clocksAgree) return corrected;
	return before
		? { ...corrected, ...followSkew(skewMs) }
		: { ...corrected, clockCandidate: newCandidate(skewMs, nowMs) };
}

/** The state with the start that n8n's clock told, and the skew that it is not to follow yet. */
function keepStart(
	state: ClockUnverifiedState,
	{ nowMs, skewMs }: { nowMs: number; skewMs: number },
): PollState {
	return { ...verified(state, 0), clockCandidate: newCandidate(boundedSkewMs(skewMs), nowMs) };
}

/**
 * Whether the last page before the later of two clocks shows an event that is later than the earlier one.
 *
 * @param clocks n8n's, and how far the server's is ahead of it, both in ms
 * @throws what `fetchPage` throws
 */
async function hasEventBetween(
	fetchPage: FetchPage,
	{ nowMs, skewMs }: { nowMs: number; skewMs: number },
): Promise<boolean> {
	const [first, last] = [nowMs + Math.min(0, skewMs), nowMs + Math.max(0, skewMs)];
	const to = fromMilliseconds(last) + CLOCK_TOLERANCE;
	const from = later(to - MAX_WINDOW, fromMilliseconds(first) + CLOCK_TOLERANCE);
	const { events } = await fetchPage({ window: { from, to }, conditions: [], pageSize: 1 });
	return events.some((event) => {
		const time = timeOf(event);
		return time !== undefined && time >= from && time < to;
	});
}

/** A single wrong header must not move the start: a skew is measured twice, and the smaller one counts. */
async function measureCarefully(
	fetchPage: FetchPage,
	around: Instant,
	now: () => number,
): Promise<number | undefined> {
	const first = await measureSkew(fetchPage, around, now);
	if (first === undefined || isSameSkew(first, 0)) return first;
	const second = (await measureSkew(fetchPage, around, now)) ?? first;
	return Math.abs(second) < Math.abs(first) ? second : first;
}

/**
 * The clocks differed at the activation by more than now: the start is the later of what they showed then, unless
 * that lies in the future.
 *
 * @param present n8n's clock, and how far the server's is ahead of it now, both in ms
 * @returns the start on the server's clock, in ms since 1970
 */
function startByElapsed(
	{ skewMs: skewThen, sinceMs }: ClockCandidate,
	{ nowMs, skewMs }: { nowMs: number; skewMs: number },
): number {
	const onServer = nowMs + skewMs;
	const starts = [sinceMs + skewMs, sinceMs + skewThen].filter((start) => start <= onServer);
	return starts.length > 0 ? Math.max(...starts) : onServer;
}

/** The state with its start moved by `ms`, which is certain now. */
function verified({ toLearn, ...state }: ClockUnverifiedState, ms: number): PollState {
	const by = (instant: Instant) => instant + fromMilliseconds(ms);
	const corrected = {
		...state,
		watermark: by(state.watermark),
		overlapFrom: by(state.overlapFrom),
		clockCandidate: undefined,
	};
	return verifiedState(corrected, toLearn && { from: by(toLearn.from), to: by(toLearn.to) });
}
