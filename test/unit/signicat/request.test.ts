import { sleep } from '../support/mockedSleep';
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { USER_AGENT } from '../../../nodes/shared/signicat/context';
import { ACTION_RETRY } from '../../../nodes/shared/signicat/retryPolicy';
import { settle } from '../support/settle';
import {
	errorOf,
	EVENT,
	ok,
	open,
	refused,
	ScriptedN8n,
	silence,
	socketTimeout,
	Timers,
} from './scriptedN8n';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const QUERY = { window: { from: 0n, to: 1_000_000_000n }, conditions: [], pageSize: 10 };

let timers: Timers;
let elapsedMs: number;

beforeEach(() => {
	sleep.mockReset().mockResolvedValue();
	jest.spyOn(Date, 'now').mockImplementation(() => NOW_MS);
	elapsedMs = 0;
	jest.spyOn(performance, 'now').mockImplementation(() => elapsedMs);
	timers = new Timers();
});

afterEach(() => {
	jest.restoreAllMocks();
});

describe('a request', () => {
	test('asks for text, follows no redirect, and takes a minute', async () => {
		const n8n = new ScriptedN8n();
		n8n.answers.push(ok(EVENT), ok({ data: [EVENT], next: null }));
		const client = await open(n8n);
		expect(await client.getEvent('c1')).toEqual(EVENT);
		expect((await client.fetchPage(QUERY)).events).toEqual([EVENT]);
		const common = {
			encoding: 'text',
			returnFullResponse: true,
			disableFollowRedirect: true,
			// n8n’s own timeout comes after the one here.
			timeout: 65_000,
		};
		const headers = {
			Accept: 'application/json',
			'User-Agent': USER_AGENT,
			Authorization: 'Bearer token-1',
		};
		expect(n8n.sent).toEqual([
			{ ...common, method: 'GET', url: 'https://api.signicat.com/audit/query/cursor/c1', headers },
			{
				...common,
				method: 'POST',
				url: 'https://api.signicat.com/audit/query?limit=10',
				headers: { ...headers, 'Content-Type': 'application/json' },
				body: {
					and: null,
					from: '1970-01-01T00:00:00.0000000Z',
					to: '1970-01-01T00:00:01.0000000Z',
				},
			},
		]);
	});

	test('gets half of its time after one that ran out of it, until one succeeds', async () => {
		const n8n = new ScriptedN8n();
		n8n.answers.push(socketTimeout, ok(EVENT), ok(EVENT));
		const client = await open(n8n);
		await client.getEvent('c1');
		await client.getEvent('c1');
		expect(n8n.sent.map(({ timeout }) => timeout)).toEqual([65_000, 35_000, 65_000]);
	});

	test('takes no longer than the client may', async () => {
		const n8n = new ScriptedN8n();
		n8n.answers.push(ok(EVENT));
		const client = await open(n8n, { ...ACTION_RETRY, deadline: NOW_MS + 7_000 });
		await client.getEvent('c1');
		expect(n8n.sent.map(({ timeout }) => timeout)).toEqual([12_000]);
		expect(timers.lengths).toContain(7_000);
	});

	test('is not sent when the time of the client is over', async () => {
		const n8n = new ScriptedN8n();
		const client = await open(n8n, { ...ACTION_RETRY, deadline: NOW_MS });
		const { failure } = await errorOf(client.getEvent('c1'));
		expect(failure).toMatchObject({ kind: 'timeout', problem: { invalidParams: [] } });
		expect(n8n.sent).toEqual([]);
	});

	test('makes room for the next one, whatever came of it', async () => {
		const n8n = new ScriptedN8n();
		n8n.answers.push(refused(403), ok(EVENT), ok(EVENT));
		const client = await open(n8n, ACTION_RETRY, 1);
		expect((await errorOf(client.getEvent('c1'))).failure.kind).toBe('forbidden');
		await client.getEvent('c1');
		await client.getEvent('c1');
		expect(n8n.sent).toHaveLength(3);
	});

	test('says how long it took and how much came, which sets how many are sent at a time', async () => {
		const n8n = new ScriptedN8n();
		const client = await open(n8n);
		const receive = async (count: number, { ms, length }: { ms: number; length: number }) => {
			for (; count > 0; count--) {
				n8n.answers.push((options) => {
					elapsedMs += ms;
					return ok({ ...EVENT, message: 'x'.repeat(length) })(options);
				});
				await client.getEvent('c1');
			}
			return client.limiter.concurrency;
		};
		const large = { length: 1000 };
		expect(await receive(4, { ms: 100, ...large })).toBe(6);
		// What is small says nothing about the time that the others take.
		expect(await receive(12, { ms: 5, length: 0 })).toBe(6);
		expect(await receive(24, { ms: 100, ...large })).toBe(12);
		expect(await receive(12, { ms: 300, ...large })).toBe(11);
	});

	test('finds no events in no content', async () => {
		const n8n = new ScriptedN8n();
		n8n.answers.push(() => ({ headers: {}, statusCode: 204 }));
		expect((await (await open(n8n)).fetchPage(QUERY)).events).toEqual([]);
	});

	test('listens to nothing once it is over', async () => {
		const n8n = new ScriptedN8n();
		const invalid = refused(403, { code: 'invalid_token' });
		n8n.answers.push(ok(EVENT), refused(500), ok(EVENT), invalid, ok(EVENT), refused(400));
		const client = await open(n8n);
		for (let index = 0; index < 3; index++) await client.getEvent('c1');
		await errorOf(client.getEvent('c1'));
		expect(getEventListeners(n8n.stop.signal, 'abort')).toEqual([]);
	});

	test('waits with all others for a quota, and fewer are sent at a time after it', async () => {
		const n8n = new ScriptedN8n();
		n8n.answers.push((options) => {
			elapsedMs += 10_000;
			return ok(EVENT)(options);
		});
		n8n.answers.push(refused(429, '', { 'retry-after': '7' }), ok(EVENT));
		const client = await open(n8n);
		for (let index = 0; index < 2; index++) await client.getEvent('c1');
		expect(sleep.mock.calls.map(([ms]) => ms)).toEqual(Array(7).fill(1000));
		expect(client.limiter.concurrency).toBe(2);
		expect(n8n.logged).toEqual([expect.stringContaining('waiting 7 seconds')]);
	});

	test('shows nothing of the token that it carried', async () => {
		const n8n = new ScriptedN8n();
		n8n.answers.push((options) => {
			// Another process has replaced the token since.
			n8n.replaceToken('token-2');
			return refused(400, { detail: 'You sent token-1' })(options);
		});
		const client = await open(n8n);
		const { failure } = await errorOf(client.getEvent('c1'));
		expect(failure.problem.detail).toBe('You sent [redacted]');
	});
});

