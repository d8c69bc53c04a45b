import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { cp, mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { PACKAGE_NAME } from '../../dev/n8n';
import { PROJECT_DIR } from '../../dev/n8n/paths';

/** Files that the TypeScript compiler does not copy, as in gulpfile.js. */
const ASSET = /\.(svg|json)$/;

/**
 * Compiles the sources into the copy of the package that an n8n has installed, and again on every change.
 * An n8n with `N8N_DEV_RELOAD=true` watches that copy; while there are type errors, it keeps the last version
 * without any. A link to the project would not work instead: n8n watches and reloads by real paths.
 *
 * @returns a function that stops watching
 */
export async function watchPackage(
	userFolder: string,
	say: (line: string) => void,
): Promise<() => Promise<void>> {
	const installed = await realpath(path.join(userFolder, '.n8n/nodes/node_modules', PACKAGE_NAME));
	const dist = path.join(installed, 'dist');
	const tsc = path.join(PROJECT_DIR, 'node_modules/typescript/bin/tsc');
	const options = ['--watch', '--preserveWatchOutput', '--noEmitOnError', '--sourceMap'];
	const compiler = spawn(process.execPath, [tsc, ...options, '--outDir', dist], {
		cwd: PROJECT_DIR,
		stdio: ['ignore', 'inherit', 'inherit'],
	});
	const endWithUs = (): void => void compiler.kill();
	process.once('exit', endWithUs);

	const copyAsset = async (file: string): Promise<void> => {
		await mkdir(path.join(dist, path.dirname(file)), { recursive: true });
		await cp(path.join(PROJECT_DIR, file), path.join(dist, file));
		say(`Copied ${file}`);
	};
	const watchers = ['icons', 'nodes'].map((folder) =>
		watch(path.join(PROJECT_DIR, folder), { recursive: true }, (_event, name) => {
			// A file that was just deleted or is being replaced cannot be copied; its next change will be.
			if (name && ASSET.test(name)) copyAsset(path.join(folder, name)).catch(() => undefined);
		}),
	);
	return async () => {
		watchers.forEach((watcher) => watcher.close());
		process.off('exit', endWithUs);
		compiler.kill();
	};
}
