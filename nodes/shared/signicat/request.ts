import { PageFailure } from '../model/pageFailure';
import type { ApiAnswer } from './response';
import { type ApiRequest, attempt, endingOf, renewToken } from './attempt';
import { pause } from './deadline';
import { decide, isToldToWait, locate } from './decide';
import { type Failure, inspectFailure } from './failure';
import { RequestError } from './requestError';
import type { Sent, Session } from './session';

/** A wait that is longer than this is written to the log. */
const SHORTEST_LOGGED_WAIT_MS = 3_000;

/** What the attempts at one request share. */
interface Attempts {
	session: Session;
	request: ApiRequest;
	/** How often it was sent. */
	count: number;
	/** Transient faults so far; waits that Signicat asked for are not among them. */
	faults: number;
}

/**
 * Sends one request with the credential's token. Every operation of the API only reads, so a request
 * that met a transient fault is safe to send again. What follows from which response is in `decide.ts`.
 *
 * @throws RequestError when nothing helps, PageFailure when the page has to be asked for in another way
 */
export async function send(session: Session, request: ApiRequest): Promise<ApiAnswer> {
	const attempts: Attempts = { session, request, count: 0, faults: 0 };
	for (;;) {
		attempts.count++;
		const { outcome, sent } = await attempt(session, request);
		if ('answer' in outcome) {
			session.succeeded();
			return outcome.answer;
		}
		const answer = await react(attempts, outcome.failure, sent);
		if (answer) return answer;
	}
}

/** @returns undefined for another attempt */
async function react(
	attempts: Attempts,
	found: Failure,
	sent: Sent,
): Promise<ApiAnswer | undefined> {
	const { session, request } = attempts;
	const { gate, patience } = session.parts;
	const failure = locate(found, request.where);
	const isTold = isToldToWait(failure);
	const isNewRefusal = isTold && gate.refusals.add(sent.refusals);
	if (!isTold) attempts.faults++;
	if (failure.kind === 'timeout') session.timeouts.add(sent.timeouts);
	const step = decide(failure, request.where, {
		patience,
		faults: attempts.faults,
		refusals: gate.refusals.count,
		waitedMs: gate.waitedMs,
		timeouts: session.timeouts.count,
		canRenew: session.canRenew(sent),
		now: Date.now(),
	});
	switch (step.do) {
		case 'takeAsEmpty':
			session.succeeded();
			return { body: undefined };
		case 'smallerPage':
		case 'freshQuery':
			throw new PageFailure(step.do, errorOf(attempts, failure));
		case 'report':
			throw errorOf(attempts, failure);
		case 'waitForQuota':
			if (gate.slowDown(step.waitMs, isNewRefusal)) logWait(session, step.waitMs, failure);
			return undefined;
		case 'renewToken': {
			const renewal = await renewToken(session, request, sent);
			return renewal && (await react(attempts, renewal, sent));
		}
		case 'retry':
			logWait(session, step.waitMs, failure);
			await waitFor(attempts, step.waitMs);
			return undefined;
	}
}

/** @throws RequestError when the request is ended meanwhile */
async function waitFor(attempts: Attempts, ms: number): Promise<void> {
	const ending = endingOf(attempts.session, attempts.request.stop);
	try {
		await pause(ms, ending.signal);
	} catch (error) {
		throw errorOf(attempts, inspectFailure(error, Date.now()));
	} finally {
		ending.close();
	}
}

function errorOf({ session, request, count }: Attempts, failure: Failure): RequestError {
	const { secrets, credential } = session.parts;
	credential.learnSecrets();
	return new RequestError(failure, { attempts: count, where: request.where, secrets });
}

function logWait({ context }: Session, waitMs: number, { kind }: Failure): void {
	if (waitMs < SHORTEST_LOGGED_WAIT_MS) return;
	const why =
		kind === 'rateLimited' ? 'is receiving too many requests' : 'is temporarily unavailable';
	context.logger.info(
		`Signicat Audit: Signicat ${why}; waiting ${Math.ceil(waitMs / 1000)} seconds before the next request`,
	);
}
