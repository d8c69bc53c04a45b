import type { IDataObject, IHttpRequestMethods, IHttpRequestOptions } from 'n8n-workflow';
import {
	type ApiContext,
	AttemptTrace,
	cancelSignal,
	CREDENTIAL_TYPE,
	USER_AGENT,
	withAbortSignal,
} from './context';
import { type LinkedSignal, linkSignals, timer, untilAborted } from './deadline';
import type { Where } from './decide';
import type { Connection } from './endpoints';
import type { Failure } from './failure';
import { inspectFailure } from './inspectFailure';
import { NO_PROBLEM } from './problem';
import type { Measured } from './limiter';
import { type Outcome, readResponse } from './response';
import type { Rounds, Session } from './session';

/** n8n counts the time of a socket without traffic; our own deadline comes first. */
const SOCKET_TIMEOUT_MARGIN_MS = 5_000;

export interface ApiRequest {
	method: IHttpRequestMethods;
	url: string;
	body?: IDataObject;
	where: Where;
	/** Ends the request, as the end of the execution does too. */
	signal?: AbortSignal;
}

/** Aborted by whatever ends a request of the session; `limit` is a timer of the request's own. */
export function signalFor(
	session: Session,
	{ signal, limit }: { signal?: AbortSignal; limit?: AbortSignal },
): LinkedSignal {
	return linkSignals({
		stops: [cancelSignal(session.context), signal],
		timers: [session.parts.deadline, limit],
	});
}

/** What came of sending a request once. */
export interface Attempt {
	outcome: Outcome;
	sentIn: Rounds;
	/** Set if there was a response. */
	measured?: Measured;
}

/** Waits until a request may go out, and sends it once. */
export async function attempt(session: Session, request: ApiRequest): Promise<Attempt> {
	const { limiter, retry } = session.parts;
	const waiting = signalFor(session, request);
	try {
		await limiter.acquire(waiting.signal);
	} catch (error) {
		const failure = inspectFailure(error, Date.now());
		return { outcome: { failure }, sentIn: session.currentRounds() };
	} finally {
		waiting.close();
	}
	const sentIn = session.currentRounds();
	// After a request that ran out of time, less of it is put into the next one, which asks for less.
	const maxMs = retry.requestTimeoutMs / (session.timeouts.count > 0 ? 2 : 1);
	const timeoutMs = Math.min(maxMs, (retry.deadline ?? Infinity) - Date.now());
	try {
		return { ...(await sendOnce(session, request, { timeoutMs })), sentIn };
	} finally {
		limiter.release();
	}
}

/** One request, which takes `timeoutMs` at the most, whatever of it hangs. */
async function sendOnce(
	session: Session,
	request: ApiRequest,
	{ timeoutMs }: { timeoutMs: number },
): Promise<Omit<Attempt, 'sentIn'>> {
	if (timeoutMs <= 0) return { outcome: { failure: { kind: 'timeout', problem: NO_PROBLEM } } };
	const { secrets, connection } = session.parts;
	const linked = signalFor(session, { signal: request.signal, limit: timer(timeoutMs) });
	const { signal } = linked;
	const trace = new AttemptTrace(({ Authorization: header }) => secrets.learnHeader(header));
	try {
		const context = withAbortSignal(session.context, { signal, trace });
		const options = httpOptions(connection, request, { timeoutMs });
		const startedMs = performance.now();
		const received = await untilAborted(sendBy(context, options), signal);
		const measured = { latencyMs: performance.now() - startedMs, size: sizeOf(received) };
		return { outcome: readResponse(received, request.where, Date.now()), measured };
	} catch (error) {
		// n8n's error may come first when the signal ends the request itself.
		const failure = inspectFailure(signal.aborted ? signal.reason : error, Date.now());
		const cause = trace.isAskingForToken ? whileAskingForToken(session, failure) : failure;
		return { outcome: { failure: cause } };
	} finally {
		linked.close();
	}
}

/**
 * Has n8n get a new token, once for all requests that were sent with the old one.
 *
 * @returns what went wrong, if anything
 */
export async function renewToken(
	session: Session,
	request: ApiRequest,
	{ sentIn }: { sentIn: Rounds },
): Promise<Failure | undefined> {
	const limit = timer(session.parts.retry.requestTimeoutMs);
	const linked = signalFor(session, { signal: request.signal, limit });
	const { signal } = linked;
	try {
		const context = withAbortSignal(session.context, { signal, trace: new AttemptTrace() });
		await untilAborted(session.renewToken(context, sentIn), signal);
		return undefined;
	} catch (error) {
		const failure = inspectFailure(signal.aborted ? signal.reason : error, Date.now());
		return whileAskingForToken(session, failure);
	} finally {
		linked.close();
	}
}

function whileAskingForToken(session: Session, failure: Failure): Failure {
	if (failure.kind !== 'timeout') return failure;
	session.parts.credential.dropToken();
	return { ...failure, isTokenRequest: true };
}

async function sendBy(context: ApiContext, options: IHttpRequestOptions): Promise<unknown> {
	return (await context.helpers.httpRequestWithAuthentication.call(
		context,
		CREDENTIAL_TYPE,
		options,
	)) as unknown;
}

/** How long the text of a response is. */
function sizeOf(received: unknown): number {
	const { body } = received as { body?: unknown };
	return typeof body === 'string' ? body.length : 0;
}

function httpOptions(
	connection: Connection,
	{ method, url, body }: ApiRequest,
	{ timeoutMs }: { timeoutMs: number },
): IHttpRequestOptions {
	return {
		method,
		url,
		...(body && { body }),
		headers: {
			Accept: 'application/json',
			'User-Agent': USER_AGENT,
			...(body && { 'Content-Type': 'application/json' }),
			...connection.headers,
		},
		// Text, because the JSON is parsed by us, where broken JSON can be told from a response.
		encoding: 'text',
		returnFullResponse: true,
		// A redirect could carry the token to another origin.
		disableFollowRedirect: true,
		timeout: timeoutMs + SOCKET_TIMEOUT_MARGIN_MS,
	};
}
