// `npm run mutation [-- PART]`: how many changes of the code the unit tests notice. See docs/reliability.md.
import path from 'node:path';
import { PARTS } from '../dev/mutation/parts.mjs';
import { endOnSignals, fail, prepare, PROJECT_DIR, step } from './lib/bootstrap.mjs';

const [part, ...args] = process.argv.slice(2);
if (part && !(part in PARTS)) fail(`There is no part "${part}": ${Object.keys(PARTS).join(', ')}.`);
await prepare();
endOnSignals();
const stryker = path.join(PROJECT_DIR, 'node_modules/@stryker-mutator/core/bin/stryker.js');
for (const name of part ? [part] : Object.keys(PARTS)) {
	process.env.MUTATION_PART = name;
	process.env.MUTATION_TESTS = JSON.stringify(PARTS[name].tests);
	const all = ['run', 'dev/mutation/stryker.config.mjs', ...args];
	await step(`Mutation testing: ${name}`, process.execPath, [stryker, ...all]);
}
