import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatElapsed, lastLines, runNpm } from './command';
import type { OnProgress } from './command';
import { withLock } from './lock';
import { olderVersions } from './npmVersions';
import { cacheDir } from './paths';

const MARKER = 'complete.json';

/** npm packages in a folder of their own in the cache. */
export interface CachedPackages {
	/** The folder's name in the cache. */
	folder: string;
	/** Their name in messages, such as `n8n 2.41.1`. */
	what: string;
	/** The main one first. */
	dependencies: Record<string, string>;
	/** Other versions than those that these packages ask for: npm's `overrides`. */
	overrides?: Record<string, string>;
	/** The disk space that they need. */
	neededBytes: number;
	/** Whether the packages in `dir` are complete and run. */
	isUsable(dir: string): Promise<boolean>;
}

/** The content of `complete.json`. */
interface Marker {
	dependencies: Record<string, string>;
	/** What was installed instead of versions that npm lacks. */
	replaced: Record<string, string>;
	completedAt: string;
}

/**
 * Installs packages into the cache, once; later calls only check. No install script runs.
 *
 * They are installed into a temporary folder that is renamed when it is complete, so an unfinished installation is
 * never used.
 *
 * @returns the folder that contains `node_modules`
 * @throws Error that says what is missing (network, disk space) and what to do
 */
export async function ensureCached(
	packages: CachedPackages,
	onProgress?: OnProgress,
): Promise<string> {
	const dir = path.join(cacheDir(), packages.folder);
	if (await isComplete(packages, dir)) return dir;
	await mkdir(cacheDir(), { recursive: true });
	await withLock(
		`${dir}.lock`,
		({ pid }) => onProgress?.(`Waiting for process ${pid}, which is installing ${packages.what}`),
		async () => {
			if (await isComplete(packages, dir)) return;
			if (await isUsable(packages, dir)) await writeMarker(packages, dir, {});
			else await install(packages, dir, onProgress);
		},
	);
	return dir;
}

/** The packages in a folder of `ensureCached` that have another version than npm was asked for. */
export async function replacedPackages(dir: string): Promise<Record<string, string>> {
	return (await readMarker(dir))?.replaced ?? {};
}

async function isComplete({ dependencies }: CachedPackages, dir: string): Promise<boolean> {
	const marker = await readMarker(dir);
	return JSON.stringify(marker?.dependencies) === JSON.stringify(dependencies);
}

async function readMarker(dir: string): Promise<Marker | undefined> {
	try {
		return JSON.parse(await readFile(path.join(dir, MARKER), 'utf8')) as Marker;
	} catch {
		return undefined;
	}
}

/** Also whether someone has installed the same into `dir` by hand. */
async function isUsable(packages: CachedPackages, dir: string): Promise<boolean> {
	return existsSync(dir) && (await packages.isUsable(dir));
}

async function install(
	packages: CachedPackages,
	dir: string,
	onProgress?: OnProgress,
): Promise<void> {
	const { what } = packages;
	const startedAt = Date.now();
	const logFile = path.join(cacheDir(), `install-${packages.folder}.log`);
	const partial = `${dir}.partial`;
	await requireDiskSpace(packages);
	await rm(logFile, { force: true });
	await requireRegistry(packages, logFile);
	if (existsSync(dir)) onProgress?.(`Removing the unfinished ${what} in ${dir}`);
	await Promise.all(
		[dir, partial].map(async (it) => await rm(it, { recursive: true, force: true })),
	);
	await mkdir(partial);
	const size = (packages.neededBytes / 1e9).toFixed(1);
	onProgress?.(`Installing ${what} into ${dir} (once; up to ${size} GB and a few minutes)`);
	const replaced = await installInto(partial, packages, logFile, onProgress);
	await writeMarker(packages, partial, replaced);
	await rename(partial, dir);
	onProgress?.(`${what} is installed (${formatElapsed(startedAt)})`);
}

/** @returns the packages that were replaced, because npm lacks the versions asked for */
async function installInto(
	dir: string,
	packages: CachedPackages,
	logFile: string,
	onProgress?: OnProgress,
): Promise<Record<string, string>> {
	const { what, dependencies, overrides } = packages;
	for (let replaced: Record<string, string> = {}; ; ) {
		const content = { name: 'cached-packages', private: true, dependencies };
		await writeFile(
			path.join(dir, 'package.json'),
			JSON.stringify({ ...content, overrides: { ...overrides, ...replaced } }),
		);
		const options = { cwd: dir, logFile, onProgress, what: `Installing ${what}` };
		const { code, output } = await runNpm(INSTALL, options);
		if (code === 0 && (await packages.isUsable(dir))) return replaced;
		const isVersionMissing = output.includes('No matching version found for');
		const older = isVersionMissing ? await olderVersions(...firstOf(dependencies)) : {};
		if (Object.keys(older).length <= Object.keys(replaced).length) {
			throw new Error(
				`${what} could not be installed. The end of npm's output:\n\n${lastLines(output, 15)}\n\n` +
					`The full log is in ${logFile}. Run the same command again to start over.`,
			);
		}
		const list = Object.entries(older).map((it) => it.join(' '));
		onProgress?.(`npm lacks packages of ${what}; in their place: ${list.join(', ')}`);
		replaced = older;
	}
}

const INSTALL = [
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
];

async function writeMarker(
	{ dependencies }: CachedPackages,
	dir: string,
	replaced: Record<string, string>,
): Promise<void> {
	const content: Marker = { dependencies, replaced, completedAt: new Date().toISOString() };
	await writeFile(path.join(dir, MARKER), JSON.stringify(content));
}

async function requireDiskSpace({ what, neededBytes }: CachedPackages): Promise<void> {
	const { bavail, bsize } = await statfs(cacheDir());
	const free = bavail * bsize;
	if (free >= neededBytes) return;
	throw new Error(
		`${what} needs about ${neededBytes / 1e9} GB of disk space, and ${cacheDir()} has ${(free / 1e9).toFixed(1)} GB left. ` +
			'Free some space, or set N8N_CACHE_DIR to a folder on another disk.',
	);
}

/** Looks up one version with npm, so that a missing network is reported within seconds. */
async function requireRegistry(
	{ what, dependencies }: CachedPackages,
	logFile: string,
): Promise<void> {
	const [name, version] = firstOf(dependencies);
	const { code, output } = await runNpm(
		[
			'view',
			`${name}@${version}`,
			'version',
			'--fetch-retries=1',
			'--fetch-retry-mintimeout=1000',
			'--fetch-timeout=15000',
		],
		{ cwd: cacheDir(), logFile, timeoutMs: 60_000 },
	);
	if (code === 0) return;
	throw new Error(
		`npm could not look up ${name} ${version}: is there a network connection? ` +
			`${what} is installed once; after that, no network is needed.\n\n${npmErrorLines(output)}\n\n` +
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

function firstOf(dependencies: Record<string, string>): [string, string] {
	return Object.entries(dependencies)[0] ?? ['', ''];
}
