import { type JsonObject, NodeApiError, NodeOperationError } from 'n8n-workflow';
import { UnexpectedAnswerError } from '../reading/pages';
import type { ApiContext } from './context';
import { type Failure, isPassing } from './failure';

interface Words {
	message: string;
	advice: string;
}

/** What each kind of failure is called in front of people, and how they get unstuck. */
const WORDS: Record<Failure['kind'], Words> = {
	rejectedClient: {
		message: 'Signicat did not accept the client ID and client secret',
		advice: 'Open the credential, enter the client ID and secret again, and test it.',
	},
	unauthorized: {
		message: 'Signicat did not accept the access token',
		advice:
			'A new token was requested and refused too. Check in the Signicat Dashboard that the API client is active and may read the audit log.',
	},
	forbidden: {
		message: 'This client may not read the audit log',
		advice: 'In the Signicat Dashboard, open the API client and add the audit log permission.',
	},
	notFound: {
		message: 'Signicat found nothing there',
		advice: 'Check the cursor, and the Base URL of the credential.',
	},
	invalidRequest: {
		message: 'Signicat did not understand the request',
		advice:
			'Check the filters and conditions. If Signicat does not know an operator or a field, set Apply Filters In to This Workflow.',
	},
	rateLimited: {
		message: 'Signicat is receiving too many requests',
		advice: 'Wait a little, then run it again; a shorter range needs fewer requests.',
	},
	unavailable: {
		message: 'Signicat could not answer at the moment',
		advice: 'Try again in a few minutes. If it goes on, look at the status page of Signicat.',
	},
	unreachable: {
		message: 'Signicat could not be reached',
		advice:
			'Check the Base URL of the credential, and that n8n may connect to it (network, firewall, proxy).',
	},
	unreadable: {
		message: "Signicat's answer was cut short, or is not JSON",
		advice:
			'Try again. If it happens again, something between n8n and Signicat may be answering instead: check the Base URL of the credential.',
	},
	redirected: {
		message: 'Signicat sent the request elsewhere',
		advice: 'The access token is sent to the Base URL of the credential only. Check that address.',
	},
	cancelled: { message: 'The execution was stopped', advice: 'Run it again to read the events.' },
	other: {
		message: 'The request to Signicat did not work',
		advice: 'Try again. If it happens again, test the credential.',
	},
};

/** What n8n's polling engine should make of a failure: whether and when to try again. */
function failureHint(failure: Failure) {
	const { retryAfterMs } = failure;
	switch (failure.kind) {
		case 'rateLimited':
			return {
				cause: 'rate-limited' as const,
				...(retryAfterMs !== undefined && { retryAfterMs }),
			};
		case 'rejectedClient':
		case 'unauthorized':
		case 'forbidden':
			return { cause: 'credential-invalid' as const };
		case 'invalidRequest':
		case 'notFound':
		case 'redirected':
			return { cause: 'configuration-invalid' as const };
		default:
			return {
				cause: 'temporarily-unavailable' as const,
				...(retryAfterMs !== undefined && { retryAfterMs }),
			};
	}
}

/**
 * The error that n8n shows for a failed request. It is made anew from words, numbers and Signicat's
 * own explanation, so that nothing of the request (its token above all) travels with it.
 */
export function toNodeApiError(context: ApiContext, failure: Failure, attempts = 1): NodeApiError {
	const { status, problem } = failure;
	const words = WORDS[failure.kind];
	const response: JsonObject = { message: words.message };
	const error = new NodeApiError(context.getNode(), response, {
		message: words.message,
		description: describe(failure, attempts),
		httpCode: status === undefined ? undefined : String(status),
		failure: failureHint(failure),
	});
	// n8n replaces the message of some status codes by its own; ours says more.
	error.message = words.message;
	error.context.passing = isPassing(failure);
	if (problem.traceId) error.context.traceId = problem.traceId;
	return error;
}

/** Whether what failed may well succeed a little later. */
export function isPassingError(error: unknown): boolean {
	return error instanceof NodeApiError && error.context.passing === true;
}

function describe(failure: Failure, attempts: number): string {
	const { problem } = failure;
	const own = [problem.title, problem.detail].filter(
		(text, index, all) => text && all.indexOf(text) === index,
	);
	const sentences = [
		own.length > 0 ? `Signicat says: ${own.map(asSentence).join(' ')}` : undefined,
		...problem.invalidParams.map(({ name, reason }) => asSentence(`${name}: ${reason}`)),
		WORDS[failure.kind].advice,
		isPassing(failure) && attempts > 1 ? `Tried ${attempts} times.` : undefined,
		failure.retryAfterMs === undefined
			? undefined
			: `Signicat asks to wait ${Math.ceil(failure.retryAfterMs / 1000)} seconds.`,
		failure.status === undefined ? undefined : `HTTP status: ${failure.status}.`,
		failure.networkCode ? `Connection: ${failure.networkCode}.` : undefined,
		problem.code ? `Code: ${problem.code}.` : undefined,
		problem.traceId ? `Trace ID for Signicat's support: ${problem.traceId}` : undefined,
	];
	return sentences.filter(Boolean).join(' ');
}

function asSentence(text: string | undefined): string {
	return /[.!?]$/.test(text ?? '') ? `${text}` : `${text}.`;
}

/** Gives any error the form in which n8n shows it, with the item that it belongs to. */
export function toNodeError(
	context: ApiContext,
	error: unknown,
	itemIndex?: number,
): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		if (itemIndex !== undefined) error.context.itemIndex = itemIndex;
		return error;
	}
	const cause = error instanceof UnexpectedAnswerError ? 'temporarily-unavailable' : undefined;
	return new NodeOperationError(
		context.getNode(),
		// Errors of this package carry a description, which n8n takes over.
		error instanceof Error ? error : new Error(String(error)),
		{ itemIndex, ...(cause && { failure: { cause } }) },
	);
}
