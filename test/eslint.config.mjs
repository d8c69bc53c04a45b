// What runs beside n8n (tests, scripts, the probe) is linted as plain TypeScript: n8n's restrictions are for what runs in it.
// ESLint takes the configuration nearest to a file, with the flag that scripts/lint.mjs sets.
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
			// FC_RUNS multiplies only what goes through runs() of test/support/seed.ts.
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
		// Node's globals and the few of the browser; TypeScript checks names in the other files.
		rules: { 'no-undef': 'off' },
	},
);
