import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { present } from '../../support/present';
import {
	type AuditApi,
	type AuditApiOptions,
	type AuditEvent,
	startAuditApi,
} from '../../../dev/audit-api';
import { Client } from './client';

const span = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' };
const started: AuditApi[] = [];

async function start(options: AuditApiOptions): Promise<AuditApi> {
	const api = await startAuditApi(options);
	started.push(api);
	return api;
}

afterEach(async () => {
	await Promise.all(started.splice(0).map(async (api) => await api.stop()));
});

describe('generated events', () => {
	test('are the same for the same seed, and others for another one', async () => {
		const [first, second, other] = await Promise.all([
			start({ span, eventCount: 100, seed: 7 }),
			start({ span, eventCount: 100, seed: 7 }),
			start({ span, eventCount: 100, seed: 8 }),
		]);

		expect(second.events).toEqual(first.events);
		expect(other.events).not.toEqual(first.events);
	});

	test('hold everything that a reader has to cope with', async () => {
		const { events } = await start({ span, eventCount: 3000 });
		const perInstant = new Map<string, number>();
		for (const { timestamp } of events) {
			perInstant.set(timestamp, (perInstant.get(timestamp) ?? 0) + 1);
		}
		const text = JSON.stringify(events);

		expect(events).toHaveLength(3000);
		expect(new Set(events.map(({ cursor }) => cursor)).size).toBe(3000);
		for (const sign of ['/', '+', '=', '%', '%2F', '%25']) {
			expect(events.some(({ cursor }) => cursor.includes(sign))).toBe(true);
		}
		expect(events.every(({ timestamp }) => /T[\d:]{8}\.\d{7}Z$/.test(timestamp))).toBe(true);
		expect(
			events.every(({ timestamp }) => timestamp >= '2026-11-01' && timestamp < '2026-12'),
		).toBe(true);
		expect(Math.max(...perInstant.values())).toBeGreaterThan(20);
		expect(events.some(({ timestamp }) => timestamp.endsWith('.0000000Z'))).toBe(true);
		expect(events.some(({ mayHaveMoreData }) => mayHaveMoreData)).toBe(true);
		expect(events.some(({ userId }) => userId === null)).toBe(true);
		expect(events.some((event) => !('userId' in event))).toBe(true);
		for (const awkward of ['<script>', '=1+1', '<!channel>', '\\"no\\"', '\\r\\n', '监査']) {
			expect(text).toContain(awkward);
		}
	});

	test('lie in the last 30 days by default, all within the default range of a query', async () => {
		const api = await start({ eventCount: 500 });
		const client = await Client.connect(api);

		expect((await client.query({})).body.data).toHaveLength(500);
	});
});

describe('appended events', () => {
	test('are filled in, and take their place in the order', async () => {
		const api = await start({
			span,
			eventCount: 10,
			now: () => new Date('2026-12-02T00:00:00.500Z'),
		});
		const [fresh, past, future] = api.append(
			{ message: 'now' },
			{ timestamp: '2025-01-01T00:00:00.0000001Z' },
			{ timestamp: '2027-01-01T00:00:00Z', userId: null },
		);

		expect(fresh).toMatchObject({ message: 'now', timestamp: '2026-12-02T00:00:00.5000000Z' });
		expect(fresh?.cursor).toMatch(/\/.*\+.*%.*=/);
		expect(future?.userId).toBeNull();
		expect(api.events[0]).toBe(future);
		expect(api.events[1]).toBe(fresh);
		expect(api.events[12]).toBe(past);
	});

	test('keep the order when there are many', async () => {
		const api = await start({ span, eventCount: 50 });
		api.append(
			...Array.from({ length: 500 }, (_, i) => ({
				timestamp: `2026-11-${(i % 28) + 1}`.replace(/-(\d)$/, '-0$1') + 'T06:00:00Z',
			})),
		);
		const days = api.events.map(({ timestamp }) => timestamp.slice(0, 10));

		expect(days).toHaveLength(550);
		expect(days).toEqual([...days].sort().reverse());
	});

	test('need a cursor of their own and a real timestamp', async () => {
		const api = await start({ eventCount: 1 });

		expect(() => api.append({ cursor: present(api.events[0]).cursor })).toThrow(
			'Cursor used twice',
		);
		expect(() => api.append({ timestamp: 'now' })).toThrow('Not a timestamp');
		expect(api.events).toHaveLength(1);
	});
});

