/** How long and how often something is tried, for one kind of caller. */
export interface Patience {
	/** All attempts at a request that meets transient faults. */
	attempts: number;
	/**
	 * What one request may take, its credential, token, headers and body included, in ms; half of it after one
	 * that ran out of time.
	 */
	requestMs: number;
	/** Requests in a row that may run out of time while nothing else succeeds. */
	timeouts: number;
	/** How long to wait for a quota without a response that succeeds, in ms. A longer wait is reported. */
	quotaMs: number;
	/** What a client may take altogether, in ms from its creation. */
	overallMs?: number;
	/** No attempt and no wait goes past this moment, in ms since 1970. */
	deadline?: number;
}

/**
 * Four minutes for a quota and one for a request: stores that collect a file give up on one that is silent for
 * five minutes.
 */
export const ACTION_PATIENCE: Patience = {
	attempts: 5,
	requestMs: 60_000,
	timeouts: 6,
	quotaMs: 240_000,
};

/** Somebody looks at an open drop-down. */
export const DROP_DOWN_PATIENCE: Patience = {
	attempts: 2,
	requestMs: 10_000,
	timeouts: 2,
	quotaMs: 2_000,
	overallMs: 20_000,
};

/** A poll has its own deadline, and the next one comes within minutes. */
export const POLL_PATIENCE: Patience = {
	attempts: 3,
	requestMs: 15_000,
	timeouts: 4,
	quotaMs: 5_000,
};
