import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findTool } from '../n8n';
import { lastLines, type OnProgress, runCommand, runNpm } from '../n8n/command';
import { startTlsProxy } from './tlsProxy';
import { startVerdaccio, type Verdaccio } from './verdaccio';

/** n8n installs from this registry and from no other, unless it has a licence for that. */
const PUBLIC_HOST = 'registry.npmjs.org';

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
	const verdaccio = await startVerdaccio(folder, `https://${PUBLIC_HOST}`, onProgress);
	const certificate = await createCertificate(folder);
	const proxy = await startTlsProxy({
		host: PUBLIC_HOST,
		port: verdaccio.port,
		key: await readFile(certificate.key, 'utf8'),
		cert: await readFile(certificate.cert, 'utf8'),
	});
	const npmSettings = await isolatedNpm(folder);
	const token = await createUser(verdaccio);
	return {
		env: {
			...npmSettings,
			npm_config_registry: `https://${PUBLIC_HOST}/`,
			npm_config_cafile: certificate.cert,
			HTTPS_PROXY: proxy.url,
			HTTP_PROXY: proxy.url,
			NO_PROXY: '127.0.0.1,localhost',
			NODE_EXTRA_CA_CERTS: certificate.cert,
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

/** A certificate of the public registry's host that is its own authority. */
async function createCertificate(folder: string): Promise<{ key: string; cert: string }> {
	const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name));
	const { code, output } = await runCommand(
		findTool('openssl'),
		[
			...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'],
			...['-subj', `/CN=${PUBLIC_HOST}`, '-addext', `subjectAltName=DNS:${PUBLIC_HOST}`],
			...['-keyout', key as string, '-out', cert as string],
		],
		{ cwd: folder },
	);
	if (code !== 0) throw new Error(`openssl created no certificate:\n\n${output}`);
	return { key: key as string, cert: cert as string };
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
