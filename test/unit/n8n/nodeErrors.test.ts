import { describe, expect, test } from '@jest/globals';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { ApiContext } from '../../../nodes/shared/signicat/context';
import { toNodeError } from '../../../nodes/shared/n8n/nodeErrors';
import type { Failure } from '../../../nodes/shared/signicat/failure';
import { inspectFailure } from '../../../nodes/shared/signicat/inspectFailure';
import { Secrets } from '../../../nodes/shared/signicat/redact';
import {
	RequestError,
	type RequestErrorDetails,
} from '../../../nodes/shared/signicat/requestError';
import { InvalidParameterError } from '../../../nodes/shared/parameters/invalidParameter';
import { UnexpectedResponseError } from '../../../nodes/shared/model/unexpectedResponse';
import { failure, KINDS, NODE } from '../support/failures';

const CONTEXT = { getNode: () => NODE } as unknown as ApiContext;

/** What n8n shows of a request that failed. */
function toNodeApiError(context: ApiContext, found: Failure, details?: RequestErrorDetails) {
	return toNodeError(context, new RequestError(found, details)) as NodeApiError;
}

/** Everything that can be reached from a value, hidden properties included, as one text. */
function everythingIn(value: unknown, met = new Set<unknown>()): string {
	if (typeof value === 'string') return value;
	if (typeof value !== 'object' || value === null || met.has(value)) return '';
	met.add(value);
	return Reflect.ownKeys(value)
		.map((key) => everythingIn((value as Record<PropertyKey, unknown>)[key], met))
		.join('\n');
}

/** An error of the HTTP client, with the whole request in it, as n8n wraps it. */
function leakyError(status: number): Error {
	const config = {
		url: 'https://api.signicat.com/audit/query',
		headers: { Authorization: 'Bearer SECRET' },
		data: 'client_secret=SECRET',
	};
	const response = {
		status,
		data: { title: 'Invalid request', detail: 'A parameter is wrong' },
		headers: { 'set-cookie': 'SECRET' },
		config,
		request: { _header: 'Authorization: Bearer SECRET' },
	};
	const cause = Object.assign(new Error('Request failed with Bearer SECRET'), {
		isAxiosError: true,
		code: 'ERR_BAD_REQUEST',
		config,
		request: response.request,
		response,
	});
	return Object.assign(new Error('SECRET'), { cause, context: { data: config } });
}

describe('toNodeApiError', () => {
	test.each([400, 401, 403, 404, 429, 500])(
		'carries nothing of the request, the token above all: %i',
		(status) => {
			const leaky = leakyError(status);
			expect(everythingIn(leaky)).toContain('SECRET');
			const error = toNodeApiError(CONTEXT, inspectFailure(leaky, 0), { attempts: 3 });
			expect(error.description).toContain('A parameter is wrong');
			expect(JSON.stringify(error)).not.toContain('SECRET');
			expect(error.message).not.toContain('SECRET');
			expect(error.description).not.toContain('SECRET');
			expect(error.stack).not.toContain('SECRET');
			expect(JSON.stringify(error.context)).not.toContain('SECRET');
			expect(everythingIn(error.cause)).not.toContain('SECRET');
			expect(everythingIn(error)).not.toContain('SECRET');
		},
	);

	test.each(KINDS)('says what happened and what to do: %s', (kind) => {
		for (const status of [undefined, 400, 401, 403, 404, 429, 500, 503]) {
			const error = toNodeApiError(CONTEXT, failure(kind, { status }));
			expect(error).toBeInstanceOf(NodeApiError);
			// n8n's own words for a status must not take the place of ours.
			expect(error.message).toBe(toNodeApiError(CONTEXT, failure(kind)).message);
			expect(error.message).toMatch(/^[A-Z].*[^.]$/);
			expect(error.message).not.toMatch(/error|problem|fail/i);
			expect(error.description).toMatch(/^[A-Z].{10,}/);
			expect(error.httpCode).toBe(status === undefined ? null : String(status));
		}
	});

	test('has words of its own for each kind', () => {
		const messages = KINDS.map((kind) => toNodeApiError(CONTEXT, failure(kind)).message);
		expect(new Set(messages).size).toBe(KINDS.length);
	});

	test('repeats Signicat’s words, its parameters and its trace ID', () => {
		const error = toNodeApiError(
			CONTEXT,
			failure('invalidRequest', {
				status: 400,
				problem: {
					title: 'Invalid request',
					detail: 'Look at the limit.',
					code: 'invalid_request_parameter',
					traceId: '0af7651916cd43dd',
					invalidParams: [{ name: 'limit', reason: 'too large' }],
				},
			}),
		);
		expect(error.description).toContain('Signicat says: Invalid request. Look at the limit. ');
		expect(error.description).toContain('limit: too large.');
		expect(error.description).toContain('HTTP status: 400.');
		expect(error.description).toContain('Error code: invalid_request_parameter.');
		expect(error.description).toContain('0af7651916cd43dd');
		expect(error.context.traceId).toBe('0af7651916cd43dd');
	});

	test('says the same thing once', () => {
		const problem = { title: 'Not found', detail: 'Not found', invalidParams: [] };
		const { description } = toNodeApiError(CONTEXT, failure('notFound', { problem }));
		expect(description?.match(/Not found/g)).toHaveLength(1);
	});

	test('says how often it tried, and how long Signicat asks to wait', () => {
		const limited = failure('rateLimited', { status: 429, retryAfterMs: 1500 });
		expect(toNodeApiError(CONTEXT, limited, { attempts: 3 }).description).toContain(
			'Tried 3 times.',
		);
		expect(toNodeApiError(CONTEXT, limited, { attempts: 3 }).description).toContain(
			'wait 2 seconds',
		);
		expect(toNodeApiError(CONTEXT, limited).description).not.toContain('Tried');
		expect(
			toNodeApiError(CONTEXT, failure('forbidden'), { attempts: 3 }).description,
		).not.toContain('Tried');
	});

	test('names the code of a connection that could not be made', () => {
		const unreachable = failure('unreachable', { networkCode: 'ECONNREFUSED' });
		const error = toNodeApiError(CONTEXT, unreachable);
		expect(error.description).toContain('Connection error: ECONNREFUSED.');
		expect(error.message).toBe('Could not connect to Signicat');
	});

	test.each([
		['rejectedClient', 'credential-invalid'],
		['unauthorized', 'credential-invalid'],
		['forbidden', 'credential-invalid'],
		['notFound', 'configuration-invalid'],
		['invalidRequest', 'configuration-invalid'],
		['redirected', 'configuration-invalid'],
		['rateLimited', 'rate-limited'],
		['unavailable', 'temporarily-unavailable'],
		['unreachable', 'temporarily-unavailable'],
		['unreadable', 'temporarily-unavailable'],
		['timeout', 'temporarily-unavailable'],
		['expiredPage', 'temporarily-unavailable'],
		['tooLarge', 'temporarily-unavailable'],
		['unknownCursor', 'configuration-invalid'],
	] as const)('tells n8n’s polling engine what to make of %s: %s', (kind, cause) => {
		expect(toNodeApiError(CONTEXT, failure(kind)).failure).toEqual({ cause });
	});

	test.each(['rateLimited', 'unavailable'] as const)(
		'hands the wait that Signicat asks for to n8n’s polling engine: %s',
		(kind) => {
			const error = toNodeApiError(CONTEXT, failure(kind, { retryAfterMs: 9000 }));
			expect(error.failure).toMatchObject({ retryAfterMs: 9000 });
			expect(error.context.retryAfterMs).toBe(9000);
		},
	);
});