describe('the server', () => {
	const broken = [
		{ cursor: 'a', timestamp: '2026-11-05T00:00:00Z', sandbox: 'yes' as unknown as boolean },
	];
	const range = { from: span.from, to: span.to };

	test('answers 500 rather than break its own description, and says so', async () => {
		const api = await start({ events: broken });
		const client = await Client.connect(api);

		expect((await client.query(range)).status).toBe(500);
		expect(api.violations).toEqual([expect.stringMatching(/POST \/audit\/query 200: .*sandbox/)]);
	});

	test('can leave its answers unchecked', async () => {
		const api = await start({ events: broken, validateResponses: false });
		const client = await Client.connect(api);

		expect((await client.query(range)).status).toBe(200);
	});

	test('sends the Date header by its own clock, or not at all', async () => {
		const api = await start({ eventCount: 1, now: () => new Date('2030-01-01T00:00:00.900Z') });
		const client = await Client.connect(api);
		const date = async () => (await client.get('/audit/query/metadata')).headers.get('date');

		expect(await date()).toBe('Tue, 01 Jan 2030 00:00:00 GMT');
		api.configure({ dateHeader: false });
		expect(await date()).toBeNull();
	});

	test('stops at once, whoever is still waiting', async () => {
		const api = await start({ eventCount: 1 });
		const client = await Client.connect(api);
		api.fail({ kind: 'hang', ms: 600_000 });
		const waiting = expect(client.get('/audit/query/metadata')).rejects.toThrow('fetch failed');
		await new Promise(setImmediate);

		await api.stop();
		await waiting;
	});

	test('listens on the port that it is given, and says when that is taken', async () => {
		const api = await start({ eventCount: 1 });
		const port = Number(new URL(api.baseUrl).port);

		await expect(start({ eventCount: 1, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
	});
});

describe('the control surface', () => {
	const control = async (api: AuditApi, path: string, body?: unknown) =>
		await fetch(`${api.baseUrl}/_control/${path}`, {
			method: body === undefined ? 'GET' : 'POST',
			headers: { 'Content-Type': 'application/json' },
			...(body !== undefined && { body: JSON.stringify(body) }),
		});

	test('steers the API from another process', async () => {
		const api = await start({ eventCount: 1, control: true });
		const client = await Client.connect(api);

		const [event] = (await (
			await control(api, 'append', [{ message: 'hello' }])
		).json()) as AuditEvent[];
		expect(api.events).toContainEqual(event);

		await control(api, 'configure', { nextStyle: 'relative' });
		expect((await client.query({}, '?limit=1')).body.next).toMatch(/^\/audit\/query\?/);

		await control(api, 'fail', {
			fault: { status: 503 },
			options: { times: 'Infinity', on: 'query' },
		});
		expect((await client.query({})).status).toBe(503);
		await control(api, 'clearFaults', {});
		expect((await client.query({})).status).toBe(200);

		await control(api, 'revokeTokens', {});
		expect((await client.query({})).status).toBe(401);

		await control(api, 'fail', {
			fault: { kind: 'response', text: '[]', httpStatus: 203 },
			options: { on: 'nextPage' },
		});
		await control(api, 'configure', { maxLimit: 10, maxLimitStatus: 504, malformed: [null] });
		const fresh = await Client.connect(api);
		expect((await fresh.query({})).status).toBe(504);
		expect((await fresh.query({}, '?limit=10')).body.data).toContain(null);
		const tokens = (await (await control(api, 'tokens')).json()) as { issuedTokens: string[] };
		expect(tokens.issuedTokens).toEqual([client.token, fresh.token]);

		const log = (await (await control(api, 'requests')).json()) as { requests: unknown[] };
		expect(log).toMatchObject({ violations: [] });
		expect(log.requests).toHaveLength(8);
		await control(api, 'reset', {});
		expect(api.requests).toHaveLength(0);
		expect((await control(api, 'append', { timestamp: 'never' })).status).toBe(400);
	});

	test('is closed unless it is asked for', async () => {
		const api = await start({ eventCount: 1 });

		expect((await control(api, 'reset', {})).ok).toBe(false);
	});
});

describe('npm run audit-api', () => {
	test('says so when its port is taken', async () => {
		const api = await start({ eventCount: 1 });
		const root = join(__dirname, '../../..');
		const args = ['--import', 'tsx', 'dev/audit-api/cli.ts', '--port', new URL(api.baseUrl).port];

		await expect(promisify(execFile)(process.execPath, args, { cwd: root })).rejects.toMatchObject({
			code: 1,
			stderr: expect.stringContaining('is in use'),
		});
	});
});
