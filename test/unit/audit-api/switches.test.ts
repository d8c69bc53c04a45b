import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type AuditApi, type AuditEvent, type Fault, startAuditApi } from '../../../dev/audit-api';
import { present } from '../../support/present';
import { abortedAt, Client, cursorsOf, requestToken } from './client';

const METADATA = '/audit/query/metadata';
const span = { from: '2026-11-01T00:00:00Z', to: '2026-11-11T00:00:00Z' };

let api: AuditApi;
let client: Client;
let now = Date.UTC(2026, 10, 20, 12, 0, 0, 345);

beforeAll(async () => {
	api = await startAuditApi({ eventCount: 30, span, now: () => new Date(now) });
	client = await Client.connect(api);
});

afterEach(() => {
	api.reset();
	// What is done on purpose breaks no promise.
	expect(api.violations).toEqual([]);
});

afterAll(async () => await api.stop());

const query = async (parameters = '', and: unknown = null) =>
	await client.query<{ data: AuditEvent[]; next: string | null }>({ and, ...span }, parameters);
const follow = async (next: string | null) =>
	await client.post<{ data: AuditEvent[]; next: string | null }>(String(next), {
		and: null,
		...span,
	});
const itemPath = (cursor: string) => `/audit/query/cursor/${encodeURIComponent(cursor)}`;

describe('the Date header', () => {
	const date = async () => {
		const { headers } = await client.get(METADATA);
		return Date.parse(String(headers.get('date'))) - now + 345;
	};

	test('can be wrong in every answer, or in one', async () => {
		api.configure({ dateAheadMs: -86_400_000 });
		expect(await date()).toBe(-86_400_000);
		api.configure({ dateAheadMs: 0 });
		api.fail({ kind: 'wrongDate', aheadMs: 3_600_000 });
		expect([await date(), await date()]).toEqual([3_600_000, 0]);
		api.fail({ kind: 'wrongDate', text: 'yesterday' });
		expect((await client.get(METADATA)).headers.get('date')).toBe('yesterday');
	});
});

describe('what does not end', () => {
	test.each([
		['a drip', { kind: 'drip', everyMs: 1 }, 200],
		['silence', { kind: 'silent' }, 'dropped'],
	] as Array<[string, Fault, number | string]>)(
		'%s lasts until the client goes, at the token endpoint too',
		async (_name, fault, status) => {
			api.fail(fault, { times: 2, on: 'any' });
			const headers = { Authorization: `Bearer ${client.token}` };
			const read = async (path: string, method: string) => {
				const signal = abortedAt(api, api.requests.length + 1);
				return await (await fetch(`${api.baseUrl}${path}`, { method, headers, signal })).text();
			};

			await expect(read(METADATA, 'GET')).rejects.toThrow();
			await expect(read('/auth/open/connect/token', 'POST')).rejects.toThrow();
			while (!api.requests[1]?.aborted) await delay(5);
			expect(api.requests).toMatchObject([
				{ operation: 'metadata', status, aborted: true },
				{ operation: 'token', status, aborted: true },
			]);
		},
	);

	test('until a reset, which ends what is held', async () => {
		api.fail({ kind: 'silent' });
		const headers = { Authorization: `Bearer ${client.token}` };
		const asked = fetch(`${api.baseUrl}${METADATA}`, { headers });
		while (api.held.size === 0) await delay(5);
		expect([...api.held]).toEqual([...api.open]);

		api.reset();
		await expect(asked).rejects.toThrow();
		while (api.open.size > 0) await delay(5);
		expect(api.held.size).toBe(0);
	});

	test('a series of empty pages: always, behind the last page', async () => {
		api.configure({ endlessNext: true });
		const seen = new Set<string>();
		let { body } = await query('?limit=20');
		const cursors = cursorsOf(body.data);
		for (let i = 0; i < 8; i++) {
			seen.add(String(body.next));
			body = (await follow(body.next)).body;
			cursors.push(...cursorsOf(body.data));
		}

		expect(cursors).toEqual(cursorsOf(api.events));
		expect(seen.size).toBe(8);
		expect(body.next).not.toBeNull();
	});

	test('a series of empty pages: as often as it is ordered, before the rest comes', async () => {
		api.fail({ kind: 'endlessNext' }, { times: 3, on: 'nextPage' });
		const pages = await client.pages({ and: null, ...span }, 20);

		expect(pages.map(({ length }) => length)).toEqual([20, 0, 0, 0, 10]);
		expect(cursorsOf(pages.flat())).toEqual(cursorsOf(api.events));
	});
});

