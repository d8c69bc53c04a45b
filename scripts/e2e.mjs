// `npm run test:e2e`: tests the packed package in a real n8n. `npm run test:e2e -- ui queue` runs some of the parts, each of
// which can run alone; arguments that begin with a dash, and what follows them, are for Jest.
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

const args = process.argv.slice(2);
const options = args.findIndex((arg) => arg.startsWith('-'));
const named = options === -1 ? args : args.slice(0, options);
const unknown = named.find((part) => !(part in PARTS));
if (unknown) fail(`There is no part "${unknown}". The parts are ${Object.keys(PARTS).join(', ')}.`);
const parts = named.length > 0 ? named : Object.keys(PARTS);

await prepare();
try {
	const { requireTools } = await loadTypeScript('dev/n8n/tools.ts');
	requireTools(parts.flatMap((part) => PARTS[part]));
	const { ensureN8n } = await loadTypeScript('dev/n8n/install.ts');
	await ensureN8n({ onProgress: (line) => console.log(line) });
} catch (error) {
	fail(error.message);
}
await jestStep('End-to-end tests', [
	...args.slice(named.length),
	'--runInBand',
	// Comes last, because it takes every argument after it as a project.
	'--selectProjects',
	...parts.map((part) => `e2e/${part}`),
]);
