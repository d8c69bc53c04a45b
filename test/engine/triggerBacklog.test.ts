import '../trigger-model/instantSleep';
import { afterEach, describe, expect, test } from '@jest/globals';
import { moveClock } from '../trigger-model/clock';
import { Bench, cursorsOf, DAY_MS, engineNames, MINUTE_MS, SECOND_MS } from './bench';

const EVENTS = 20_000;
const PAGES = EVENTS / 1000;
const LARGEST_STATE = 64_000;

describe.each(engineNames)("A backlog in n8n's %s engine", (name) => {
	let bench: Bench;
	afterEach(async () => await bench.close());

	/** Events that lie evenly over a stretch of time that ends now. */
	const open = async (parameters: Bench['parameters']) => {
		bench = await Bench.open(name, { parameters, api: { prepared: true } });
	};
	const append = (count: number, stretchMs: number) =>
		bench.append(
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
			const cursors = await bench.poll();
			expect(cursors.length).toBeLessThanOrEqual(2000);
			given.push(...cursors);
			moveClock(MINUTE_MS);
		}
		expect(given).toEqual(events);
		const requests = bench.takeRequests().filter((one) => one === 'query');
		expect(requests.length).toBeLessThanOrEqual(3 * PAGES);
		expect(await bench.poll()).toEqual([]);
	}, 120_000);

	test('of 20,000 events within the late arrival time keeps the state small', async () => {
		await open({ options: { lateArrivalMinutes: 60 } });
		await bench.poll();
		moveClock(50 * MINUTE_MS);
		const events = append(EVENTS, 50 * MINUTE_MS);
		const given: string[] = [];
		for (let poll = 0; poll < 40 && given.length < EVENTS; poll++) {
			given.push(...(await bench.poll()));
			expect(JSON.stringify(bench.state).length).toBeLessThan(LARGEST_STATE);
			moveClock(MINUTE_MS);
		}
		expect(given).toEqual(events);
		const later = append(10, 30 * SECOND_MS);
		expect(await bench.poll()).toEqual(later);
		expect(await bench.poll()).toEqual([]);
		expect(JSON.stringify(bench.state).length).toBeLessThan(LARGEST_STATE);
	}, 120_000);

	test.each([null, 'n/a', '1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])(
		'of which every third event shows %j for its timestamp is emitted once, a part per poll',
		async (value) => {
			bench = await Bench.open(name, {
				parameters: { options: { maxEventsPerPoll: 10 } },
				api: { behaviour: { oddTimestamps: { every: 3, value } } },
			});
			await bench.poll();
			moveClock(60 * MINUTE_MS);
			const events = append(120, 60 * MINUTE_MS);
			const emitted: string[] = [];
			for (let poll = 0; poll < 30; poll++) {
				emitted.push(...(await bench.poll()));
				moveClock(MINUTE_MS);
			}
			expect(emitted.sort()).toEqual(events.sort());
		},
	);

	test('New Event Type comes through 20,000 events of one type to a new one', async () => {
		await open({ event: 'newEventType', options: { lateArrivalMinutes: 60 } });
		await bench.poll();
		moveClock(50 * MINUTE_MS);
		const [first] = append(EVENTS, 50 * MINUTE_MS);
		const [odd] = cursorsOf(bench.api.append({ timestamp: bench.ago(500), eventType: 'odd' }));
		const fired: unknown[] = [];
		for (let poll = 0; poll < 12; poll++) {
			fired.push(...(await bench.engine.poll()));
			moveClock(MINUTE_MS);
		}
		expect(fired).toMatchObject([{ event: { cursor: first } }, { event: { cursor: odd } }]);
	}, 120_000);
});
