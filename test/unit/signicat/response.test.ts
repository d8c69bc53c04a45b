import { describe, expect, test } from '@jest/globals';
import { readResponse } from '../../../nodes/shared/signicat/response';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const PAGE = { operation: 'queryFirstPage' } as const;

const read = (body: unknown, headers: Record<string, string> = {}, statusCode = 200) =>
	readResponse({ body, headers, statusCode }, PAGE, NOW_MS);

describe('a response with a status of success', () => {
	test('is what it contains, with the time of the server', () => {
		const date = 'Sun, 01 Nov 2026 11:59:58 GMT';
		expect(read('{"data":[]}', { date })).toEqual({
			response: { body: { data: [] }, serverTime: NOW_MS - 2000 },
		});
		expect(read('{"data":[]}', { date: 'soon' })).toEqual({ response: { body: { data: [] } } });
	});

	test.each([
		['an event with a title', { data: [], title: 'Invalid request', status: 400 }],
		['a list', []],
		['a number', 5],
		['nothing that explains it', { data: null }],
		['words without a status of failure beside no data', { data: null, title: 'x', status: 200 }],
		['an object of another kind', { items: [] }],
	])('is no problem document with %s', (_what, body) => {
		expect(read(JSON.stringify(body))).toEqual({ response: { body } });
	});

	test.each([
		['a title', { title: 'Service unavailable', status: 503 }, 'unavailable'],
		['a detail', { detail: 'Slow down', status: 429 }, 'rateLimited'],
		['words alone, whatever their status is', { title: 'x', status: 200 }, 'other'],
		['a code', { code: 'internal_error' }, 'unavailable'],
		['a code that is about the rate', { code: 'rate_limit_exceeded' }, 'rateLimited'],
		['no data beside its words', { data: null, title: 'Forbidden', status: 403 }, 'forbidden'],
		['no data beside its code', { data: null, code: 'timeout' }, 'unavailable'],
		['the first status of failure', { data: null, title: 'x', status: 400 }, 'invalidRequest'],
	])('is a problem document with %s', (_what, body, kind) => {
		expect(read(JSON.stringify(body))).toMatchObject({ failure: { kind } });
	});

	test('is a problem document where its content type says so', () => {
		const type = { 'content-type': 'application/problem+json; charset=utf-8' };
		expect(read('{"data":[],"status":503}', type)).toMatchObject({
			failure: { kind: 'unavailable', status: 503 },
		});
		const other = { 'content-type': 'text/plain; was=application/problem+json' };
		expect(read('{"data":[]}', other)).toEqual({ response: { body: { data: [] } } });
	});

	test('is one that names the token as the reason', () => {
		expect(read('{"code":"invalid_token"}')).toMatchObject({
			failure: { kind: 'unauthorized', isTokenInvalid: true, status: 200 },
		});
	});

	test.each([
		['nothing', undefined],
		['spaces', ' \n'],
		['null', 'null'],
	])('is empty with %s', (_what, body) => {
		expect(read(body, {}, 204)).toMatchObject({ failure: { kind: 'empty', status: 204 } });
	});

	test.each([
		['a part of an object', '{"data":[', true],
		['a part of a list', ' [1,', true],
		['a page of a proxy', '<html>', undefined],
	])('cannot be read with %s', (_what, body, isTruncated) => {
		const { failure } = read(body) as { failure: { kind: string; isTruncated?: boolean } };
		expect(failure.kind).toBe('unreadable');
		expect(failure.isTruncated).toBe(isTruncated);
	});
});
