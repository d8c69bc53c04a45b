// A change that a property test misses in so many tries counts as not noticed.
process.env.FC_RUNS ||= '0.05';
const { projects, ...shared } = require('../../jest.config.js');

const unit = projects.find(({ displayName }) => displayName === 'unit');

/** The unit tests of a part as a single project, in an environment that Stryker can extend. */
module.exports = {
	...shared,
	...unit,
	displayName: undefined,
	projects: undefined,
	reporters: [],
	// No test waits for real time, so a test that takes so long waits for something that a change took away.
	testTimeout: 10_000,
	testEnvironment: 'node',
	testRunner: require.resolve('./jest-circus-until-failure.cjs'),
	setupFiles: [...unit.setupFiles, require.resolve('./withoutShrinking.cjs')],
	testSequencer: require.resolve('./quickFirst.cjs'),
	testMatch: JSON.parse(process.env.MUTATION_TESTS).map(
		(name) => `<rootDir>/test/unit/${name}{.test.ts,/**/*.test.ts}`,
	),
};
