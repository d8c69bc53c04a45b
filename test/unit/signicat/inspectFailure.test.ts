import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AbortedError } from '../../../nodes/shared/signicat/deadline';
import { isTransient } from '../../../nodes/shared/signicat/failure';
import { inspectFailure } from '../../../nodes/shared/signicat/inspectFailure';

const NOW = Date.UTC(2026, 10, 1, 12);

/** An error as n8n throws it: its own around that of the HTTP client. */
function httpError(status: number, data: unknown = '', headers: Record<string, string> = {}) {
	const cause = Object.assign(new Error(`Request failed with status code ${status}`), {
		code: status >= 500 ? 'ERR_BAD_RESPONSE' : 'ERR_BAD_REQUEST',
		response: { status, data, headers },
	});
	return Object.assign(new Error('The service said no'), { httpCode: String(status), cause });
}

function networkError(code: string) {
	return Object.assign(new Error('n8n’s own words'), {
		cause: Object.assign(new Error(`connect ${code}`), { code }),
	});
}

const inspect = (error: unknown) => inspectFailure(error, NOW);

describe('inspectFailure', () => {
	test.each([
		[301, 'redirected', false],
		[302, 'redirected', false],
		[307, 'redirected', false],
		[300, 'redirected', false],
		[399, 'redirected', false],
		[400, 'invalidRequest', false],
		[401, 'unauthorized', false],
		[403, 'forbidden', false],
		[404, 'notFound', false],
		[409, 'other', false],
		[413, 'tooLarge', false],
		[418, 'other', false],
		[408, 'unavailable', true],
		[422, 'invalidRequest', false],
		[429, 'rateLimited', true],
		[500, 'unavailable', true],
		[502, 'unavailable', true],
		[503, 'unavailable', true],
		[504, 'unavailable', true],
	])('takes the status %i for %s', (status, kind, expected) => {
		const failure = inspect(httpError(status));
		expect(failure).toMatchObject({ kind, status });
		expect(isTransient(failure)).toBe(expected);
	});

	test.each([
		[403, 'rate_limit_exceeded'],
		[403, 'rateLimitExceeded'],
		[403, 'quota_exceeded'],
		[400, 'too_many_requests'],
		[420, 'Throttled'],
	])('takes a %i with the code %s for too many requests', (status, code) => {
		const failure = inspect(httpError(status, { code }, { 'retry-after': '7' }));
		expect(failure).toMatchObject({ kind: 'rateLimited', status, retryAfterMs: 7000 });
	});

	test.each([
		'ECONNABORTED',
		'ECONNREFUSED',
		'ECONNRESET',
		'EAI_AGAIN',
		'EHOSTUNREACH',
		'ENETUNREACH',
		'ENOTFOUND',
		'EPIPE',
		'ERR_NETWORK',
		'ETIMEDOUT',
	])('takes the connection code %s for an address that cannot be reached', (networkCode) => {
		const failure = inspect(networkError(networkCode));
		expect(failure).toMatchObject({ kind: 'unreachable', networkCode });
		expect(isTransient(failure)).toBe(true);
	});

	test.each([
		'CERT_HAS_EXPIRED',
		'DEPTH_ZERO_SELF_SIGNED_CERT',
		'SELF_SIGNED_CERT_IN_CHAIN',
		'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
		'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		'ERR_TLS_CERT_ALTNAME_INVALID',
		'ERR_SSL_WRONG_VERSION_NUMBER',
	])('does not try again with the certificate fault %s, and names it', (networkCode) => {
		const failure = inspect(networkError(networkCode));
		expect(failure).toMatchObject({ kind: 'other', networkCode });
		expect(isTransient(failure)).toBe(false);
	});

	test('knows the words with which n8n reports a token that it could not get', () => {
		const refused = new Error('Failed to acquire OAuth2 access token: invalid_client');
		expect(inspect(refused).kind).toBe('rejectedClient');
		const renewed = Object.assign(new Error('Client authentication failed'), { code: 'EAUTH' });
		expect(inspect(renewed).kind).toBe('rejectedClient');
		const stale = new Error('The credential "x" needs to be reconnected');
		expect(inspect(stale).kind).toBe('rejectedClient');
	});

	test.each([
		[400, 'rejectedClient'],
		[401, 'rejectedClient'],
		[403, 'rejectedClient'],
		[429, 'rateLimited'],
		[503, 'unavailable'],
	])('tells a refused client from a token endpoint that is ill: %i', (status, kind) => {
		const body = { error: 'invalid_client', error_description: 'No such client' };
		const cause = Object.assign(new Error('x'), { name: 'ResponseError', status, body });
		const failure = inspect(
			Object.assign(new Error('Failed to acquire OAuth2 access token'), { cause }),
		);
		expect(failure).toMatchObject({
			kind,
			status,
			problem: { code: 'invalid_client', detail: 'No such client' },
		});
	});

	test('takes a token endpoint that cannot be reached for what it is', () => {
		const cause = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
		const error = Object.assign(new Error('Failed to acquire OAuth2 access token'), { cause });
		expect(inspect(error)).toMatchObject({ kind: 'unreachable', networkCode: 'ECONNREFUSED' });
	});

	test.each(['FAILED: ERR_CERT', 'ERR_CERT: Bearer abc'])(
		'does not take the text %p for a code',
		(code) => {
			expect(inspect(networkError(code))).toMatchObject({ kind: 'other' });
			expect(inspect(networkError(code))).not.toHaveProperty('networkCode');
		},
	);

	test('takes a response that breaks off for a part of it', () => {
		const failure = inspect(httpError(200, '{"data":['));
		expect(failure).toMatchObject({ kind: 'unreadable', isTruncated: true, status: 200 });
	});

	test.each([
		[302, 'redirected'],
		[500, 'unavailable'],
	])('goes by the status %i, whatever the code says about a rate', (status, kind) => {
		expect(inspect(httpError(status, { code: 'rate_limit_exceeded' })).kind).toBe(kind);
	});

	test.each(['429', {}])('does not take %p for a status', (status) => {
		expect(inspect({ response: { status } })).toMatchObject({ kind: 'other', status: undefined });
		expect(inspect({ status })).toMatchObject({ kind: 'other', status: undefined });
	});

	test('looks at eight causes, and no further', () => {
		const within = (depth: number): unknown =>
			depth === 0 ? httpError(403).cause : { message: 'x', cause: within(depth - 1) };
		expect(inspect(within(7)).kind).toBe('forbidden');
		expect(inspect(within(8)).kind).toBe('other');
	});

	test('knows a request that was stopped', () => {
		const failure = inspect(networkError('ERR_CANCELED'));
		expect(failure.kind).toBe('cancelled');
		expect(isTransient(failure)).toBe(false);
	});

	test('reads the problem of the API', () => {
		const data = {
			type: 'about:blank',
			title: 'Invalid request',
			status: 400,
			code: 'invalid_request_parameter',
			traceId: '0af7651916cd43dd',
			detail: 'A parameter is wrong',
			invalidParams: [{ name: 'limit', reason: 'too large' }, { name: 'from' }, 'text', null],
		};
		const problem = {
			title: 'Invalid request',
			detail: 'A parameter is wrong',
			code: 'invalid_request_parameter',
			traceId: '0af7651916cd43dd',
			invalidParams: [
				{ name: 'limit', reason: 'too large' },
				{ name: 'from', reason: '' },
			],
		};
		for (const body of [data, JSON.stringify(data)]) {
			expect(inspect(httpError(400, body)).problem).toEqual({ ...problem, status: 400 });
		}
	});

	test.each([
		['nothing', undefined],
		['an empty text', ''],
		['a page of a proxy', '<html><body>Bad Gateway</body></html>'],
		['a list', '[]'],
		['null', 'null'],
		['numbers where texts belong', { title: 1, detail: {}, code: [], invalidParams: {} }],
		['spaces', { title: '  ', detail: '\n' }],
	])('finds no words in a body with %s', (_what, data) => {
		const { problem } = inspect(httpError(502, data));
		expect(JSON.parse(JSON.stringify(problem))).toEqual({ invalidParams: [] });
	});

	test('keeps ten of the invalid parameters, and counts the others', () => {
		const invalidParams = Array.from({ length: 10_000 }, () => ({ name: 'a', reason: 'b' }));
		const { problem } = inspect(httpError(400, { invalidParams }));
		expect(problem.invalidParams).toHaveLength(10);
		expect(problem.moreInvalidParams).toBe(9990);
		const ten = inspect(httpError(400, { invalidParams: invalidParams.slice(0, 10) })).problem;
		expect(ten.invalidParams).toHaveLength(10);
		expect(ten).not.toHaveProperty('moreInvalidParams');
	});

	test('trims what it finds, and needs neither the name nor the reason of a parameter', () => {
		const { problem } = inspect(
			httpError(400, { title: ' Invalid\n', invalidParams: [{ reason: ' odd ' }] }),
		);
		expect(problem).toMatchObject({
			title: 'Invalid',
			invalidParams: [{ name: '', reason: 'odd' }],
		});
	});

	test.each([
		[99, undefined],
		[100, 100],
		['404', 404],
		[599, 599],
		[600, undefined],
		['none', undefined],
	])('takes the status %p of a problem for %p', (status, expected) => {
		const { problem } = inspect(httpError(400, { status }));
		expect(problem.status).toBe(expected);
		expect('status' in problem).toBe(expected !== undefined);
	});

	test.each([
		['timeout', true],
		['stopped', false],
	] as const)('knows what was ended: %s', (reason, expected) => {
		const failure = inspect(new AbortedError(reason));
		expect(failure.kind).toBe(reason === 'timeout' ? 'timeout' : 'cancelled');
		expect(isTransient(failure)).toBe(expected);
	});

	test('knows the time of a socket that ran out', () => {
		const timeout = Object.assign(new Error('timeout of 60000ms exceeded'), {
			code: 'ECONNABORTED',
		});
		expect(inspect(Object.assign(new Error('x'), { cause: timeout })).kind).toBe('timeout');
		// Not where there was a response, and not where nobody was there.
		expect(inspect(Object.assign(httpError(504), { cause: timeout, status: 504 })).kind).toBe(
			'unavailable',
		);
		expect(inspect({ code: 'ETIMEDOUT', message: 'A timeout while connecting' }).kind).toBe(
			'unreachable',
		);
	});

	test.each([
		['of a problem document', { code: 'invalid_token' }, {}],
		['of a header', '', { 'www-authenticate': 'Bearer realm="x", error="invalid_token"' }],
		['of a header without quotes', '', { 'www-authenticate': 'Bearer error=invalid_token' }],
	])('knows a token that is called invalid by the words %s', (_what, data, headers) => {
		for (const status of [400, 401, 403]) {
			expect(inspect(httpError(status, data, headers)).isTokenInvalid).toBe(true);
			expect(inspect(httpError(status, '', {})).isTokenInvalid).toBeUndefined();
		}
	});

	test.each([
		['too_many_requests', 'rateLimited'],
		['slow_down', 'rateLimited'],
		['temporarily_unavailable', 'unavailable'],
		['server_error', 'unavailable'],
		['invalid_client', 'rejectedClient'],
		['unauthorized_client', 'rejectedClient'],
		['invalid_scope', 'rejectedClient'],
	])('goes by the code of a token endpoint where n8n keeps no status: %s', (error, kind) => {
		const refused = Object.assign(new Error('x'), { code: 'EAUTH', body: { error } });
		expect(inspect(refused)).toMatchObject({ kind, isTokenRequest: true });
	});

	test.each([
		[200, 'unreadable'],
		[300, 'redirected'],
		[400, 'rejectedClient'],
	])('knows a response of the token endpoint by its name: %i', (status, kind) => {
		const response = Object.assign(new Error('x'), { name: 'ResponseError', status });
		expect(inspect(response)).toMatchObject({ kind, status, isTokenRequest: true });
	});

	test('takes a response without a token for one that cannot be read', () => {
		expect(inspect(new Error('Unable to sign without access token.')).kind).toBe('unreadable');
	});

	test.each([302, 404, 405, 410])('does not blame the client for a wrong address: %i', (status) => {
		const cause = Object.assign(new Error('x'), { code: 'ESTATUS', status, body: '<html>' });
		const failure = inspect(Object.assign(new Error('x'), { cause }));
		expect(failure.kind).not.toBe('rejectedClient');
		expect(failure.isTokenRequest).toBe(true);
	});

	test('reads how long to wait, whatever went wrong', () => {
		expect(inspect(httpError(429, '', { 'retry-after': '7' })).retryAfterMs).toBe(7000);
		expect(inspect(httpError(503, '', { 'retry-after': '0' })).retryAfterMs).toBe(0);
		expect(inspect(httpError(503)).retryAfterMs).toBeUndefined();
	});

	test('comes to its end with causes that run in a circle', () => {
		const first: { cause?: unknown; message: string } = { message: 'first' };
		first.cause = { message: 'second', cause: first };
		expect(inspect(first).kind).toBe('other');
	});

	test('never fails itself, whatever was thrown', () => {
		fc.assert(
			fc.property(fc.anything(), (thrown) => {
				expect(inspect(thrown).problem).toBeDefined();
				expect(inspect({ response: thrown, cause: thrown }).problem).toBeDefined();
				expect(inspect({ response: { status: 400, data: thrown } }).status).toBe(400);
			}),
		);
	});
});
