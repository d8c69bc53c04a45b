import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Condition } from '../../../nodes/shared/model/conditions';
import { pollEvents } from '../../../nodes/SignicatAuditTrigger/polling/pollEvents';
import type { PollSettings } from '../../../nodes/SignicatAuditTrigger/polling/pollSettings';
import { MAX_PACKED_EVENTS } from '../../../nodes/SignicatAuditTrigger/state/packedEvents';
import { type ReadyState, startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import {
	fromMilliseconds,
	type Instant,
	MILLISECOND,
	MINUTE,
	SECOND,
	toMilliseconds,
} from '../../../nodes/shared/model/instant';
import { type FetchPage, MAX_EVENTS_PER_PAGE, type Page } from '../../../nodes/shared/model/page';
import { runs } from '../../support/seed';
import { logOf } from '../support/orderedLog';
import { logShapes } from '../support/arbitraries';
import { type Entry, type LogShape, MemoryLog, PLAIN_LOG } from '../support/memoryLog';
import { pollSettings, stored } from '../support/polls';

const START_MS = Date.UTC(2026, 10, 1, 12);
const START = fromMilliseconds(START_MS);
const POLL_EVERY_MS = 60_000;
const BUDGET_MS = 30_000;
/** More requests than any honest poll of these tests needs. */
const FAR_TOO_MANY_REQUESTS = 1500;

const ONLY_BROKER: Condition[] = [{ field: 'serviceName', operator: 'eq', value: 'Broker' }];

interface Arrival extends Entry {
	/** When the log begins to show the event, in ms on the server's clock. */
	arrivesMs: number;
}

interface World {
	arrivals: Arrival[];
	shape: LogShape;
	/** How far n8n's clock is ahead of the server's, in ms. */
	skewMs: number;
	/** How long a request takes, in ms. */
	latencyMs: number;
}

/** The server, its log and two clocks; requests take time. */
class Simulation {
	serverMs = START_MS;

	requests = 0;

	/** The request of the current poll that fails. */
	failsAt = 0;

	readonly log: MemoryLog;

	constructor(readonly world: World) {
		this.log = new MemoryLog(
			world.arrivals,
			world.shape,
			(entry) => (entry as Arrival).arrivesMs <= this.serverMs,
		);
	}

	readonly now = () => this.serverMs + this.world.skewMs;

	readonly fetchPage: FetchPage = async (query, next): Promise<Page> => {
		this.requests += 1;
		this.serverMs += this.world.latencyMs;
		if (this.requests === this.failsAt) throw new Error('injected');
		if (this.requests > FAR_TOO_MANY_REQUESTS) throw new Error('This poll does not end');
		const page = await this.log.fetchPage(query, next);
		// A Date header counts whole seconds.
		return { ...page, serverTime: Math.floor(this.serverMs / 1000) * 1000 };
	};

	async poll(state: ReadyState, settings: Partial<PollSettings> = {}) {
		this.requests = 0;
		return await pollEvents(
			this.fetchPage,
			state,
			pollSettings(this.now, { deadlineMs: this.now() + BUDGET_MS, ...settings }),
		);
	}
}

function simulate(
	times: readonly Instant[],
	{
		shape = {},
		skewMs = 0,
		latencyMs = 0,
	}: { shape?: Partial<LogShape> } & Partial<Pick<World, 'skewMs' | 'latencyMs'>> = {},
): Simulation {
	const arrivals = times.map((at, sequence) => ({
		at,
		sequence,
		arrivesMs: toMilliseconds(at) + 1,
	}));
	return new Simulation({ arrivals, shape: { ...PLAIN_LOG, ...shape }, skewMs, latencyMs });
}

const cursorsOf = ({ events }: { events: Array<{ cursor: string }> }) =>
	events.map(({ cursor }) => cursor);

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

const POLLS = 5;

const scenarios = fc
	.record({
		shape: logShapes,
		skewMs: fc.constantFrom(0, 0, 700, -700, -5000, 5000, 3_600_000, -240_000),
		latencyMs: fc.constantFrom(0, 9),
		lateMs: fc.constantFrom(10_000, 150_000),
		capacity: fc.constantFrom(1, 2, 3, 10, 5000),
		delay: fc.constantFrom(0n, 20n * SECOND),
		conditions: fc.constantFrom<Condition[]>([], ONLY_BROKER),
		applyFiltersIn: fc.constantFrom('signicat' as const, 'n8n' as const),
		failures: fc.array(fc.constantFrom(0, 0, 1, 2, 3, 5), { minLength: POLLS, maxLength: POLLS }),
	})
	.chain((settings) =>
		fc
			.array(
				fc.record({
					// In steps of 100 ns after the start; small numbers crowd events together.
					step: fc.oneof(
						fc.bigInt({ min: 1n, max: 60_000n }),
						fc.bigInt({ min: 1n, max: BigInt(POLLS * POLL_EVERY_MS) * 10_000n }),
						fc
							.integer({ min: 1, max: POLLS })
							.map((poll) => BigInt(poll * POLL_EVERY_MS) * 10_000n),
					),
					count: fc.constantFrom(1, 1, 1, 2, 5),
					// The clocks may differ by two seconds unnoticed.
					delayMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: settings.lateMs - 3000 })),
					serviceName: fc.constantFrom('Broker', 'Broker', 'mobileid'),
				}),
				{ maxLength: 12 },
			)
			.map((groups) => ({
				...settings,
				arrivals: groups
					.flatMap(({ count, ...event }) => range(count).map(() => event))
					.map(({ step, delayMs, serviceName }, sequence): Arrival => {
						const at = START + step * 100n;
						const arrivesMs = toMilliseconds(at) + 1 + delayMs;
						return { at, sequence, arrivesMs, fields: { serviceName } };
					}),
			})),
	);

