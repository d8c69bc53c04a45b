import type { PollSettings } from './polling/pollSettings';
import type { PollState } from './state/pollState';
import type { ClockCandidate } from './state/clockState';
import { ignoreSmallSkew, isSameSkew } from './polling/serverClock';
import { fromMilliseconds, type Instant, SECOND, toMilliseconds } from '../shared/model/instant';
import type { FetchPage } from '../shared/model/page';
import { MAX_WINDOW } from '../shared/model/window';

/** Two clocks further apart than this cannot both be nearly right, so one has to be shown wrong first. */
export const MAX_PLAUSIBLE_SKEW_MS = toMilliseconds(MAX_WINDOW);

/**
 * Puts a start right that n8n's clock gave while the server's was not known, or could not be. Costs a
 * request or two, once.
 *
 * @returns the state as it is, still unchecked, where the clocks have not shown yet which one is wrong
 * @throws what `fetchPage` throws
 */
export async function verifyStart(
	fetchPage: FetchPage,
	unchecked: PollState,
	{ now }: PollSettings,
): Promise<PollState> {
	const { watermark, clockCandidate: before } = unchecked;
	const state = { ...unchecked, isUnchecked: undefined, clockCandidate: undefined };
	let skewMs = await measureSkew(fetchPage, watermark, now);
	// One header that is wrong must not move the start: so it is asked for again, and the smaller counts.
	if (skewMs !== undefined && !isSameSkew(skewMs, 0)) {
		const again = (await measureSkew(fetchPage, watermark, now)) ?? skewMs;
		skewMs = Math.abs(again) < Math.abs(skewMs) ? again : skewMs;
	}
	const nowMs = now();
	if (skewMs === undefined) return { ...state, polledAtMs: toMilliseconds(watermark) };
	if (before && !isSameSkew(before.skewMs, skewMs)) {
		if (!isSameSkew(skewMs, 0)) {
			return { ...unchecked, clockCandidate: { ...before, polls: before.polls + 1 } };
		}
		return shiftState(state, startByElapsed(before, nowMs) - toMilliseconds(watermark));
	}
	const isPlausible = before !== undefined || Math.abs(skewMs) <= MAX_PLAUSIBLE_SKEW_MS;
	const candidate: ClockCandidate = {
		skewMs,
		sinceMs: before?.sinceMs ?? nowMs,
		polls: (before?.polls ?? 0) + 1,
	};
	if (!isPlausible) return { ...unchecked, clockCandidate: candidate };
	return {
		...shiftState(state, ignoreSmallSkew(skewMs)),
		...(!isSameSkew(skewMs, 0) &&
			// Seen at the activation and again now: it stays.
			(before ? { clockSkewMs: skewMs } : { clockCandidate: candidate })),
	};
}

/** The clocks agree now and did not then: the one that was right is the one that has gone on. */
function startByElapsed({ skewMs, sinceMs }: ClockCandidate, nowMs: number): number {
	const starts = [sinceMs, sinceMs + skewMs].filter((start) => start <= nowMs);
	return starts.length > 0 ? Math.max(...starts) : nowMs;
}

function shiftState(state: PollState, ms: number): PollState {
	const by = (instant: Instant) => instant + fromMilliseconds(ms);
	const { toLearn } = state;
	return {
		...state,
		watermark: by(state.watermark),
		overlapFrom: by(state.overlapFrom),
		...(toLearn && { toLearn: { from: by(toLearn.from), to: by(toLearn.to) } }),
	};
}

/**
 * How far the server's clock is behind n8n's, in ms below zero; 0 where it is ahead, tells no time, or
 * is so far away that it cannot be right.
 *
 * @throws what `fetchPage` throws
 */
export async function measureLagMs(fetchPage: FetchPage, { now }: PollSettings): Promise<number> {
	const skewMs = (await measureSkew(fetchPage, fromMilliseconds(now()), now)) ?? 0;
	return Math.abs(skewMs) > MAX_PLAUSIBLE_SKEW_MS ? 0 : Math.min(0, skewMs);
}

/** How far the server's clock is ahead of n8n's by the Date header, in ms; undefined without one. */
export async function measureSkew(
	fetchPage: FetchPage,
	around: Instant,
	now: () => number,
): Promise<number | undefined> {
	const window = { from: around - SECOND, to: around };
	const { serverTime } = await fetchPage({ window, conditions: [], pageSize: 1 });
	return serverTime === undefined ? undefined : serverTime - now();
}
