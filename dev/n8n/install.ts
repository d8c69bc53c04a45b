import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatElapsed, lastLines, runCommand, runNpm } from './command';
import type { OnProgress } from './command';
import { withLock } from './lock';
import {
	cacheDir,
	findInstallation,
	N8N_VERSION,
	NODE_VERSION,
	nodePackageName,
	type N8nInstallation,
} from './paths';

const MARKER = 'complete.json';
const NEEDED_BYTES = 4e9;

export interface EnsureN8nOptions {
	onProgress?: OnProgress;
}

/**
 * Installs the pinned n8n and the Node.js that it needs, once; later calls only check.
 *
 * n8n is installed into a temporary folder that is renamed when it is complete, so an unfinished installation is
 * never used. No install script runs: Node.js comes as an npm package that contains the executable, and
 * `sqlite/index.cjs` replaces the database driver, which would need a compiler.
 *
 * @throws Error that says what is missing (network, disk space) and what to do
 */
export async function ensureN8n({ onProgress }: EnsureN8nOptions = {}): Promise<N8nInstallation> {
	const dir = path.join(cacheDir(), `n8n-${N8N_VERSION}`);
	const ready = await findComplete(dir);
	if (ready) return ready;
	await mkdir(cacheDir(), { recursive: true });
	return await withLock(
		`${dir}.lock`,
		({ pid }) => onProgress?.(`Waiting for process ${pid}, which is installing n8n`),
		async () => (await findComplete(dir)) ?? (await adopt(dir)) ?? (await install(dir, onProgress)),
	);
}

async function findComplete(dir: string): Promise<N8nInstallation | undefined> {
	try {
		const marker = JSON.parse(await readFile(path.join(dir, MARKER), 'utf8')) as { n8n?: string };
		return marker.n8n === N8N_VERSION ? findInstallation(dir) : undefined;
	} catch {
		return undefined;
	}
}

/** Uses an n8n that someone installed into `dir` by hand, if it has the right version and runs. */
async function adopt(dir: string): Promise<N8nInstallation | undefined> {
	if (!existsSync(dir)) return undefined;
	const found = findInstallation(dir);
	if (!found || !(await reportsItsVersion(found))) return undefined;
	await writeMarker(dir);
	return found;
}

async function reportsItsVersion({ dir, nodeBinary, n8nEntry }: N8nInstallation): Promise<boolean> {
	const { code, stdout } = await runCommand(nodeBinary, [n8nEntry, '--version'], {
		cwd: dir,
		timeoutMs: 60_000,
	}).catch(() => ({ code: 1, stdout: '' }));
	return code === 0 && stdout.trim().split('\n').at(-1) === N8N_VERSION;
}

async function install(dir: string, onProgress?: OnProgress): Promise<N8nInstallation> {
	const startedAt = Date.now();
	const logFile = path.join(cacheDir(), `install-n8n-${N8N_VERSION}.log`);
	const partial = `${dir}.partial`;
	await requireDiskSpace();
	await rm(logFile, { force: true });
	await requireRegistry(logFile);
	if (existsSync(dir)) onProgress?.(`Removing the unfinished n8n in ${dir}`);
	await Promise.all(
		[dir, partial].map(async (it) => await rm(it, { recursive: true, force: true })),
	);
	await mkdir(partial);
	await writeFile(
		path.join(partial, 'package.json'),
		JSON.stringify({
			name: 'n8n-for-tests',
			private: true,
			dependencies: { n8n: N8N_VERSION, [nodePackageName()]: NODE_VERSION },
		}),
	);
	onProgress?.(`Installing n8n ${N8N_VERSION} into ${dir} (once; about 3 GB and a few minutes)`);
	const { code, output } = await runNpm(
		[
			'install',
			'--ignore-scripts',
			'--no-audit',
			'--no-fund',
			'--no-progress',
			'--loglevel=warn',
			'--prefer-offline',
			'--engine-strict=false',
			'--fetch-retries=3',
			'--fetch-retry-mintimeout=2000',
			'--fetch-timeout=60000',
		],
		{ cwd: partial, logFile, onProgress, what: 'Installing n8n' },
	);
	const installed = findInstallation(partial);
	if (code !== 0 || !installed || !(await reportsItsVersion(installed))) {
		throw new Error(
			`n8n ${N8N_VERSION} could not be installed. The end of npm's output:\n\n${lastLines(output, 15)}\n\n` +
				`The full log is in ${logFile}. Run the same command again to start over.`,
		);
	}
	await writeMarker(partial);
	await rename(partial, dir);
	onProgress?.(`n8n ${N8N_VERSION} is installed (${formatElapsed(startedAt)})`);
	return findInstallation(dir) as N8nInstallation;
}

async function writeMarker(dir: string): Promise<void> {
	const content = { n8n: N8N_VERSION, node: NODE_VERSION, completedAt: new Date().toISOString() };
	await writeFile(path.join(dir, MARKER), JSON.stringify(content));
}

async function requireDiskSpace(): Promise<void> {
	const { bavail, bsize } = await statfs(cacheDir());
	const free = bavail * bsize;
	if (free >= NEEDED_BYTES) return;
	throw new Error(
		`n8n needs about ${NEEDED_BYTES / 1e9} GB of disk space, and ${cacheDir()} has ${(free / 1e9).toFixed(1)} GB left. ` +
			'Free some space, or set N8N_CACHE_DIR to a folder on another disk.',
	);
}

/** Looks up one version with npm, so that a missing network is reported within seconds. */
async function requireRegistry(logFile: string): Promise<void> {
	const { code, output } = await runNpm(
		[
			'view',
			`n8n@${N8N_VERSION}`,
			'version',
			'--fetch-retries=1',
			'--fetch-retry-mintimeout=1000',
			'--fetch-timeout=15000',
		],
		{ cwd: cacheDir(), logFile, timeoutMs: 60_000 },
	);
	if (code === 0) return;
	throw new Error(
		`npm could not look up n8n ${N8N_VERSION}: is there a network connection? ` +
			`n8n is installed once; after that, no network is needed.\n\n${npmErrorLines(output)}\n\n` +
			'`npm config get registry` shows which registry npm uses, `npm ping` whether it can be reached.',
	);
}

/** npm's lines about an error, without the dump of its error object. */
function npmErrorLines(output: string): string {
	const lines = output
		.split('\n')
		.filter((line) => /^npm error (code|errno|network|4|5)/.test(line));
	return lines.join('\n') || lastLines(output, 6);
}
