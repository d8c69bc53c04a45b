import { rm } from 'node:fs/promises';
import path from 'node:path';
import { ensureCached, replacedPackages } from './cachedPackages';
import { runCommand, type OnProgress } from './command';
import {
	cacheDir,
	findInstallation,
	N8N_VERSION,
	NODE_VERSION,
	nodePackageName,
	type N8nInstallation,
} from './paths';

/** The oldest version in which the nodes are tested. */
export const OLDEST_VERSION = '2.0.0';

export interface EnsureN8nOptions {
	/** The pinned one by default. */
	version?: string;
	onProgress?: OnProgress;
}

/**
 * Installs an n8n and the Node.js that it needs, once per version; later calls only check.
 *
 * No install script runs: Node.js comes as an npm package that contains the executable, and `sqlite/index.cjs` replaces
 * the database driver, which would need a compiler.
 *
 * @throws Error that says what is missing (network, disk space) and what to do
 */
export async function ensureN8n({
	version = N8N_VERSION,
	onProgress,
}: EnsureN8nOptions = {}): Promise<N8nInstallation> {
	const dir = await ensureCached(
		{
			folder: `n8n-${version}`,
			what: `n8n ${version}`,
			dependencies: { n8n: version, [nodePackageName()]: NODE_VERSION },
			// Older versions name a file that is not on npm; newer ones use this package themselves.
			overrides: { xlsx: 'npm:@e965/xlsx@^0.20.3' },
			neededBytes: 4e9,
			isUsable: async (it) => (await reportedVersion(it)) === version,
		},
		onProgress,
	);
	return findInstallation(dir) as N8nInstallation;
}

/** The packages of an installed n8n that are older than it asks for, because npm lacked them, with their version. */
export async function replacedIn({ dir }: N8nInstallation): Promise<Record<string, string>> {
	return await replacedPackages(dir);
}

/** Removes a version from the cache. */
export async function removeN8n(version: string): Promise<void> {
	await rm(path.join(cacheDir(), `n8n-${version}`), { recursive: true, force: true });
}

async function reportedVersion(dir: string): Promise<string | undefined> {
	const found = findInstallation(dir);
	if (!found) return undefined;
	const { code, stdout } = await runCommand(found.nodeBinary, [found.n8nEntry, '--version'], {
		cwd: dir,
		timeoutMs: 60_000,
	}).catch(() => ({ code: 1, stdout: '' }));
	return code === 0 ? stdout.trim().split('\n').at(-1) : undefined;
}
