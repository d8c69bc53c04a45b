import { isRecord } from './parse';

/** Signicat's own words about a failed request (docs/api.md#errors). Each may be missing. */
export interface Problem {
	title?: string;
	detail?: string;
	code?: string;
	traceId?: string;
	invalidParams: Array<{ name: string; reason: string }>;
}

/** What went wrong with one request, taken from whatever n8n and its HTTP client threw. */
export interface Failure {
	kind:
		| 'rejectedClient'
		| 'unauthorized'
		| 'forbidden'
		| 'notFound'
		| 'invalidRequest'
		| 'rateLimited'
		| 'unavailable'
		| 'unreachable'
		| 'unreadable'
		| 'redirected'
		| 'cancelled'
		| 'other';
	/** HTTP status, where there was an answer. */
	status?: number;
	/** The system's code for a connection that failed, such as ECONNREFUSED. */
	networkCode?: string;
	/** How long Signicat asks to wait. */
	retryAfterMs?: number;
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

/** n8n's words for a token that could not be had, and for one that could not be renewed. */
const TOKEN_ERROR = /acquire OAuth2 access token|needs to be reconnected/;

/** Whether the same request may well succeed a little later. */
export function isPassing(failure: Failure): boolean {
	return ['rateLimited', 'unavailable', 'unreachable', 'unreadable'].includes(failure.kind);
}

/**
 * Looks through an error and its causes for what happened.
 *
 * @param now ms since 1970, to turn a Retry-After date into a wait
 */
export function inspectFailure(error: unknown, now: number): Failure {
	let status: number | undefined;
	let networkCode: string | undefined;
	let body: unknown;
	let headers: Record<string, unknown> = {};
	let isTokenError = false;
	let isCancelled = false;
	for (const one of causesOf(error)) {
		const response = isRecord(one.response) ? one.response : {};
		if (typeof response.status === 'number') status ??= response.status;
		if (response.status !== undefined) {
			body ??= response.data;
			if (isRecord(response.headers)) headers = response.headers;
		}
		if (typeof one.status === 'number') status ??= one.status;
		body ??= one.body;
		if (typeof one.code === 'string') {
			if (one.code === 'EAUTH') isTokenError = true;
			if (one.code === 'ERR_CANCELED') isCancelled = true;
			if (NETWORK_CODES.has(one.code) || /CERT|TLS|SSL|SIGN/.test(one.code)) {
				networkCode ??= one.code;
			}
		}
		if (one.name === 'ResponseError' || TOKEN_ERROR.test(String(one.message))) isTokenError = true;
	}
	const failure = { problem: readProblem(body), status };
	if (isCancelled) return { ...failure, kind: 'cancelled' };
	if (status === undefined && !isTokenError) {
		if (networkCode === undefined) return { ...failure, kind: 'other' };
		const isCertificate = !NETWORK_CODES.has(networkCode);
		return { ...failure, kind: isCertificate ? 'other' : 'unreachable', networkCode };
	}
	if (isTokenError && status === undefined && networkCode) {
		return { ...failure, kind: 'unreachable', networkCode };
	}
	const retryAfterMs = parseRetryAfter(headers['retry-after'], now);
	return { ...failure, retryAfterMs, kind: kindOf(status, isTokenError) };
}

function kindOf(status: number | undefined, isTokenError: boolean): Failure['kind'] {
	if (status === 429) return 'rateLimited';
	// The answer began well, and the connection broke before its end.
	if (status !== undefined && status < 300) return 'unreadable';
	if (status === 408 || (status !== undefined && status >= 500)) return 'unavailable';
	if (isTokenError) return 'rejectedClient';
	if (status === 401) return 'unauthorized';
	if (status === 403) return 'forbidden';
	if (status === 404) return 'notFound';
	if (status === 400 || status === 422) return 'invalidRequest';
	if (status !== undefined && status >= 300 && status < 400) return 'redirected';
	return 'other';
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

/** @returns the wait in ms, never negative; undefined where the header is missing or unreadable */
export function parseRetryAfter(header: unknown, now: number): number | undefined {
	if (typeof header !== 'string' && typeof header !== 'number') return undefined;
	const text = String(header).trim();
	if (/^\d+$/.test(text)) return Number(text) * 1000;
	// Date.parse also makes dates of numbers such as -5.
	const at = /^[A-Z]/i.test(text) ? Date.parse(text) : NaN;
	return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Reads an error body of either kind, the API's and the token endpoint's. */
function readProblem(body: unknown): Problem {
	const source = typeof body === 'string' ? parseJson(body) : body;
	if (!isRecord(source)) return { invalidParams: [] };
	const invalidParams = Array.isArray(source.invalidParams) ? source.invalidParams : [];
	return {
		title: textOf(source.title),
		detail: textOf(source.detail) ?? textOf(source.error_description),
		code: textOf(source.code) ?? textOf(source.error),
		traceId: textOf(source.traceId),
		invalidParams: invalidParams.filter(isRecord).map((one) => ({
			name: textOf(one.name) ?? '',
			reason: textOf(one.reason) ?? '',
		})),
	};
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Cut to a length that fits an error message, whatever a proxy in between sends. */
function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 500) : undefined;
}
