// Property tests try the same values in every run; FC_SEED selects others, FC_RUNS=10 tries ten times as many.
process.env.FC_SEED ||= '20261101';
process.env.FC_RUNS ||= '1';

/** Unit and engine tests run on the sources; the end-to-end tests run on the packed tarball. */
const shared = {
	testEnvironment: '<rootDir>/test/support/environment.cjs',
	transform: {
		'^.+\\.[jt]s$': [
			'@swc/jest',
			{ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
		],
	},
	transformIgnorePatterns: ['/node_modules/'],
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.tmp/'],
};

const setupFiles = {
	unit: ['<rootDir>/test/support/fastCheck.ts'],
	engine: ['<rootDir>/test/engine/setup.ts', '<rootDir>/test/support/fastCheck.ts'],
	...Object.fromEntries(
		['nodes', 'trigger', 'examples', 'ui', 'ecosystem', 'queue'].map((part) => [`e2e/${part}`, []]),
	),
};

module.exports = {
	// No test waits for real time. This ends one that hangs, also on a busy machine; no test has a limit of its own.
	testTimeout: 300_000,
	// By default, Jest leaves one core idle, which would be half of two cores.
	maxWorkers: '100%',
	// Only with --coverage (`npm run coverage`): the files of the package, whether a test imports them or not.
	collectCoverageFrom: ['credentials/**/*.ts', 'nodes/**/*.ts', '!**/*.d.ts'],
	coverageDirectory: 'coverage',
	coverageReporters: ['text-summary', 'html', 'lcovonly'],
	coverageThreshold: { global: { lines: 97, branches: 97 } },
	reporters: ['<rootDir>/test/support/seedReporter.cjs', 'default'],
	projects: Object.keys(setupFiles).map((name) => ({
		...shared,
		displayName: name,
		rootDir: __dirname,
		testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
		setupFiles: setupFiles[name],
		setupFilesAfterEnv: name.startsWith('e2e/') ? ['<rootDir>/test/e2e/support/timeLimit.ts'] : [],
	})),
};
