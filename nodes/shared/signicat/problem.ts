import { isRecord, parseJson } from '../model/json';
import type { Secrets } from './redact';

/** Signicat's own words about a failed request (docs/api.md#errors). Each may be missing. */
export interface Problem {
	title?: string;
	detail?: string;
	code?: string;
	traceId?: string;
	/** The HTTP status that the document names. */
	status?: number;
	invalidParams: Array<{ name: string; reason: string }>;
	/** How many more there are. */
	moreInvalidParams?: number;
}

export const NO_PROBLEM: Problem = { invalidParams: [] };

const MAX_INVALID_PARAMS = 10;
/** Characters that are shown of each. */
const MAX_LENGTH = { sentence: 500, name: 100, reason: 200, traceId: 200 };

/** Reads an error body of either kind, the API's and the token endpoint's, and what gateways put in their place. */
export function readProblem(body: unknown): Problem {
	const source = typeof body === 'string' ? parsed(body) : body;
	if (!isRecord(source)) return NO_PROBLEM;
	const invalidParams = (Array.isArray(source.invalidParams) ? source.invalidParams : []).filter(
		isRecord,
	);
	const moreInvalidParams = invalidParams.length - MAX_INVALID_PARAMS;
	const nested = isRecord(source.error) ? source.error : {};
	const status = Number(textOf(source.status) ?? source.status ?? NaN);
	return {
		title: textOf(source.title),
		detail:
			textOf(source.detail) ??
			textOf(source.error_description) ??
			textOf(source.message) ??
			textOf(nested.message),
		code: textOf(source.code) ?? textOf(source.error) ?? textOf(nested.code),
		traceId: textOf(source.traceId),
		...(status >= 100 && status <= 599 && { status }),
		invalidParams: invalidParams.slice(0, MAX_INVALID_PARAMS).map(({ name, reason }) => ({
			name: textOf(name) ?? '',
			reason: textOf(reason) ?? '',
		})),
		...(moreInvalidParams > 0 && { moreInvalidParams }),
	};
}

/** The same with texts that can be shown. */
export function cleanProblem(problem: Problem, secrets: Secrets): Problem {
	const clean = (text: string | undefined, maxLength: number) =>
		text === undefined ? undefined : secrets.clean(text, maxLength) || undefined;
	return {
		...problem,
		title: clean(problem.title, MAX_LENGTH.sentence),
		detail: clean(problem.detail, MAX_LENGTH.sentence),
		code: clean(problem.code, MAX_LENGTH.name),
		traceId: clean(problem.traceId, MAX_LENGTH.traceId),
		invalidParams: problem.invalidParams.map(({ name, reason }) => ({
			name: secrets.clean(name, MAX_LENGTH.name),
			reason: secrets.clean(reason, MAX_LENGTH.reason),
		})),
	};
}

/**
 * Whether what came with a status of success is a problem document all the same.
 *
 * @param expected the field that the right response has
 */
export function isProblem(body: unknown, expected: string, contentType: string): boolean {
	if (!isRecord(body)) return false;
	if (/^application\/problem\+json/i.test(contentType)) return true;
	const problem = readProblem(body);
	const explanation = problem.title ?? problem.detail ?? problem.code;
	// No data is a response, unless there are words beside it.
	if (body[expected] !== undefined && body[expected] !== null) return false;
	if (expected in body) return explanation !== undefined && (problem.status ?? 400) >= 400;
	return explanation !== undefined;
}

function parsed(text: string): unknown {
	try {
		return parseJson(text);
	} catch {
		return undefined;
	}
}

function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
