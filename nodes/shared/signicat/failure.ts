import { AbortedError } from './deadline';
import { isRecord } from './parse';
import { NO_PROBLEM, type Problem, readProblem } from './problem';
import { type AskedWaits, readWaits } from './waits';

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
	isCutShort?: boolean;
	problem: Problem;
}

const NETWORK_CODES = new Set([
	'ECONNABORTED',
	'ECONNREFUSED',
	'ECONNRESET',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'ENOTFOUND',
	'EPIPE',
	'ERR_BAD_RESPONSE',
	'ERR_NETWORK',
	'ETIMEDOUT',
]);

/** n8n's words for a token that could not be had, for one that could not be renewed, and for a response without one. */
const TOKEN_ERROR = /acquire OAuth2 access token|needs to be reconnected|sign without access token/;

/** Codes of the token endpoint for which the client is not to blame. n8n keeps the code and not the status. */
const TOKEN_RATE_LIMITED = /\brate|_rate|too_many|slow_down|throttl/i;
const TOKEN_UNAVAILABLE = /unavailable|server_error|internal|gateway|timeout/i;

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

/**
 * Looks through an error and its causes for what happened.
 *
 * @param now ms since 1970, to turn a date into a wait
 */
export function inspectFailure(error: unknown, now: number): Failure {
	if (error instanceof AbortedError) {
		return { kind: error.reason === 'stopped' ? 'cancelled' : 'timeout', problem: NO_PROBLEM };
	}
	let status: number | undefined;
	let networkCode: string | undefined;
	let body: unknown;
	let headers: Record<string, unknown> = {};
	let isTokenRequest = false;
	let isCancelled = false;
	let isTimeout = false;
	let hasToken = true;
	for (const cause of causesOf(error)) {
		const response = isRecord(cause.response) ? cause.response : {};
		if (typeof response.status === 'number') status ??= response.status;
		if (response.status !== undefined) {
			body ??= response.data;
			if (isRecord(response.headers)) headers = response.headers;
		}
		if (typeof cause.status === 'number') status ??= cause.status;
		body ??= cause.body;
		const message = String(cause.message);
		if (typeof cause.code === 'string') {
			if (cause.code === 'EAUTH' || cause.code === 'ESTATUS') isTokenRequest = true;
			if (cause.code === 'ERR_CANCELED') isCancelled = true;
			if (cause.code === 'ECONNABORTED' && /timeout/i.test(message)) isTimeout = true;
			if (isNetworkCode(cause.code)) networkCode ??= cause.code;
		}
		if (cause.name === 'ResponseError' || TOKEN_ERROR.test(message)) isTokenRequest = true;
		if (/sign without access token/.test(message)) hasToken = false;
	}
	const problem = readProblem(body);
	const failure: Omit<Failure, 'kind'> = {
		problem,
		status,
		...readWaits(headers, now),
		...(isTokenRequest && { isTokenRequest }),
	};
	if (isCancelled) return { ...failure, kind: 'cancelled' };
	if (isTimeout && status === undefined) return { ...failure, kind: 'timeout' };
	if (!hasToken) return { ...failure, kind: 'unreadable' };
	if (status === undefined && networkCode !== undefined) {
		const isCertificate = !NETWORK_CODES.has(networkCode);
		return { ...failure, kind: isCertificate ? 'other' : 'unreachable', networkCode };
	}
	if (isTokenRequest) return { ...failure, kind: tokenKind(status, problem.code) };
	if (status === undefined) return { ...failure, kind: 'other' };
	// The response began well, and the connection broke before its end.
	if (status < 300) return { ...failure, kind: 'unreadable', isCutShort: true };
	const isTokenInvalid =
		problem.code === 'invalid_token' ||
		/error="?invalid_token/i.test(String(headers['www-authenticate'] ?? ''));
	return { ...failure, kind: kindOf(status), ...(isTokenInvalid && { isTokenInvalid }) };
}

/** @param status a refusal's, 300 or more */
export function kindOf(status: number): Failure['kind'] {
	if (status === 429) return 'rateLimited';
	if (status === 408 || status >= 500) return 'unavailable';
	if (status === 401) return 'unauthorized';
	if (status === 403) return 'forbidden';
	if (status === 404) return 'notFound';
	if (status === 413) return 'tooLarge';
	if (status === 400 || status === 422) return 'invalidRequest';
	if (status >= 300 && status < 400) return 'redirected';
	return 'other';
}

function tokenKind(status: number | undefined, code = ''): Failure['kind'] {
	if (status === undefined) {
		if (TOKEN_RATE_LIMITED.test(code)) return 'rateLimited';
		return TOKEN_UNAVAILABLE.test(code) ? 'unavailable' : 'rejectedClient';
	}
	if (status < 300) return 'unreadable';
	if (status < 400 || status === 404 || status === 405 || status === 410) return kindOf(status);
	const kind = kindOf(status);
	return kind === 'rateLimited' || kind === 'unavailable' ? kind : 'rejectedClient';
}

function isNetworkCode(code: string): boolean {
	return NETWORK_CODES.has(code) || /^(?=.*(CERT|TLS|SSL|SIGN))[A-Z0-9_]{1,60}$/.test(code);
}

/** The error itself and what caused it, outermost first. */
function causesOf(error: unknown): Array<Record<string, unknown>> {
	const found: Array<Record<string, unknown>> = [];
	let current = error;
	while (isObject(current) && found.length < 8 && !found.includes(current)) {
		found.push(current);
		current = current.cause;
	}
	return found;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}
