// `npm run test:e2e`: tests the packed package in a real n8n. `npm run test:e2e -- ui queue` runs some of the parts, each of
// which can run alone; arguments that begin with a dash, and what follows them, are for Jest.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fail, jestStep, loadTypeScript, prepare } from './lib/bootstrap.mjs';

/** The folders in test/e2e, with the programs that their tests use besides Node.js. */
const PARTS = {
	nodes: ['chromium', 'soffice', 'python', 'sshd', 'sshKeygen'],
	trigger: [],
	examples: ['chromium', 'sshd', 'sshKeygen'],
	ui: ['chromium'],
	ecosystem: ['chromium'],
	queue: ['redis', 'initdb', 'sshd', 'sshKeygen'],
};

const ALONE = ['queue'];

const args = process.argv.slice(2);
const options = args.findIndex((arg) => arg.startsWith('-'));
const named = options === -1 ? args : args.slice(0, options);
const unknown = named.find((part) => !(part in PARTS));
if (unknown) fail(`There is no part "${unknown}". The parts are ${Object.keys(PARTS).join(', ')}.`);
const parts = named.length > 0 ? named : Object.keys(PARTS);

await prepare();
const folder = mkdtempSync(path.join(tmpdir(), 'n8n-e2e-package-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
try {
	const { requireTools } = await loadTypeScript('dev/n8n/tools.ts');
	requireTools(parts.flatMap((part) => PARTS[part]));
	const { ensureN8n } = await loadTypeScript('dev/n8n/install.ts');
	await ensureN8n({ onProgress: (line) => console.log(line) });
	const { packPackage } = await loadTypeScript('dev/n8n/pack.ts');
	// Packed once for all tests.
	process.env.PACKED_PACKAGE = (await packPackage(folder)).tarball;
} catch (error) {
	fail(error.message);
}

/** Those that wait most of the time share the machine; the others measure it, or need all of it. */
const together = parts.filter((part) => !ALONE.includes(part));
const alone = parts.filter((part) => ALONE.includes(part));
const jestArguments = (workers, some) => [
	...args.slice(named.length),
	`--maxWorkers=${workers}`,
	// Comes last, because it takes every argument after it as a project.
	'--selectProjects',
	...some.map((part) => `e2e/${part}`),
];
if (together.length > 0) await jestStep('End-to-end tests', jestArguments(2, together));
if (alone.length > 0 && !process.exitCode) {
	await jestStep('End-to-end tests that need the whole machine', jestArguments(1, alone));
}
