import type { IDataObject, IHttpRequestMethods, IHttpRequestOptions } from 'n8n-workflow';
import { type Outcome, readResponse } from './response';
import type { Connection } from './connection';
import {
	type ApiContext,
	cancelSignal,
	CREDENTIAL_TYPE,
	forAttempt,
	Trace,
	USER_AGENT,
} from './context';
import { type Ending, endingBy, timer, untilEnded } from './deadline';
import type { Where } from './decide';
import { type Failure, inspectFailure } from './failure';
import { NO_PROBLEM } from './problem';
import type { Sent, Session } from './session';

/** n8n counts the time of a socket without traffic; our own deadline comes first. */
const SOCKET_TIMEOUT_LATER_MS = 5_000;
/** The longest that a stream is waited for which is of use to an export and nothing more. */
const STREAM_MS = 10_000;

export interface ApiRequest {
	method: IHttpRequestMethods;
	url: string;
	body?: IDataObject;
	where: Where;
	/** Ends the request besides the execution. */
	stop?: AbortSignal;
}

/** Everything that ends what is done for a request, `limit` included. */
export function endingOf(session: Session, stop?: AbortSignal, limit?: AbortSignal): Ending {
	return endingBy({
		stops: [cancelSignal(session.context), stop],
		timers: [session.parts.deadline, limit],
	});
}

/** Waits until a request may go out, and sends it once. */
export async function attempt(
	session: Session,
	request: ApiRequest,
): Promise<{ outcome: Outcome; sent: Sent }> {
	const { gate, patience } = session.parts;
	const waiting = endingOf(session, request.stop);
	try {
		await gate.enter(waiting.signal);
	} catch (error) {
		return { outcome: { failure: inspectFailure(error, Date.now()) }, sent: session.sent() };
	} finally {
		waiting.close();
	}
	const sent = session.sent();
	// After a request that ran out of time, less of it is put into the next one, which asks for less.
	const most = session.timeouts.count > 0 ? patience.requestMs / 2 : patience.requestMs;
	const left = Math.min(most, (patience.deadline ?? Infinity) - Date.now());
	try {
		return { outcome: await sendOnce(session, request, left), sent };
	} finally {
		gate.leave();
	}
}

/** One request, which takes `ms` at the most, whatever of it hangs. */
async function sendOnce(session: Session, request: ApiRequest, ms: number): Promise<Outcome> {
	if (ms <= 0) return { failure: { kind: 'timeout', problem: NO_PROBLEM } };
	const { secrets, connection } = session.parts;
	const ending = endingOf(session, request.stop, timer(ms));
	const { signal } = ending;
	const trace = new Trace(({ Authorization: header }) => secrets.learnHeader(header));
	try {
		const context = forAttempt(session.context, { signal, trace });
		const options = httpOptions(connection, request, ms);
		const response = await untilEnded(sendBy(context, options), signal);
		return readResponse(response, request.where, Date.now());
	} catch (error) {
		// n8n's error may come first when the signal ends the request itself.
		const failure = inspectFailure(signal.aborted ? signal.reason : error, Date.now());
		return { failure: trace.isAskingForToken ? whileAskingForToken(session, failure) : failure };
	} finally {
		ending.close();
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
	sent: Sent,
): Promise<Failure | undefined> {
	const ending = endingOf(session, request.stop, timer(session.parts.patience.requestMs));
	const { signal } = ending;
	try {
		const context = forAttempt(session.context, { signal, trace: new Trace() });
		await untilEnded(session.renewToken(context, sent), signal);
		return undefined;
	} catch (error) {
		const failure = inspectFailure(signal.aborted ? signal.reason : error, Date.now());
		return whileAskingForToken(session, failure);
	} finally {
		ending.close();
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

/**
 * Sends a request for the sake of the stream that n8n gives, whose content is let go of. Whatever goes
 * wrong is left to the requests that matter, which report it.
 */
export async function requestStream(session: Session, request: ApiRequest): Promise<unknown> {
	const { connection, patience } = session.parts;
	const ms = Math.min(STREAM_MS, patience.requestMs);
	const ending = endingOf(session, request.stop, timer(ms));
	const context = forAttempt(session.context, { signal: ending.signal, trace: new Trace() });
	const streaming = sendBy(context, {
		...httpOptions(connection, request, ms),
		encoding: 'stream',
		returnFullResponse: false,
	}).then((stream) => {
		(stream as { destroy?: () => void }).destroy?.();
		return stream;
	});
	try {
		return await untilEnded(streaming, ending.signal);
	} catch {
		return undefined;
	} finally {
		ending.close();
	}
}

function httpOptions(connection: Connection, request: ApiRequest, ms: number): IHttpRequestOptions {
	const { method, url, body } = request;
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
		// Text, because the JSON is parsed by us, where broken JSON can be told from an answer.
		encoding: 'text',
		returnFullResponse: true,
		// A redirect could carry the token to another origin.
		disableFollowRedirect: true,
		timeout: ms + SOCKET_TIMEOUT_LATER_MS,
	};
}
