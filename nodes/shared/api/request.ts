import type { IDataObject, IHttpRequestMethods, IHttpRequestOptions } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';
import type { Connection } from './connection';
import { type ApiContext, cancelSignal, CREDENTIAL_TYPE, isStopped, USER_AGENT } from './context';
import { toNodeApiError } from './errors';
import { type Failure, inspectFailure, isPassing } from './failure';
import type { RequestGate } from './gate';
import { parseJson } from './json';

/** How long and how often a request is tried. */
export interface Patience {
	/** All attempts together. */
	attempts: number;
	/** The longest wait between two attempts, in ms; a longer Retry-After is reported instead. */
	longestWaitMs: number;
	/** No attempt and no wait goes past this moment, in ms since 1970. */
	deadline?: number;
}

export const ACTION_PATIENCE: Patience = { attempts: 5, longestWaitMs: 60_000 };
export const DROP_DOWN_PATIENCE: Patience = { attempts: 2, longestWaitMs: 2_000 };
export const POLL_PATIENCE: Patience = { attempts: 3, longestWaitMs: 5_000 };

/** The wait before the second attempt in ms; it doubles with each further one. */
const FIRST_WAIT_MS = 500;
const REQUEST_TIMEOUT_MS = 60_000;

export interface ApiRequest {
	method: IHttpRequestMethods;
	url: string;
	body?: IDataObject;
}

export interface ApiAnswer {
	/** The parsed JSON, of unknown shape. */
	body: unknown;
	/** The server's clock in ms since 1970, from the Date header. */
	serverTime?: number;
}

/** What the requests of one client share. */
export interface Session {
	context: ApiContext;
	connection: Connection;
	patience: Patience;
	gate: RequestGate;
}

/**
 * Sends one request with the credential's token. Every operation of the API only reads, so a request
 * that met a passing fault is safe to send again: after Retry-After where Signicat gives it, after a
 * growing, slightly random wait where it does not.
 *
 * @throws NodeApiError when the fault does not pass
 */
export async function send(session: Session, request: ApiRequest): Promise<ApiAnswer> {
	const { context, patience, gate } = session;
	for (let attempt = 1; ; attempt++) {
		await gate.enter();
		const outcome = await attemptOnce(session, request).finally(() => gate.leave());
		if ('answer' in outcome) {
			gate.succeeded();
			return outcome.answer;
		}
		const { failure } = outcome;
		const wait = failure.retryAfterMs ?? backoff(attempt);
		const mayRetry =
			isPassing(failure) &&
			attempt < patience.attempts &&
			fits(wait, patience) &&
			!isStopped(context);
		if (!mayRetry) throw toNodeApiError(context, failure, attempt);
		if (failure.kind === 'rateLimited') gate.slowDown(Date.now() + wait);
		else await pause(context, wait);
	}
}

type Outcome = { answer: ApiAnswer } | { failure: Failure };

async function attemptOnce(
	{ context, connection, patience, gate }: Session,
	request: ApiRequest,
): Promise<Outcome> {
	while (gate.pause(Date.now()) > 0 && !isStopped(context)) {
		await pause(context, gate.pause(Date.now()));
	}
	if (isStopped(context)) return { failure: { kind: 'cancelled', problem: { invalidParams: [] } } };
	const options = httpOptions(connection, request, patience.deadline);
	try {
		const response: unknown = await context.helpers.httpRequestWithAuthentication.call(
			context,
			CREDENTIAL_TYPE,
			options,
		);
		return readAnswer(response);
	} catch (error) {
		return { failure: inspectFailure(error, Date.now()) };
	}
}

/**
 * Sends a request for the sake of the stream that n8n gives, whose content is let go of. Whatever goes
 * wrong is left to the requests that matter, which report it.
 */
export async function requestStream(
	{ context, connection, patience }: Session,
	request: ApiRequest,
): Promise<unknown> {
	try {
		const stream: unknown = await context.helpers.httpRequestWithAuthentication.call(
			context,
			CREDENTIAL_TYPE,
			{
				...httpOptions(connection, request, patience.deadline),
				encoding: 'stream',
				returnFullResponse: false,
			},
		);
		(stream as { destroy?: () => void }).destroy?.();
		return stream;
	} catch {
		return undefined;
	}
}

function httpOptions(
	connection: Connection,
	request: ApiRequest,
	deadline = Infinity,
): IHttpRequestOptions {
	return {
		...request,
		headers: {
			Accept: 'application/json',
			'User-Agent': USER_AGENT,
			...(request.body && { 'Content-Type': 'application/json' }),
			...connection.headers,
		},
		// Text, because the JSON is parsed below, where broken JSON can be told from an answer.
		encoding: 'text',
		returnFullResponse: true,
		// A redirect could carry the token to another origin.
		disableFollowRedirect: true,
		timeout: Math.max(1, Math.min(REQUEST_TIMEOUT_MS, deadline - Date.now())),
	};
}

function readAnswer(response: unknown): Outcome {
	const { body, headers } = response as { body: unknown; headers?: Record<string, unknown> };
	const date = typeof headers?.date === 'string' ? Date.parse(headers.date) : NaN;
	const serverTime = Number.isNaN(date) ? undefined : date;
	if (typeof body !== 'string') return { answer: { body, serverTime } };
	try {
		return { answer: { body: parseJson(body), serverTime } };
	} catch {
		// Cut short on the way, or a page of a proxy in between: both may pass.
		return { failure: { kind: 'unreadable', problem: { invalidParams: [] } } };
	}
}

/** @returns ms: 500, 1000, 2000 … with up to a quarter more, so that clients do not move in step */
function backoff(attempt: number): number {
	return FIRST_WAIT_MS * 2 ** (attempt - 1) * (1 + Math.random() / 4);
}

function fits(wait: number, { longestWaitMs, deadline = Infinity }: Patience): boolean {
	return wait <= longestWaitMs && Date.now() + wait < deadline;
}

/** Waits, but not longer than the execution lives. */
async function pause(context: ApiContext, ms: number): Promise<void> {
	const signal = cancelSignal(context);
	if (!signal) return await sleep(ms);
	let wake: () => void = () => {};
	const stopped = new Promise<void>((resolve) => {
		wake = resolve;
		signal.addEventListener('abort', wake, { once: true });
	});
	await Promise.race([sleep(ms), stopped]);
	signal.removeEventListener('abort', wake);
}
