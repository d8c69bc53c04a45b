import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import {
	fromMilliseconds,
	MILLISECOND,
	SECOND,
	toMilliseconds,
} from '../../../nodes/shared/model/instant';
import { runs } from '../../support/seed';
import { type Request, SlowLog } from '../support/slowLog';
import { stored } from '../support/polls';

const START_MS = Date.UTC(2026, 10, 1, 12);
const START = fromMilliseconds(START_MS);
const MINUTE_MS = 60_000;

/** 40,000 events, 400 a second from the start on. */
const EVENTS = 40_000;
const steady = Array.from({ length: EVENTS }, (_, i) => START + (BigInt(i) * SECOND) / 400n);

/** Windows of 5,000 events, as an earlier poll has found. */
const begun = () => ({ ...startAt(START, 'key'), windowHint: (25n * SECOND) / 2n });

function logAfter(seconds: number): SlowLog {
	const log = new SlowLog(steady);
	log.nowMs = START_MS + seconds * 1000;
	return log;
}

const cursorsOf = ({ events }: { events: Array<{ cursor: string }> }) =>
	events.map(({ cursor }) => cursor);

const range = (from: number, to: number) =>
	Array.from({ length: to - from }, (_, i) => `c${from + i}`);

/** The window of 12.5 s that a request belongs to, counted from 0. */
const windowOf = ({ from }: Request) =>
	Math.round(toMilliseconds(from - START + MILLISECOND) / 12_500);

describe('windows that are read side by side', () => {
	test('are four at a time, and give their events in order', async () => {
		const log = logAfter(100);
		// The later a window, the sooner its responses come.
		log.delay = (request) => 20 - 2 * windowOf(request);
		const result = await log.poll(begun());
		expect(result).toMatchObject({ caughtUp: true, failure: undefined });
		expect(cursorsOf(result)).toEqual(range(0, EVENTS));
		expect(log.mostInProgress).toBe(4);
		expect(log.requests.length).toBeLessThanOrEqual(48);
		expect(result.state.watermark).toBe(START + 100n * SECOND);
	});

	test('give an event of the millisecond that two of them share once', async () => {
		const log = new SlowLog(
			Array.from({ length: 20_000 }, (_, i) => START + BigInt(i) * MILLISECOND),
		);
		log.nowMs = START_MS + 20_000;
		const result = await log.poll({ ...startAt(START, 'key'), windowHint: 5n * SECOND });
		expect(cursorsOf(result)).toEqual(range(0, 20_000));
		expect(log.mostInProgress).toBe(4);
	});

	test('are one at a time where the poll may not read more', async () => {
		const log = logAfter(100);
		expect(cursorsOf(await log.poll(begun(), { sideBySide: 1 }))).toEqual(range(0, EVENTS));
		expect(log.mostInProgress).toBe(1);
	});

	test('are found by the next poll without a single window too many', async () => {
		const log = logAfter(60);
		const first = await log.poll(startAt(START, 'key'));
		expect(cursorsOf(first)).toEqual(range(0, 24_000));
		log.nowMs += 40_000;
		const second = await log.poll(stored(first.state));
		expect(cursorsOf(second)).toEqual(range(24_000, EVENTS));
		expect(log.mostInProgress).toBe(4);
		// 62 s of the overlap and 40 s that are new.
		expect(log.requests.length).toBeLessThanOrEqual(41 + 9);
	});

	test.each([0, 1, 2, 3])('keep what is whole before window %d, which fails', async (failing) => {
		const log = logAfter(100);
		log.fails = (request) => (windowOf(request) === failing ? new Error('injected') : undefined);
		const first = await log.poll(begun());
		expect(first).toMatchObject({ failure: new Error('injected'), progressed: failing > 0 });
		expect(cursorsOf(first)).toEqual(range(0, failing * 5000));
		if (failing > 0) {
			// Each window begins a millisecond before the end of the one before.
			const reached = START + BigInt(12_500 * failing - (failing - 1)) * MILLISECOND;
			expect(first.state.watermark).toBe(reached);
		} else expect(first.state.watermark).toBe(START);
		log.fails = () => undefined;
		const second = await log.poll(stored(first.state));
		expect(cursorsOf(second)).toEqual(range(failing * 5000, EVENTS));
	});

	test('end the requests of later windows when one fails', async () => {
		const log = logAfter(100);
		log.delay = (request) => (windowOf(request) === 0 ? 1 : 50);
		log.fails = (request) => (windowOf(request) === 0 ? new Error('injected') : undefined);
		await log.poll(begun());
		expect(log.requests.map((request) => [windowOf(request), request.wasEnded])).toEqual([
			[0, false],
			[1, true],
			[2, true],
			[3, true],
		]);
	});

	test('wait for an earlier window that is slow, although a later one has failed', async () => {
		const log = logAfter(100);
		log.delay = (request) => (windowOf(request) === 0 ? 50 : 1);
		log.fails = (request) => (windowOf(request) === 1 ? new Error('injected') : undefined);
		const result = await log.poll(begun());
		expect(cursorsOf(result)).toEqual(range(0, 5000));
	});

	test('are cut anew behind one that is too dense', async () => {
		// Ten times as many from 30 s on.
		const times = [...steady.slice(0, 12_000)];
		for (let i = 0; i < 28_000; i++)
			times.push(START + 30n * SECOND + (BigInt(i) * SECOND) / 4000n);
		const log = new SlowLog(times);
		log.nowMs = START_MS + MINUTE_MS;
		const result = await log.poll(begun());
		expect(result).toMatchObject({ caughtUp: true, failure: undefined });
		expect(cursorsOf(result)).toEqual(range(0, EVENTS));
		expect(log.requests.length).toBeLessThan(2 * 40);
	});

	test('are no more than what the poll takes needs', async () => {
		const log = logAfter(100);
		const result = await log.poll(begun(), { capacity: 11_000 });
		expect(cursorsOf(result)).toEqual(range(0, result.events.length));
		expect(result.events.length).toBeGreaterThanOrEqual(10_000);
		expect(result.events.length).toBeLessThanOrEqual(11_000);
		expect(log.mostInProgress).toBeLessThanOrEqual(2);
		expect(log.requests.length).toBeLessThanOrEqual(20);
	});

	test('begin no request after the deadline, and keep what is whole by then', async () => {
		const log = logAfter(100);
		const begins: number[] = [];
		log.delay = () => {
			begins.push(log.nowMs);
			log.nowMs += 100;
			return 3;
		};
		const deadlineMs = log.nowMs + 3000;
		const result = await log.poll(begun(), { deadlineMs });
		expect(begins.filter((at) => at >= deadlineMs)).toEqual([]);
		expect(result).toMatchObject({ progressed: true, caughtUp: false, failure: undefined });
		expect(result.events.length).toBeGreaterThan(0);
		expect(cursorsOf(result)).toEqual(range(0, result.events.length));
		const rest = await log.poll(stored(result.state));
		expect(cursorsOf(rest)).toEqual(range(result.events.length, EVENTS));
	});

	test('are a single one where there is nothing new, and little before it', async () => {
		const log = new SlowLog(steady.slice(0, 900));
		log.nowMs = START_MS + MINUTE_MS;
		const first = await log.poll(startAt(START, 'key'));
		expect(log.requests).toHaveLength(1);
		log.nowMs += MINUTE_MS;
		expect(cursorsOf(await log.poll(stored(first.state)))).toEqual([]);
		expect(log.requests).toHaveLength(1);
	});
});

