/** Unit and engine tests run on the sources; the end-to-end tests run on the packed tarball. */
const shared = {
	testEnvironment: 'node',
	transform: {
		'^.+\\.[jt]s$': [
			'@swc/jest',
			{ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
		],
	},
	transformIgnorePatterns: ['/node_modules/'],
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.tmp/'],
};

module.exports = {
	projects: ['unit', 'engine', 'e2e'].map((name) => ({
		...shared,
		displayName: name,
		rootDir: __dirname,
		testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
		...(name === 'engine' && { setupFiles: ['<rootDir>/test/engine/setup.ts'] }),
	})),
};