describe('The words of somebody else', () => {
	const long = 'x'.repeat(20_000);

	test('stay within bounds, and what helps comes after them all the same', () => {
		const problem = {
			title: long,
			detail: long,
			code: long,
			traceId: 'a-trace',
			invalidParams: Array.from({ length: 10 }, () => ({ name: long, reason: long })),
			moreInvalidParams: 9990,
		};
		const { description = '' } = toNodeApiError(CONTEXT, failure('invalidRequest', { problem }));
		expect(description?.length).toBeLessThanOrEqual(4000);
		expect(description).toContain('Check the filters and conditions.');
		expect(description).toMatch(/And 99\d\d more\./);
		expect(description).toMatch(/a-trace$/);
	});

	test('come without secrets and control characters', () => {
		const secrets = new Secrets();
		secrets.learn({ clientSecret: 'sécret+%/"1', oauthTokenData: { access_token: 'tok-1234' } });
		const detail = 'You sent\u0007\u202e Bearer tok-1234\nand tok-1234';
		const problem = { detail, traceId: 'tok-1234', invalidParams: [] };
		const error = toNodeApiError(CONTEXT, failure('other', { problem }), { secrets });
		expect(error.description).toContain('You sent Bearer [redacted] and [redacted].');
		expect(error.context.traceId).toBe('[redacted]');
	});

	test('are kept out of an error that is not of this package', () => {
		const leaky = Object.assign(new Error('sent Bearer abc.def'), { config: 'Bearer abc.def' });
		const error = toNodeError(CONTEXT, leaky);
		expect(everythingIn(error)).not.toContain('abc.def');
	});
});

describe('toNodeError', () => {
	test('keeps errors of n8n, and adds the item', () => {
		for (const error of [
			toNodeApiError(CONTEXT, failure('forbidden')),
			new NodeOperationError(NODE, 'x'),
		]) {
			expect(toNodeError(CONTEXT, error, 4)).toBe(error);
			expect(error.context.itemIndex).toBe(4);
		}
	});

	test('does not forget the item that an error has already', () => {
		const error = new NodeOperationError(NODE, 'x', { itemIndex: 2 });
		expect(toNodeError(CONTEXT, error).context.itemIndex).toBe(2);
	});

	test.each([
		[
			'a parameter',
			new InvalidParameterError('Limit', 'it is odd', { description: 'Enter an even one.' }),
		],
		['a response', new UnexpectedResponseError('Something else answered', 'Check it.')],
	])('shows what is wrong with %s, and how to get unstuck', (_what, thrown) => {
		const error = toNodeError(CONTEXT, thrown, 0);
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error.message).toBe(thrown.message);
		expect(error.description).toBe(thrown.description);
		expect(error.context.itemIndex).toBe(0);
	});

	test('lets n8n’s polling engine try again after a response of another shape', () => {
		const odd = new UnexpectedResponseError('Something else answered', 'Check it.');
		expect(toNodeError(CONTEXT, odd).failure).toEqual({ cause: 'temporarily-unavailable' });
		const wrong = new InvalidParameterError('Limit', 'it is odd', {
			description: 'Enter an even one.',
		});
		expect(toNodeError(CONTEXT, wrong).failure).toBeUndefined();
	});

	test('makes an error of whatever else was thrown', () => {
		expect(toNodeError(CONTEXT, 'text').message).toBe('text');
		expect(toNodeError(CONTEXT, new Error('words')).message).toBe('words');
	});
});
