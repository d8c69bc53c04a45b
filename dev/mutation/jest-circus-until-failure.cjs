const { readFileSync, writeFileSync } = require('node:fs');
const { default: circus } = require('jest-circus/runner');
const { createEmptyTestResult } = require('@jest/test-result');

/** The change that a test has noticed, so that no other test has to. */
let noticed;

/**
 * Jest's own test runner, but the first test that fails is the last one for a change, and files without a test that
 * executes the change are not loaded: Stryker runs Jest without its option `bail`, and in all files. It accepts a test
 * runner with this name only.
 */
module.exports = async (globalConfig, config, environment, runtime, testPath, ...rest) => {
	const run = async () =>
		await circus(globalConfig, config, environment, runtime, testPath, ...rest);
	if (process.env.STRYKER_MUTATOR_WORKER === undefined) return await run();
	// In Stryker's copy of the project, next to the tests.
	const namesFile = `${testPath}.names`;
	const change = process.env.__STRYKER_ACTIVE_MUTANT__;
	if (change === undefined) {
		const result = await run();
		writeFileSync(namesFile, result.testResults.map(({ fullName }) => fullName).join('\n'));
		return result;
	}
	const names = readFileSync(namesFile, 'utf8').split('\n');
	const isWanted = new RegExp(globalConfig.testNamePattern, 'i');
	if (change === noticed || !names.some((name) => isWanted.test(name))) return skipped(testPath);
	const handle = environment.handleTestEvent?.bind(environment);
	environment.handleTestEvent = async (event, state) => {
		await handle?.(event, state);
		if (event.name === 'test_start' && change === noticed) event.test.mode = 'skip';
		if (event.name === 'test_done' && event.test.errors.length > 0) noticed = change;
	};
	return await run();
};

/** Without any test, Jest would report an error. */
function skipped(testFilePath) {
	const title = 'is not needed';
	const test = {
		status: 'pending',
		title,
		fullName: title,
		ancestorTitles: [],
		failureMessages: [],
	};
	return { ...createEmptyTestResult(), testFilePath, numPendingTests: 1, testResults: [test] };
}
