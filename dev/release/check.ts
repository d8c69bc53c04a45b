import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packPackage } from '../n8n/pack';
import { PROJECT_DIR } from '../n8n/paths';
import { runCommand } from '../n8n/command';
import { changelogFaults } from './changelog';
import { packageFaults, type PublishedManifest } from './packageFaults';

/** What keeps this version from being released, as sentences; the tests and n8n's scanner say the rest. */
export async function releaseFaults(env: NodeJS.ProcessEnv): Promise<string[]> {
	const dir = await mkdtemp(path.join(tmpdir(), 'release-check-'));
	try {
		const { tarball, files } = await packPackage(dir);
		const manifest = await packedManifest(tarball);
		const version = manifest.version ?? '';
		const changelog = await readFile(path.join(PROJECT_DIR, 'CHANGELOG.md'), 'utf8');
		return [
			...tagFaults(env, version),
			...changelogFaults(changelog, version),
			...packageFaults({ manifest, files, publisher: env.GITHUB_REPOSITORY }),
		];
	} finally {
		await rm(dir, { recursive: true, force: true });
	}
}

/** The package.json in the tarball: what npm, n8n and its scanner see. */
async function packedManifest(tarball: string): Promise<PublishedManifest> {
	const args = ['-xzOf', path.basename(tarball), 'package/package.json'];
	const { code, stdout, output } = await runCommand('tar', args, { cwd: path.dirname(tarball) });
	if (code !== 0) throw new Error(`tar could not read ${tarball}:\n\n${output}`);
	return JSON.parse(stdout) as PublishedManifest;
}

function tagFaults({ GITHUB_REF_TYPE, GITHUB_REF_NAME }: NodeJS.ProcessEnv, version: string) {
	if (GITHUB_REF_TYPE !== 'tag' || GITHUB_REF_NAME === version) return [];
	return [`The tag is ${GITHUB_REF_NAME}, but package.json has version ${version}.`];
}
