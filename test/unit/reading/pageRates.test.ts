import { describe, expect, test } from '@jest/globals';
import { ratesAtEnds } from '../../../nodes/shared/reading/pageRates';
import { PageTimes } from '../../../nodes/shared/reading/pageTimes';
import {
	formatTimestamp,
	fromMilliseconds,
	MILLISECOND,
	SECOND,
} from '../../../nodes/shared/model/instant';

const START = fromMilliseconds(Date.UTC(2026, 10, 1));
const PER_SECOND = 1e-9;

/** Events in so many seconds before the end of 1,000 seconds, newest first. */
function ratesOf(ages: number[], to = START + 1000n * SECOND) {
	const window = { from: START, to };
	const events = ages.map((age, id) => ({
		cursor: `c${id}`,
		timestamp: formatTimestamp(window.to - BigInt(age * 1e9)),
	}));
	const { from, to: atTop } = ratesAtEnds(new PageTimes(events, window), events.length, window);
	return { old: from / PER_SECOND, new: atTop / PER_SECOND };
}

const steps = (count: number, first: number, step: number) =>
	Array.from({ length: count }, (_one, index) => first + index * step);

describe('ratesAtEnds', () => {
	test('is one rate for a few events', () => {
		expect(ratesOf(steps(10, 1, 1)).new).toBeCloseTo(10 / 1000);
		expect(ratesOf(steps(10, 1, 1)).old).toBeCloseTo(10 / 1000);
		expect(ratesOf(steps(20, 1, 1)).old).toBeCloseTo(20 / 1000, 6);
		expect(ratesOf(steps(20, 1, 1)).new).toBeCloseTo(20 / 1000, 6);
	});

	test('counts no event as half of one', () => {
		expect(ratesOf([]).new).toBeCloseTo(0.5 / 1000, 6);
		expect(ratesOf([]).old).toBeCloseTo(0.5 / 1000, 6);
	});

	test('takes the edges of a page with more events for what lies beyond', () => {
		// 100 events in the last 100 seconds, and 50 in the 900 seconds before.
		const rates = ratesOf([...steps(100, 1, 1), ...steps(50, 109, 18)]);
		expect(rates.new).toBeCloseTo(20 / 20);
		// The last 20 events begin 649 seconds before the end.
		expect(rates.old).toBeCloseTo(20 / 351);
	});

	test('takes an eighth of a large page', () => {
		const rates = ratesOf([...steps(400, 1, 1), ...steps(400, 401.5, 1.5)]);
		expect(rates.new).toBeCloseTo(100 / 100);
		expect(rates.old).toBeCloseTo(100 / (1000 - 851.5), 4);
	});

	test('counts events of a shorter time as those of a millisecond', () => {
		const { old } = ratesOf(steps(60, 0, 0), START + 100n);
		expect(old).toBeCloseTo(20 / (Number(MILLISECOND) / Number(SECOND)));
	});
});
