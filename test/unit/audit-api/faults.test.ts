import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type AuditApi, type Fault, startAuditApi } from '../../../dev/audit-api';
import { abortedAt, Client, requestToken } from './client';

const METADATA = '/audit/query/metadata';

let api: AuditApi;
let client: Client;

beforeAll(async () => {
	api = await startAuditApi({ eventCount: 50 });
	client = await Client.connect(api);
});

afterEach(() => {
	api.reset();
	expect(api.violations).toEqual([]);
});

afterAll(async () => await api.stop());

const statuses = async (count: number) => {
	const all: number[] = [];
	for (let i = 0; i < count; i++) all.push((await client.get(METADATA)).status);
	return all;
};

describe('a fault', () => {
	test('strikes once by default', async () => {
		api.fail({ status: 500 });

		expect(await statuses(2)).toEqual([500, 200]);
	});

	test('strikes as often as it should, after as many requests as it should', async () => {
		api.fail({ status: 503 }, { times: 2, skip: 1 });

		expect(await statuses(4)).toEqual([200, 503, 503, 200]);
	});

	test('strikes without end until it is taken away', async () => {
		api.fail({ status: 502 }, { times: Infinity });
		expect(await statuses(3)).toEqual([502, 502, 502]);

		api.clearFaults();
		expect(await statuses(1)).toEqual([200]);
	});

	test('strikes the operation that it is for, and leaves the token endpoint alone unless named', async () => {
		api.fail({ status: 500 }, { on: 'query' });
		api.fail({ status: 503 }, { on: 'token' });

		expect((await client.get(METADATA)).status).toBe(200);
		expect((await client.query({})).status).toBe(500);
		const refused = await requestToken(api);
		expect([refused.status, refused.body.error]).toEqual([503, 'service_unavailable']);

		api.fail({ status: 500 });
		expect((await requestToken(api)).status).toBe(200);
		api.clearFaults();
		api.fail({ status: 500 }, { on: 'any' });
		expect((await requestToken(api)).status).toBe(500);
	});

	test('waits for a request with a good token', async () => {
		api.fail({ status: 500 });

		expect((await fetch(`${api.baseUrl}${METADATA}`)).status).toBe(401);
		expect(await statuses(1)).toEqual([500]);
	});

	test.each([
		['problem', 'application/problem+json', /"traceId"/],
		['html', 'text/html', /<html>/],
		['text', 'text/plain', /upstream/],
		['empty', null, /^$/],
	] as const)('can carry a body of the kind %s', async (body, type, pattern) => {
		api.fail({ status: 429, retryAfter: '7', body });
		const response = await fetch(`${api.baseUrl}${METADATA}`, {
			headers: { Authorization: `Bearer ${client.token}` },
		});

		expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
		expect(response.headers.get('content-type')?.split(';')[0] ?? null).toBe(type);
		expect(await response.text()).toMatch(pattern);
	});

	test('sends Retry-After only where it is given', async () => {
		api.fail({ status: 429 });

		expect((await client.get(METADATA)).headers.has('retry-after')).toBe(false);
	});

	test('can drop the connection', async () => {
		api.fail({ kind: 'drop' });

		await expect(client.get(METADATA)).rejects.toThrow('fetch failed');
		expect(api.requests).toMatchObject([{ status: 'dropped', aborted: false }]);
	});

	test('can cut the answer and the connection', async () => {
		api.fail({ kind: 'truncate' });

		await expect(client.query({})).rejects.toThrow('terminated');
		expect(api.requests).toMatchObject([{ status: 200, aborted: false }]);
	});

	test('can cut the JSON and leave the connection whole', async () => {
		api.fail({ kind: 'truncateJson' });

		await expect(client.query({})).rejects.toThrow(SyntaxError);
		expect(await statuses(1)).toEqual([200]);
	});

	test('can answer with a page instead of JSON', async () => {
		api.fail({ kind: 'status200Html' });
		const { status, body } = await client.get<string>(METADATA);

		expect(status).toBe(200);
		expect(body).toContain('<html>');
	});

	test('can send the request elsewhere', async () => {
		api.fail({ kind: 'redirect', location: 'https://elsewhere.example/' });
		const { status, headers } = await client.get(METADATA);

		expect([status, headers.get('location')]).toEqual([302, 'https://elsewhere.example/']);
	});

	test('can let the request hang, and answers then', async () => {
		api.fail({ kind: 'hang', ms: 60 });
		const start = performance.now();

		expect((await client.get(METADATA)).status).toBe(200);
		expect(performance.now() - start).toBeGreaterThan(50);
	});

	test.each<Fault>([{ kind: 'silent' }, { kind: 'drip', everyMs: 5 }])(
		'end where no response may take so long: %p',
		async (fault) => {
			api.configure({ longestResponseMs: 60 });
			api.fail(fault);
			const response = fetch(`${api.baseUrl}${METADATA}`, {
				headers: { Authorization: `Bearer ${client.token}` },
			});
			await expect(response.then(async (it) => await it.text())).rejects.toThrow();
			expect(api.requests[0]?.aborted).toBe(false);
		},
	);
});

describe('the list of requests', () => {
	test('says which client went away before its answer', async () => {
		api.fail({ kind: 'hang', ms: 60_000 });
		const signal = abortedAt(api, 1);
		const headers = { Authorization: `Bearer ${client.token}` };

		await expect(fetch(`${api.baseUrl}${METADATA}`, { headers, signal })).rejects.toThrow();
		while (!api.requests[0]?.aborted) await delay(5);
		expect(api.requests).toMatchObject([{ status: 'dropped', aborted: true }]);
	});

	test('holds what was asked, with the status that was answered', async () => {
		await client.query({ and: null }, '?limit=2&signicat-accountId=a-1');
		await client.get('/audit/query/cursor/a%2Fb', { 'Signicat-OrganizationId': 'o-1' });
		await client.get('/nowhere/../at%20all');

		expect(api.requests).toMatchObject([
			{
				operation: 'query',
				method: 'POST',
				path: '/audit/query',
				query: { limit: '2', 'signicat-accountId': 'a-1' },
				body: { and: null },
				status: 200,
				aborted: false,
			},
			{
				operation: 'item',
				path: '/audit/query/cursor/a%2Fb',
				headers: { 'signicat-organizationid': 'o-1' },
				status: 404,
			},
			{ operation: 'unknown', path: '/at%20all', status: 404 },
		]);
	});

	test('is not held up by latency, and starts anew after a reset', async () => {
		api.configure({ latencyMs: 40 });
		const start = performance.now();
		await statuses(1);

		expect(performance.now() - start).toBeGreaterThan(35);
		expect(api.requests).toHaveLength(1);
		api.reset();
		expect(api.requests).toHaveLength(0);
	});
});
