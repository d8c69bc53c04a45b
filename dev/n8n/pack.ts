import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lastLines, runNpm } from './command';
import { PROJECT_DIR } from './paths';

export const PACKAGE_NAME = 'n8n-nodes-signicat-audit';

/** What `npm pack` would publish. */
export interface PackedPackage {
	/** The tarball's path. */
	tarball: string;
	/** Its size in bytes. */
	size: number;
	/** The paths of its files, from the package's root. */
	files: string[];
}

/** Builds the package and packs it as for publishing, into `outDir` or a new temporary folder. */
export async function packPackage(outDir?: string): Promise<PackedPackage> {
	const dir = outDir ?? (await mkdtemp(path.join(tmpdir(), `${PACKAGE_NAME}-`)));
	await mkdir(dir, { recursive: true });
	await npm(['run', 'build'], PROJECT_DIR);
	const json = await npm(
		['pack', '--json', '--ignore-scripts', '--pack-destination', dir, '--loglevel=error'],
		PROJECT_DIR,
	);
	const output = JSON.parse(json) as NpmPackOutput[] | Record<string, NpmPackOutput>;
	// A list up to npm 11, an object by package name as of npm 12.
	const [packed] = Object.values(output);
	if (!packed) throw new Error('`npm pack` packed nothing.');
	const { filename, size, files } = packed;
	return { tarball: path.join(dir, filename), size, files: files.map((file) => file.path) };
}

/** The tarball in `PACKED_PACKAGE`, which the end-to-end tests pack once, or a new one in `outDir`. */
export async function packOnce(outDir: string): Promise<string> {
	return process.env.PACKED_PACKAGE ?? (await packPackage(outDir)).tarball;
}

interface NpmPackOutput {
	filename: string;
	size: number;
	files: Array<{ path: string }>;
}

/** Installs a tarball into the user folder of an n8n: n8n's documented manual installation, but offline. */
export async function installPackage(tarball: string, userFolder: string): Promise<void> {
	const dir = path.join(userFolder, '.n8n', 'nodes');
	await mkdir(dir, { recursive: true });
	// npm would keep an earlier build of the same version.
	const leftovers = [
		'package-lock.json',
		'node_modules/.package-lock.json',
		`node_modules/${PACKAGE_NAME}`,
	];
	for (const leftover of leftovers)
		await rm(path.join(dir, leftover), { recursive: true, force: true });
	await writeFile(
		path.join(dir, 'package.json'),
		JSON.stringify({ name: 'installed-nodes', private: true, dependencies: {} }),
	);
	await npm(
		[
			'install',
			tarball,
			'--offline',
			'--ignore-scripts',
			'--legacy-peer-deps',
			'--omit=peer',
			'--no-audit',
			'--no-fund',
		],
		dir,
	);
}

async function npm(args: string[], cwd: string): Promise<string> {
	const { code, stdout, output } = await runNpm(args, { cwd });
	if (code === 0) return stdout;
	throw new Error(`\`npm ${args[0]} ${args[1]}\` failed in ${cwd}:\n\n${lastLines(output, 40)}`);
}
