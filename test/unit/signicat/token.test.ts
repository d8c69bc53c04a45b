import { sleep } from '../support/mockedSleep';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ACTION_RETRY } from '../../../nodes/shared/signicat/retryPolicy';
import { settle } from '../support/settle';
import { errorOf, EVENT, ok, open, refused, ScriptedN8n, silence, Timers } from './scriptedN8n';

let timers: Timers;

beforeEach(() => {
	sleep.mockReset().mockResolvedValue();
	timers = new Timers();
});

afterEach(() => {
	jest.restoreAllMocks();
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
