import { DAY, toMilliseconds } from '../../shared/model/instant';

/** The largest skew that is stored: a century. */
const MAX_SKEW_MS = toMilliseconds(36_525n * DAY);

/** A skew that was measured, but is not followed yet. */
export interface ClockCandidate {
	/** How far the server's clock is ahead of n8n's, in ms. */
	skewMs: number;
	/** When it was first measured, by n8n's clock in ms since 1970. */
	sinceMs: number;
	/** In how many polls in a row it was measured. */
	polls: number;
}

/** What is remembered about the clocks between two polls. Each field may be missing. */
export interface ClockState {
	/** The skew that is followed: how far the server's clock is ahead of n8n's, in ms. */
	clockSkewMs?: number;
	clockCandidate?: ClockCandidate;
	/** n8n's clock at the last poll, in ms since 1970; only stored where the server tells no time. */
	polledAtMs?: number;
}

/** What n8n stores about the clocks. */
export interface StoredClockState {
	clockAheadMs?: number;
	clockCandidate?: { aheadMs: number; sinceMs: number; polls: number };
	polledAtMs?: number;
}

/** The skew as it may be stored, in whole ms. */
export function boundedSkewMs(ms: number): number {
	return Math.max(-MAX_SKEW_MS, Math.min(MAX_SKEW_MS, Math.trunc(ms)));
}

/** Parses what was stored about the clocks, of any shape; values that make no sense are ignored. */
export function parseClockState(raw: Record<string, unknown>): ClockState {
	const { clockAheadMs, clockCandidate, polledAtMs } = raw;
	const candidate = (clockCandidate ?? {}) as Record<string, unknown>;
	const { aheadMs, sinceMs, polls } = candidate;
	return {
		...(isSkew(clockAheadMs) && { clockSkewMs: clockAheadMs }),
		...(isSkew(aheadMs) &&
			isTime(sinceMs) &&
			isWhole(polls) && { clockCandidate: { skewMs: aheadMs, sinceMs, polls } }),
		...(isTime(polledAtMs) && { polledAtMs }),
	};
}

export function serializeClockState(state: ClockState): StoredClockState {
	const { clockSkewMs, clockCandidate, polledAtMs } = state;
	return {
		...(clockSkewMs !== undefined && { clockAheadMs: clockSkewMs }),
		...(clockCandidate && {
			clockCandidate: {
				aheadMs: clockCandidate.skewMs,
				sinceMs: clockCandidate.sinceMs,
				polls: clockCandidate.polls,
			},
		}),
		...(polledAtMs !== undefined && { polledAtMs }),
	};
}

function isWhole(value: unknown): value is number {
	return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isSkew(value: unknown): value is number {
	return typeof value === 'number' && Math.abs(value) <= MAX_SKEW_MS;
}

function isTime(value: unknown): value is number {
	// The range of a Date.
	return isWhole(value) && value <= 8.64e15;
}