const scenarios = fc.record({
	/** Events in each ten seconds. */
	density: fc.array(fc.constantFrom(0, 10, 600, 1000, 3000), { minLength: 18, maxLength: 18 }),
	/** By how many ms every so many events are late. */
	late: fc.record({
		every: fc.integer({ min: 2, max: 60 }),
		ms: fc.integer({ min: 1, max: 55_000 }),
	}),
	/** Per poll: which request fails, and whether all later ones do. */
	failures: fc.array(
		fc.record({
			at: fc.integer({ min: 0, max: 60 }),
			isLasting: fc.boolean(),
			happens: fc.boolean(),
		}),
		{ minLength: 4, maxLength: 4 },
	),
	delays: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 5, maxLength: 5 }),
	capacity: fc.constantFrom(600, 6000, 50_000),
});

describe('repeated polls of a log that is dense in places', () => {
	test('give each event once, oldest first, whatever fails', async () => {
		await fc.assert(
			fc.asyncProperty(scenarios, async ({ density, late, failures, delays, capacity }) => {
				const times = density.flatMap((count, part) =>
					Array.from(
						{ length: count },
						(_, i) =>
							START + BigInt(part) * 10n * SECOND + (10n * SECOND * BigInt(i)) / BigInt(count),
					),
				);
				const arrives = times.map(
					(at, i) => toMilliseconds(at) + 1 + (i % late.every === 0 ? late.ms : 0),
				);
				const log = new SlowLog(times, arrives);
				log.nowMs = START_MS;
				log.delay = () => delays[log.requests.length % delays.length] ?? 0;
				let state = startAt(START, 'key');
				const given = new Set<string>();
				for (let poll = 0; given.size < times.length; poll++) {
					expect(poll).toBeLessThan(12 + (2 * times.length) / capacity);
					log.nowMs += MINUTE_MS;
					const failing = failures[poll];
					log.fails = (_request, count) =>
						failing?.happens && (count === failing.at || (failing.isLasting && count > failing.at))
							? new Error('injected')
							: undefined;
					const result = await log.poll(state, { capacity });
					const places = cursorsOf(result).map((cursor) => Number(cursor.slice(1)));
					expect(places.every((place, i) => i === 0 || place > (places[i - 1] ?? 0))).toBe(true);
					for (const cursor of cursorsOf(result)) {
						expect(given.has(cursor)).toBe(false);
						given.add(cursor);
					}
					// What came before it and was there is not passed over.
					const { watermark } = result.state;
					const isLost = times.some(
						(at, i) =>
							at < watermark && (arrives[i] ?? 0) <= log.nowMs - MINUTE_MS && !given.has(`c${i}`),
					);
					if (result.caughtUp) expect(isLost).toBe(false);
					state = stored(result.state);
				}
			}),
			{ numRuns: runs(8) },
		);
	});
});
