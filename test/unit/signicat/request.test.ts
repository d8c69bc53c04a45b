import { sleep } from '../support/mockedSleep';
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { PageFailure } from '../../../nodes/shared/model/pageFailure';
import { PageSize } from '../../../nodes/shared/model/pageSize';
import { createClient } from '../../../nodes/shared/signicat/client';
import { USER_AGENT } from '../../../nodes/shared/signicat/context';
import { RequestError } from '../../../nodes/shared/signicat/requestError';
import { ACTION_RETRY } from '../../../nodes/shared/signicat/retryPolicy';
import { settle } from '../support/settle';
import { ok, refused, ScriptedN8n, silence, socketTimeout, Timers } from './scriptedN8n';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const EVENT = { cursor: 'c1', timestamp: '2026-11-01T12:00:00Z' };
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

const open = async (n8n: ScriptedN8n, retry = ACTION_RETRY, maxConcurrency?: number) =>
	await createClient(n8n.context, retry, { maxConcurrency, pageSize: new PageSize() });

/** The error of a request that was not served. */
async function errorOf(work: Promise<unknown>): Promise<RequestError> {
	const error: unknown = await work.then(
		() => undefined,
		(thrown: unknown) => (thrown instanceof PageFailure ? thrown.reason : thrown),
	);
	if (error instanceof RequestError) return error;
	throw new Error(`The request did not fail: ${String(error)}`);
}

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
		for (let index = 0; index < 40; index++) {
			const isSmall = index % 2 === 0;
			n8n.answers.push((options) => {
				elapsedMs += isSmall ? 5 : 100;
				return ok({ ...EVENT, message: isSmall ? '' : 'x'.repeat(1000) })(options);
			});
			await client.getEvent('c1');
		}
		expect(client.limiter.concurrency).toBe(12);
		for (let index = 0; index < 12; index++) {
			n8n.answers.push((options) => {
				elapsedMs += 300;
				return ok({ ...EVENT, message: 'x'.repeat(1000) })(options);
			});
			await client.getEvent('c1');
		}
		expect(client.limiter.concurrency).toBe(11);
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

describe('a token', () => {
	const INVALID = refused(403, { code: 'invalid_token' });

	test('that does not come in time is told from a response, and asked for anew', async () => {
		const n8n = new ScriptedN8n();
		n8n.answers.push(ok(EVENT), ok(EVENT));
		const client = await open(n8n, { ...ACTION_RETRY, maxAttempts: 1 });
		await client.getEvent('c1');
		// The next client of the same process has no token.
		const other = new ScriptedN8n();
		other.tokenAnswers.push(silence);
		const waiting = await open(other, { ...ACTION_RETRY, maxAttempts: 1 });
		const failing = errorOf(waiting.getEvent('c1'));
		await settle();
		timers.runOut(60_000);
		expect((await failing).failure).toMatchObject({ kind: 'timeout', isTokenRequest: true });
		expect(other.sent).toEqual([]);
	});

	test('that is called invalid is renewed once, and the request is sent again', async () => {
		const n8n = new ScriptedN8n();
		n8n.answers.push(ok(EVENT), INVALID, ok(EVENT));
		const client = await open(n8n);
		await client.getEvent('c1');
		await client.getEvent('c1');
		expect(n8n.tokens).toBe(2);
		expect(n8n.sent).toHaveLength(3);
	});

	test('that cannot be renewed is what the error says', async () => {
		const n8n = new ScriptedN8n();
		n8n.answers.push(ok(EVENT), INVALID);
		const client = await open(n8n);
		await client.getEvent('c1');
		n8n.tokenAnswers.push(() => {
			throw Object.assign(new Error('x'), { code: 'EAUTH', body: { error: 'invalid_client' } });
		});
		const { failure } = await errorOf(client.getEvent('c1'));
		expect(failure).toMatchObject({ kind: 'rejectedClient', isTokenRequest: true });
		expect(n8n.sent).toHaveLength(2);
	});

	test('whose renewal does not end is given up, and asked for anew', async () => {
		const n8n = new ScriptedN8n();
		n8n.answers.push(ok(EVENT), INVALID);
		const client = await open(n8n, { ...ACTION_RETRY, maxAttempts: 1 });
		await client.getEvent('c1');
		let endOfN8n: AbortSignal | undefined;
		n8n.tokenAnswers.push(async (options) => {
			endOfN8n = options.abortSignal as AbortSignal;
			return await silence(options);
		});
		const failing = errorOf(client.getEvent('c1'));
		await settle();
		timers.runOut(60_000);
		expect((await failing).failure).toMatchObject({ kind: 'timeout', isTokenRequest: true });
		expect(endOfN8n?.aborted).toBe(true);
		n8n.answers.push(ok(EVENT));
		await client.getEvent('c1');
		expect(n8n.sent.at(-1)?.headers?.Authorization).toBe('Bearer token-2');
	});

	test('ends its renewal with the execution', async () => {
		const n8n = new ScriptedN8n();
		n8n.answers.push(INVALID);
		const client = await open(n8n);
		n8n.tokenAnswers.push(ok({}), silence);
		const failing = errorOf(client.getEvent('c1'));
		await settle();
		n8n.stop.abort();
		const { failure } = await failing;
		expect(failure.kind).toBe('cancelled');
		expect(failure).not.toHaveProperty('isTokenRequest');
	});

	test('is dropped where n8n has no way to renew it', async () => {
		const n8n = new ScriptedN8n({ canRefresh: false });
		n8n.answers.push(ok(EVENT), INVALID, ok(EVENT));
		const client = await open(n8n);
		await client.getEvent('c1');
		await client.getEvent('c1');
		expect(n8n.sent.map(({ headers }) => headers?.Authorization as string)).toEqual([
			'Bearer token-1',
			'Bearer token-1',
			'Bearer token-2',
		]);
	});
});
