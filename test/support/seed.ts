/** The seed for the values of every property test: FC_SEED, for which jest.config.js has a default. */
export const seed = Number(process.env.FC_SEED);
if (seed !== (seed | 0)) throw new Error('FC_SEED needs a whole number of 32 bits.');

const multiplier = Number(process.env.FC_RUNS);
if (!(multiplier > 0 && multiplier < Infinity)) throw new Error('FC_RUNS needs a number above 0.');

/** How often a property is tried: `standard` times, multiplied by FC_RUNS. */
export function runs(standard: number): number {
	return Math.max(1, Math.round(standard * multiplier));
}
