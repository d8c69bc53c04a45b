import '../trigger-model/instantSleep';
import { afterEach, describe, expect, test } from '@jest/globals';
import { parseTimestamp, toMilliseconds } from '../../nodes/shared/model/instant';
import { ENGINE_NAMES } from '../support/pollingEngines';
import { moveClock } from '../trigger-model/clock';
import { MINUTE_MS, SECOND_MS, TriggerHarness } from './triggerHarness';

const HOUR_MS = 60 * MINUTE_MS;

const milliseconds = (timestamp = '') => toMilliseconds(parseTimestamp(timestamp) ?? 0n);

describe.each(ENGINE_NAMES)("With clocks that differ, in n8n's %s engine", (name) => {
	let harness: TriggerHarness;
	afterEach(async () => await harness.close());

	describe.each([
		['3 minutes ahead', 3 * MINUTE_MS],
		['an hour ahead', HOUR_MS],
		['3 minutes behind', -3 * MINUTE_MS],
		['an hour behind', -HOUR_MS],
	])('n8n being %s', (_how, skewMs) => {
		test('events from before the activation are not emitted, and events after it immediately', async () => {
			harness = await TriggerHarness.open(name, { skewMs });
			// The Date header counts whole seconds: events less than a second old may count as new.
			harness.append(4 * MINUTE_MS, 2 * SECOND_MS);
			expect(await harness.poll()).toEqual([]);
			for (let poll = 0; poll < 4; poll++) {
				moveClock(45 * SECOND_MS);
				const events = harness.append(40 * SECOND_MS, SECOND_MS);
				expect(await harness.poll()).toEqual(events);
				expect(milliseconds(harness.state?.watermark)).toBeLessThanOrEqual(Date.now() - skewMs);
			}
			expect(await harness.poll()).toEqual([]);
		});

		test('a late event is emitted', async () => {
			harness = await TriggerHarness.open(name, { skewMs });
			await harness.poll();
			moveClock(10 * MINUTE_MS);
			expect(await harness.poll()).toEqual([]);
			const late = harness.append(4 * MINUTE_MS);
			expect(await harness.poll()).toEqual(late);
			expect(await harness.poll()).toEqual([]);
		});

		test('a late event from before the activation that arrives after it is emitted', async () => {
			harness = await TriggerHarness.open(name, { skewMs });
			await harness.poll();
			const late = harness.append(4 * MINUTE_MS);
			moveClock(SECOND_MS);
			expect(await harness.poll()).toEqual(late);
		});

		test('no event is lost if late events are not expected', async () => {
			const parameters = { options: { lateArrivalMinutes: 0 } };
			harness = await TriggerHarness.open(name, { skewMs, parameters });
			await harness.poll();
			moveClock(30 * SECOND_MS);
			const events = harness.append(20 * SECOND_MS, SECOND_MS);
			expect(await harness.poll()).toEqual(events);
			moveClock(MINUTE_MS);
			expect(await harness.poll()).toEqual([]);
		});

		test('an outage at activation does not lose the events after it', async () => {
			harness = await TriggerHarness.open(name, { skewMs });
			harness.append(30 * MINUTE_MS);
			harness.api.fail({ status: 503 }, { on: 'query', times: 3 });
			expect(await harness.poll()).toEqual([]);
			moveClock(30 * SECOND_MS);
			const events = harness.append(20 * SECOND_MS, SECOND_MS);
			moveClock(2 * HOUR_MS);
			expect(await harness.poll()).toEqual(events);
		});
	});

	test.each([
		['immediately', 0, 0],
		['late', 1, MINUTE_MS - 100],
	])(
		'n8n being a second ahead, which the Date header hardly shows: an event that arrives %s right after the activation is emitted',
		async (_how, lateArrivalMinutes, ageMs) => {
			const parameters = { options: { lateArrivalMinutes } };
			harness = await TriggerHarness.open(name, { skewMs: 1300, parameters });
			await harness.poll();
			moveClock(200);
			const events = harness.append(ageMs);
			moveClock(2 * SECOND_MS);
			expect(await harness.poll()).toEqual(events);
		},
	);

	test.each([0, 300, 600, 900])(
		'n8n being a second ahead: an outage at activation does not lose the events after it (%d ms)',
		async (ms) => {
			harness = await TriggerHarness.open(name, { skewMs: 1300 });
			harness.api.fail({ status: 503 }, { on: 'query', times: 3 });
			const activatedAt = Date.now();
			expect(await harness.poll()).toEqual([]);
			// How much of the difference the Date header shows depends on the fraction of the second.
			moveClock(MINUTE_MS + ms);
			const events = harness.append(Date.now() - activatedAt - 200);
			expect(await harness.poll()).toEqual(events);
		},
	);

	test.each([-600_000, -30_000, 30_000, 600_000])(
		'an idle poll also costs one request if the server’s clock is %i ms ahead',
		async (ahead) => {
			harness = await TriggerHarness.open(name, { skewMs: -ahead });
			await harness.poll();
			moveClock(500);
			const events = harness.append(0);
			moveClock(10);
			expect(await harness.poll()).toEqual(events);
			harness.newRequests();
			expect(await harness.poll()).toEqual([]);
			expect(harness.newRequests()).toEqual(['query']);
		},
	);

	test("correcting n8n's clock after a wrong one at activation does not stop the trigger", async () => {
		harness = await TriggerHarness.open(name, { skewMs: HOUR_MS });
		await harness.poll();
		// The server's clock is unchanged; from here on, n8n's clock agrees with it.
		moveClock(-HOUR_MS);
		harness.clocks.skewMs = 0;
		moveClock(MINUTE_MS);
		const events = harness.append(SECOND_MS);
		expect(await harness.poll()).toEqual(events);
	});

	test.each([
		['ahead', 100, 5],
		['ahead', 100, -30],
		['behind', 50, 5],
		['behind', 50, -300],
	])(
		'a server that seems %s by %i years at activation, and then by %i s, does not keep the trigger silent',
		async (where, years, seconds) => {
			harness = await TriggerHarness.open(name, { skewMs: -seconds * SECOND_MS });
			harness.append(30 * MINUTE_MS);
			const dateAheadMs = (where === 'ahead' ? years : -years) * 365 * 24 * HOUR_MS;
			harness.api.configure({ dateAheadMs });
			expect(await harness.poll()).toEqual([]);
			harness.api.configure({ dateAheadMs: 0 });
			const appended: string[] = [];
			const emitted: string[] = [];
			for (let poll = 0; poll < 6; poll++) {
				moveClock(MINUTE_MS);
				appended.push(...harness.append(10 * SECOND_MS, SECOND_MS));
				emitted.push(...(await harness.poll()));
			}
			expect(emitted).toEqual(appended);
		},
	);

	test('a Date header that is 50 days behind from activation on does not delay events', async () => {
		harness = await TriggerHarness.open(name);
		harness.api.configure({ dateAheadMs: -50 * 24 * HOUR_MS });
		await harness.poll();
		for (let poll = 0; poll < 30; poll++) {
			moveClock(MINUTE_MS);
			const events = harness.append(30 * SECOND_MS);
			expect(await harness.poll()).toEqual(events);
		}
	});

	test('without a Date header, n8n being ahead loses no event that is not too late', async () => {
		harness = await TriggerHarness.open(name, {
			skewMs: 3 * MINUTE_MS,
			api: { behaviour: { dateHeader: false } },
		});
		await harness.poll();
		for (let poll = 0; poll < 4; poll++) {
			moveClock(MINUTE_MS);
			const events = harness.append(50 * SECOND_MS, SECOND_MS);
			expect(await harness.poll()).toEqual(events);
		}
	});
});
