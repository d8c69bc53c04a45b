import {
	type Duration,
	fromMilliseconds,
	type Instant,
	SECOND,
	toMilliseconds,
} from '../../shared/model/instant';
import type { FetchPage } from '../../shared/model/page';
import { MAX_WINDOW } from '../../shared/model/window';
import { boundedSkewMs, type ClockCandidate, type ClockState } from '../state/clockState';

// A skew is how far the server's clock is ahead of n8n's, in ms; it is negative where it is behind.

/** The Date header counts whole seconds, and a response takes its time. */
export const CLOCK_TOLERANCE: Duration = 2n * SECOND;

/** The server's clock may be nearly this far behind n8n's without the Date header showing it. */
export const MAX_UNDETECTED_SKEW: Duration = CLOCK_TOLERANCE + SECOND;

/** If two clocks are further apart than this, one of them is broken, and has to be told from the other. */
const MAX_PLAUSIBLE_SKEW_MS = toMilliseconds(MAX_WINDOW);

/** Whether two skews, in ms, are the same, as far as whole seconds and slow responses let one tell. */
export function isSameSkew(a: number, b: number): boolean {
	return Math.abs(a - b) < toMilliseconds(CLOCK_TOLERANCE);
}

export function isPlausibleSkew(skewMs: number): boolean {
	return Math.abs(skewMs) <= MAX_PLAUSIBLE_SKEW_MS;
}

/** The skew that counts, in ms: in whole seconds, a clock less than two ahead may not be ahead at all. */
export function ignoreSmallSkew(skewMs: number): number {
	return skewMs >= 0 && isSameSkew(skewMs, 0) ? 0 : skewMs;
}

/** A skew that was measured for the first time. */
export function newCandidate(skewMs: number, nowMs: number): ClockCandidate {
	return { skewMs, sinceMs: nowMs, polls: 1 };
}

/** Counts another poll in which the clocks differed. */
export function countPoll(candidate: ClockCandidate): ClockCandidate {
	return { ...candidate, polls: candidate.polls + 1 };
}

/** What to remember about the clocks once a skew is followed: nothing where they agree. */
export function followSkew(skewMs: number): ClockState {
	return isSameSkew(skewMs, 0) ? {} : { clockSkewMs: boundedSkewMs(skewMs) };
}

/**
 * Measures the skew by the Date header, with a request for a single event.
 *
 * @returns the skew in ms; undefined without the header
 * @throws what `fetchPage` throws
 */
export async function measureSkew(
	fetchPage: FetchPage,
	around: Instant,
	now: () => number,
): Promise<number | undefined> {
	const window = { from: around - SECOND, to: around };
	const { serverTime } = await fetchPage({ window, conditions: [], pageSize: 1 });
	return serverTime === undefined ? undefined : serverTime - now();
}

/**
 * The present by the earlier one of the two clocks; by n8n's where the server tells no time, or one that
 * cannot be right.
 *
 * @throws what `fetchPage` throws
 */
export async function earlierPresent(fetchPage: FetchPage, now: () => number): Promise<Instant> {
	const onN8n = fromMilliseconds(now());
	const skewMs = (await measureSkew(fetchPage, onN8n, now)) ?? 0;
	return isPlausibleSkew(skewMs) ? onN8n + fromMilliseconds(Math.min(0, skewMs)) : onN8n;
}
