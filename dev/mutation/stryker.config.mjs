import { PARTS } from './parts.mjs';

const part = process.env.MUTATION_PART;

/** Changes the code of a part in small ways, one at a time, and reports each change that no unit test notices. */
export default {
	mutate: PARTS[part].code,
	testRunner: 'jest',
	jest: {
		projectType: 'custom',
		configFile: 'dev/mutation/jest.config.cjs',
		enableFindRelatedTests: false,
	},
	// A test runs only for the changes in lines that it executes.
	coverageAnalysis: 'perTest',
	// Constants that are read once, when a file is loaded, would need all tests for each change.
	ignoreStatic: true,
	concurrency: Number(process.env.MUTATION_CONCURRENCY) || undefined,
	// A busy machine must not pass for an endless loop.
	timeoutMS: 10_000,
	// Jest keeps memory from run to run.
	maxTestRunnerReuse: 100,
	incremental: true,
	incrementalFile: `.tmp/mutation-${part}.json`,
	tempDirName: '.tmp/mutation',
	reporters: ['clear-text', 'progress', 'html', 'json'],
	clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
	htmlReporter: { fileName: `coverage/mutation/${part}.html` },
	jsonReporter: { fileName: `coverage/mutation/${part}.json` },
	thresholds: { high: 95, low: 88, break: 88 },
	ignorePatterns: ['/docs/images', '/examples', '/coverage', '/dist', '/.tmp'],
};
