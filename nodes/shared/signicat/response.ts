import type { Where } from './decide';
import { type Failure, kindOf, RATE_LIMITED } from './failure';
import { parseJson } from '../model/json';
import { isProblem, NO_PROBLEM, type Problem, readProblem } from './problem';
import { readWaits } from './waits';

export interface ApiResponse {
	/** The parsed JSON, of unknown shape; undefined for no content, which of a query means no events. */
	body: unknown;
	/** The server's clock in ms since 1970, from the Date header. */
	serverTime?: number;
}

export type Outcome = { response: ApiResponse } | { failure: Failure };

/** The field by which the right response of an operation is told from a problem document. */
const EXPECTED: Record<Where['operation'], string> = {
	queryFirstPage: 'data',
	queryNextPage: 'data',
	event: 'cursor',
	metadata: 'targets',
	properties: 'properties',
};

/**
 * Reads what came with a status of success. It is not always one: nothing, a page of something else, a part, or
 * a problem document.
 *
 * @param received as n8n returns it: the text, the headers, the status
 * @param now n8n's clock, in ms since 1970
 */
export function readResponse(received: unknown, where: Where, now: number): Outcome {
	const {
		body: content,
		headers = {},
		statusCode: status = 200,
	} = received as { body: unknown; headers?: Record<string, unknown>; statusCode?: number };
	const date = typeof headers.date === 'string' ? Date.parse(headers.date) : NaN;
	const serverTime = Number.isNaN(date) ? undefined : date;
	const contentType = typeof headers['content-type'] === 'string' ? headers['content-type'] : '';
	const unreadable = (details: Partial<Failure> = {}) => ({
		failure: { kind: 'unreadable' as const, status, problem: NO_PROBLEM, ...details },
	});

	let body = content;
	if (typeof content === 'string') {
		const text = content.trim();
		if (text === '') return { failure: { kind: 'empty', status, problem: NO_PROBLEM } };
		try {
			body = parseJson(text);
		} catch {
			// Truncated on the way, or a page of a proxy in between: both may pass.
			return unreadable(/^[[{]/.test(text) ? { isTruncated: true } : {});
		}
	}
	if (body === null || body === undefined) {
		return { failure: { kind: 'empty', status, problem: NO_PROBLEM } };
	}
	if (!isProblem(body, EXPECTED[where.operation], contentType)) {
		return { response: { body, serverTime } };
	}
	const problem = readProblem(body);
	return {
		failure: {
			problem,
			status: problem.status ?? status,
			...readWaits(headers, now),
			kind: kindOfProblem(problem),
			...(problem.code === 'invalid_token' && { isTokenInvalid: true }),
		},
	};
}

/** What a problem document that came with a status of success stands for. */
function kindOfProblem({ status, code = '' }: Problem): Failure['kind'] {
	if (status !== undefined && status >= 300) return kindOf(status);
	if (code === 'invalid_token') return 'unauthorized';
	if (RATE_LIMITED.test(code)) return 'rateLimited';
	if (/unavailable|internal|server_error|gateway|timeout/i.test(code)) return 'unavailable';
	return 'other';
}