describe('repeated polls', () => {
	test('give each event once and oldest first, and lose nothing behind the watermark', async () => {
		await fc.assert(
			fc.asyncProperty(scenarios, async (scenario) => {
				const { arrivals, conditions, applyFiltersIn, capacity, delay, failures } = scenario;
				const simulation = new Simulation(scenario);
				const settings = {
					conditions,
					applyFiltersIn,
					capacity,
					delay,
					allowedLateness: fromMilliseconds(scenario.lateMs),
				};
				const wanted = arrivals.filter(
					({ fields }) => conditions.length === 0 || fields?.serviceName === 'Broker',
				);
				const timeOf = new Map(arrivals.map(({ sequence, at }) => [`c${sequence}`, at]));
				const given: string[] = [];
				let state = startAt(START, 'key');
				// Enough further polls for a capacity of one event a poll.
				for (let poll = 0; poll < POLLS + 3 + wanted.length; poll++) {
					const beganMs = START_MS + (poll + 1) * POLL_EVERY_MS;
					simulation.serverMs = beganMs;
					simulation.failsAt = failures[poll] ?? 0;
					const result = await simulation.poll(state, settings);

					if (result.failure !== undefined) expect(result.failure).toEqual(new Error('injected'));
					else if (simulation.requests > 0) expect(result.progressed).toBe(true);
					if (!result.progressed) expect(result.events).toEqual([]);
					expect(result.overlapTruncated).toBe(false);

					const cursors = cursorsOf(result);
					const times = cursors.map((cursor) => timeOf.get(cursor) ?? 0n);
					// An event that arrives while the poll reads may come by the overlap of two windows.
					const slack = scenario.latencyMs > 0 ? MILLISECOND : 0n;
					times.slice(1).forEach((time, i) => expect(time >= (times[i] ?? 0n) - slack).toBe(true));
					given.push(...cursors);
					expect(new Set(given).size).toBe(given.length);

					const next = result.state;
					expect(next.watermark >= state.watermark).toBe(true);
					expect(next.overlapFrom >= state.overlapFrom).toBe(true);
					expect(next.overlapFrom <= next.watermark).toBe(true);
					const known = new Set(given);
					const lost = wanted.filter(
						({ at, arrivesMs, sequence }) =>
							at < state.watermark && arrivesMs <= beganMs && !known.has(`c${sequence}`),
					);
					if (result.failure === undefined && next.windowHint === undefined)
						expect(lost).toEqual([]);

					expect(stored(next)).toEqual(next);
					state = stored(next);
				}
				expect([...given].sort()).toEqual(wanted.map(({ sequence }) => `c${sequence}`).sort());
			}),
			{ numRuns: runs(300) },
		);
	});

	test('remember more events than fit, by a shorter overlap, and still give none twice', async () => {
		// 180,000 events in three minutes, and late ones are awaited for an hour.
		const times = range(180_000).map((i) => START + BigInt(i) * MILLISECOND);
		const { fetchPage } = logOf(times);
		let state = startAt(START, 'key');
		let given = 0;
		const truncated: boolean[] = [];
		for (const poll of [1, 2, 3, 4]) {
			const nowMs = START_MS + poll * POLL_EVERY_MS;
			const result = await pollEvents(
				fetchPage,
				state,
				pollSettings(() => nowMs, { allowedLateness: 60n * MINUTE, capacity: 1_000_000 }),
			);
			// Not `toEqual` of so many.
			const isInOrder = result.events.every(({ cursor }, index) => cursor === `c${given + index}`);
			expect(isInOrder).toBe(true);
			given += result.events.length;
			truncated.push(result.overlapTruncated);
			state = stored(result.state);
			expect(state.emitted.size).toBeLessThanOrEqual(MAX_PACKED_EVENTS);
		}
		expect(given).toBe(180_000);
		expect(truncated).toEqual([false, false, true, false]);
	});

	test('give an event that arrives late, after those that are older and newer', async () => {
		const simulation = simulate([START + SECOND, START + 30n * SECOND]);
		const late = {
			at: START + 10n * SECOND,
			sequence: 2,
			arrivesMs: START_MS + 4 * POLL_EVERY_MS,
		};
		simulation.world.arrivals.push(late);
		let state = startAt(START, 'key');
		const given: string[][] = [];
		for (const poll of [1, 2, 3, 4, 5]) {
			simulation.serverMs = START_MS + poll * POLL_EVERY_MS;
			const result = await simulation.poll(state);
			given.push(cursorsOf(result));
			state = stored(result.state);
		}
		expect(given).toEqual([['c0', 'c1'], [], [], ['c2'], []]);
	});
});

