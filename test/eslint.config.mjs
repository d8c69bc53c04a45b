// Code that does not run in n8n (tests, scripts, the probe) is linted as plain TypeScript, without n8n's restrictions.
// ESLint uses the configuration nearest to a file, with the flag that scripts/lint.mjs sets.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
	{ linterOptions: { reportUnusedDisableDirectives: 'error' } },
	{
		files: ['**/*.ts'],
		extends: [js.configs.recommended, tseslint.configs.recommended],
		rules: {
			'no-undef': 'off',
			eqeqeq: ['error', 'always', { null: 'ignore' }],
			// FC_RUNS multiplies only numbers that come from runs() in test/support/seed.ts.
			'no-restricted-syntax': [
				'error',
				{
					selector: "Property[key.name='numRuns'] > Literal",
					message: 'Use runs(…) of test/support/seed.ts, so that FC_RUNS multiplies it.',
				},
			],
			'@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
		},
	},
	{
		files: ['**/*.{mjs,cjs}'],
		extends: [js.configs.recommended],
		// Globals of Node.js and a few of the browser; TypeScript checks the names in the other files.
		rules: { 'no-undef': 'off' },
	},
);
