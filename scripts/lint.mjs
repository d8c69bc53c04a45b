// `npm run lint`: checks the package with n8n's own rules, tests and scripts with general ones, the direction of imports,
// and the formatting. `npm run lint:fix` fixes what it can.
import path from 'node:path';
import { prepare, PROJECT_DIR, step } from './lib/bootstrap.mjs';

// Each file is linted with the nearest configuration: test/, scripts/ and dev/ have their own, because n8n's strict mode
// does not allow changes to the one in the root folder. As of ESLint 10, this needs no flag.
process.env.ESLINT_FLAGS = 'unstable_config_lookup_from_file';

const isFixing = process.argv.includes('--fix');
const fix = isFixing ? ['--fix'] : [];

await prepare();
await run("n8n's rules", '@n8n/node-cli/bin/n8n-node.mjs', 'lint', ...fix);
// `-c` applies one configuration to all of these, whichever is nearest.
await run(
	'All of eslint-plugin-n8n-nodes-base',
	'eslint/bin/eslint.js',
	...['-c', 'eslint.nodes-base.config.mjs', ...fix, 'nodes', 'credentials', 'package.json'],
);
await run(
	'Folders and the direction of imports',
	'dependency-cruiser/bin/dependency-cruise.mjs',
	...['nodes', 'credentials', '--output-type', 'err-long'],
);
await run('Formatting', 'prettier/bin/prettier.cjs', isFixing ? '--write' : '--check', '.');

async function run(title, script, ...args) {
	await step(title, process.execPath, [path.join(PROJECT_DIR, 'node_modules', script), ...args]);
}
