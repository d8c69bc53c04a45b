import { MIN_PAGE_SIZE } from '../model/pageSize';
import { type Failure, isTransient } from './failure';
import type { RetryPolicy } from './retryPolicy';

/** Where a response belongs. What happened while n8n asked for a token is marked in the failure. */
export interface Where {
	operation: 'queryFirstPage' | 'queryNextPage' | 'event' | 'metadata' | 'properties';
	/** How many events a page of a query was requested with. */
	pageSize?: number;
}

/** What follows. `renewToken` and the waits lead to the same request again. */
export type Step =
	| { do: 'retry'; waitMs: number }
	/** All requests of the client wait. */
	| { do: 'waitForQuota'; waitMs: number }
	| { do: 'renewToken' }
	/** The response stands: there are no events. */
	| { do: 'takeAsEmpty' }
	| { do: 'smallerPage' }
	| { do: 'freshQuery' }
	| { do: 'report' };

/** What came before, counted since the last response of the client that succeeded. */
export interface RetryState {
	retry: RetryPolicy;
	/** Transient faults of this request, this one included; rate limits are not among them. */
	faults: number;
	/** Responses that asked to wait; those of requests in progress together count once. */
	rateLimits: number;
	/** What was waited for a quota, in ms. */
	waitedMs: number;
	/** Requests that ran out of time; those that were in progress together count once. */
	timeouts: number;
	/** Whether no token was renewed yet, or another request has just renewed it. */
	canRenew: boolean;
	/** ms since 1970 */
	now: number;
}

/** The wait before the second attempt in ms; it doubles with each further one. */
const MIN_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;
/** A page that is truncated this often may be too large. */
const MIN_TRUNCATED = 3;
/** Statuses of a gateway that waited for the response in vain. */
const GATEWAY_TIMEOUTS = [504, 524, 598, 599];

/** The failure with what it means where it happened. */
export function locate(failure: Failure, where: Where): Failure {
	if (failure.isTokenRequest) return failure;
	if (failure.isTokenInvalid) return { ...failure, kind: 'unauthorized' };
	const { status = 0, kind } = failure;
	if (where.operation === 'event' && kind === 'notFound') {
		return { ...failure, kind: 'unknownCursor' };
	}
	const isRefused = status >= 400 && status < 500 && ![401, 403, 408, 413, 429].includes(status);
	if (where.operation === 'queryNextPage' && isRefused && kind !== 'rateLimited') {
		return { ...failure, kind: 'expiredPage' };
	}
	return failure;
}

/**
 * The one place that says what follows from a response; docs/architecture.md shows it as a table.
 *
 * @param failure as `locate` returns it
 */
export function decide(failure: Failure, where: Where, state: RetryState): Step {
	const isQuery = where.operation === 'queryFirstPage' || where.operation === 'queryNextPage';
	if (failure.isTokenInvalid && failure.status !== 401) {
		// n8n renews by itself after a 401, and only then.
		return { do: state.canRenew ? 'renewToken' : 'report' };
	}
	if (failure.kind === 'expiredPage') return { do: 'freshQuery' };
	if (failure.kind === 'empty' && isQuery && (failure.status === 204 || state.faults > 1)) {
		return { do: 'takeAsEmpty' };
	}
	if (isQuery && mayBeTooLarge(failure, where, state)) return { do: 'smallerPage' };
	if (!isTransient(failure) && !mayBeStale(failure)) return { do: 'report' };
	if (isToldToWait(failure)) {
		const waitMs = Math.max(backoff(state.rateLimits), askedWaitMs(failure, state));
		const isTooLong = state.waitedMs + waitMs > state.retry.maxQuotaWaitMs;
		return isTooLong || !fits(waitMs, state) ? { do: 'report' } : { do: 'waitForQuota', waitMs };
	}
	const waitMs = backoff(state.faults);
	const isEnough =
		state.faults >= maxFaults(failure, state.retry) ||
		(failure.kind === 'timeout' && state.timeouts >= state.retry.maxTimeouts);
	if (isEnough && mayBeExpired(failure, where) && fits(0, state)) return { do: 'freshQuery' };
	return isEnough || !fits(waitMs, state) ? { do: 'report' } : { do: 'retry', waitMs };
}

/** Some servers answer with 500 to the address of a page that they no longer know. */
function mayBeExpired({ status }: Failure, { operation }: Where): boolean {
	return operation === 'queryNextPage' && status === 500;
}

/**
 * n8n has renewed the token and sent the request again. Where several processes of n8n share a short-lived token, the
 * new one may be old by then, or not known everywhere yet.
 */
function mayBeStale({ kind, isTokenRequest }: Failure): boolean {
	return kind === 'unauthorized' && !isTokenRequest;
}

/** A smaller page is tried at once where it is sure, and after a plain attempt or two where it is not. */
function mayBeTooLarge(failure: Failure, { pageSize = 0 }: Where, state: RetryState): boolean {
	if (pageSize <= MIN_PAGE_SIZE || failure.isTokenRequest || !fits(0, state)) return false;
	if (failure.kind === 'tooLarge') return true;
	if (failure.kind === 'timeout') return state.timeouts < state.retry.maxTimeouts;
	if (GATEWAY_TIMEOUTS.includes(failure.status ?? 0)) return state.faults > 1;
	return failure.isTruncated === true && state.faults >= MIN_TRUNCATED;
}

/** What costs the most time, and what is the least likely to pass. */
const TRIED_TWICE: ReadonlyArray<Failure['kind']> = ['timeout', 'empty', 'unauthorized'];

function maxFaults({ kind }: Failure, { maxAttempts }: RetryPolicy): number {
	return TRIED_TWICE.includes(kind) ? Math.min(2, maxAttempts) : maxAttempts;
}

/** Whether the response asks to wait, which is no fault. */
export function isToldToWait({ kind, retryAfterMs, resetMs }: Failure): boolean {
	if (kind === 'rateLimited') return true;
	return kind === 'unavailable' && (retryAfterMs ?? resetMs ?? 0) > 0;
}

/** How long the server asks to wait. A reset that goes past the retry policy does not overrule a Retry-After. */
export function askedWaitMs({ retryAfterMs, resetMs = 0 }: Failure, state: RetryState): number {
	if (retryAfterMs === undefined) return resetMs;
	const isWithin = state.waitedMs + resetMs <= state.retry.maxQuotaWaitMs && fits(resetMs, state);
	return isWithin ? Math.max(retryAfterMs, resetMs) : retryAfterMs;
}

/** @returns ms: 500, 1000, 2000 … with up to a quarter more, so that clients do not move in step */
export function backoff(attempt: number): number {
	const waitMs = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** Math.max(0, attempt - 1));
	return waitMs * (1 + Math.random() / 4);
}

function fits(waitMs: number, { retry, now }: RetryState): boolean {
	return now + waitMs < (retry.deadline ?? Infinity);
}
