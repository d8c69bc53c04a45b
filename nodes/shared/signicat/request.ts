import { PageFailure } from '../model/pageFailure';
import { type ApiRequest, attempt, renewToken, signalFor } from './attempt';
import { pause } from './deadline';
import { decide, isToldToWait, locate } from './decide';
import type { Failure } from './failure';
import { inspectFailure } from './inspectFailure';
import { RequestError } from './requestError';
import type { ApiResponse } from './response';
import type { Rounds, Session } from './session';

/** A wait that is longer than this is written to the log. */
const MIN_LOGGED_WAIT_MS = 3_000;

/** What the attempts at one request share. */
interface Attempts {
	session: Session;
	request: ApiRequest;
	/** How often it was sent. */
	count: number;
	/** Transient faults so far; waits that Signicat asked for do not count. */
	faults: number;
}

/**
 * Sends a request with the credential's token. Every operation of the API only reads, so a request
 * that met a transient fault is safe to send again. What follows from which response is in `decide.ts`.
 *
 * @throws RequestError when nothing helps, PageFailure when the page has to be requested in another way
 */
export async function send(session: Session, request: ApiRequest): Promise<ApiResponse> {
	const attempts: Attempts = { session, request, count: 0, faults: 0 };
	for (;;) {
		attempts.count++;
		const { outcome, sentIn, measured } = await attempt(session, request);
		if ('response' in outcome) {
			session.onSuccess(measured);
			return outcome.response;
		}
		const response = await handleFailure(attempts, outcome.failure, { sentIn });
		if (response) return response;
	}
}

/** @returns undefined for another attempt */
async function handleFailure(
	attempts: Attempts,
	found: Failure,
	{ sentIn }: { sentIn: Rounds },
): Promise<ApiResponse | undefined> {
	const { session, request } = attempts;
	const { limiter, retry } = session.parts;
	const failure = locate(found, request.where);
	const isRateLimit = isToldToWait(failure);
	const isNewRateLimit = isRateLimit && limiter.rateLimits.add(sentIn.rateLimits);
	if (!isRateLimit) attempts.faults++;
	if (failure.kind === 'timeout') session.timeouts.add(sentIn.timeouts);
	const step = decide(failure, request.where, {
		retry,
		faults: attempts.faults,
		rateLimits: limiter.rateLimits.count,
		waitedMs: limiter.waitedMs,
		timeouts: session.timeouts.count,
		canRenew: session.canRenew(sentIn),
		now: Date.now(),
	});
	switch (step.do) {
		case 'takeAsEmpty':
			session.onSuccess();
			return { body: undefined };
		case 'smallerPage':
		case 'freshQuery':
			throw new PageFailure(step.do, errorOf(attempts, failure));
		case 'report':
			throw errorOf(attempts, failure);
		case 'waitForQuota':
			if (limiter.onRateLimit(step.waitMs, isNewRateLimit)) logWait(session, step.waitMs, failure);
			return undefined;
		case 'renewToken': {
			const renewal = await renewToken(session, request, { sentIn });
			return renewal && (await handleFailure(attempts, renewal, { sentIn }));
		}
		case 'retry':
			logWait(session, step.waitMs, failure);
			await waitFor(attempts, step.waitMs);
			return undefined;
	}
}

/** @throws RequestError when the request is ended meanwhile */
async function waitFor(attempts: Attempts, ms: number): Promise<void> {
	const linked = signalFor(attempts.session, attempts.request);
	try {
		await pause(ms, linked.signal);
	} catch (error) {
		throw errorOf(attempts, inspectFailure(error, Date.now()));
	} finally {
		linked.close();
	}
}

function errorOf({ session, request, count }: Attempts, failure: Failure): RequestError {
	const { secrets, credential } = session.parts;
	credential.learnSecrets();
	return new RequestError(failure, { attempts: count, where: request.where, secrets });
}

function logWait({ context }: Session, waitMs: number, { kind }: Failure): void {
	if (waitMs < MIN_LOGGED_WAIT_MS) return;
	const why =
		kind === 'rateLimited' ? 'is receiving too many requests' : 'is temporarily unavailable';
	context.logger.info(
		`Signicat Audit: Signicat ${why}; waiting ${Math.ceil(waitMs / 1000)} seconds before the next request`,
	);
}
