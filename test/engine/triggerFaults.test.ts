import '../trigger-model/instantSleep';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fault } from '../audit-api';
import { moveClock } from '../trigger-model/clock';
import { Bench, cursorsOf, engineNames, failureOf, MINUTE_MS, SECOND_MS } from './bench';

interface FailingPoll {
	what: string;
	fault: Fault;
	failure: { cause: string; retryAfterMs?: number };
	/** How often the request is sent. */
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
		what: '502 with a page of HTML',
		fault: { status: 502, body: 'html' },
		failure: unavailable,
		attempts: 3,
	},
	{
		what: 'a page of HTML in place of JSON',
		fault: { kind: 'status200Html' },
		failure: unavailable,
		attempts: 3,
	},
	{
		what: 'a connection that is dropped',
		fault: { kind: 'drop' },
		failure: unavailable,
		attempts: 3,
	},
	{
		what: '401 although the token was renewed',
		fault: { status: 401 },
		failure: { cause: 'credential-invalid' },
		attempts: 2,
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

/** Of so many events, `step` ms apart. */
const ages = (count: number, step: number) =>
	Array.from({ length: count }, (_one, index) => 1000 + index * step);

describe.each(engineNames)("A fault in n8n's %s engine", (name) => {
	let bench: Bench;

	beforeEach(async () => {
		bench = await Bench.open(name);
		await bench.poll();
		moveClock(MINUTE_MS);
		bench.takeRequests();
	});
	afterEach(async () => await bench.close());

	test.each(FAILING_POLLS)(
		'$what: tells n8n why, changes nothing, and the events come with the next poll',
		async ({ fault, failure, attempts }) => {
			const events = bench.append(20 * SECOND_MS, 10 * SECOND_MS);
			const before = bench.state;
			bench.api.fail(fault, { on: 'query', times: attempts });
			const error = await failureOf(bench.poll());
			expect(error.failure).toEqual(failure);
			expect(bench.takeRequests().filter((one) => one === 'query')).toHaveLength(attempts);
			expect(bench.state).toEqual(before);
			// Until then, no poll asks.
			moveClock(failure.retryAfterMs ?? 0);
			expect(await bench.poll()).toEqual(events);
			expect(await bench.poll()).toEqual([]);
		},
	);

	test.each<Fault>([{ kind: 'truncateJson' }, { kind: 'truncate' }])(
		'%j again and again: smaller pages come through',
		async (fault) => {
			const events = bench.append(20 * SECOND_MS, 10 * SECOND_MS);
			bench.api.fail(fault, { on: 'query', times: 3 });
			expect(await bench.poll()).toEqual(events);
		},
	);

	test('a token that is refused is renewed within the poll', async () => {
		const events = bench.append(SECOND_MS);
		bench.api.revokeTokens();
		expect(await bench.poll()).toEqual(events);
		expect(bench.takeRequests()).toEqual(['query', 'token', 'query']);
		moveClock(MINUTE_MS);
		expect(await bench.poll()).toEqual([]);
		expect(bench.takeRequests()).toEqual(['query']);
	});

	test('on page 3 of 5: no page counts before the last one is there', async () => {
		const events = bench.append(...ages(4200, 70));
		const before = bench.state;
		bench.api.fail({ status: 503 }, { on: 'query', skip: 2, times: 3 });
		const error = await failureOf(bench.poll());
		expect(error.failure).toEqual(unavailable);
		expect(bench.state).toEqual(before);
		expect(await bench.poll()).toEqual(events);
		expect(await bench.poll()).toEqual([]);
	}, 30_000);

	test('between two windows: what was read to its end comes, the rest with the next polls', async () => {
		bench.parameters = { options: { maxEventsPerPoll: 1000 } };
		bench.engine.restart();
		const events = bench.append(...ages(4200, 69));
		// Three answers find short enough windows and read a part of the events; then the rest fails.
		bench.api.fail({ kind: 'drop' }, { on: 'query', skip: 3, times: 3 });
		const first = await bench.poll();
		expect(bench.takeRequests()).toHaveLength(3 + 3);
		expect(first.length).toBeGreaterThan(0);
		expect(first.length).toBeLessThan(1000);
		expect(first).toEqual(events.slice(0, first.length));
		expect(bench.remembered).toBe(first.length);
		const rest: typeof first = [];
		for (let poll = 0; poll < 6; poll++) rest.push(...(await bench.poll()));
		expect([...first, ...rest]).toEqual(events);
	}, 30_000);

	test('that stays reaches n8n, also where the overlap can still be read', async () => {
		bench.parameters = { options: { maxEventsPerPoll: 1000 } };
		bench.engine.restart();
		bench.append(...ages(4200, 14));
		// Leaves a backlog behind, which is read in short windows.
		expect(await bench.poll()).not.toEqual([]);
		const failures: unknown[] = [];
		for (let poll = 0; poll < 10; poll++) {
			bench.api.clearFaults();
			bench.api.fail({ status: 500 }, { on: 'query', skip: 1, times: Infinity });
			moveClock(MINUTE_MS);
			await bench.poll().catch((error: unknown) => failures.push(error));
		}
		expect(failures).not.toEqual([]);
	}, 30_000);

	test('New Event Type: a poll that fails does not learn what it did not give', async () => {
		bench.parameters = { event: 'newEventType' };
		bench.engine.restart();
		await bench.poll();
		const [odd] = bench.api.append({ timestamp: bench.ago(500), eventType: 'odd' });
		bench.api.fail({ status: 403 }, { on: 'query' });
		await failureOf(bench.poll());
		const fired = (await bench.engine.poll()).map(({ event }) => event as { cursor: string });
		expect(cursorsOf(fired)).toEqual([odd?.cursor]);
	});
});

describe.each(engineNames)("A fault at the activation in n8n's %s engine", (name) => {
	let bench: Bench;

	beforeEach(async () => {
		bench = await Bench.open(name);
	});
	afterEach(async () => await bench.close());

	test('one that does not pass fails it, and the next activation takes the baseline', async () => {
		bench.append(SECOND_MS);
		bench.api.configure({ permission: false });
		const error = await failureOf(bench.poll());
		expect(error.failure).toEqual({ cause: 'credential-invalid' });
		expect(bench.state).toBeUndefined();
		bench.api.configure({ permission: true });
		expect(await bench.poll()).toEqual([]);
		moveClock(MINUTE_MS);
		const events = bench.append(SECOND_MS);
		expect(await bench.poll()).toEqual(events);
	});

	test('one that passes does not fail it, and everything from then on comes', async () => {
		bench.append(SECOND_MS);
		bench.api.fail({ kind: 'drop' }, { on: 'query', times: 3 });
		expect(await bench.poll()).toEqual([]);
		const events = cursorsOf(bench.api.append({ timestamp: bench.ago(-1) }));
		moveClock(MINUTE_MS);
		expect(await bench.poll()).toEqual(events);
		expect(await bench.poll()).toEqual([]);
	});
});
