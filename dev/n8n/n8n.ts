import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatElapsed, lastLines, type OnProgress } from './command';
import { ensureN8n } from './install';
import type { N8nInstallation } from './paths';
import { findFreePort } from './ports';
import { N8nRestClient } from './rest';
import type { Owner } from './types';

/** Ten times what a fast machine needs. */
const START_TIMEOUT_MS = 360_000;
const STOP_TIMEOUT_MS = 60_000;
const UNNEEDED_MODULES = ['instance-ai', 'mcp-registry'];

/** The owner of an n8n that runs only during a test. */
export const TEST_OWNER: Owner = { email: 'owner@example.com', password: 'Only-4-tests' };

export interface StartN8nOptions {
	/** Contains the database and the installed packages; start again with the same folder to continue. */
	userFolder: string;
	/** The version of n8n; the pinned one by default. */
	version?: string;
	/** A free one by default. */
	port?: number;
	/** Added to n8n's environment. */
	env?: Record<string, string>;
	owner?: Owner;
	onProgress?: OnProgress;
}

/** A running n8n, with its owner signed in. */
export class RunningN8n extends N8nRestClient {
	/** Everything that n8n has written so far. */
	log = '';

	/** Resolves when n8n has ended, for whatever reason. */
	readonly ended: Promise<void>;

	constructor(
		url: string,
		private readonly child: ChildProcess,
		readonly userFolder: string,
	) {
		super(url);
		const append = (chunk: Buffer): void => {
			this.log += chunk.toString();
		};
		child.stdout?.on('data', append);
		child.stderr?.on('data', append);
		groups.add(this);
		this.ended = new Promise((resolve) => {
			child.once('exit', () => {
				groups.delete(this);
				resolve();
			});
		});
	}

	get pid(): number {
		return this.child.pid as number;
	}

	get hasExited(): boolean {
		return this.child.exitCode !== null || this.child.signalCode !== null;
	}

	/** Stops n8n and its task runner gracefully; kills them after a minute. */
	async stop(): Promise<void> {
		this.signal('SIGTERM');
		const deadline = Date.now() + STOP_TIMEOUT_MS;
		while (!this.hasExited && Date.now() < deadline) await sleep(50);
		await this.kill();
	}

	/** Kills n8n, as a power cut would. */
	async kill(): Promise<void> {
		this.signal('SIGKILL');
		await this.ended;
	}

	/** Sends a signal to n8n and all its children. */
	signal(signal: NodeJS.Signals): void {
		try {
			if (process.platform === 'win32') this.child.kill(signal);
			else process.kill(-this.pid, signal);
		} catch {
			// No process of the group is left.
		}
	}
}

const groups = new Set<RunningN8n>();
process.once('exit', () => groups.forEach((n8n) => n8n.signal('SIGKILL')));

/**
 * Starts n8n (after installing it if necessary), waits until its editor is accessible and signs its owner in.
 *
 * @throws Error with the end of n8n's log, if n8n ends or is not up after 6 minutes
 */
export async function startN8n(options: StartN8nOptions): Promise<RunningN8n> {
	const { onProgress, owner = TEST_OWNER } = options;
	const startedAt = Date.now();
	const n8n = await spawnN8n('start', options);
	try {
		onProgress?.('Starting n8n');
		// n8n responds to health checks before its API is available; it logs this line when everything is.
		await waitForLine(n8n, 'Editor is now accessible', onProgress);
		await n8n.signIn(owner);
	} catch (error) {
		await n8n.kill();
		throw error;
	}
	onProgress?.(`n8n is up (${formatElapsed(startedAt)})`);
	return n8n;
}

/**
 * Starts a worker of n8n's queue mode; the main process has to be up, because it prepares the database.
 *
 * @throws Error with the end of the worker's log, if it ends or is not up after 6 minutes
 */
export async function startWorker(
	options: StartN8nOptions,
): Promise<Pick<RunningN8n, 'log' | 'pid' | 'stop' | 'kill' | 'hasExited'>> {
	const worker = await spawnN8n('worker', options);
	try {
		await waitForLine(worker, 'n8n worker is now ready');
	} catch (error) {
		await worker.kill();
		throw error;
	}
	return worker;
}

async function spawnN8n(command: 'start' | 'worker', options: StartN8nOptions) {
	const { userFolder, version, onProgress } = options;
	const installation = await ensureN8n({ version, onProgress });
	const port = options.port ?? (await findFreePort());
	await mkdir(userFolder, { recursive: true });
	const child = spawn(
		installation.nodeBinary,
		[...nodeArguments(), installation.n8nEntry, command],
		{
			cwd: userFolder,
			env: await environment(installation, port, options),
			detached: process.platform !== 'win32',
			stdio: ['ignore', 'pipe', 'pipe'],
		},
	);
	return new RunningN8n(`http://127.0.0.1:${port}`, child, userFolder);
}

/** n8n's database driver is C++, and its package has no binary; `N8N_SQLITE=native` uses one that was built. */
function nodeArguments(): string[] {
	if (process.env.N8N_SQLITE === 'native') return [];
	return [
		'--disable-warning=ExperimentalWarning',
		'--require',
		path.join(__dirname, 'sqlite/preload.cjs'),
	];
}

async function environment(
	{ nodeDir, n8nEntry }: N8nInstallation,
	port: number,
	{ userFolder, env }: StartN8nOptions,
): Promise<NodeJS.ProcessEnv> {
	// n8n reads its settings from many variables: those of the current process must not affect this n8n.
	const inherited = Object.entries(process.env).filter(
		([name]) => !/^(N8N_|DB_|EXECUTIONS_|QUEUE_|WEBHOOK_|NODE_|NODES_|JEST_|npm_)/i.test(name),
	);
	return {
		...Object.fromEntries(inherited),
		PATH: [nodeDir, process.env.PATH].join(path.delimiter),
		NODE_ENV: 'production',
		NO_COLOR: '1',
		GENERIC_TIMEZONE: 'UTC',
		N8N_USER_FOLDER: userFolder,
		N8N_HOST: 'localhost',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_PORT: String(port),
		N8N_RUNNERS_BROKER_PORT: String(await findFreePort()),
		N8N_SECURE_COOKIE: 'false',
		N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
		N8N_PYTHON_ENABLED: 'false',
		// n8n 1.x would use another driver, which `sqlite/index.cjs` does not replace.
		DB_SQLITE_POOL_SIZE: '2',
		N8N_DISABLED_MODULES: UNNEEDED_MODULES.filter((name) => hasModule(n8nEntry, name)).join(','),
		// Requests nothing from the internet, and shows nothing that came from there.
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		...env,
	};
}

/** Older versions lack some modules, and do not start if such a name is disabled. */
function hasModule(n8nEntry: string, name: string): boolean {
	return existsSync(path.join(n8nEntry, '../../dist/modules', name));
}

async function waitForLine(n8n: RunningN8n, line: string, onProgress?: OnProgress): Promise<void> {
	const startedAt = Date.now();
	for (let reported = 0; !n8n.log.includes(line); ) {
		const waited = Date.now() - startedAt;
		if (n8n.hasExited || waited > START_TIMEOUT_MS) {
			const what = n8n.hasExited
				? 'n8n ended while it was starting'
				: 'n8n is not up after 6 minutes';
			throw new Error(`${what}. The end of its log:\n\n${lastLines(n8n.log, 30)}`);
		}
		if (waited - reported > 15_000) {
			reported = waited;
			onProgress?.(`Starting n8n: ${formatElapsed(startedAt)}`);
		}
		await sleep(200);
	}
}
