/** Prints the seed of the property tests at the start of a run. */
module.exports = class {
	onRunStart() {
		const { FC_SEED, FC_RUNS } = process.env;
		process.stderr.write(`Property tests: FC_SEED=${FC_SEED} FC_RUNS=${FC_RUNS}\n`);
	}
};
