const { default: circus } = require('jest-circus/runner');
const { createEmptyTestResult } = require('@jest/test-result');

/** The change that a test has noticed, so that no other test has to. */
let noticed;

/**
 * Jest's own test runner, but the first test that fails is the last one for a change: Stryker runs Jest without its
 * option `bail`. Stryker accepts a test runner with this name only.
 */
module.exports = async (globalConfig, config, environment, runtime, testPath, ...rest) => {
	const change = process.env.__STRYKER_ACTIVE_MUTANT__;
	if (change !== undefined) {
		if (change === noticed) return { ...createEmptyTestResult(), testFilePath: testPath };
		const handle = environment.handleTestEvent?.bind(environment);
		environment.handleTestEvent = async (event, state) => {
			await handle?.(event, state);
			if (event.name === 'test_start' && change === noticed) event.test.mode = 'skip';
			if (event.name === 'test_done' && event.test.errors.length > 0) noticed = change;
		};
	}
	return await circus(globalConfig, config, environment, runtime, testPath, ...rest);
};
