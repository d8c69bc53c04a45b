import '../trigger-model/instantSleep';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fault } from '../../dev/audit-api';
import { ENGINE_NAMES } from '../support/pollingEngines';
import { moveClock } from '../trigger-model/clock';
import { failureOf, MINUTE_MS, SECOND_MS, TriggerHarness } from './triggerHarness';

/** In a minute: about three windows, and as many pages as make a fault meet the second of them. */
const EVENTS = 12_000;

describe.each(ENGINE_NAMES)("Windows read side by side in n8n's %s engine", (name) => {
	let harness: TriggerHarness;

	/** Events of the last minute, evenly. */
	const append = () =>
		harness.append(
			...Array.from({ length: EVENTS }, (_one, index) =>
				Math.floor(SECOND_MS + (index * 58 * SECOND_MS) / EVENTS),
			),
		);

	/** How many queries there were since the last call. */
	const queries = () => harness.newRequests().filter((one) => one === 'query').length;

	beforeEach(async () => {
		harness = await TriggerHarness.open(name, {
			parameters: { options: { lateArrivalMinutes: 1 } },
			api: { prepared: true },
		});
		await harness.poll();
		moveClock(MINUTE_MS);
		// From this poll on, the density is known.
		expect(await harness.poll()).toEqual([]);
		const events = append();
		expect(await harness.poll()).toEqual(events);
		moveClock(MINUTE_MS);
		harness.newRequests();
	});
	afterEach(async () => await harness.close());

	test('emit everything once, with few requests', async () => {
		const events = append();
		expect(await harness.poll()).toEqual(events);
		// 24 pages with the late arrival time, and the end of each window.
		expect(queries()).toBeLessThanOrEqual(24 + 8);
		expect(await harness.poll()).toEqual([]);
	});

	test.each<[string, Fault, number]>([
		['500', { status: 500 }, 1],
		['429', { status: 429 }, 2],
		['429 with Retry-After', { status: 429, retryAfter: '2' }, 1],
		['a dropped connection', { kind: 'drop' }, 1],
		['truncated JSON', { kind: 'truncateJson' }, 2],
	])(
		'get over %s in one of them',
		async (_what, fault, times) => {
			const events = append();
			harness.api.fail(fault, { on: 'query', skip: 7, times });
			expect(await harness.poll()).toEqual(events);
			expect(await harness.poll()).toEqual([]);
		},
		60_000,
	);

	test.each([1, 12, 22])(
		'emit what is whole when requests fail from number %d on, and the next poll emits the rest',
		async (skip) => {
			const events = append();
			const before = harness.state;
			harness.api.fail({ status: 500 }, { on: 'query', skip, times: Infinity });
			let first: string[] = [];
			if (skip < 22) {
				expect((await failureOf(harness.poll())).failure).toEqual({
					cause: 'temporarily-unavailable',
				});
				expect(harness.state).toEqual(before);
			} else first = await harness.poll();
			expect(first.length).toBeLessThan(EVENTS);
			expect(first).toEqual(events.slice(0, first.length));
			if (skip === 22) expect(first.length).toBeGreaterThan(0);
			harness.api.clearFaults();
			expect(await harness.poll()).toEqual(events.slice(first.length));
			expect(await harness.poll()).toEqual([]);
		},
		60_000,
	);

	test('give way to one after the other where the poll before has failed', async () => {
		const events = append();
		const seen = () => harness.api.requests.length;
		/** Where the windows of the queries begin, in the order of these. */
		const beginsSince = (first: number) =>
			harness.api.requests
				.slice(first)
				.filter(({ operation }) => operation === 'query')
				.map(({ body }) => String((body as { from?: unknown }).from));
		harness.api.fail({ status: 500 }, { on: 'query', skip: 12, times: Infinity });
		let before = seen();
		await failureOf(harness.poll());
		const sideBySide = beginsSince(before);
		expect(sideBySide).not.toEqual([...sideBySide].sort());
		harness.api.clearFaults();
		before = seen();
		expect(await harness.poll()).toEqual(events);
		const begins = beginsSince(before);
		// What the first poll had sent when it ended may arrive afterwards.
		const inTurn = begins.slice(begins.indexOf([...begins].sort()[0] ?? ''));
		expect(inTurn.length).toBeGreaterThan(15);
		expect(inTurn).toEqual([...inTurn].sort());
	});
});
