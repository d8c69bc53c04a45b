import '../trigger-model/instantSleep';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ENGINE_NAMES } from '../support/pollingEngines';
import { moveClock } from '../trigger-model/clock';
import { cursorsOf, DAY_MS, MINUTE_MS, SECOND_MS, TriggerHarness } from './triggerHarness';

const EVENTS = 20_000;
const PAGES = EVENTS / 1000;
/** Seven characters for each event. */
const MAX_STATE_BYTES = 7 * EVENTS;

describe.each(ENGINE_NAMES)("A backlog in n8n's %s engine", (name) => {
	let harness: TriggerHarness;
	afterEach(async () => await harness.close());

	/** Opens the harness with prepared responses, because there are many events. */
	const open = async (parameters: TriggerHarness['parameters']) => {
		harness = await TriggerHarness.open(name, { parameters, api: { prepared: true } });
	};
	/** Appends events at regular intervals over a period that ends now. */
	const append = (count: number, stretchMs: number) =>
		harness.append(
			...Array.from({ length: count }, (_one, index) =>
				Math.floor(SECOND_MS + (index * (stretchMs - 2 * SECOND_MS)) / count),
			),
		);

	test('of 20,000 events over 60 days is emitted oldest first, with at most three requests per page', async () => {
		const options = { startFrom: 'lookback', lookbackHours: 60 * 24, maxEventsPerPoll: 2000 };
		await open({ options });
		const events = append(EVENTS, 60 * DAY_MS);
		const emitted: string[] = [];
		for (let poll = 0; poll < 40 && emitted.length < EVENTS; poll++) {
			const cursors = await harness.poll();
			expect(cursors.length).toBeLessThanOrEqual(2000);
			emitted.push(...cursors);
			moveClock(MINUTE_MS);
		}
		expect(emitted).toEqual(events);
		const requests = harness.newRequests().filter((one) => one === 'query');
		expect(requests.length).toBeLessThanOrEqual(3 * PAGES);
		expect(await harness.poll()).toEqual([]);
	});

	test('of 20,000 events within the late arrival time keeps the state small', async () => {
		await open({ options: { lateArrivalMinutes: 60 } });
		await harness.poll();
		moveClock(50 * MINUTE_MS);
		const events = append(EVENTS, 50 * MINUTE_MS);
		const emitted: string[] = [];
		for (let poll = 0; poll < 40 && emitted.length < EVENTS; poll++) {
			emitted.push(...(await harness.poll()));
			expect(JSON.stringify(harness.state).length).toBeLessThan(MAX_STATE_BYTES);
			moveClock(MINUTE_MS);
		}
		expect(emitted).toEqual(events);
		const later = append(10, 30 * SECOND_MS);
		expect(await harness.poll()).toEqual(later);
		expect(await harness.poll()).toEqual([]);
		expect(JSON.stringify(harness.state).length).toBeLessThan(MAX_STATE_BYTES);
	});

	test.each([null, 'n/a', '1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])(
		'of which every third event shows %j for its timestamp is emitted once, a part per poll',
		async (value) => {
			harness = await TriggerHarness.open(name, {
				parameters: { options: { maxEventsPerPoll: 10 } },
				api: { behaviour: { oddTimestamps: { every: 3, value } } },
			});
			await harness.poll();
			moveClock(60 * MINUTE_MS);
			const events = append(120, 60 * MINUTE_MS);
			const emitted: string[] = [];
			for (let poll = 0; poll < 30; poll++) {
				emitted.push(...(await harness.poll()));
				moveClock(MINUTE_MS);
			}
			expect(emitted.sort()).toEqual(events.sort());
		},
	);

	test('New Event Type gets past 20,000 events of one type to a new one', async () => {
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
	});
});
