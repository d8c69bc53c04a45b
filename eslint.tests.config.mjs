// What runs beside n8n (tests, scripts) is linted as plain TypeScript: n8n's restrictions are for what runs in it.
import js from '@eslint/js';
import { config as official } from '@n8n/node-cli/eslint';
import tseslint from 'typescript-eslint';

// Known here, with no rule turned on, because disable comments name its rules.
const communityNodes = official.find((it) => it.plugins?.['@n8n/community-nodes']).plugins[
	'@n8n/community-nodes'
];

export default tseslint.config(
	// The disable comments in these files are for the official configuration, which sees every *.ts.
	{ linterOptions: { reportUnusedDisableDirectives: 'off' } },
	{
		files: ['**/*.ts'],
		extends: [js.configs.recommended, tseslint.configs.recommended],
		plugins: { '@n8n/community-nodes': communityNodes },
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