describe('a request that is ended', () => {
	test.each(['execution', 'caller'] as const)('by the %s is cancelled', async (by) => {
		const n8n = new ScriptedN8n();
		n8n.answers.push(silence);
		const client = await open(n8n);
		const caller = new AbortController();
		const failing = errorOf(client.fetchPage(QUERY, undefined, caller.signal));
		await settle();
		expect(n8n.sent).toHaveLength(1);
		(by === 'execution' ? n8n.stop : caller).abort();
		expect((await failing).failure.kind).toBe('cancelled');
	});

	test('while it waits for its turn is cancelled, and not sent', async () => {
		const n8n = new ScriptedN8n();
		n8n.answers.push(silence);
		const client = await open(n8n, ACTION_RETRY, 1);
		const caller = new AbortController();
		const first = errorOf(client.getEvent('c1'));
		const failing = errorOf(client.fetchPage(QUERY, undefined, caller.signal));
		await settle();
		caller.abort();
		expect((await failing).failure.kind).toBe('cancelled');
		expect(n8n.sent).toHaveLength(1);
		n8n.stop.abort();
		await first;
	});

	test('by its own time is a timeout, whatever n8n makes of that', async () => {
		const n8n = new ScriptedN8n();
		n8n.answers.push(
			async () =>
				await new Promise((_resolve, reject) => {
					failInN8n = () => reject(Object.assign(new Error('canceled'), { code: 'ERR_CANCELED' }));
				}),
		);
		let failInN8n = () => {};
		const client = await open(n8n, { ...ACTION_RETRY, maxAttempts: 1 });
		const failing = errorOf(client.getEvent('c1'));
		await settle();
		failInN8n();
		timers.runOut(60_000);
		const { failure } = await failing;
		expect(failure.kind).toBe('timeout');
		// The token was there: n8n may use it again.
		expect(failure).not.toHaveProperty('isTokenRequest');
		n8n.answers.push(ok(EVENT));
		await client.getEvent('c1');
		expect(n8n.tokens).toBe(1);
	});

	test('by the time of the client is a timeout', async () => {
		const n8n = new ScriptedN8n();
		n8n.answers.push(silence);
		const deadline = NOW_MS + 70_000;
		const client = await open(n8n, { ...ACTION_RETRY, maxAttempts: 1, deadline });
		const failing = errorOf(client.getEvent('c1'));
		await settle();
		timers.runOut(70_000);
		expect((await failing).failure.kind).toBe('timeout');
	});
});
