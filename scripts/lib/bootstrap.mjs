// Shared by all scripts. Runs before anything is installed: plain Node.js, no dependencies.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT_DIR = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const QUICK_TO_GIVE_UP = [
	'--fetch-retries=1',
	'--fetch-retry-mintimeout=1000',
	'--fetch-timeout=15000',
];

/** Checks the version of Node.js, and installs the development dependencies if they are missing or out of date. */
export async function prepare() {
	requireNode();
	if (areDependenciesCurrent()) return;
	// On stderr, because programs read the output of some scripts.
	console.error('Installing the development dependencies (once, about a minute) ...');
	// Looks up one package first: without a network, npm would try each package for minutes.
	const lookUp = await runNpm(['view', 'tsx', 'version', ...QUICK_TO_GIVE_UP]);
	// Without install scripts: none of these packages needs its own, and some require other tools.
	const { code, output } = await runNpm([
		'ci',
		'--ignore-scripts',
		'--no-audit',
		'--no-fund',
		'--no-progress',
		'--loglevel=error',
		...(lookUp.code === 0 ? [] : ['--offline']),
	]);
	if (code === 0) return;
	fail(
		`The development dependencies could not be installed. The output of npm:\n\n${output.trim()}\n\n` +
			(lookUp.code === 0
				? 'Run the same command again to start over.'
				: 'npm cannot reach its registry: is there a network connection? It is needed this once. ' +
					'`npm config get registry` shows which registry npm uses, `npm ping` whether it can be reached.'),
	);
}

/** Lets what was started end with this process: without it, Ctrl-C would leave n8n running. */
export function endOnSignals() {
	process.once('SIGINT', () => process.exit(130));
	process.once('SIGTERM', () => process.exit(143));
}

/** Runs a step with a heading, and shows its output; ends the process if it fails. */
export async function step(title, file, args) {
	console.log(`\n== ${title}\n`);
	const child = spawn(file, args, { cwd: PROJECT_DIR, stdio: 'inherit' });
	const code = await endOf(child);
	if (code !== 0) fail(`"${title}" failed.`, code ?? 1);
}

/** Runs an npm script as a step. */
export async function npmStep(title, script) {
	const [file, args] = npmCommand(['run', '--silent', script]);
	await step(title, file, args);
}

/** The checks that precede all tests. */
export async function checkPackage() {
	await npmStep('Lint', 'lint');
	await npmStep('Types', 'typecheck');
	await npmStep("n8n's package scan", 'scan');
}

/** Runs Jest as the last step, so that its summary comes last; the process ends with its exit code. */
export async function jestStep(title, args) {
	console.log(`\n== ${title}\n`);
	const jest = path.join(PROJECT_DIR, 'node_modules/jest/bin/jest.js');
	const child = spawn(process.execPath, [jest, ...args], { cwd: PROJECT_DIR, stdio: 'inherit' });
	process.exitCode = (await endOf(child)) ?? 1;
}

/** Loads a TypeScript file of the project. */
export async function loadTypeScript(file) {
	const fromProject = createRequire(path.join(PROJECT_DIR, 'package.json'));
	const tsx = fromProject('tsx/cjs/api');
	return tsx.require(path.join(PROJECT_DIR, file), import.meta.url);
}

/** Prints a message and ends the process. */
export function fail(message, code = 1) {
	console.error(`\n${message}`);
	process.exit(code);
}

function requireNode() {
	const { engines } = JSON.parse(readFileSync(path.join(PROJECT_DIR, 'package.json'), 'utf8'));
	const needed = Number(/\d+/.exec(engines.node)[0]);
	if (Number(process.versions.node.split('.')[0]) >= needed) return;
	fail(
		`This needs Node.js ${needed} or newer, but this is Node.js ${process.versions.node}. ` +
			'Install a newer version from https://nodejs.org and run the same command again.',
	);
}

/** npm writes `.package-lock.json` at the end of every installation, shortly before or after the lock file. */
function areDependenciesCurrent() {
	const installed = path.join(PROJECT_DIR, 'node_modules/.package-lock.json');
	if (!existsSync(installed)) return false;
	const lock = path.join(PROJECT_DIR, 'package-lock.json');
	return statSync(installed).mtimeMs + 5000 >= statSync(lock).mtimeMs;
}

async function runNpm(args) {
	const [file, allArgs] = npmCommand(args);
	const child = spawn(file, allArgs, { cwd: PROJECT_DIR, stdio: ['ignore', 'pipe', 'pipe'] });
	let output = '';
	const append = (chunk) => (output += chunk);
	child.stdout.on('data', append);
	child.stderr.on('data', append);
	return { code: await endOf(child), output };
}

/** The program and arguments that run npm without a shell on every system. */
export function npmCommand(args) {
	const nodeDir = path.dirname(process.execPath);
	const cli = [
		process.env.npm_execpath ?? '',
		path.join(nodeDir, '../lib/node_modules/npm/bin/npm-cli.js'),
		path.join(nodeDir, 'node_modules/npm/bin/npm-cli.js'),
	].find((file) => /npm-cli\.c?js$/.test(file) && existsSync(file));
	return cli ? [process.execPath, [cli, ...args]] : ['npm', args];
}

async function endOf(child) {
	const forward = (signal) => child.kill(signal);
	process.on('SIGTERM', forward);
	// Ctrl-C also reaches the child directly; this process waits for it.
	const ignore = () => undefined;
	process.on('SIGINT', ignore);
	try {
		return await new Promise((resolve, reject) => {
			child.once('error', reject);
			child.once('close', resolve);
		});
	} finally {
		process.off('SIGTERM', forward);
		process.off('SIGINT', ignore);
	}
}
