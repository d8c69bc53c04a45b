import '../trigger-model/instantSleep';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { PollContext } from 'n8n-core';
import { moveClock } from '../trigger-model/clock';
import { Bench, DAY_MS, engineNames, failureOf, MINUTE_MS, SECOND_MS } from './bench';

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

/** Takes the place of n8n's log. */
function warnings() {
	const warn = jest.fn<(text: string) => void>();
	const quiet = () => {};
	// Where n8n's contexts have their logger from.
	const contexts = Object.getPrototypeOf(PollContext.prototype) as { logger: unknown };
	const logger = jest.spyOn(contexts, 'logger', 'get');
	logger.mockReturnValue({ warn, info: quiet, debug: quiet, error: quiet });
	return { warn, restore: () => logger.mockRestore() };
}

describe.each(engineNames)("The trigger's position in n8n's %s engine", (name) => {
	let bench: Bench;
	let log: ReturnType<typeof warnings>;

	beforeEach(() => {
		log = warnings();
	});
	afterEach(async () => {
		log.restore();
		await bench.close();
	});

	const warned = () => log.warn.mock.calls.map(([text]) => text).join('\n');

	/** An event a minute, and a poll a minute: what came of those of `minutes` polls. */
	const minutesOf = async (minutes: number) => {
		const events: string[] = [];
		const returned: string[] = [];
		for (let minute = 0; minute < minutes; minute++) {
			moveClock(MINUTE_MS);
			events.push(...bench.append(30 * SECOND_MS));
			returned.push(...(await bench.poll()));
		}
		return { events, returned };
	};

	describe.each(both)('with a Date header that is wrong by %s in one poll', (_how, ms) => {
		test('loses nothing, repeats nothing, and asks hardly more', async () => {
			bench = await Bench.open(name);
			await bench.poll();
			const before = await minutesOf(3);
			bench.takeRequests();
			bench.api.configure({ dateAheadMs: ms });
			const during = await minutesOf(1);
			bench.api.configure({ dateAheadMs: 0 });
			const asked = bench.takeRequests().filter((one) => one === 'query');
			// Windows grow step by step, here up to the 30 days that are read ahead at most.
			expect(asked.length).toBeLessThanOrEqual(6);
			const after = await minutesOf(4);
			expect(bench.takeRequests().length).toBeLessThanOrEqual(4 * 2);
			const all = [before, during, after];
			expect(all.flatMap(({ returned }) => returned)).toEqual(all.flatMap(({ events }) => events));
		});
	});

	describe.each(both)('with a Date header that is wrong by %s at the activation', (_how, ms) => {
		test('returns nothing from before, and everything from then on', async () => {
			bench = await Bench.open(name);
			bench.append(20 * SECOND_MS, 4 * MINUTE_MS, HOUR_MS, 5 * HOUR_MS, 3 * DAY_MS, 20 * DAY_MS);
			bench.api.configure({ dateAheadMs: ms });
			expect(await bench.poll()).toEqual([]);
			bench.api.configure({ dateAheadMs: 0 });
			const { events, returned } = await minutesOf(4);
			expect(returned).toEqual(events);
			expect(bench.takeRequests().length).toBeLessThanOrEqual(20);
		});
	});

	test.each([
		['two hours ahead', 2 * HOUR_MS],
		['two hours behind', -2 * HOUR_MS],
		['20 days behind', -20 * DAY_MS],
	])(
		"with n8n's clock %s at the activation and no Date header: nothing old, all that is new",
		async (_how, ms) => {
			bench = await Bench.open(name, { api: { behaviour: { dateHeader: false } } });
			bench.append(20 * SECOND_MS, 4 * MINUTE_MS, HOUR_MS, 5 * HOUR_MS, 3 * DAY_MS);
			moveClock(ms);
			bench.clocks.skewMs += ms;
			expect(await bench.poll()).toEqual([]);
			moveClock(-ms);
			bench.clocks.skewMs -= ms;
			const { events, returned } = await minutesOf(4);
			expect(returned).toEqual(events);
		},
	);

	describe.each(both)("with n8n's clock wrong by %s in one poll", (_how, given) => {
		// The clock of the tests begins in 1970.
		const ms = Math.max(given, -20_000 * DAY_MS);

		test.each([
			['and a Date header', true],
			['and no Date header', false],
		])('%s: loses nothing and repeats nothing', async (_what, dateHeader) => {
			bench = await Bench.open(name, { api: { behaviour: { dateHeader } } });
			await bench.poll();
			const before = await minutesOf(3);
			moveClock(ms);
			bench.clocks.skewMs += ms;
			const during = await minutesOf(1);
			moveClock(-ms);
			bench.clocks.skewMs -= ms;
			expect(bench.takeRequests().length).toBeLessThanOrEqual(40);
			const after = await minutesOf(4);
			const all = [before, during, after];
			expect(all.flatMap(({ returned }) => returned)).toEqual(all.flatMap(({ events }) => events));
		});
	});

	test('follows a difference that stays, and not one that comes and goes', async () => {
		bench = await Bench.open(name);
		await bench.poll();
		// One of three machines behind the address has a clock that is an hour ahead.
		const mixed: Array<Awaited<ReturnType<typeof minutesOf>>> = [];
		for (let poll = 0; poll < 15; poll++) {
			bench.api.configure({ dateAheadMs: poll % 3 === 0 ? HOUR_MS : 0 });
			mixed.push(await minutesOf(1));
		}
		expect(bench.state).not.toHaveProperty('clockAheadMs');
		bench.api.configure({ dateAheadMs: 0 });
		expect(mixed.flatMap(({ returned }) => returned)).toEqual(
			mixed.flatMap(({ events }) => events),
		);
		// From here on, n8n's clock is an hour behind.
		moveClock(-HOUR_MS);
		bench.clocks.skewMs -= HOUR_MS;
		const { events, returned } = await minutesOf(15);
		expect(returned).toEqual(events);
		expect(Math.round(Number(bench.state?.clockAheadMs) / 2000)).toBe(HOUR_MS / 2000);
	});

	test.each([
		['watermark', { watermark: '2100-01-01T00:00:00.0000000Z' }],
		['overlap', { overlapFrom: '2100-01-01T00:00:00.0000000Z' }],
		[
			'watermark and an overlap',
			{ watermark: '2100-01-01T00:00:00.0000000Z', overlapFrom: '2099-12-31T23:55:00.0000000Z' },
		],
	])('with a %s in the stored state that lies in the future is set back', async (what, fields) => {
		bench = await Bench.open(name);
		bench.append(30 * SECOND_MS);
		await bench.poll();
		const before = await minutesOf(2);
		expect(before.returned).toEqual(before.events);
		bench.engine.alter((state) => ({ ...state, ...fields }));
		const after = await minutesOf(4);
		expect(after.returned).toEqual(after.events);
		if (what !== 'overlap') expect(warned()).toMatch(/position was .* in the future/);
		expect(Date.parse(bench.state?.watermark ?? '')).toBeLessThanOrEqual(Date.now());
	});

	test.each([[-5], [0.3], [1e300], ['abc'], [null], [{}]])(
		'with %p for each number in the stored state goes on',
		async (odd) => {
			bench = await Bench.open(name);
			await bench.poll();
			const before = await minutesOf(2);
			bench.engine.alter((state) => ({
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

	test('after an answer full of events from 2030 goes on as before', async () => {
		bench = await Bench.open(name);
		await bench.poll();
		moveClock(MINUTE_MS);
		const data = Array.from({ length: 3500 }, (_one, index) => ({
			cursor: `future-${index}`,
			timestamp: '2030-01-01T00:00:00.0000000Z',
		}));
		bench.api.fail(
			{ kind: 'answer', text: JSON.stringify({ data, next: null }) },
			{ on: 'query', times: 1 },
		);
		await bench.poll();
		const { events, returned } = await minutesOf(5);
		expect(returned).toEqual(events);
		expect(warned()).not.toContain('Late Arrival');
		expect(JSON.stringify(bench.state).length).toBeLessThan(64_000);
	}, 30_000);

	test('leaves out what is older than it asked for', async () => {
		bench = await Bench.open(name);
		await bench.poll();
		moveClock(MINUTE_MS);
		const data = [
			{ cursor: 'fits', timestamp: bench.ago(SECOND_MS) },
			{ cursor: 'old', timestamp: bench.ago(3 * DAY_MS) },
		];
		bench.api.fail(
			{ kind: 'answer', text: JSON.stringify({ data, next: null }) },
			{ on: 'query', times: 1 },
		);
		expect(await bench.poll()).toEqual(['fits']);
	});
});

describe.each(engineNames)("Polls in n8n's %s engine", (name) => {
	let bench: Bench;
	let log: ReturnType<typeof warnings>;

	beforeEach(async () => {
		log = warnings();
		bench = await Bench.open(name);
		await bench.poll();
		moveClock(MINUTE_MS);
		bench.takeRequests();
	});
	afterEach(async () => {
		log.restore();
		await bench.close();
	});

	test('stay away as long as Signicat asked for, and then find everything', async () => {
		const events = bench.append(SECOND_MS);
		bench.api.fail({ status: 429, retryAfter: '600' }, { on: 'query' });
		await failureOf(bench.poll());
		for (let minute = 0; minute < 9; minute++) {
			moveClock(MINUTE_MS);
			events.push(...bench.append(SECOND_MS));
			expect(await bench.poll()).toEqual([]);
		}
		expect(bench.takeRequests()).toEqual(['query']);
		moveClock(MINUTE_MS);
		expect(await bench.poll()).toEqual(events);
	});

	test('go on when the clock is set back while they stay away', async () => {
		bench.api.fail({ status: 429, retryAfter: '600' }, { on: 'query' });
		await failureOf(bench.poll());
		moveClock(-HOUR_MS);
		bench.clocks.skewMs -= HOUR_MS;
		const events = bench.append(SECOND_MS);
		expect(await bench.poll()).toEqual(events);
	});

	test('say so when several of them get nowhere', async () => {
		bench.api.configure({ endlessNext: true });
		bench.append(SECOND_MS);
		const failures: string[] = [];
		for (let poll = 0; poll < 6; poll++) {
			await bench.poll().catch((error: Error) => failures.push(error.message));
			moveClock(MINUTE_MS);
		}
		const message = 'The last 3 polls could not finish reading any part of the audit log';
		expect(failures).toEqual([message, message]);
		bench.api.configure({ endlessNext: false });
		expect(await bench.poll()).toHaveLength(1);
	}, 60_000);

	test('say in the log, once, how many entries of a page were no events', async () => {
		bench.api.configure({ malformed: [null, 7, 'text'] });
		const events = bench.append(SECOND_MS);
		expect(await bench.poll()).toEqual(events);
		const said = log.warn.mock.calls.map(([text]) => text);
		expect(said.filter((text) => text.includes('3 entries'))).toHaveLength(1);
	});
});
