import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { apportion } from '../../../nodes/shared/reading/apportion';
import { runs } from '../../support/seed';

const party = (size: number, places = 1) => ({ size, places });

describe('apportion', () => {
	test('gives each place to the party whose share is the largest', () => {
		expect(apportion([party(10), party(4), party(1)], 3, 0.5)).toEqual([3, 2, 1]);
		expect(apportion([party(10), party(4), party(1)], 0, 0.5)).toEqual([1, 1, 1]);
	});

	test('gives no place for a share that is too small', () => {
		expect(apportion([party(2), party(0)], 9, 0.5)).toEqual([4, 1]);
		expect(apportion([], 3, 0.5)).toEqual([]);
		expect(apportion([party(NaN)], 3, 0.5)).toEqual([1]);
	});

	test('no other division has a smaller largest share', () => {
		const sizes = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 2 });
		fc.assert(
			fc.property(sizes, fc.nat(8), (all, places) => {
				const given = apportion(
					all.map((size) => party(size)),
					places,
					0,
				);
				const largest = (parts: number[]) =>
					Math.max(...parts.map((count, index) => (all[index] as number) / count));
				for (let first = 0; first <= places; first++) {
					const other = [1 + first, 1 + places - first];
					expect(largest(given)).toBeLessThanOrEqual(largest(other));
				}
			}),
			{ numRuns: runs(200) },
		);
	});
});
