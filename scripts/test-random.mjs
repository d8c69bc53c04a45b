// `npm run test:random`: repeats the property tests, each time with a new seed, until the time is up.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fail, prepare, PROJECT_DIR } from './lib/bootstrap.mjs';

const USAGE = `Runs the property tests with one seed after another, until the time is up or a test fails.

  npm run test:random -- [--minutes N] [file ...]

  --minutes N   starts no run after N minutes; 10 by default, or RANDOM_MINUTES
  file ...      only test files whose paths match

FC_RUNS=10 tries each property ten times as often.
`;

const DEFAULT_MINUTES = 10;

/** Test files that check properties, directly or with the model of the trigger. */
function propertyTests() {
	return ['test/unit', 'test/engine'].flatMap((folder) =>
		readdirSync(path.join(PROJECT_DIR, folder), { recursive: true, encoding: 'utf8' })
			.filter((file) => file.endsWith('.test.ts'))
			.map((file) => path.join(folder, file))
			.filter((file) =>
				/from '(fast-check|.*trigger-model\/property)'/.test(
					readFileSync(path.join(PROJECT_DIR, file), 'utf8'),
				),
			),
	);
}

function readMinutes(text) {
	const minutes = Number(text);
	if (minutes > 0 && minutes < Infinity) return minutes;
	return fail(`--minutes needs a number above 0, not "${text}".`);
}

async function passes(seed, files) {
	const jest = path.join(PROJECT_DIR, 'node_modules/jest/bin/jest.js');
	const args = [jest, '--runTestsByPath', ...files, '--selectProjects', 'unit', 'engine'];
	const child = spawn(process.execPath, args, {
		cwd: PROJECT_DIR,
		env: { ...process.env, FC_SEED: String(seed) },
		stdio: 'inherit',
	});
	return (await new Promise((resolve) => child.once('close', resolve))) === 0;
}

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { minutes: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) {
	console.log(USAGE);
	process.exit();
}
const minutes = readMinutes(values.minutes ?? process.env.RANDOM_MINUTES ?? DEFAULT_MINUTES);
await prepare();
const files = propertyTests().filter(
	(file) => positionals.length === 0 || positionals.some((part) => file.includes(part)),
);
if (files.length === 0) fail('No property test matches these paths.');

const end = Date.now() + minutes * 60_000;
let count = 0;
for (; count === 0 || Date.now() < end; count++) {
	const seed = randomInt(-(2 ** 31), 2 ** 31);
	console.log(`\n== Seed ${seed}\n`);
	if (!(await passes(seed, files))) {
		fail(`Seed ${seed} fails. To repeat it: FC_SEED=${seed} npx jest, with the file named above.`);
	}
}
console.log(`\nEvery property holds with ${count} seeds.`);
