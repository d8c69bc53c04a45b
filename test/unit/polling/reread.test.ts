import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import { fromMilliseconds, SECOND } from '../../../nodes/shared/model/instant';
import { runs } from '../../support/seed';
import { SlowLog } from '../support/slowLog';
import { stored } from '../support/polls';

const START_MS = Date.UTC(2026, 10, 1, 12);
const START = fromMilliseconds(START_MS);

/** 400 a second. */
const EVENTS = 40_000;
const times = Array.from({ length: EVENTS }, (_, i) => START + (BigInt(i) * SECOND) / 400n);

const at = (second: number) => START_MS + second * 1000;

describe('polls that have no time for all of the last minute, in which events may arrive late', () => {
	/** 12 seconds for a poll, of which each response takes one. */
	const SECONDS = 12;

	async function pollsOf(log: SlowLog, count: number) {
		const given: string[] = [];
		let state = startAt(START, 'key');
		log.nowMs = at(100);
		const results = [];
		for (let poll = 0; poll < count; poll++) {
			const isFirst = poll === 0;
			const beganMs = log.nowMs;
			log.delay = () => {
				if (!isFirst) log.nowMs += 1000;
				return 1;
			};
			const deadlineMs = isFirst ? Infinity : beganMs + SECONDS * 1000;
			const result = await log.poll(state, { deadlineMs, sideBySide: 1 });
			given.push(...result.events.map(({ cursor }) => cursor));
			results.push(result);
			state = stored(result.state);
			log.nowMs = beganMs + (isFirst ? 1_000 : 13_000);
		}
		return { given, results };
	}

	test('continue where the last one ended, and begin again afterwards: what arrives late comes once', async () => {
		// At 55 seconds; it appears when the second poll has just read that part again.
		const late = 55 * 400;
		const arrivesMs = times.map((_time, i) => (i === late ? at(113) : at(i / 400)));
		const { given, results } = await pollsOf(new SlowLog(times, arrivesMs), 8);
		const begins = results.map(({ covered }) => covered.from);
		// The second poll has not got to 100 seconds, and the third one continues behind 55.
		expect(results[1]?.caughtUp).toBe(false);
		expect(begins[2]).toBeGreaterThan(times[late] ?? 0n);
		expect(given).toHaveLength(EVENTS);
		expect(new Set(given).size).toBe(EVENTS);
		expect(given).toContain(`c${late}`);
		expect(results.map(({ overlapTruncated }) => overlapTruncated)).not.toContain(true);
	});

	test('give new events as soon as one of them gets to the end', async () => {
		// The last ten seconds appear after the first poll.
		const arrivesMs = times.map((_time, i) => (i >= 90 * 400 ? at(101) : at(i / 400)));
		const { given } = await pollsOf(new SlowLog(times, arrivesMs), 5);
		expect([...given].sort()).toEqual(times.map((_time, i) => `c${i}`).sort());
	});
});

describe('polls that have more or less time', () => {
	/** As many in a minute as two or three windows hold. */
	const PER_SECOND = 200;
	const SECONDS = 200;
	const wanted = Array.from(
		{ length: SECONDS * PER_SECOND },
		(_, i) => START + (BigInt(i) * SECOND) / BigInt(PER_SECOND),
	);

	const scenarios = fc.record({
		/** How late events appear, in seconds: less than a minute. */
		lateness: fc.array(fc.integer({ min: 0, max: 57 }), { minLength: 1, maxLength: 20 }),
		/** How long responses take, in ms. */
		responses: fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 20 }),
		/** How long polls may read, in ms. */
		budgets: fc.array(fc.integer({ min: 500, max: 12_000 }), { minLength: 1, maxLength: 20 }),
		sideBySide: fc.constantFrom(1, 4),
	});

	test('give each event once, however late it is', async () => {
		await fc.assert(
			fc.asyncProperty(scenarios, async ({ lateness, responses, budgets, sideBySide }) => {
				const nth = (list: number[], place: number) => list[place % list.length] ?? 0;
				const arrivesMs = wanted.map((_time, i) => at(i / PER_SECOND + nth(lateness, i)));
				const log = new SlowLog(wanted, arrivesMs);
				let responded = 0;
				log.delay = () => {
					log.nowMs += nth(responses, responded++);
					return 1;
				};
				const given: string[] = [];
				let state = startAt(START, 'key');
				for (let poll = 1; poll * 15 < SECONDS + 150; poll++) {
					log.nowMs = Math.max(log.nowMs, at(poll * 15));
					// In the end, there is time to catch up.
					const isLast = poll * 15 > SECONDS + 60;
					const deadlineMs = isLast ? Infinity : log.nowMs + nth(budgets, poll);
					const result = await log.poll(state, { deadlineMs, sideBySide });
					expect(result.overlapTruncated).toBe(false);
					given.push(...result.events.map(({ cursor }) => cursor));
					state = stored(result.state);
				}
				expect(new Set(given).size).toBe(given.length);
				expect(given).toHaveLength(wanted.length);
			}),
			{ numRuns: runs(8) },
		);
	});
});
