import '../trigger-model/instantSleep';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fault } from '../../dev/audit-api';
import { ENGINE_NAMES } from '../support/pollingEngines';
import { moveClock } from '../trigger-model/clock';
import { cursorsOf, failureOf, MINUTE_MS, SECOND_MS, TriggerHarness } from './triggerHarness';

interface FailingPoll {
	what: string;
	fault: Fault;
	failure: { cause: string; retryAfterMs?: number };
	/** How many times the request is sent. */
	attempts: number;
}

const unavailable = { cause: 'temporarily-unavailable' };

const FAILING_POLLS: FailingPoll[] = [
	{
		what: '429 with a long Retry-After',
		fault: { status: 429, retryAfter: '120' },
		failure: { cause: 'rate-limited', retryAfterMs: 120_000 },
		attempts: 1,
	},
	{
		what: '429 with a short Retry-After, again and again',
		fault: { status: 429, retryAfter: '2' },
		failure: { cause: 'rate-limited', retryAfterMs: 2000 },
		attempts: 3,
	},
	{
		what: '429 without Retry-After',
		fault: { status: 429 },
		failure: { cause: 'rate-limited' },
		attempts: 4,
	},
	{
		what: '503 with Retry-After',
		fault: { status: 503, retryAfter: '60' },
		failure: { ...unavailable, retryAfterMs: 60_000 },
		attempts: 1,
	},
	{ what: '500', fault: { status: 500 }, failure: unavailable, attempts: 3 },
	{
		what: '502 with an HTML page',
		fault: { status: 502, body: 'html' },
		failure: unavailable,
		attempts: 3,
	},
	{
		what: 'an HTML page in place of JSON',
		fault: { kind: 'status200Html' },
		failure: unavailable,
		attempts: 3,
	},
	{
		what: 'a dropped connection',
		fault: { kind: 'drop' },
		failure: unavailable,
		attempts: 3,
	},
	{
		what: '401 although the token was renewed',
		fault: { status: 401 },
		failure: { cause: 'credential-invalid' },
		attempts: 4,
	},
	{
		what: '403',
		fault: { status: 403 },
		failure: { cause: 'credential-invalid' },
		attempts: 1,
	},
	{
		what: '400',
		fault: { status: 400 },
		failure: { cause: 'configuration-invalid' },
		attempts: 1,
	},
];

/** The ages of `count` events, `step` ms apart. */
const ages = (count: number, step: number) =>
	Array.from({ length: count }, (_one, index) => 1000 + index * step);

