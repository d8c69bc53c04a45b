/** How often a request is tried and how long is waited for it, for one kind of caller. */
export interface RetryPolicy {
	/** Attempts at a request that meets transient faults, the first one included. */
	maxAttempts: number;
	/**
	 * What one request may take, its credential, token, headers and body included, in ms; half of it after one
	 * that ran out of time.
	 */
	requestTimeoutMs: number;
	/** Requests in a row that may run out of time while nothing else succeeds. */
	maxTimeouts: number;
	/** How long to wait for a quota without a response that succeeds, in ms. A longer wait is reported. */
	maxQuotaWaitMs: number;
	/** What a client may take altogether, in ms from its creation. */
	totalTimeoutMs?: number;
	/** No attempt and no wait goes past this moment, in ms since 1970. */
	deadline?: number;
}

/**
 * Four minutes for a quota and one for a request: stores that collect a file give up on one that is silent for
 * five minutes.
 */
export const ACTION_RETRY: RetryPolicy = {
	maxAttempts: 5,
	requestTimeoutMs: 60_000,
	maxTimeouts: 6,
	maxQuotaWaitMs: 240_000,
};

/** Somebody looks at an open list. */
export const LIST_SEARCH_RETRY: RetryPolicy = {
	maxAttempts: 2,
	requestTimeoutMs: 10_000,
	maxTimeouts: 2,
	maxQuotaWaitMs: 2_000,
	totalTimeoutMs: 20_000,
};

/** A poll has its own deadline, and the next one comes within minutes. */
export const POLL_RETRY: RetryPolicy = {
	maxAttempts: 3,
	requestTimeoutMs: 15_000,
	maxTimeouts: 4,
	maxQuotaWaitMs: 5_000,
};
