import '../trigger-model/instantSleep';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { PollContext } from 'n8n-core';
import { ENGINE_NAMES } from '../support/pollingEngines';
import { moveClock } from '../trigger-model/clock';
import { DAY_MS, failureOf, MINUTE_MS, SECOND_MS, TriggerHarness } from './triggerHarness';

const HOUR_MS = 60 * MINUTE_MS;

const CLOCK_ERRORS: Array<[string, number]> = [
	['a second', SECOND_MS],
	['an hour', HOUR_MS],
	['a day', DAY_MS],
	['a century', 36_524 * DAY_MS],
];

const both = CLOCK_ERRORS.flatMap(
	([name, ms]): Array<[string, number]> => [
		[`${name} ahead`, ms],
		[`${name} behind`, -ms],
	],
);

/** Replaces n8n's log. */
function warnings() {
	const warn = jest.fn<(text: string) => void>();
	const quiet = () => {};
	// n8n's contexts get their logger from here.
	const contexts = Object.getPrototypeOf(PollContext.prototype) as { logger: unknown };
	const logger = jest.spyOn(contexts, 'logger', 'get');
	logger.mockReturnValue({ warn, info: quiet, debug: quiet, error: quiet });
	return { warn, restore: () => logger.mockRestore() };
}

describe.each(ENGINE_NAMES)("The trigger's position in n8n's %s engine", (name) => {
	let harness: TriggerHarness;
	let log: ReturnType<typeof warnings>;

	beforeEach(() => {
		log = warnings();
	});
	afterEach(async () => {
		log.restore();
		await harness.close();
	});

	const warned = () => log.warn.mock.calls.map(([text]) => text).join('\n');

	/** One event and one poll per minute. @returns the events appended, and those emitted */
	const minutesOf = async (minutes: number) => {
		const events: string[] = [];
		const returned: string[] = [];
		for (let minute = 0; minute < minutes; minute++) {
			moveClock(MINUTE_MS);
			events.push(...harness.append(30 * SECOND_MS));
			returned.push(...(await harness.poll()));
		}
		return { events, returned };
	};

	describe.each(both)('with a Date header that is wrong by %s in one poll', (_how, ms) => {
		test('loses nothing, repeats nothing, and sends hardly more requests', async () => {
			harness = await TriggerHarness.open(name);
			await harness.poll();
			const before = await minutesOf(3);
			harness.newRequests();
			harness.api.configure({ dateAheadMs: ms });
			const during = await minutesOf(1);
			harness.api.configure({ dateAheadMs: 0 });
			const asked = harness.newRequests().filter((one) => one === 'query');
			// Windows grow step by step, here up to 30 days, which is as far ahead as the trigger reads.
			expect(asked.length).toBeLessThanOrEqual(6);
			const after = await minutesOf(4);
			expect(harness.newRequests().length).toBeLessThanOrEqual(4 * 2);
			const all = [before, during, after];
			expect(all.flatMap(({ returned }) => returned)).toEqual(all.flatMap(({ events }) => events));
		});
	});

	test.each(both)(
		'with a Date header that is wrong by %s for a quarter of an hour: loses nothing and repeats nothing',
		async (_how, ms) => {
			harness = await TriggerHarness.open(name);
			harness.append(20 * SECOND_MS, 30 * MINUTE_MS, 3 * HOUR_MS, 20 * DAY_MS, 350 * DAY_MS);
			await harness.poll();
			const before = await minutesOf(10);
			harness.api.configure({ dateAheadMs: ms });
			const during = await minutesOf(15);
			harness.api.configure({ dateAheadMs: 0 });
			const after = await minutesOf(15);
			const all = [before, during, after];
			expect(all.flatMap(({ returned }) => returned)).toEqual(all.flatMap(({ events }) => events));
		},
	);

	describe.each(both)('with a Date header that is wrong by %s at the activation', (_how, ms) => {
		test('returns nothing from before, and everything from then on', async () => {
			harness = await TriggerHarness.open(name);
			harness.append(20 * SECOND_MS, 4 * MINUTE_MS, HOUR_MS, 5 * HOUR_MS, 3 * DAY_MS, 20 * DAY_MS);
			harness.api.configure({ dateAheadMs: ms });
			expect(await harness.poll()).toEqual([]);
			harness.api.configure({ dateAheadMs: 0 });
			const { events, returned } = await minutesOf(4);
			expect(returned).toEqual(events);
			expect(harness.newRequests().length).toBeLessThanOrEqual(20);
		});
	});

	test.each([
		['a year ahead', 365 * DAY_MS],
		['a year behind', -365 * DAY_MS],
	])(
		'with a Date header that is %s at the activation and in two more polls: emits nothing old, and everything new',
		async (_how, ms) => {
			harness = await TriggerHarness.open(name);
			harness.append(20 * SECOND_MS, 30 * MINUTE_MS, 20 * DAY_MS, 350 * DAY_MS);
			harness.api.configure({ dateAheadMs: ms });
			expect(await harness.poll()).toEqual([]);
			const during = await minutesOf(2);
			harness.api.configure({ dateAheadMs: 0 });
			const after = await minutesOf(15);
			const all = [during, after];
			expect(all.flatMap(({ returned }) => returned)).toEqual(all.flatMap(({ events }) => events));
		},
	);

	test.each([
		['1970', 0],
		['2030', Date.UTC(2030, 0)],
	])(
		'with a Date header that has stopped in %s: emits nothing old, and everything new',
		async (_when, at) => {
			harness = await TriggerHarness.open(name);
			harness.append(20 * SECOND_MS, 30 * MINUTE_MS, 20 * DAY_MS, 350 * DAY_MS);
			harness.api.configure({ dateAheadMs: at - Date.now() });
			expect(await harness.poll()).toEqual([]);
			const all: Array<Awaited<ReturnType<typeof minutesOf>>> = [];
			for (let poll = 0; poll < 20; poll++) {
				harness.api.configure({ dateAheadMs: at - Date.now() - MINUTE_MS });
				all.push(await minutesOf(1));
			}
			expect(all.flatMap(({ returned }) => returned)).toEqual(all.flatMap(({ events }) => events));
		},
	);

	test.each([
		['a year ahead', 365 * DAY_MS],
		['a year behind', -365 * DAY_MS],
	])('with a Date header that is %s for good: emits everything at once', async (_how, ms) => {
		harness = await TriggerHarness.open(name);
		await harness.poll();
		harness.api.configure({ dateAheadMs: ms });
		const { events, returned } = await minutesOf(30);
		expect(returned).toEqual(events);
	});

	test.each([
		['two hours ahead', 2 * HOUR_MS],
		['two hours behind', -2 * HOUR_MS],
		['20 days behind', -20 * DAY_MS],
	])(
		"with n8n's clock %s at the activation and no Date header: emits nothing old, and everything new",
		async (_how, ms) => {
			harness = await TriggerHarness.open(name, { api: { behaviour: { dateHeader: false } } });
			harness.append(20 * SECOND_MS, 4 * MINUTE_MS, HOUR_MS, 5 * HOUR_MS, 3 * DAY_MS);
			moveClock(ms);
			harness.clocks.skewMs += ms;
			expect(await harness.poll()).toEqual([]);
			moveClock(-ms);
			harness.clocks.skewMs -= ms;
			const { events, returned } = await minutesOf(4);
			expect(returned).toEqual(events);
		},
	);

	describe.each(both)("with n8n's clock wrong by %s in one poll", (_how, errorMs) => {
		// The tests' clock begins in 1970.
		const ms = Math.max(errorMs, -20_000 * DAY_MS);

		test.each([
			['and a Date header', true],
			['and no Date header', false],
		])('%s: loses nothing and repeats nothing', async (_what, dateHeader) => {
			harness = await TriggerHarness.open(name, { api: { behaviour: { dateHeader } } });
			await harness.poll();
			const before = await minutesOf(3);
			moveClock(ms);
			harness.clocks.skewMs += ms;
			const during = await minutesOf(1);
			moveClock(-ms);
			harness.clocks.skewMs -= ms;
			expect(harness.newRequests().length).toBeLessThanOrEqual(40);
			const after = await minutesOf(4);
			const all = [before, during, after];
			expect(all.flatMap(({ returned }) => returned)).toEqual(all.flatMap(({ events }) => events));
		});
	});

	test('accepts a lasting difference, but not one that comes and goes', async () => {
		harness = await TriggerHarness.open(name);
		await harness.poll();
		// One of three machines behind the address has a clock that is an hour ahead.
		const mixed: Array<Awaited<ReturnType<typeof minutesOf>>> = [];
		for (let poll = 0; poll < 15; poll++) {
			harness.api.configure({ dateAheadMs: poll % 3 === 0 ? HOUR_MS : 0 });
			mixed.push(await minutesOf(1));
		}
		expect(harness.state).not.toHaveProperty('clockAheadMs');
		harness.api.configure({ dateAheadMs: 0 });
		expect(mixed.flatMap(({ returned }) => returned)).toEqual(
			mixed.flatMap(({ events }) => events),
		);
		// From here on, n8n's clock is an hour behind.
		moveClock(-HOUR_MS);
		harness.clocks.skewMs -= HOUR_MS;
		const { events, returned } = await minutesOf(15);
		expect(returned).toEqual(events);
		expect(Math.round(Number(harness.state?.clockAheadMs) / 2000)).toBe(HOUR_MS / 2000);
	});

	test.each([
		['two months', 60 * DAY_MS],
		['a century', 36_524 * DAY_MS],
	])("accepts n8n's clock being %s behind for good, as events prove it", async (_how, ms) => {
		// The tests' clock begins in 1970.
		const behindMs = Math.min(ms, 20_000 * DAY_MS);
		harness = await TriggerHarness.open(name);
		await harness.poll();
		const before = await minutesOf(3);
		moveClock(-behindMs);
		harness.clocks.skewMs -= behindMs;
		const after = await minutesOf(15);
		const all = [before, after];
		expect(all.flatMap(({ returned }) => returned)).toEqual(all.flatMap(({ events }) => events));
	});

	test.each([
		['watermark', { watermark: '2100-01-01T00:00:00.0000000Z' }],
		['overlap', { overlapFrom: '2100-01-01T00:00:00.0000000Z' }],
		[
			'watermark and an overlap',
			{ watermark: '2100-01-01T00:00:00.0000000Z', overlapFrom: '2099-12-31T23:55:00.0000000Z' },
		],
	])('with a %s in the stored state that is in the future is reset', async (_what, fields) => {
		harness = await TriggerHarness.open(name);
		harness.append(30 * SECOND_MS);
		await harness.poll();
		const before = await minutesOf(2);
		expect(before.returned).toEqual(before.events);
		harness.engine.alter((state) => ({ ...state, ...fields }));
		const after = await minutesOf(4);
		expect(after.returned).toEqual(after.events);
		expect(warned()).toMatch(/position was .* in the future/);
		expect(Date.parse(harness.state?.watermark ?? '')).toBeLessThanOrEqual(Date.now());
	});

	test.each([[-5], [0.3], [1e300], ['abc'], [null], [{}]])(
		'with %p for each number in the stored state continues',
		async (odd) => {
			harness = await TriggerHarness.open(name);
			await harness.poll();
			const before = await minutesOf(2);
			harness.engine.alter((state) => ({
				...state,
				spanMs: odd,
				clockAheadMs: odd,
				clockCandidate: { aheadMs: odd, sinceMs: odd, polls: odd },
				polledAtMs: odd,
				toLearn: { from: odd, to: odd },
			}));
			const after = await minutesOf(3);
			expect([...before.returned, ...after.returned]).toEqual([...before.events, ...after.events]);
		},
	);

	test('continues as before after a response full of events from 2030', async () => {
		harness = await TriggerHarness.open(name);
		await harness.poll();
		moveClock(MINUTE_MS);
		const data = Array.from({ length: 3500 }, (_one, index) => ({
			cursor: `future-${index}`,
			timestamp: '2030-01-01T00:00:00.0000000Z',
		}));
		harness.api.fail(
			{ kind: 'response', text: JSON.stringify({ data, next: null }) },
			{ on: 'query', times: 1 },
		);
		await harness.poll();
		const { events, returned } = await minutesOf(5);
		expect(returned).toEqual(events);
		expect(warned()).not.toContain('Late Arrival');
		expect(JSON.stringify(harness.state).length).toBeLessThan(64_000);
	});

	test('skips events that are older than requested', async () => {
		harness = await TriggerHarness.open(name);
		await harness.poll();
		moveClock(MINUTE_MS);
		const data = [
			{ cursor: 'fits', timestamp: harness.ago(SECOND_MS) },
			{ cursor: 'old', timestamp: harness.ago(3 * DAY_MS) },
		];
		harness.api.fail(
			{ kind: 'response', text: JSON.stringify({ data, next: null }) },
			{ on: 'query', times: 1 },
		);
		expect(await harness.poll()).toEqual(['fits']);
	});
});

