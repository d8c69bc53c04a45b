import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** The n8n that the end-to-end tests and the demo run, and the Node.js that it needs. */
export const N8N_VERSION = '2.41.1';
export const NODE_VERSION = '24.21.0';

/** The project's folder. */
export const PROJECT_DIR = path.resolve(__dirname, '../..');

/** The folder for files that outlive a run: `$N8N_CACHE_DIR`, or a folder in the user's cache. */
export function cacheDir(): string {
	if (process.env.N8N_CACHE_DIR) return path.resolve(process.env.N8N_CACHE_DIR);
	const userCache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
	return path.join(userCache, 'n8n-nodes-signicat-audit');
}

/** The paths of an installed n8n. */
export interface N8nInstallation {
	/** The folder that contains `node_modules`. */
	dir: string;
	/** The Node.js 24 that runs n8n. */
	nodeBinary: string;
	/** The folder of `nodeBinary`, to be first on the PATH. */
	nodeDir: string;
	/** n8n's start script, to be run with `nodeBinary`. */
	n8nEntry: string;
}

/** The npm package with the Node.js executable for this machine. */
export function nodePackageName(): string {
	const platform = process.platform === 'win32' ? 'win' : process.platform;
	const prefix = platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
	return `${prefix}-${platform}-${process.arch}`;
}

/** Finds n8n and its Node.js in `dir`; undefined if either is missing. */
export function findInstallation(dir: string): N8nInstallation | undefined {
	const modules = path.join(dir, 'node_modules');
	const executable = process.platform === 'win32' ? 'node.exe' : 'node';
	const nodeBinary = [nodePackageName(), 'node']
		.map((name) => path.join(modules, name, 'bin', executable))
		.find((file) => existsSync(file));
	const n8nEntry = path.join(modules, 'n8n', 'bin', 'n8n');
	if (!nodeBinary || !existsSync(n8nEntry)) return undefined;
	return { dir, nodeBinary, nodeDir: path.dirname(nodeBinary), n8nEntry };
}
