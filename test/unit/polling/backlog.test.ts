import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pollEvents } from '../../../nodes/SignicatAuditTrigger/polling/pollEvents';
import { startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import {
	DAY,
	fromMilliseconds,
	HOUR,
	type Instant,
	MINUTE,
	parseTimestamp,
	SECOND,
} from '../../../nodes/shared/model/instant';
import { runs } from '../../support/seed';
import { logOf } from '../support/orderedLog';
import { pollSettings } from '../support/polls';

const EVENTS = 1_000_000;
const PAGE = 1000;
const SPAN = 60n * DAY;
const END = fromMilliseconds(Date.UTC(2026, 10, 1));
const BEGIN = END - SPAN;

/** Bursts of the same length and number of events, at equal distances. */
function inBursts(count: number, length: Instant): (index: number) => Instant {
	const events = EVENTS / count;
	return (index) =>
		BEGIN +
		HOUR +
		((SPAN - DAY) * BigInt(Math.floor(index / events))) / BigInt(count) +
		(length * BigInt(index % events)) / BigInt(events);
}

/** When the events of a backlog happened, by their index, oldest first. */
const BACKLOGS: Array<[string, (index: number) => Instant]> = [
	['evenly', (index) => BEGIN + 1n + (SPAN * BigInt(index)) / BigInt(EVENTS)],
	[
		'in one hour in its middle',
		(index) => BEGIN + 30n * DAY + (HOUR * BigInt(index)) / BigInt(EVENTS),
	],
	['in its last minute', (index) => END - MINUTE + (MINUTE * BigInt(index)) / BigInt(EVENTS)],
	['in 50 bursts of half a minute', inBursts(50, 30n * SECOND)],
	['in 1,000 bursts of a second', inBursts(1000, SECOND)],
	[
		'more and more often',
		(index) => BEGIN + 1n + BigInt(Math.floor(Number(SPAN) * Math.sqrt(index / EVENTS))),
	],
];

/**
 * Polls until everything was given, and sees that it came in order.
 *
 * @returns how many polls and requests that took
 */
async function catchUp(times: readonly Instant[], capacity: number) {
	const { fetchPage, requests } = logOf(times);
	let state = startAt(BEGIN, 'key');
	let now = Number(END / 1_000_000n);
	let given = 0;
	let polls = 0;
	for (; given < times.length; polls++) {
		expect(polls).toBeLessThan(1000);
		const settings = pollSettings(() => now, { capacity });
		const result = await pollEvents(fetchPage, state, settings);
		// Not `toEqual` a million times.
		const isInOrder = result.events.every(({ cursor }, index) => cursor === `c${given + index}`);
		expect(isInOrder).toBe(true);
		given += result.events.length;
		expect(result.state.watermark).toBeGreaterThan(
			parseTimestamp(result.events.at(-1)?.timestamp ?? '') ?? 0n,
		);
		({ state } = result);
		now += 60_000;
	}
	expect(given).toBe(times.length);
	return { polls, requests: requests() };
}

describe('A backlog of 1,000,000 events in 60 days', () => {
	test.each(BACKLOGS)(
		'%s comes whole, oldest first, at no more than three requests a page',
		async (_how, timeOf) => {
			const times = Array.from({ length: EVENTS }, (_one, index) => timeOf(index));
			const { requests } = await catchUp(times, 5000);
			expect(requests).toBeLessThanOrEqual((3 * EVENTS) / PAGE);
		},
		120_000,
	);
});

/** Bursts of a millisecond to all of the 60 days, by the power of ten of their length in nanoseconds. */
const bursts = fc.array(
	fc.record({
		events: fc.integer({ min: 1, max: 3000 }),
		length: fc.double({ min: 6, max: Math.log10(Number(SPAN)), noNaN: true }),
		place: fc.double({ min: 0, max: 1, noNaN: true }),
	}),
	{ minLength: 1, maxLength: 20 },
);

describe('A backlog of bursts of every size', () => {
	test('comes whole, oldest first, with a few more requests for each burst that has to be found', async () => {
		await fc.assert(
			fc.asyncProperty(
				bursts,
				fc.constantFrom(200, 1000, 5000, 20_000, 100_000),
				async (parts, capacity) => {
					const times = parts
						.flatMap(({ events, length, place }) => {
							const long = 10 ** length;
							const begin = place * (Number(SPAN) - long);
							const each = (index: number) => begin + (long * index) / events;
							return Array.from({ length: events }, (_one, index) => each(index));
						})
						.sort((a, b) => a - b)
						.map((at) => BEGIN + 1n + BigInt(Math.floor(at)));
					const { polls, requests } = await catchUp(times, capacity);
					const pages = Math.max(polls, times.length / PAGE);
					expect(requests).toBeLessThanOrEqual(3 * pages + 12 * (parts.length + 2));
				},
			),
			{ numRuns: runs(20) },
		);
	});
});
