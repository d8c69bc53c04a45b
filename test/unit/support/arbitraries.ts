import fc from 'fast-check';
import type { Instant } from '../../../nodes/shared/model/instant';
import type { LogShape } from './memoryLog';

/** Nanoseconds in one step of the API's timestamps. */
export const TICK: Instant = 100n;

const YEAR_1000 = -30_610_224_000_000_000_000n;
const YEAR_9999 = 253_370_764_800_000_000_000n;

/** Instants to the nanosecond, years 1000 to 9998. */
export const instants = fc.bigInt({ min: YEAR_1000, max: YEAR_9999 });

/** Instants as the API shows them, with seven fractional digits. */
export const ticks = fc
	.bigInt({ min: YEAR_1000 / TICK, max: YEAR_9999 / TICK })
	.map((count) => count * TICK);

/** Everything that the API's documentation leaves open about its answers. */
export const logShapes: fc.Arbitrary<LogShape> = fc.record({
	includesFrom: fc.boolean(),
	digits: fc.constantFrom<7 | 3>(7, 3),
	pageCap: fc.constantFrom(1, 2, 3, 7, 1000),
	emptyPages: fc.boolean(),
	emptyEnd: fc.boolean(),
});
