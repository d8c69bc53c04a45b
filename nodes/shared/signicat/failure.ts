import type { Problem } from './problem';
import type { AskedWaits } from './waits';

/** What went wrong with a request, wherever it was read from. */
export interface Failure extends AskedWaits {
	kind:
		| 'rejectedClient'
		| 'unauthorized'
		| 'forbidden'
		| 'notFound'
		/** No event has this cursor. */
		| 'unknownCursor'
		/** Of a next page: its address is no longer valid. */
		| 'expiredPage'
		| 'invalidRequest'
		| 'tooLarge'
		| 'rateLimited'
		| 'unavailable'
		| 'unreachable'
		| 'timeout'
		| 'unreadable'
		/** A status of success without a body. */
		| 'empty'
		| 'redirected'
		| 'cancelled'
		| 'other';
	/** HTTP status, where there was a response. */
	status?: number;
	/** The system's code for a connection that failed, such as ECONNREFUSED. */
	networkCode?: string;
	/** It happened while n8n asked for an access token. */
	isTokenRequest?: boolean;
	/** The response names the access token as the reason. */
	isTokenInvalid?: boolean;
	/** The response began as JSON, and ended too early. */
	isTruncated?: boolean;
	problem: Problem;
}

/** Whether the same request may well succeed a little later. */
export function isTransient({ kind }: Failure): boolean {
	return [
		'expiredPage',
		'rateLimited',
		'unavailable',
		'unreachable',
		'timeout',
		'unreadable',
		'empty',
	].includes(kind);
}

/** Codes of the API for too many requests. */
export const RATE_LIMITED = /too_?many_?requests|rate_?limit|throttl|quota_?exceeded/i;

/** What a status means wherever it comes from; `status` is 300 or more. */
export function kindOf(status: number): Failure['kind'] {
	if (status < 400) return 'redirected';
	if (status === 429) return 'rateLimited';
	if (status === 408 || status >= 500) return 'unavailable';
	if (status === 401) return 'unauthorized';
	if (status === 403) return 'forbidden';
	if (status === 404) return 'notFound';
	if (status === 413) return 'tooLarge';
	if (status === 400 || status === 422) return 'invalidRequest';
	return 'other';
}
