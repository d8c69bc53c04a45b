import { type Failure, isPassing } from './failure';
import type { Patience } from './retryPolicy';

/** Where a response belongs. What happened while n8n asked for a token is marked in the failure. */
export interface Where {
	operation: 'queryFirstPage' | 'queryNextPage' | 'item' | 'metadata' | 'properties';
	/** Events that a page of a query was asked for. */
	pageSize?: number;
}

/** What follows. `renewToken` and the waits lead to the same request again. */
export type Step =
	| { do: 'retry'; waitMs: number }
	/** All requests of the client wait. */
	| { do: 'waitForQuota'; waitMs: number }
	| { do: 'renewToken' }
	/** The answer stands: there are no events. */
	| { do: 'takeAsEmpty' }
	| { do: 'smallerPage' }
	| { do: 'freshQuery' }
	| { do: 'report' };

/** What came before, counted since the last response of the client that succeeded. */
export interface Standing {
	patience: Patience;
	/** Transient faults of this request, this one included; refusals for a quota are not among them. */
	faults: number;
	/** Answers that asked to wait, those that were under way together counted once. */
	refusals: number;
	/** What was waited for a quota, in ms. */
	waitedMs: number;
	/** Requests that ran out of time, those that were under way together counted once. */
	timeouts: number;
	/** Whether no token was renewed yet, or another request has just renewed it. */
	canRenew: boolean;
	/** ms since 1970 */
	now: number;
}

/** A page of this size or less is not what is too large. */
export const SMALLEST_PAGE = 10;
/** The wait before the second attempt in ms; it doubles with each further one. */
const FIRST_WAIT_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** A page that is cut short may be too large, when it happens this often. */
const CUT_SHORT_OFTEN = 3;

/** The failure with what it means where it happened. */
export function locate(failure: Failure, where: Where): Failure {
	if (failure.isTokenRequest) return failure;
	if (failure.isTokenInvalid) return { ...failure, kind: 'unauthorized' };
	const { status = 0 } = failure;
	if (where.operation === 'item' && failure.kind === 'notFound') {
		return { ...failure, kind: 'unknownCursor' };
	}
	const isRefused = status >= 400 && status < 500 && ![401, 403, 408, 413, 429].includes(status);
	if (where.operation === 'queryNextPage' && isRefused) return { ...failure, kind: 'expiredPage' };
	return failure;
}

/**
 * The one place that says what follows from a response; docs/architecture.md shows it as a table.
 *
 * @param failure as `locate` gives it
 */
export function decide(failure: Failure, where: Where, standing: Standing): Step {
	const isQuery = where.operation === 'queryFirstPage' || where.operation === 'queryNextPage';
	if (failure.isTokenInvalid && failure.status !== 401) {
		// n8n renews by itself after a 401, and only then.
		return { do: standing.canRenew ? 'renewToken' : 'report' };
	}
	if (failure.kind === 'expiredPage') return { do: 'freshQuery' };
	if (failure.kind === 'empty' && isQuery && (failure.status === 204 || standing.faults > 1)) {
		return { do: 'takeAsEmpty' };
	}
	if (isQuery && mayBeTooLarge(failure, where, standing)) return { do: 'smallerPage' };
	if (!isPassing(failure)) return { do: 'report' };
	if (isToldToWait(failure)) {
		const waitMs = Math.max(backoff(standing.refusals), askedWait(failure, standing));
		const isTooLong = standing.waitedMs + waitMs > standing.patience.quotaMs;
		return isTooLong || !fits(waitMs, standing) ? { do: 'report' } : { do: 'waitForQuota', waitMs };
	}
	const waitMs = backoff(standing.faults);
	const isEnough =
		standing.faults >= mostFaults(failure, standing.patience) ||
		(failure.kind === 'timeout' && standing.timeouts >= standing.patience.timeouts);
	return isEnough || !fits(waitMs, standing) ? { do: 'report' } : { do: 'retry', waitMs };
}

/** A smaller page is tried at once where it is sure, and after a plain attempt or two where it is not. */
function mayBeTooLarge(failure: Failure, { pageSize = 0 }: Where, standing: Standing): boolean {
	if (pageSize <= SMALLEST_PAGE || failure.isTokenRequest || !fits(0, standing)) return false;
	if (failure.kind === 'tooLarge') return true;
	if (failure.kind === 'timeout') return standing.timeouts < standing.patience.timeouts;
	if (failure.status === 504) return standing.faults > 1;
	return failure.isCutShort === true && standing.faults >= CUT_SHORT_OFTEN;
}

/** What costs the most time, and what is the least likely to pass, is tried twice. */
function mostFaults({ kind }: Failure, { attempts }: Patience): number {
	return kind === 'timeout' || kind === 'empty' ? Math.min(2, attempts) : attempts;
}

/** Whether the answer asks to wait, which is no fault. */
export function isToldToWait({ kind, retryAfterMs, resetMs }: Failure): boolean {
	if (kind === 'rateLimited') return true;
	return kind === 'unavailable' && (retryAfterMs ?? resetMs ?? 0) > 0;
}

/** How long the server asks to wait. A reset that goes past the patience does not overrule a Retry-After. */
export function askedWait({ retryAfterMs, resetMs = 0 }: Failure, standing: Standing): number {
	if (retryAfterMs === undefined) return resetMs;
	const isWithin =
		standing.waitedMs + resetMs <= standing.patience.quotaMs && fits(resetMs, standing);
	return isWithin ? Math.max(retryAfterMs, resetMs) : retryAfterMs;
}

/** @returns ms: 500, 1000, 2000 … with up to a quarter more, so that clients do not move in step */
export function backoff(attempt: number): number {
	const wait = Math.min(LONGEST_BACKOFF_MS, FIRST_WAIT_MS * 2 ** Math.max(0, attempt - 1));
	return wait * (1 + Math.random() / 4);
}

function fits(wait: number, { patience, now }: Standing): boolean {
	return now + wait < (patience.deadline ?? Infinity);
}
