import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs, seed } from '../../support/seed';

test('every property draws from the one seed, as often as FC_RUNS asks', () => {
	expect(fc.readConfigureGlobal()).toMatchObject({ seed, numRuns: runs(100) });
	let tries = 0;
	const drawn = [1, 2].map(() => fc.sample(fc.integer(), { numRuns: runs(5) }));
	fc.assert(fc.property(fc.integer(), () => void tries++));

	expect(drawn[0]).toEqual(drawn[1]);
	expect(tries).toBe(runs(100));
});
