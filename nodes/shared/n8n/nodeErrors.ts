import { type JsonObject, NodeApiError, NodeOperationError } from 'n8n-workflow';
import { PageFailure } from '../model/pageFailure';
import { UnexpectedResponseError } from '../model/unexpectedResponse';
import type { ApiContext } from '../signicat/context';
import { type Failure, isTransient } from '../signicat/failure';
import { RequestError } from '../signicat/requestError';
import { Secrets } from '../signicat/redact';
import { messageFor } from './messages';

/** Characters of a whole description, and of a message that is not our own. */
const MAX_DESCRIPTION_LENGTH = 4_000;
const MAX_MESSAGE_LENGTH = 1_000;
/** Characters that the invalid parameters may take together. */
const MAX_PARAMS_LENGTH = 2_000;

/** What n8n's polling engine should make of a failure: whether and when to try again. */
function failureHint(failure: Failure, askedMs: number | undefined) {
	const wait = askedMs !== undefined && { retryAfterMs: askedMs };
	switch (failure.kind) {
		case 'rateLimited':
			return { cause: 'rate-limited' as const, ...wait };
		case 'rejectedClient':
		case 'unauthorized':
		case 'forbidden':
			return { cause: 'credential-invalid' as const };
		case 'invalidRequest':
		case 'notFound':
		case 'unknownCursor':
		case 'redirected':
			return { cause: 'configuration-invalid' as const };
		default:
			return { cause: 'temporarily-unavailable' as const, ...wait };
	}
}

/**
 * The error that n8n shows for a failed request. It is made anew from words, numbers and Signicat's
 * own explanation, so that nothing of the request (its token above all) travels with it.
 */
function toNodeApiError(context: ApiContext, request: RequestError): NodeApiError {
	const { failure, attempts, where, askedWaitMs } = request;
	const { status, problem } = failure;
	const { message, advice } = messageFor(failure, where);
	const response: JsonObject = { message };
	const error = new NodeApiError(context.getNode(), response, {
		message,
		description: describe(failure, { advice, attempts, askedMs: askedWaitMs }),
		httpCode: status === undefined ? undefined : String(status),
		failure: failureHint(failure, askedWaitMs),
	});
	// n8n replaces the message of some status codes by its own; ours says more.
	error.message = message;
	if (askedWaitMs !== undefined) error.context.retryAfterMs = askedWaitMs;
	if (problem.traceId) error.context.traceId = problem.traceId;
	return error;
}

function describe(
	failure: Failure,
	{ advice, attempts, askedMs }: { advice: string; attempts: number; askedMs?: number },
): string {
	const { problem } = failure;
	const explanation = [problem.title, problem.detail].filter(
		(text, index, texts) => text && texts.indexOf(text) === index,
	);
	const sentences = [
		explanation.length > 0 ? `Signicat says: ${explanation.map(asSentence).join(' ')}` : undefined,
		...invalidParams(failure),
		advice,
		isTransient(failure) && attempts > 1 ? `Tried ${attempts} times.` : undefined,
		askedMs === undefined
			? undefined
			: `Signicat asks clients to wait ${Math.ceil(askedMs / 1000)} seconds.`,
		failure.status === undefined ? undefined : `HTTP status: ${failure.status}.`,
		failure.networkCode ? `Connection error: ${failure.networkCode}.` : undefined,
		problem.code ? `Error code: ${problem.code}.` : undefined,
		problem.traceId ? `Trace ID for Signicat support: ${problem.traceId}` : undefined,
	];
	return sentences.filter(Boolean).join(' ').slice(0, MAX_DESCRIPTION_LENGTH);
}

function invalidParams({ problem }: Failure): string[] {
	const shown: string[] = [];
	let length = 0;
	for (const { name, reason } of problem.invalidParams) {
		const sentence = asSentence(name && reason ? `${name}: ${reason}` : name || reason);
		length += sentence.length;
		if (length > MAX_PARAMS_LENGTH) break;
		shown.push(sentence);
	}
	const omitted = problem.invalidParams.length - shown.length + (problem.moreInvalidParams ?? 0);
	return omitted > 0 ? [...shown, `And ${omitted} more.`] : shown;
}

function asSentence(text: string | undefined): string {
	return /[.!?…]$/.test(text ?? '') ? `${text}` : `${text}.`;
}

/** Turns any error into one that n8n shows, with the item that it belongs to. */
export function toNodeError(
	context: ApiContext,
	thrown: unknown,
	itemIndex?: number,
): NodeApiError | NodeOperationError {
	const error = thrown instanceof PageFailure ? thrown.reason : thrown;
	if (error instanceof RequestError) {
		return toNodeError(context, toNodeApiError(context, error), itemIndex);
	}
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		if (itemIndex !== undefined) error.context.itemIndex = itemIndex;
		return error;
	}
	const cause = error instanceof UnexpectedResponseError ? 'temporarily-unavailable' : undefined;
	return new NodeOperationError(context.getNode(), presentable(error), {
		itemIndex,
		...(cause && { failure: { cause } }),
	});
}

/** An error that n8n may keep: of others than this package's, nothing but the message. */
function presentable(error: unknown): Error {
	// Errors of this package carry a description, which n8n takes over.
	if (error instanceof Error && typeof Object(error).description === 'string') return error;
	const message = error instanceof Error ? error.message : String(error);
	const shown = new Secrets().clean(message, MAX_MESSAGE_LENGTH);
	const isPlain =
		error instanceof Error && Object.keys(error).length === 0 && error.cause === undefined;
	return isPlain && shown === message ? error : new Error(shown);
}