describe.each(ENGINE_NAMES)("Polls in n8n's %s engine", (name) => {
	let harness: TriggerHarness;
	let log: ReturnType<typeof warnings>;

	beforeEach(async () => {
		log = warnings();
		harness = await TriggerHarness.open(name);
		await harness.poll();
		moveClock(MINUTE_MS);
		harness.newRequests();
	});
	afterEach(async () => {
		log.restore();
		await harness.close();
	});

	test('wait as long as Signicat asked, and then find everything', async () => {
		const events = harness.append(SECOND_MS);
		harness.api.fail({ status: 429, retryAfter: '600' }, { on: 'query' });
		await failureOf(harness.poll());
		for (let minute = 0; minute < 9; minute++) {
			moveClock(MINUTE_MS);
			events.push(...harness.append(SECOND_MS));
			expect(await harness.poll()).toEqual([]);
		}
		expect(harness.newRequests()).toEqual(['query']);
		moveClock(MINUTE_MS);
		expect(await harness.poll()).toEqual(events);
	});

	test('do not wait for the quota of an hour where Retry-After names seconds', async () => {
		const headers = { 'X-RateLimit-Reset': '3600' };
		harness.api.fail({ status: 429, retryAfter: '40', headers }, { on: 'query' });
		const error = await failureOf(harness.poll());
		expect(error.failure?.retryAfterMs).toBe(40_000);
		moveClock(MINUTE_MS);
		const events = harness.append(SECOND_MS);
		expect(await harness.poll()).toEqual(events);
	});

	test('continue if the clock is set back while they wait', async () => {
		harness.api.fail({ status: 429, retryAfter: '600' }, { on: 'query' });
		await failureOf(harness.poll());
		moveClock(-HOUR_MS);
		harness.clocks.skewMs -= HOUR_MS;
		const events = harness.append(SECOND_MS);
		expect(await harness.poll()).toEqual(events);
	});

	test('report an error if several of them make no progress', async () => {
		harness.api.configure({ endlessNext: true });
		harness.append(SECOND_MS);
		const failures: string[] = [];
		for (let poll = 0; poll < 6; poll++) {
			await harness.poll().catch((error: Error) => failures.push(error.message));
			moveClock(MINUTE_MS);
		}
		const message = 'The last 3 polls could not finish reading any part of the audit log';
		expect(failures).toEqual([message, message]);
		harness.api.configure({ endlessNext: false });
		expect(await harness.poll()).toHaveLength(1);
	});

	test('report an error if learning makes no progress, and learn once it can', async () => {
		harness.append(2 * HOUR_MS, 40 * SECOND_MS);
		harness.api.configure({ endlessNext: true });
		harness.parameters = { event: 'newEventType' };
		harness.engine.restart();
		const failures: string[] = [];
		for (let poll = 0; poll < 6; poll++) {
			await harness.poll().catch((error: Error) => failures.push(error.message));
			moveClock(MINUTE_MS);
		}
		expect(failures.length).toBeGreaterThan(0);
		harness.api.configure({ endlessNext: false });
		expect(await harness.engine.poll()).toEqual([]);
		harness.append(SECOND_MS);
		expect(await harness.engine.poll()).toEqual([]);
		const [fresh] = harness.api.append({ timestamp: harness.ago(500), eventType: 'fresh' });
		expect(await harness.engine.poll()).toMatchObject([{ event: { cursor: fresh?.cursor } }]);
	});

	test('report the failure if several of them only read again what was read before', async () => {
		await harness.close();
		const options = {
			startFrom: 'lookback',
			lookbackHours: 1,
			lateArrivalMinutes: 60,
			maxEventsPerPoll: 50,
		};
		harness = await TriggerHarness.open(name, { parameters: { options } });
		harness.append(...Array.from({ length: 3000 }, (_, second) => second * 1000 + 5000));
		for (let poll = 0; poll < 30; poll++) {
			await harness.poll();
			moveClock(SECOND_MS);
		}
		const outcomes: string[] = [];
		for (let poll = 0; poll < 6; poll++) {
			moveClock(MINUTE_MS);
			harness.api.fail({ status: 500 }, { on: 'query', times: Infinity, skip: 2 });
			const items = harness.poll().then(({ length }) => `${length} items`);
			outcomes.push(await items.catch(({ message }: Error) => message));
			harness.api.clearFaults();
		}
		const message = 'Signicat is temporarily unavailable';
		const nothing = '0 items';
		expect(outcomes).toEqual([nothing, nothing, message, nothing, nothing, message]);
		expect(await harness.poll()).toHaveLength(50);
	});

	test('log once how many entries of a page were not events', async () => {
		harness.api.configure({ malformed: [null, 7, 'text'] });
		const events = harness.append(SECOND_MS);
		expect(await harness.poll()).toEqual(events);
		const said = log.warn.mock.calls.map(([text]) => text);
		expect(said.filter((text) => text.includes('3 entries'))).toHaveLength(1);
	});
});
