import { DAY, toMilliseconds } from '../../shared/model/instant';

/** Differences beyond this are no clock but a broken one. */
const MAX_SKEW_MS = toMilliseconds(36_525n * DAY);

/** A difference of the clocks that is not followed yet. */
export interface ClockCandidate {
	/** How far the server's clock is ahead of n8n's, in ms. */
	skewMs: number;
	/** When it was first seen, on n8n's clock in ms since 1970. */
	sinceMs: number;
	/** In how many polls in a row it was seen. */
	polls: number;
}

/** What is remembered of the clocks between two polls. Each may be missing. */
export interface ClockState {
	/** The difference that is followed: how far the server's clock is ahead of n8n's, in ms. */
	clockSkewMs?: number;
	clockCandidate?: ClockCandidate;
	/** n8n's clock at the poll before, in ms since 1970; only kept where the server tells no time. */
	polledAtMs?: number;
}

/** What n8n stores of the clocks. */
export interface StoredClockState {
	clockAheadMs?: number;
	clockCandidate?: { aheadMs: number; sinceMs: number; polls: number };
	polledAtMs?: number;
}

/** A difference as it may be stored, in whole ms. */
export function boundedSkewMs(ms: number): number {
	return Math.max(-MAX_SKEW_MS, Math.min(MAX_SKEW_MS, Math.trunc(ms)));
}

/** Reads what was stored of the clocks, of any shape: what cannot be is left out. */
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
	// The times that a Date can hold.
	return isWhole(value) && value <= 8.64e15;
}
