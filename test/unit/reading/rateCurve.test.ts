import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RateCurve } from '../../../nodes/shared/reading/rateCurve';
import { runs } from '../../support/seed';

const curveOf = (...windows: Array<[from: bigint, to: bigint, rate: number]>) => {
	const curve = new RateCurve();
	for (const [from, to, rate] of windows) curve.note({ from, to }, { from: rate, to: rate });
	return curve;
};

describe('RateCurve', () => {
	test('expects the rate of the nearest instant where nothing else is known', () => {
		const curve = curveOf([1000n, 2000n, 3]);
		expect(curve.eventsIn({ from: 0n, to: 1000n })).toBeCloseTo(3000);
		expect(curve.eventsIn({ from: 2000n, to: 2500n })).toBeCloseTo(1500);
		expect(curve.instantAfter(300, { from: 0n, to: 1000n })).toBe(100n);
	});

	test('interpolates the logarithm of the rate', () => {
		const curve = curveOf([0n, 1000n, 1], [3000n, 4000n, 4]);
		const first = curve.eventsIn({ from: 1000n, to: 2000n });
		const second = curve.eventsIn({ from: 2000n, to: 3000n });
		expect(second / first).toBeCloseTo(2);
		expect(first + second).toBeCloseTo((2000 * 3) / Math.log(4));
	});

	test('does not take a sudden end for a slow one', () => {
		const curve = curveOf([0n, 1000n, 1e-9], [3000n, 4000n, 1]);
		expect(curve.eventsIn({ from: 1000n, to: 3000n })).toBeGreaterThan(2000 / 3);
	});

	test('forgets what was known inside of a window that was read', () => {
		const curve = curveOf([400n, 600n, 1000], [0n, 1000n, 1]);
		expect(curve.eventsIn({ from: 0n, to: 1000n })).toBeCloseTo(1000);
		expect(curve.eventsIn({ from: 500n, to: 600n })).toBeCloseTo(100);
		expect(curve.eventsIn({ from: 1000n, to: 2000n })).toBeCloseTo(1000);
	});

	test('knows nothing at first', () => {
		const curve = new RateCurve();
		expect(curve.isKnown).toBe(false);
		curve.note({ from: 0n, to: 10n }, { from: 2, to: 2 });
		expect(curve.isKnown).toBe(true);
	});

	test('changes at once where two windows meet', () => {
		const curve = curveOf([1000n, 2000n, 6], [0n, 1000n, 2], [2000n, 3000n, 1]);
		expect(curve.eventsIn({ from: 0n, to: 1000n })).toBeCloseTo(2000);
		expect(curve.eventsIn({ from: 1000n, to: 2000n })).toBeCloseTo(6000);
		expect(curve.eventsIn({ from: 2000n, to: 4000n })).toBeCloseTo(2000);
		expect(curve.eventsIn({ from: 500n, to: 2500n })).toBeCloseTo(1000 + 6000 + 500);
		expect(curve.instantAfter(1000 + 3000, { from: 500n, to: 3000n })).toBe(1500n);
	});

	test('takes what was read last for a window', () => {
		const curve = curveOf([0n, 1000n, 1], [2000n, 3000n, 1], [0n, 1000n, 5], [900n, 2100n, 3]);
		expect(curve.eventsIn({ from: 900n, to: 2100n })).toBeCloseTo(3600);
		expect(curve.eventsIn({ from: 2100n, to: 2200n })).toBeLessThan(300);
		expect(curve.eventsIn({ from: 3000n, to: 4000n })).toBeCloseTo(1000);
	});

	test('finds the start of a window for no event, and its end for more than there are', () => {
		const curve = curveOf([0n, 1000n, 1]);
		const window = { from: 200n, to: 700n };
		for (const none of [0, -1]) expect(curve.instantAfter(none, window)).toBe(200n);
		for (const many of [500, 501, Infinity]) expect(curve.instantAfter(many, window)).toBe(700n);
		expect(curve.eventsIn({ from: 300n, to: 300n })).toBe(0);
	});

	test('still knows the rates everywhere after thousands of windows', () => {
		const curve = new RateCurve();
		for (let at = 0n; at < 12_000n; at++) {
			const rate = 3 + Number(at / 3000n);
			curve.note({ from: at * 100n, to: (at + 1n) * 100n }, { from: rate, to: rate });
		}
		for (const quarter of [0n, 1n, 2n, 3n]) {
			const from = quarter * 300_000n + 1000n;
			const events = curve.eventsIn({ from, to: from + 100_000n });
			expect(events / 100_000).toBeCloseTo(3 + Number(quarter));
		}
	});

	test('the instants divide a window into parts with as many events as were asked for', () => {
		const windows = fc.uniqueArray(
			fc.record({
				at: fc.bigInt(0n, 90n),
				rate: fc.double({ min: 1e-12, max: 1e-3, noNaN: true }),
			}),
			{ selector: ({ at }) => at, minLength: 1, maxLength: 20 },
		);
		fc.assert(
			fc.property(windows, fc.double({ min: 0, max: 1, noNaN: true }), (noted, share) => {
				const day = 86_400_000_000_000n;
				const curve = curveOf(
					...noted.map(({ at, rate }): [bigint, bigint, number] => [
						at * day,
						at * day + day / 2n,
						rate,
					]),
				);
				const window = { from: 0n, to: 91n * day };
				const all = curve.eventsIn(window);
				const at = curve.instantAfter(share * all, window);
				expect(at).toBeGreaterThanOrEqual(window.from);
				expect(at).toBeLessThanOrEqual(window.to);
				const part = curve.eventsIn({ from: window.from, to: at });
				expect(Math.abs(part - share * all)).toBeLessThanOrEqual(all * 1e-6 + 0.01);
			}),
			{ numRuns: runs(300) },
		);
	});
});