describe('the entries of a page', () => {
	const odd = [null, 7, { message: 'no cursor' }];

	test('can have malformed ones among them: always, or once', async () => {
		api.configure({ malformed: odd });
		expect((await query('?limit=4')).body.data).toEqual([
			...api.events.slice(0, 2).map((one) => expect.objectContaining({ cursor: one.cursor })),
			...odd,
			...api.events.slice(2, 4).map((one) => expect.objectContaining({ cursor: one.cursor })),
		]);
		expect((await query('', [{ field: 'userId', operator: 'eq', value: '' }])).body.data).toEqual(
			[],
		);
		api.configure({ malformed: [] });
		api.fail({ kind: 'malformed', entries: ['x'] });
		await client.get(METADATA);
		expect((await query()).body.data).toContain('x');
		expect((await query()).body.data).not.toContain('x');
	});

	test('can be null in place of an empty list', async () => {
		api.configure({ emptyData: 'null', emptyPages: 1 });
		const first = await query('?limit=4');

		expect(first.body.data).toBeNull();
		expect((await follow(first.body.next)).body.data).toHaveLength(4);
		api.configure({ emptyData: 'noContent' });
		expect((await query('?limit=4')).status).toBe(204);
	});

	test('can show a timestamp without a zone, or none that can be read', async () => {
		const { cursor, timestamp } = present(api.events[0]);
		api.configure({ timestampZone: 'none' });
		expect((await query()).body.data[0]?.timestamp).toBe(timestamp.slice(0, -1));
		expect((await client.get<AuditEvent>(itemPath(cursor))).body.timestamp).not.toMatch(/Z$/);

		api.configure({ timestampZone: 'Z', oddTimestamps: { every: 3, value: null } });
		const odds = (await query()).body.data.filter((event) => event.timestamp === null);
		expect(odds.length).toBeGreaterThan(2);
		expect(odds.length).toBeLessThan(20);
		const again = (await query('?limit=7')).body.data.filter((event) => event.timestamp === null);
		expect(cursorsOf(odds)).toEqual(expect.arrayContaining(cursorsOf(again)));
	});

	test('can change places, also across two pages, and none gets lost', async () => {
		api.configure({ pageOrder: 'unsorted' });
		for (const limit of [1, 2, 7, 29, 30]) {
			const pages = (await client.pages({ and: null, ...span }, limit)).map(cursorsOf);
			const all = pages.flat();
			expect([...all].sort()).toEqual(cursorsOf(api.events).sort());
			if (limit < 2) continue;
			expect(all).not.toEqual(cursorsOf(api.events));
			if (limit === 30) continue;
			const firstPage = cursorsOf(api.events.slice(0, limit));
			expect(firstPage).not.toEqual(expect.arrayContaining(present(pages[0])));
		}
	});

	test('can come twice, where a page begins', async () => {
		api.configure({ pageOrder: 'overlapping' });
		const pages = (await client.pages({ and: null, ...span }, 10)).map(cursorsOf);

		expect(present(pages[1])[0]).toBe(present(pages[0])[9]);
		expect(pages.flat()).toHaveLength(30 + pages.length - 1);
		expect([...new Set(pages.flat())]).toEqual(cursorsOf(api.events));
	});
});

describe('limits', () => {
	test('a page can hold fewer events than were asked for', async () => {
		api.configure({ pageCap: 12 });
		const pages = await client.pages({ and: null, ...span }, 20);

		expect(pages.map(({ length }) => length)).toEqual([12, 12, 6]);
		expect(cursorsOf(pages.flat())).toEqual(cursorsOf(api.events));
	});

	test.each([413, 504] as const)('a page that is too large gets %s', async (status) => {
		api.configure({ maxLimit: 200, maxLimitStatus: status });

		expect((await query('?limit=201')).status).toBe(status);
		expect((await query('')).status).toBe(status);
		expect((await query('?limit=200')).status).toBe(200);
	});

	test.each([
		['retryAfter', 'retry-after', '40'],
		['retryAfterDate', 'retry-after', 'Fri, 20 Nov 2026 13:01:01 GMT'],
		['rateLimitReset', 'ratelimit-reset', '40'],
		['xRateLimitReset', 'x-rate-limit-reset', '40'],
		['xRateLimitResetEpoch', 'x-ratelimit-reset', String(Date.UTC(2026, 10, 20, 12, 1, 1) / 1000)],
		['nothing', 'retry-after', null],
	] as const)('a quota that tells its end by %s', async (announce, header, value) => {
		// One hour ahead, which a date has to follow.
		api.configure({
			dateAheadMs: announce === 'retryAfterDate' ? 3_600_000 : 0,
			quota: { requests: 2, perMs: 60_000, announce },
		});
		const begin = now;
		const status = async () => (await client.get(METADATA)).status;
		expect([await status(), await status()]).toEqual([200, 200]);
		now += 20_000;
		expect((await requestToken(api)).status).toBe(200);
		const refused = await client.get(METADATA);
		expect([refused.status, refused.headers.get(header)]).toEqual([429, value]);
		now += 40_000;
		expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
		now = begin;
	});

	test('a quota begins anew after a reset', async () => {
		api.configure({ quota: { requests: 1, perMs: 60_000, announce: 'nothing' } });
		await client.get(METADATA);
		api.reset();
		api.configure({ quota: { requests: 1, perMs: 60_000, announce: 'nothing' } });

		expect((await client.get(METADATA)).status).toBe(200);
	});
});

