// `npm run lint`: n8n's own rules over the package, plain ones over tests and scripts, the direction of imports, then
// the formatting.
// `npm run lint:fix` repairs what can be repaired.
import path from 'node:path';
import { prepare, PROJECT_DIR, step } from './lib/bootstrap.mjs';

// Each file is linted by the configuration nearest to it: test/, scripts/ and dev/ have one of their own, because the
// one at the top has to stay as n8n wants it (strict mode). From ESLint 10 on, this needs no flag.
process.env.ESLINT_FLAGS = 'unstable_config_lookup_from_file';

const isFixing = process.argv.includes('--fix');
const fix = isFixing ? ['--fix'] : [];

await prepare();
await run("n8n's rules", '@n8n/node-cli/bin/n8n-node.mjs', 'lint', ...fix);
// `-c` applies one configuration to all of these, whatever is nearest.
await run(
	'All of eslint-plugin-n8n-nodes-base',
	'eslint/bin/eslint.js',
	...['-c', 'eslint.nodes-base.config.mjs', ...fix, 'nodes', 'credentials', 'package.json'],
);
await run(
	'Rooms and the direction of imports',
	'dependency-cruiser/bin/dependency-cruise.mjs',
	...['nodes', 'credentials', '--output-type', 'err-long'],
);
await run('Formatting', 'prettier/bin/prettier.cjs', isFixing ? '--write' : '--check', '.');

async function run(title, script, ...args) {
	await step(title, process.execPath, [path.join(PROJECT_DIR, 'node_modules', script), ...args]);
}
