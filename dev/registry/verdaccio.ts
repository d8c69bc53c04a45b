import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findFreePort } from '../n8n';
import { ensureCached } from '../n8n/cachedPackages';
import { runCommand, type OnProgress } from '../n8n/command';
import { ensureN8n } from '../n8n/install';
import { type Service, startService } from '../n8n/service';

const VERSION = '6.10.4';

/** An npm registry that has only what was published to it. */
export interface Verdaccio extends Service {
	port: number;
	/** `http://127.0.0.1:…` */
	url: string;
}

/**
 * Starts Verdaccio, after installing it into the cache if necessary.
 *
 * @param folder keeps the packages and users
 * @param publicUrl the address that the registry gives for tarballs
 */
export async function startVerdaccio(
	folder: string,
	publicUrl: string,
	onProgress?: OnProgress,
): Promise<Verdaccio> {
	// Verdaccio needs Node.js 22 or newer, as n8n does.
	const { nodeBinary } = await ensureN8n({ onProgress });
	const entry = await ensureVerdaccio(nodeBinary, onProgress);
	const config = path.join(folder, 'verdaccio.json');
	await writeFile(
		config,
		JSON.stringify({
			storage: path.join(folder, 'packages'),
			auth: { htpasswd: { file: path.join(folder, 'users') } },
			packages: { '**': { access: '$all', publish: '$authenticated' } },
			web: { enable: false },
			log: { type: 'stdout', format: 'pretty', level: 'warn' },
		}),
	);
	const port = await findFreePort();
	const args = [entry, '--config', config, '--listen', `127.0.0.1:${port}`];
	const service = await startService({
		what: 'Verdaccio',
		file: nodeBinary,
		args,
		port,
		env: { ...process.env, VERDACCIO_PUBLIC_URL: publicUrl },
	});
	return { ...service, port, url: `http://127.0.0.1:${port}` };
}

async function ensureVerdaccio(nodeBinary: string, onProgress?: OnProgress): Promise<string> {
	const entryIn = (dir: string) => path.join(dir, 'node_modules/verdaccio/bin/verdaccio');
	const dir = await ensureCached(
		{
			folder: `verdaccio-${VERSION}`,
			what: `Verdaccio ${VERSION}`,
			dependencies: { verdaccio: VERSION },
			// One of its packages asks for a tag of this one, and not every mirror of npm keeps tags.
			overrides: { 'node-fetch': '^2.7.0' },
			neededBytes: 2e8,
			isUsable: async (it) => {
				const command = runCommand(nodeBinary, [entryIn(it), '--version'], { cwd: it });
				return (await command.catch(() => undefined))?.code === 0;
			},
		},
		onProgress,
	);
	return entryIn(dir);
}
