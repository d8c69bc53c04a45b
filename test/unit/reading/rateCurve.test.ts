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
