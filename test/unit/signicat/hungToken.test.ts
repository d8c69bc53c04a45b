import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, jest, test } from '@jest/globals';
import { pollEvents } from '../../../nodes/SignicatAuditTrigger/polling/pollEvents';
import { startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import { fromMilliseconds, MINUTE } from '../../../nodes/shared/model/instant';
import { RequestError } from '../../../nodes/shared/signicat/requestError';
import { POLL_RETRY } from '../../../nodes/shared/signicat/retryPolicy';
import { settle } from '../support/settle';
import { pollSettings } from '../support/polls';
import { open, ScriptedN8n, silence, Timers } from './scriptedN8n';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const START = fromMilliseconds(NOW_MS) - 60n * MINUTE;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

afterEach(() => {
	jest.restoreAllMocks();
});

/** A poll with windows side by side whose requests wait for tokens that never come. @returns what it held */
async function poll(n8n: ScriptedN8n): Promise<WeakRef<object>> {
	const timers = new Timers();
	const client = await open(n8n, { ...POLL_RETRY, maxTimeouts: 1 });
	const settings = pollSettings(() => NOW_MS);
	const state = { ...startAt(START, 'key'), windowHint: MINUTE };
	const polling = pollEvents(client.fetchPage, state, settings);
	await settle();
	timers.runOut(POLL_RETRY.requestTimeoutMs);
	expect((await polling).failure).toBeInstanceOf(RequestError);
	return new WeakRef(settings);
}

test('a token request that never ends keeps nothing of the poll that waited for it', async () => {
	const n8n = new ScriptedN8n();
	n8n.tokenAnswers.push(...Array.from({ length: 20 }, () => silence));
	const held = await poll(n8n);
	// What a WeakRef was made of is kept until the event loop turns.
	await setImmediate();
	collectGarbage();
	expect(n8n.waiting.size).toBeGreaterThan(0);
	expect(held.deref()).toBeUndefined();
});
