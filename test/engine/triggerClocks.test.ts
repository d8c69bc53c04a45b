import '../trigger-model/instantSleep';
import { afterEach, describe, expect, test } from '@jest/globals';
import { parseTimestamp, toMilliseconds } from '../../nodes/shared/model/instant';
import { moveClock } from '../trigger-model/clock';
import { Bench, engineNames, MINUTE_MS, SECOND_MS } from './bench';

const HOUR_MS = 60 * MINUTE_MS;

const milliseconds = (timestamp = '') => toMilliseconds(parseTimestamp(timestamp) ?? 0n);

describe.each(engineNames)("With clocks that differ, in n8n's %s engine", (name) => {
	let bench: Bench;
	afterEach(async () => await bench.close());

	describe.each([
		['3 minutes ahead', 3 * MINUTE_MS],
		['an hour ahead', HOUR_MS],
		['3 minutes behind', -3 * MINUTE_MS],
		['an hour behind', -HOUR_MS],
	])('n8n being %s', (_how, skewMs) => {
		test('what was in the log stays out, what comes after the activation comes at once', async () => {
			bench = await Bench.open(name, { skewMs });
			// The Date header counts whole seconds: what is less than one old may count as new.
			bench.append(4 * MINUTE_MS, 2 * SECOND_MS);
			expect(await bench.poll()).toEqual([]);
			for (let poll = 0; poll < 4; poll++) {
				moveClock(45 * SECOND_MS);
				const events = bench.append(40 * SECOND_MS, SECOND_MS);
				expect(await bench.poll()).toEqual(events);
				expect(milliseconds(bench.state?.watermark)).toBeLessThanOrEqual(Date.now() - skewMs);
			}
			expect(await bench.poll()).toEqual([]);
		});

		test('an event that arrives late comes', async () => {
			bench = await Bench.open(name, { skewMs });
			await bench.poll();
			moveClock(10 * MINUTE_MS);
			expect(await bench.poll()).toEqual([]);
			const late = bench.append(4 * MINUTE_MS);
			expect(await bench.poll()).toEqual(late);
			expect(await bench.poll()).toEqual([]);
		});

		test('an event from before the activation that arrives late after it comes', async () => {
			bench = await Bench.open(name, { skewMs });
			await bench.poll();
			const late = bench.append(4 * MINUTE_MS);
			moveClock(SECOND_MS);
			expect(await bench.poll()).toEqual(late);
		});

		test('where none can be late, none is lost either', async () => {
			const parameters = { options: { lateArrivalMinutes: 0 } };
			bench = await Bench.open(name, { skewMs, parameters });
			await bench.poll();
			moveClock(30 * SECOND_MS);
			const events = bench.append(20 * SECOND_MS, SECOND_MS);
			expect(await bench.poll()).toEqual(events);
			moveClock(MINUTE_MS);
			expect(await bench.poll()).toEqual([]);
		});

		test('an outage at the activation does not cost the events after it', async () => {
			bench = await Bench.open(name, { skewMs });
			bench.append(30 * MINUTE_MS);
			bench.api.fail({ status: 503 }, { on: 'query', times: 3 });
			expect(await bench.poll()).toEqual([]);
			moveClock(30 * SECOND_MS);
			const events = bench.append(20 * SECOND_MS, SECOND_MS);
			moveClock(2 * HOUR_MS);
			expect(await bench.poll()).toEqual(events);
		});
	});

	test.each([
		['at once', 0, 0],
		['late', 1, MINUTE_MS - 100],
	])(
		'n8n being a second ahead, which the Date header hardly shows: what comes %s right after the activation comes',
		async (_how, lateArrivalMinutes, ageMs) => {
			const parameters = { options: { lateArrivalMinutes } };
			bench = await Bench.open(name, { skewMs: 1300, parameters });
			await bench.poll();
			moveClock(200);
			const events = bench.append(ageMs);
			moveClock(2 * SECOND_MS);
			expect(await bench.poll()).toEqual(events);
		},
	);

	test.each([0, 300, 600, 900])(
		'n8n being a second ahead: an outage at the activation does not cost the events after it (%d ms)',
		async (ms) => {
			bench = await Bench.open(name, { skewMs: 1300 });
			bench.api.fail({ status: 503 }, { on: 'query', times: 3 });
			const activatedAt = Date.now();
			expect(await bench.poll()).toEqual([]);
			// How much of the difference the Date header shows depends on the part of a second.
			moveClock(MINUTE_MS + ms);
			const events = bench.append(Date.now() - activatedAt - 200);
			expect(await bench.poll()).toEqual(events);
		},
	);

	test.each([-600_000, -30_000, 30_000, 600_000])(
		'an idle poll costs one request too when the clock of the server is %i ms ahead',
		async (ahead) => {
			bench = await Bench.open(name, { skewMs: -ahead });
			await bench.poll();
			moveClock(500);
			const events = bench.append(0);
			moveClock(10);
			expect(await bench.poll()).toEqual(events);
			bench.takeRequests();
			expect(await bench.poll()).toEqual([]);
			expect(bench.takeRequests()).toEqual(['query']);
		},
	);

	test("n8n's clock that was wrong at the activation and is set right stops nothing", async () => {
		bench = await Bench.open(name, { skewMs: HOUR_MS });
		await bench.poll();
		// The server's clock is as before; from here on n8n's is the same.
		moveClock(-HOUR_MS);
		bench.clocks.skewMs = 0;
		moveClock(MINUTE_MS);
		const events = bench.append(SECOND_MS);
		expect(await bench.poll()).toEqual(events);
	});

	test('without a Date header, n8n being ahead loses nothing that is not later than allowed', async () => {
		bench = await Bench.open(name, {
			skewMs: 3 * MINUTE_MS,
			api: { behaviour: { dateHeader: false } },
		});
		await bench.poll();
		for (let poll = 0; poll < 4; poll++) {
			moveClock(MINUTE_MS);
			const events = bench.append(50 * SECOND_MS, SECOND_MS);
			expect(await bench.poll()).toEqual(events);
		}
	});
});
