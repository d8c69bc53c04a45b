import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ensureN8n } from '../n8n';
import { lastLines, type OnProgress, runCommand, runNpm } from '../n8n/command';
import { makeCertificate } from '../receivers/certificate';
import { startTlsProxy } from '../receivers/tlsProxy';
import { startVerdaccio, type Verdaccio } from './verdaccio';

/**
 * A local npm registry in the place of the public one: an n8n with the environment `env` reaches it at the public
 * registry's address, through a proxy, as in a company whose proxy inspects TLS. Neither n8n nor npm is changed.
 */
export interface LocalRegistry {
	/** For n8n: the proxy, the certificate, and settings of npm that depend on nothing outside `folder`. */
	env: Record<string, string>;
	/** The hosts besides the registry that n8n tried to reach; none was. */
	readonly refused: readonly string[];
	/** Publishes a tarball, optionally with another version. */
	publish(tarball: string, version?: string): Promise<void>;
	stop(): Promise<void>;
}

/** @param folder for all its files */
export async function startRegistry(
	folder: string,
	onProgress?: OnProgress,
): Promise<LocalRegistry> {
	await mkdir(folder, { recursive: true });
	const host = await publicHost();
	const verdaccio = await startVerdaccio(folder, `https://${host}`, onProgress);
	const { key, cert, certFile } = await makeCertificate(host, folder);
	const proxy = await startTlsProxy({ host, port: verdaccio.port, key, cert });
	const npmSettings = await isolatedNpm(folder);
	const token = await createUser(verdaccio);
	return {
		env: {
			...npmSettings,
			npm_config_registry: `https://${host}/`,
			npm_config_cafile: certFile,
			HTTPS_PROXY: proxy.url,
			HTTP_PROXY: proxy.url,
			NO_PROXY: '127.0.0.1,localhost',
			NODE_EXTRA_CA_CERTS: certFile,
		},
		refused: proxy.refused,
		publish: async (tarball, version) => {
			const what = version ? await withVersion(tarball, version, folder) : tarball;
			await publish(what, verdaccio, token, { ...process.env, ...npmSettings });
		},
		stop: async () => {
			await proxy.stop();
			await verdaccio.stop();
		},
	};
}

/** The host that n8n installs from, and from no other unless it has a license for that: n8n's own constant. */
async function publicHost(): Promise<string> {
	const { n8nEntry } = await ensureN8n();
	const folder = path.join(path.dirname(n8nEntry), '../dist/modules/community-packages');
	const code = await readFile(path.join(folder, 'community-packages.service.js'), 'utf8');
	const host = /DEFAULT_REGISTRY = 'https:\/\/([^'/]+)'/.exec(code)?.[1];
	if (!host) throw new Error('n8n no longer says which registry it installs from.');
	return host;
}

/** Settings with which npm uses neither the user's configuration nor their cache. */
async function isolatedNpm(folder: string): Promise<Record<string, string>> {
	const empty = path.join(folder, 'npmrc');
	await writeFile(empty, '');
	return {
		npm_config_userconfig: empty,
		npm_config_globalconfig: path.join(folder, 'global-npmrc'),
		npm_config_cache: path.join(folder, 'npm-cache'),
		npm_config_fetch_retries: '0',
		npm_config_update_notifier: 'false',
	};
}

/** @returns a token that may publish */
async function createUser({ url }: Verdaccio): Promise<string> {
	const response = await fetch(`${url}/-/user/org.couchdb.user:publisher`, {
		method: 'PUT',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ name: 'publisher', password: 'Only-4-tests' }),
	});
	const { token, error } = (await response.json()) as { token?: string; error?: string };
	if (!token) throw new Error(`Verdaccio created no user: ${response.status} ${error ?? ''}`);
	return token;
}

/** @returns a folder with the content of the tarball, and another version */
async function withVersion(tarball: string, version: string, folder: string): Promise<string> {
	const dir = path.join(folder, `package-${version}`);
	await mkdir(dir, { recursive: true });
	// By name, because tar takes what precedes the colon of a Windows path for a host.
	const args = ['-xzf', path.basename(tarball), '-C', dir, '--strip-components=1'];
	const { code, output } = await runCommand('tar', args, { cwd: path.dirname(tarball) });
	if (code !== 0) throw new Error(`tar could not unpack ${tarball}:\n\n${output}`);
	const file = path.join(dir, 'package.json');
	const content = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
	await writeFile(file, JSON.stringify({ ...content, version }, null, 2));
	return dir;
}

async function publish(
	what: string,
	{ url, port }: Verdaccio,
	token: string,
	env: NodeJS.ProcessEnv,
): Promise<void> {
	const { code, output } = await runNpm(
		[
			'publish',
			what,
			`--registry=${url}/`,
			`--//127.0.0.1:${port}/:_authToken=${token}`,
			'--ignore-scripts',
			'--provenance=false',
		],
		{ cwd: path.dirname(what), env },
	);
	if (code !== 0) throw new Error(`npm could not publish ${what}:\n\n${lastLines(output, 20)}`);
}