describe('one poll', () => {
	test('asks for everything since the overlap began, once, when that is little', async () => {
		const simulation = simulate([START + SECOND]);
		simulation.serverMs = START_MS + POLL_EVERY_MS;
		await simulation.poll(startAt(START, 'key'));
		expect(simulation.log.queries).toEqual([
			{
				window: { from: START, to: START + MINUTE },
				conditions: [],
				pageSize: MAX_EVENTS_PER_PAGE,
			},
		]);
		expect(simulation.requests).toBe(1);
	});

	test.each([
		['to Signicat', 'signicat', ONLY_BROKER],
		['to nobody, where it filters here', 'n8n', []],
	] as const)('gives the conditions %s', async (_what, applyFiltersIn, sent) => {
		const simulation = simulate([]);
		simulation.serverMs = START_MS + POLL_EVERY_MS;
		await simulation.poll(startAt(START, 'key'), { conditions: ONLY_BROKER, applyFiltersIn });
		expect(simulation.log.queries.map(({ conditions }) => conditions)).toEqual([sent]);
	});

	test('gives a backlog oldest first over several polls, about as many as it may at once', async () => {
		const simulation = simulate(range(3000).map((i) => START + BigInt(i) * 7n * MILLISECOND));
		let state = startAt(START, 'key');
		const given: string[] = [];
		for (const poll of range(10)) {
			simulation.serverMs = START_MS + (poll + 1) * POLL_EVERY_MS;
			const result = await simulation.poll(state, { capacity: 400 });
			expect(result.events.length).toBeLessThanOrEqual(400);
			given.push(...cursorsOf(result));
			state = stored(result.state);
		}
		expect(given).toEqual(range(3000).map((i) => `c${i}`));
	});

	test('comes through a millisecond that holds more events than it may give at once', async () => {
		const crowd = range(12).map((i) => START + 5n * MILLISECOND + BigInt(i) * 100n);
		const simulation = simulate([START + MILLISECOND, ...crowd, START + 7n * MILLISECOND], {
			shape: { pageCap: 2 },
			latencyMs: 20,
		});
		let state = startAt(START, 'key');
		const given: string[] = [];
		for (const poll of range(8)) {
			simulation.serverMs = START_MS + (poll + 1) * POLL_EVERY_MS;
			const result = await simulation.poll(state, { capacity: 3, allowedLateness: 0n });
			expect(result.failure).toBeUndefined();
			given.push(...cursorsOf(result));
			state = stored(result.state);
		}
		expect(given).toEqual(range(14).map((i) => `c${i}`));
	});

	test('ends soon where events lie a millisecond apart and it may give one at a time', async () => {
		const simulation = simulate(
			range(4).map((i) => START + BigInt(i + 1) * MILLISECOND),
			{ shape: { pageCap: 1 } },
		);
		let state = startAt(START, 'key');
		const requests: number[] = [];
		const given: string[] = [];
		for (const poll of range(8)) {
			simulation.serverMs = START_MS + (poll + 1) * POLL_EVERY_MS;
			const result = await simulation.poll(state, { capacity: 1, allowedLateness: 0n });
			requests.push(simulation.requests);
			given.push(...cursorsOf(result));
			state = stored(result.state);
		}
		expect(given).toEqual(['c0', 'c1', 'c2', 'c3']);
		expect(Math.max(...requests)).toBeLessThan(200);
	});

	test('keeps the windows that it read when a later one fails, and goes on behind them', async () => {
		const simulation = simulate(
			range(40).map((i) => START + BigInt(i + 1) * SECOND),
			{ shape: { pageCap: 5 } },
		);
		simulation.serverMs = START_MS + POLL_EVERY_MS;
		// A short span makes several windows of one poll.
		const begun = { ...startAt(START, 'key'), windowHint: 4n * SECOND };
		simulation.failsAt = 4;
		const first = await simulation.poll(begun);
		expect(first).toMatchObject({ failure: new Error('injected'), progressed: true });
		expect(first.events.length).toBeGreaterThan(0);
		simulation.failsAt = 0;
		const second = await simulation.poll(stored(first.state));
		expect(second.failure).toBeUndefined();
		expect([...cursorsOf(first), ...cursorsOf(second)]).toEqual(range(40).map((i) => `c${i}`));
	});

	test('gives nothing of a window whose second page fails', async () => {
		const simulation = simulate([START + SECOND, START + 2n * SECOND], { shape: { pageCap: 1 } });
		simulation.serverMs = START_MS + POLL_EVERY_MS;
		simulation.failsAt = 2;
		const begun = startAt(START, 'key');
		const result = await simulation.poll(begun);
		expect(result).toMatchObject({ events: [], progressed: false, failure: new Error('injected') });
		expect({ ...result.state, windowHint: undefined }).toEqual({ ...begun, windowHint: undefined });
	});

	test('begins no request after its deadline, and goes on there the next time', async () => {
		const simulation = simulate(
			range(60).map((i) => START + BigInt(i + 1) * 500n * MILLISECOND),
			{ shape: { pageCap: 5 }, latencyMs: 1000 },
		);
		let state = startAt(START, 'key');
		const given: string[] = [];
		for (const poll of range(40)) {
			simulation.serverMs = START_MS + (poll + 1) * POLL_EVERY_MS;
			const began: number[] = [];
			const deadlineMs = simulation.now() + 5000;
			const fetchPage: FetchPage = async (query, next) => {
				began.push(simulation.now());
				return await simulation.fetchPage(query, next);
			};
			simulation.requests = 0;
			const result = await pollEvents(
				fetchPage,
				state,
				pollSettings(simulation.now, { allowedLateness: 0n, deadlineMs }),
			);
			expect(began.filter((at) => at >= deadlineMs)).toEqual([]);
			given.push(...cursorsOf(result));
			state = stored(result.state);
		}
		expect(given).toEqual(range(60).map((i) => `c${i}`));
	});

	test('forgets its shorter windows when it has caught up', async () => {
		const simulation = simulate([START + SECOND]);
		simulation.serverMs = START_MS + POLL_EVERY_MS;
		const { state } = await simulation.poll({ ...startAt(START, 'key'), windowHint: SECOND });
		expect(state.watermark).toBe(START + MINUTE);
		expect(state.windowHint).toBeUndefined();
	});

	test('stays behind the clock for as long as events settle', async () => {
		const simulation = simulate([START + 20n * SECOND, START + 40n * SECOND]);
		simulation.serverMs = START_MS + POLL_EVERY_MS;
		const { events, state } = await simulation.poll(startAt(START, 'key'), {
			delay: 30n * SECOND,
		});
		expect(cursorsOf({ events })).toEqual(['c0']);
		expect(state.watermark).toBe(START + 30n * SECOND);
	});

	test('gives an event whose timestamp it cannot read once', async () => {
		let state = startAt(START, 'key');
		const given: string[] = [];
		for (const poll of [1, 2, 3]) {
			const nowMs = START_MS + poll * POLL_EVERY_MS;
			const result = await pollEvents(
				async () => ({ events: [{ cursor: 'odd', timestamp: 'yesterday' }], next: null }),
				state,
				pollSettings(() => nowMs, { capacity: 100, deadlineMs: nowMs + BUDGET_MS }),
			);
			given.push(...cursorsOf(result));
			state = stored(result.state);
		}
		expect(given).toEqual(['odd']);
	});

	test('leaves the state that it was given as it is', async () => {
		const simulation = simulate([START + SECOND]);
		simulation.serverMs = START_MS + POLL_EVERY_MS;
		const begun = startAt(START, 'key');
		await simulation.poll(begun);
		expect(begun).toEqual(startAt(START, 'key'));
	});

	test('keeps what the state says of known values', async () => {
		const simulation = simulate([START + SECOND]);
		simulation.serverMs = START_MS + POLL_EVERY_MS;
		const types = { phase: 'ready' as const, knownValues: new Set(['AAAAAAAA']) };
		const { state } = await simulation.poll({ ...startAt(START, 'key'), ...types });
		expect(state).toMatchObject(types);
	});
});

