import { isRecord } from '../model/json';
import { AbortedError } from './deadline';
import { type Failure, kindOf, RATE_LIMITED } from './failure';
import { NO_PROBLEM, readProblem } from './problem';
import { readWaits } from './waits';

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

/** n8n's words for a token that could not be acquired or renewed, and for a response without one. */
const TOKEN_ERROR = /acquire OAuth2 access token|needs to be reconnected|sign without access token/;

/** Codes of the token endpoint for which the client is not to blame. n8n keeps the code and not the status. */
const TOKEN_RATE_LIMITED = /\brate|_rate|too_many|slow_down|throttl/i;
const TOKEN_UNAVAILABLE = /unavailable|server_error|internal|gateway|timeout/i;

/** Causes that are looked at. */
const MAX_CAUSES = 8;

/** What an error and its causes say. What that means is decided afterwards. */
interface Evidence {
	status?: number;
	networkCode?: string;
	body?: unknown;
	headers: Record<string, unknown>;
	isTokenRequest?: boolean;
	/** n8n requested a token, and got something else. */
	isTokenMissing?: boolean;
	isCancelled?: boolean;
	isTimeout?: boolean;
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
	const evidence = gatherEvidence(error);
	const { status, networkCode, headers, isTokenRequest } = evidence;
	const problem = readProblem(evidence.body);
	const failure: Omit<Failure, 'kind'> = {
		problem,
		status,
		...readWaits(headers, now),
		...(isTokenRequest && { isTokenRequest }),
	};
	if (evidence.isCancelled) return { ...failure, kind: 'cancelled' };
	if (evidence.isTimeout && status === undefined) return { ...failure, kind: 'timeout' };
	if (evidence.isTokenMissing) return { ...failure, kind: 'unreadable' };
	if (status === undefined && networkCode !== undefined) {
		const isCertificate = !NETWORK_CODES.has(networkCode);
		return { ...failure, kind: isCertificate ? 'other' : 'unreachable', networkCode };
	}
	if (isTokenRequest) return { ...failure, kind: tokenKind(status, problem.code) };
	if (status === undefined) return { ...failure, kind: 'other' };
	// The response began well, and the connection broke before its end.
	if (status < 300) return { ...failure, kind: 'unreadable', isTruncated: true };
	const isTokenInvalid =
		problem.code === 'invalid_token' ||
		/error="?invalid_token/i.test(String(headers['www-authenticate'] ?? ''));
	// Not every API has a status of its own for too many requests.
	const isRateLimited = status >= 400 && status < 500 && RATE_LIMITED.test(problem.code ?? '');
	const kind = isRateLimited ? 'rateLimited' : kindOf(status);
	return { ...failure, kind, ...(isTokenInvalid && { isTokenInvalid }) };
}

function gatherEvidence(error: unknown): Evidence {
	const evidence: Evidence = { headers: {} };
	for (const cause of causesOf(error)) {
		const { code, status } = cause;
		const message = String(cause.message);
		const response = isRecord(cause.response) ? cause.response : {};
		if (typeof response.status === 'number') evidence.status ??= response.status;
		evidence.body ??= response.data;
		if (isRecord(response.headers)) evidence.headers = response.headers;
		if (typeof status === 'number') evidence.status ??= status;
		evidence.body ??= cause.body;
		if (typeof code === 'string' && isNetworkCode(code)) evidence.networkCode ??= code;
		if (code === 'EAUTH' || code === 'ESTATUS') evidence.isTokenRequest = true;
		if (code === 'ERR_CANCELED') evidence.isCancelled = true;
		if (code === 'ECONNABORTED' && /timeout/i.test(message)) evidence.isTimeout = true;
		if (cause.name === 'ResponseError' || TOKEN_ERROR.test(message)) evidence.isTokenRequest = true;
		if (/sign without access token/.test(message)) evidence.isTokenMissing = true;
	}
	return evidence;
}

/** The error itself and what caused it, outermost first. */
function causesOf(error: unknown): Array<Record<string, unknown>> {
	const causes: Array<Record<string, unknown>> = [];
	let current = error;
	while (isRecord(current) && causes.length < MAX_CAUSES && !causes.includes(current)) {
		causes.push(current);
		current = current.cause;
	}
	return causes;
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
