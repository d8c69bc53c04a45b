import '../trigger-model/instantSleep';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ENGINE_NAMES } from '../support/pollingEngines';
import { moveClock } from '../trigger-model/clock';
import { cursorsOf, DAY_MS, MINUTE_MS, SECOND_MS, TriggerHarness } from './triggerHarness';

const EVENTS = 20_000;
const PAGES = EVENTS / 1000;
const LARGEST_STATE = 64_000;

describe.each(ENGINE_NAMES)("A backlog in n8n's %s engine", (name) => {
	let harness: TriggerHarness;
	afterEach(async () => await harness.close());

	/** Events that lie evenly over a stretch of time that ends now. */
	const open = async (parameters: TriggerHarness['parameters']) => {
		harness = await TriggerHarness.open(name, { parameters, api: { prepared: true } });
	};
	const append = (count: number, stretchMs: number) =>
		harness.append(
			...Array.from({ length: count }, (_one, index) =>
				Math.floor(SECOND_MS + (index * (stretchMs - 2 * SECOND_MS)) / count),
			),
		);

	test('of 20,000 events over 60 days comes oldest first, at no more than three requests a page', async () => {
		const options = { startFrom: 'lookback', lookbackHours: 60 * 24, maxEventsPerPoll: 2000 };
		await open({ options });
		const events = append(EVENTS, 60 * DAY_MS);
		const given: string[] = [];
		for (let poll = 0; poll < 40 && given.length < EVENTS; poll++) {
			const cursors = await harness.poll();
			expect(cursors.length).toBeLessThanOrEqual(2000);
			given.push(...cursors);
			moveClock(MINUTE_MS);
		}
		expect(given).toEqual(events);
		const requests = harness.takeRequests().filter((one) => one === 'query');
		expect(requests.length).toBeLessThanOrEqual(3 * PAGES);
		expect(await harness.poll()).toEqual([]);
	}, 120_000);

	test('of 20,000 events within the late arrival time keeps the state small', async () => {
		await open({ options: { lateArrivalMinutes: 60 } });
		await harness.poll();
		moveClock(50 * MINUTE_MS);
		const events = append(EVENTS, 50 * MINUTE_MS);
		const given: string[] = [];
		for (let poll = 0; poll < 40 && given.length < EVENTS; poll++) {
			given.push(...(await harness.poll()));
			expect(JSON.stringify(harness.state).length).toBeLessThan(LARGEST_STATE);
			moveClock(MINUTE_MS);
		}
		expect(given).toEqual(events);
		const later = append(10, 30 * SECOND_MS);
		expect(await harness.poll()).toEqual(later);
		expect(await harness.poll()).toEqual([]);
		expect(JSON.stringify(harness.state).length).toBeLessThan(LARGEST_STATE);
	}, 120_000);

	test('New Event Type comes through 20,000 events of one type to a new one', async () => {
		await open({ event: 'newEventType', options: { lateArrivalMinutes: 60 } });
		await harness.poll();
		moveClock(50 * MINUTE_MS);
		const [first] = append(EVENTS, 50 * MINUTE_MS);
		const [odd] = cursorsOf(harness.api.append({ timestamp: harness.ago(500), eventType: 'odd' }));
		const fired: unknown[] = [];
		for (let poll = 0; poll < 12; poll++) {
			fired.push(...(await harness.engine.poll()));
			moveClock(MINUTE_MS);
		}
		expect(fired).toMatchObject([{ event: { cursor: first } }, { event: { cursor: odd } }]);
	}, 120_000);
});