describe.each(ENGINE_NAMES)("A fault in n8n's %s engine", (name) => {
	let harness: TriggerHarness;

	beforeEach(async () => {
		harness = await TriggerHarness.open(name);
		await harness.poll();
		moveClock(MINUTE_MS);
		harness.newRequests();
	});
	afterEach(async () => await harness.close());

	test.each(FAILING_POLLS)(
		'$what: tells n8n why, changes nothing, and the next poll emits the events',
		async ({ fault, failure, attempts }) => {
			const events = harness.append(20 * SECOND_MS, 10 * SECOND_MS);
			const before = harness.state;
			harness.api.fail(fault, { on: 'query', times: attempts });
			const error = await failureOf(harness.poll());
			expect(error.failure).toEqual(failure);
			expect(harness.newRequests().filter((one) => one === 'query')).toHaveLength(attempts);
			expect(harness.state).toEqual(before);
			// Until then, no poll sends a request.
			moveClock(failure.retryAfterMs ?? 0);
			expect(await harness.poll()).toEqual(events);
			expect(await harness.poll()).toEqual([]);
		},
	);

	test.each<Fault>([{ kind: 'truncateJson' }, { kind: 'truncate' }])(
		'%j repeatedly: smaller pages succeed',
		async (fault) => {
			const events = harness.append(20 * SECOND_MS, 10 * SECOND_MS);
			harness.api.fail(fault, { on: 'query', times: 3 });
			expect(await harness.poll()).toEqual(events);
		},
	);

	test('a refused token is renewed within the poll', async () => {
		const events = harness.append(SECOND_MS);
		harness.api.revokeTokens();
		expect(await harness.poll()).toEqual(events);
		expect(harness.newRequests()).toEqual(['query', 'token', 'query']);
		moveClock(MINUTE_MS);
		expect(await harness.poll()).toEqual([]);
		expect(harness.newRequests()).toEqual(['query']);
	});

	test('on page 3 of 5: no page counts before the last one has arrived', async () => {
		const events = harness.append(...ages(4200, 70));
		const before = harness.state;
		harness.api.fail({ status: 503 }, { on: 'query', skip: 2, times: 3 });
		const error = await failureOf(harness.poll());
		expect(error.failure).toEqual(unavailable);
		expect(harness.state).toEqual(before);
		expect(await harness.poll()).toEqual(events);
		expect(await harness.poll()).toEqual([]);
	});

	test('between two windows: complete windows are emitted, the rest by the next polls', async () => {
		harness.parameters = { options: { maxEventsPerPoll: 1000 } };
		harness.engine.restart();
		const events = harness.append(...ages(4200, 69));
		// Three responses find short enough windows and read a part of the events; then the rest fails.
		harness.api.fail({ kind: 'drop' }, { on: 'query', skip: 3, times: 3 });
		const first = await harness.poll();
		expect(harness.newRequests()).toHaveLength(3 + 3);
		expect(first.length).toBeGreaterThan(0);
		expect(first.length).toBeLessThan(1000);
		expect(first).toEqual(events.slice(0, first.length));
		expect(harness.remembered).toBe(first.length);
		const rest: typeof first = [];
		for (let poll = 0; poll < 6; poll++) rest.push(...(await harness.poll()));
		expect([...first, ...rest]).toEqual(events);
	});

	test('that persists is reported to n8n, even if the overlap can still be read', async () => {
		harness.parameters = { options: { maxEventsPerPoll: 1000 } };
		harness.engine.restart();
		harness.append(...ages(4200, 14));
		// Leaves a backlog, which is read in short windows.
		expect(await harness.poll()).not.toEqual([]);
		const failures: unknown[] = [];
		for (let poll = 0; poll < 10; poll++) {
			harness.api.clearFaults();
			harness.api.fail({ status: 500 }, { on: 'query', skip: 1, times: Infinity });
			moveClock(MINUTE_MS);
			await harness.poll().catch((error: unknown) => failures.push(error));
		}
		expect(failures).not.toEqual([]);
	});

	test('New Event Type: a poll that fails does not learn types that it did not emit', async () => {
		harness.parameters = { event: 'newEventType' };
		harness.engine.restart();
		await harness.poll();
		const [odd] = harness.api.append({ timestamp: harness.ago(500), eventType: 'odd' });
		harness.api.fail({ status: 403 }, { on: 'query' });
		await failureOf(harness.poll());
		const fired = (await harness.engine.poll()).map(({ event }) => event as { cursor: string });
		expect(cursorsOf(fired)).toEqual([odd?.cursor]);
	});
});

describe.each(ENGINE_NAMES)("A fault at the activation in n8n's %s engine", (name) => {
	let harness: TriggerHarness;

	beforeEach(async () => {
		harness = await TriggerHarness.open(name);
	});
	afterEach(async () => await harness.close());

	test('a permanent one fails it, and the next activation sets the baseline', async () => {
		harness.append(SECOND_MS);
		harness.api.configure({ permission: false });
		const error = await failureOf(harness.poll());
		expect(error.failure).toEqual({ cause: 'credential-invalid' });
		expect(harness.state).toBeUndefined();
		harness.api.configure({ permission: true });
		expect(await harness.poll()).toEqual([]);
		moveClock(MINUTE_MS);
		const events = harness.append(SECOND_MS);
		expect(await harness.poll()).toEqual(events);
	});

	test('a transient one does not fail it, and everything from then on is emitted', async () => {
		harness.append(SECOND_MS);
		harness.api.fail({ kind: 'drop' }, { on: 'query', times: 3 });
		expect(await harness.poll()).toEqual([]);
		const events = cursorsOf(harness.api.append({ timestamp: harness.ago(-1) }));
		moveClock(MINUTE_MS);
		expect(await harness.poll()).toEqual(events);
		expect(await harness.poll()).toEqual([]);
	});
});
