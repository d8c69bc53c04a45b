import { PageFailure } from '../model/pageFailure';
import type { Where } from './decide';
import { type Failure, isTransient } from './failure';
import { cleanProblem } from './problem';
import { Secrets } from './redact';

export interface RequestErrorDetails {
	/** How often the request was sent; 1 by default. */
	attempts?: number;
	where?: Where;
	/** What must not be shown. */
	secrets?: Secrets;
}

/**
 * A request that failed, whatever was tried. It holds what is known of the failure, and nothing of the request:
 * its token above all. How n8n shows it is in `n8n/nodeErrors.ts`.
 */
export class RequestError extends Error {
	readonly failure: Failure;

	readonly attempts: number;

	readonly where: Where | undefined;

	constructor(failure: Failure, details: RequestErrorDetails = {}) {
		const { attempts = 1, where, secrets = new Secrets() } = details;
		super(`The request failed: ${failure.kind}`);
		this.name = 'RequestError';
		this.failure = { ...failure, problem: cleanProblem(failure.problem, secrets) };
		this.attempts = attempts;
		this.where = where;
	}

	/** How long Signicat asked to wait, in ms. The quota of an hour does not overrule a Retry-After. */
	get askedWaitMs(): number | undefined {
		return this.failure.retryAfterMs ?? this.failure.resetMs;
	}
}

/** Whether what failed may well succeed a little later. */
export function isTransientError(error: unknown): boolean {
	if (error instanceof PageFailure) return isTransientError(error.reason);
	return error instanceof RequestError && isTransient(error.failure);
}
