import { fromMilliseconds, type Instant, toMilliseconds } from '../shared/model/instant';
import type { FetchPage } from '../shared/model/page';
import {
	adoptSkew,
	confirmed,
	ignoreSmallSkew,
	isPlausibleSkew,
	isSameSkew,
	measureSkew,
	newCandidate,
} from './polling/clockSkew';
import type { PollSettings } from './polling/pollSettings';
import type { ClockCandidate } from './state/clockState';
import { type ClockUnverifiedState, type PollState, verifiedState } from './state/pollState';

/**
 * Corrects a start that is n8n's clock, because the server's was not known at the activation or was too far
 * away to be right. Costs a request or two.
 *
 * Unlike `ServerClock.nextState`, it adopts a skew that was measured at the activation and again now: the
 * start has to be decided before anything is read, and only once.
 *
 * @returns the state of the next phase; one still unverified where the clocks do not show yet which is wrong
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
		if (!clocksAgree) return { ...state, clockCandidate: confirmed(before) };
		return verified(state, startByElapsed(before, nowMs) - toMilliseconds(watermark));
	}
	if (!before && !isPlausibleSkew(skewMs)) {
		return { ...state, clockCandidate: newCandidate(skewMs, nowMs) };
	}
	const corrected = verified(state, ignoreSmallSkew(skewMs));
	if (clocksAgree) return corrected;
	return before
		? { ...corrected, ...adoptSkew(skewMs) }
		: { ...corrected, clockCandidate: newCandidate(skewMs, nowMs) };
}

/** One wrong header must not move the start: a skew is measured twice, and the smaller one counts. */
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

/** The clocks agree now and did not then: the one that was right is the one that did not jump. */
function startByElapsed({ skewMs, sinceMs }: ClockCandidate, nowMs: number): number {
	const starts = [sinceMs, sinceMs + skewMs].filter((start) => start <= nowMs);
	return starts.length > 0 ? Math.max(...starts) : nowMs;
}

/** The state with a start that is certain, which lies `ms` after the one that was not. */
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