describe('clocks that differ', () => {
	test.each([2500, 60_000, 86_400_000])(
		'never carry the watermark past the clock of the server when n8n is %i ms ahead',
		async (skewMs) => {
			const simulation = simulate([START + SECOND], { skewMs });
			simulation.serverMs = START_MS + POLL_EVERY_MS;
			const result = await simulation.poll(startAt(START, 'key'));
			expect(result.failure).toBeUndefined();
			expect(result.state.watermark <= fromMilliseconds(simulation.serverMs)).toBe(true);
		},
	);

	test.each([2500, 86_400_000])(
		'cost no further request when n8n is %i ms ahead',
		async (skewMs) => {
			const simulation = simulate([START + SECOND], { skewMs });
			simulation.serverMs = START_MS + POLL_EVERY_MS;
			await simulation.poll(startAt(START, 'key'));
			expect(simulation.requests).toBe(1);
		},
	);

	test.each([500, 1900, 2500])(
		'lose no event where none arrives late and n8n is %i ms ahead',
		async (skewMs) => {
			const simulation = simulate(
				range(30).map((i) => START + BigInt(i) * 9_700n * MILLISECOND + MILLISECOND),
				{ skewMs },
			);
			let state = startAt(START, 'key');
			const given: string[] = [];
			for (const poll of range(7)) {
				simulation.serverMs = START_MS + (poll + 1) * POLL_EVERY_MS;
				// Between two polls the log goes on: half a second after this one, for example.
				simulation.world.arrivals.push({
					at: fromMilliseconds(simulation.serverMs + 300),
					sequence: 100 + poll,
					arrivesMs: simulation.serverMs + 301,
				});
				const result = await simulation.poll(state, { allowedLateness: 0n });
				given.push(...cursorsOf(result));
				state = stored(result.state);
			}
			const visible = simulation.world.arrivals.filter(
				({ arrivesMs }) => arrivesMs <= simulation.serverMs,
			);
			expect([...given].sort()).toEqual(visible.map(({ sequence }) => `c${sequence}`).sort());
		},
	);

	test('let events settle on the clock of the server, too', async () => {
		const simulation = simulate([START + SECOND], { skewMs: 3_600_000 });
		simulation.serverMs = START_MS + POLL_EVERY_MS;
		const { state } = await simulation.poll(startAt(START, 'key'), { delay: 30n * SECOND });
		expect(state.watermark <= START + 30n * SECOND).toBe(true);
	});

	test('give events at once although n8n is an hour behind', async () => {
		const simulation = simulate([START + SECOND], { skewMs: -3_600_000 });
		simulation.serverMs = START_MS + POLL_EVERY_MS;
		const result = await simulation.poll(startAt(START - 120n * MINUTE, 'key'));
		expect(cursorsOf(result)).toEqual(['c0']);
	});

	test('ask for no empty range when n8n stands before the watermark, and take it back', async () => {
		const simulation = simulate([]);
		const result = await simulation.poll(startAt(START + MINUTE, 'key'));
		expect(result.failure).toBeUndefined();
		expect(result.setBackMs).toBe(60_000);
		expect(result.state.watermark).toBe(START);
	});
});