describe('refusals', () => {
	test('can have any status, code, header and text', async () => {
		const invalidParams = [{ name: 'cursor', reason: 'Expired' }];
		api.fail(
			{
				status: 410,
				code: 'cursor_expired',
				detail: 'Cursor has expired',
				headers: { 'X-Rate-Limit-Reset': '7' },
				invalidParams,
			},
			{ on: 'nextPage' },
		);
		const first = await query('?limit=1');
		const refused = await follow(first.body.next);

		expect([first.status, refused.status]).toEqual([200, 410]);
		expect(refused.headers.get('x-rate-limit-reset')).toBe('7');
		expect(refused.body).toMatchObject({
			title: 'Gone',
			code: 'cursor_expired',
			detail: 'Cursor has expired',
			invalidParams,
		});
	});

	test('strike the first page alone where they should', async () => {
		const { next } = (await query('?limit=1')).body;
		api.fail({ status: 451 }, { on: 'firstPage', times: Infinity });

		expect((await follow(next)).status).toBe(200);
		expect((await query()).status).toBe(451);
	});

	test.each(['problem', 'html', 'text'] as const)(
		'can repeat the request, with its token, in a body of the kind %s',
		async (body) => {
			api.configure({ echo: true });
			api.fail({ status: 500, body });
			const response = await client.query<unknown>({ and: null }, '?limit=3');
			const text = JSON.stringify(response.body);

			expect(text).toContain(`Bearer ${client.token}`);
			expect(text).toContain('/audit/query?limit=3');
			expect(text).toContain('and');
		},
	);

	test('can repeat the request where the API itself refuses, and the secret at the token endpoint', async () => {
		api.configure({ echo: true, permission: false });
		expect(JSON.stringify((await client.get(METADATA)).body)).toContain(client.token);

		const { status, body } = await requestToken(api, { scope: 'another' });
		expect(status).toBe(400);
		expect(body.error_description).toContain(JSON.stringify(api.clientSecret).slice(1, -1));
		expect(body.error_description).toContain(encodeURIComponent(api.clientSecret));
	});
});

describe('a success that is none', () => {
	test('is a problem document, null, no content, or any text', async () => {
		api.fail({ kind: 'problem200', code: 'internal_error', detail: 'Out of order' });
		const problem = await client.get(METADATA);
		expect(problem.status).toBe(200);
		expect(problem.body).toMatchObject({ status: 500, detail: 'Out of order' });
		expect(problem.body.traceId).toMatch(/^\w+$/);

		api.fail({ kind: 'dataNull' }, { times: 3, on: 'any' });
		expect((await query()).body).toEqual({ data: null, next: null });
		expect((await client.get(METADATA)).body).toEqual({ extended: true, targets: null });
		expect((await requestToken(api)).body).toMatchObject({ access_token: null });

		api.fail({ kind: 'noContent' });
		const nothing = await client.get<string>(METADATA);
		expect([nothing.status, nothing.body]).toEqual([204, '']);

		api.fail({ kind: 'response', text: '{"access_token":1', type: 'text/plain' }, { on: 'token' });
		await expect(requestToken(api)).rejects.toThrow('JSON');
		api.fail({ kind: 'response', text: '[]', httpStatus: 203, headers: { 'X-Odd': 'yes' } });
		const odd = await client.get<unknown>(METADATA);
		expect([odd.status, odd.headers.get('x-odd'), odd.body]).toEqual([203, 'yes', []]);
	});
});

describe('numbers to the digit', () => {
	test('are sent as they are marked, and told apart in a condition', async () => {
		const [event] = api.append({
			timestamp: '2026-10-01T00:00:00Z',
			data: { id: '@@number:7615917337495251231', other: ['@@number:1e400', '"@@number:5"'] },
			userId: '@@number:7615917337495251231',
		});
		api.configure({ rawNumbers: true });
		const range = '"from":"2026-10-01T00:00:00Z","to":"2026-10-02T00:00:00Z"';
		const send = async (number: string) => {
			const response = await fetch(`${api.baseUrl}/audit/query`, {
				method: 'POST',
				headers: {
					Authorization: `Bearer ${client.token}`,
					'Content-Type': 'application/json',
				},
				body: `{"and":[{"field":"userId","operator":"eq","value":${number}}],${range}}`,
			});
			return await response.text();
		};

		const text = await send('7615917337495251231');
		expect(text).toContain('"data":{"id":7615917337495251231,"other":[1e400,"\\"@@number:5\\""]}');
		expect(text).toContain(JSON.stringify(present(event).cursor));
		expect(await send('7615917337495251232')).toContain('"data":[]');
		expect(api.requests[0]?.bodyText).toContain('7615917337495251231}');
	});
});

describe('the tokens', () => {
	test('that were issued are known to a test that looks for them', async () => {
		const { body } = await requestToken(api);

		expect(api.issuedTokens).toContain(client.token);
		expect(api.issuedTokens).toContain(body.access_token);
	});
});
