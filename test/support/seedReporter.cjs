/** Says at the start of a run what the property tests draw their values from. */
module.exports = class {
	onRunStart() {
		const { FC_SEED, FC_RUNS } = process.env;
		process.stderr.write(`Property tests: FC_SEED=${FC_SEED} FC_RUNS=${FC_RUNS}\n`);
	}
};
