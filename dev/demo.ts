import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startAuditApi, type AuditApi } from './audit-api';
import {
	cacheDir,
	ensureN8n,
	installPackage,
	isPortFree,
	itemsOf,
	packPackage,
	startN8n,
	type Owner,
	type RunningN8n,
	type StoredCredential,
	type WorkflowFile,
} from './n8n';
import { formatElapsed, lastLines } from './n8n/command';
import { tryLock } from './n8n/lock';
import { PROJECT_DIR } from './n8n/paths';
import { formatTable } from '../scripts/lib/table';
import { watchPackage } from '../scripts/lib/watch';

const CREDENTIAL_TYPE = 'signicatOAuth2Api';
const CREDENTIAL_NAME = 'Signicat (local Audit API)';
const NEW_EVENT_EVERY_MS = 20_000;
const SAME_CTRL_C_MS = 500;

const WATCH_HINT = `
Changes in nodes/, credentials/ and icons/ are compiled, and n8n reloads the nodes.
After you add a node or a credential to package.json, start again.
`;

const say = (line: string): void => console.log(line);

export interface DemoOptions {
	/** Ends after the first query. */
	once?: boolean;
	/** Compiles on every change, and n8n reloads the nodes. */
	watch?: boolean;
	/** Lets a debugger attach to n8n on port 9229. */
	inspect?: boolean;
}

/**
 * Demonstrates the package: a local Audit API, a real n8n with the packed package, the example workflows, and the
 * events of a first query. Runs until Ctrl-C unless `once` is set.
 */
export async function runDemo({ once, watch, inspect }: DemoOptions): Promise<void> {
	const startedAt = Date.now();
	const userFolder = path.join(cacheDir(), 'demo');
	const port = readPort();
	const address = `http://localhost:${port}`;
	await acquireLock(address);
	if (!(await isPortFree(port))) {
		throw new Error(
			`Port ${port} is in use by another program. Stop that program, or choose another port: DEMO_PORT=${port + 1} npm run demo`,
		);
	}
	const stop = stopOnSignals();
	await ensureN8n({ onProgress: say });

	say('Starting the local Audit API');
	const api = await startAuditApi();
	stop.add(async () => await api.stop());

	say('Building, packing and installing the package');
	const { tarball } = await packPackage(userFolder);
	await installPackage(tarball, userFolder);

	const owner = await readOwner(userFolder);
	const env = {
		...(watch && { N8N_DEV_RELOAD: 'true' }),
		...(inspect && { NODE_OPTIONS: '--inspect=127.0.0.1:9229' }),
	};
	const n8n = await startN8n({ userFolder, port, env, owner, onProgress: say });
	stop.add(async () => await n8n.stop());

	const credential = await storeCredential(n8n, api);
	const workflows = await storeWorkflows(n8n, credential);
	await showEvents(n8n, workflows);
	if (once) {
		await stop.now();
		return;
	}

	const timer = setInterval(() => appendEvent(api), NEW_EVENT_EVERY_MS);
	stop.add(async () => clearInterval(timer));
	say(`
n8n is ready (${formatElapsed(startedAt)}).

  Editor            ${address}
  E-mail            ${owner.email}
  Password          ${owner.password}

  Local Audit API   ${api.baseUrl}
  Client ID         ${api.clientId}
  Client secret     ${api.clientSecret}

You can open, run and publish the workflows "${[...workflows.keys()].join('", "')}".
The local Audit API gets a new event every ${NEW_EVENT_EVERY_MS / 1000} seconds.
${watch ? WATCH_HINT : ''}
Press Ctrl-C to stop everything.`);
	if (watch) {
		stop.add(await watchPackage(userFolder, say));
		stop.add(printReloads(n8n));
	}
	await n8n.ended;
	if (stop.isStopping) return;
	throw new Error(`n8n ended unexpectedly. The end of its log:\n\n${lastLines(n8n.log, 20)}`);
}

/** Prints what n8n logs about its reloads; returns a function that stops this. */
function printReloads(n8n: RunningN8n): () => Promise<void> {
	let printed = n8n.log.length;
	const timer = setInterval(() => {
		const end = n8n.log.lastIndexOf('\n') + 1;
		if (end <= printed) return;
		const lines = n8n.log.slice(printed, end).split('\n');
		printed = end;
		lines.filter((line) => line.includes('Hot reload')).forEach((line) => say(`n8n: ${line}`));
	}, 500);
	return async () => clearInterval(timer);
}

function readPort(): number {
	const text = process.env.DEMO_PORT ?? '5678';
	const port = Number(text);
	if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
	throw new Error(`DEMO_PORT has to be a port number, not "${text}". Try DEMO_PORT=5679`);
}

async function acquireLock(address: string): Promise<void> {
	const file = path.join(cacheDir(), 'demo.lock');
	const holder = await tryLock(file, address);
	if (holder !== 'acquired') {
		throw new Error(
			`The demo is already running (process ${holder.pid}): open ${holder.note}, or stop it with Ctrl-C in its terminal.`,
		);
	}
	process.once('exit', () => rmSync(file, { force: true }));
}

interface Stopper {
	add(action: () => Promise<void>): void;
	now(): Promise<void>;
	readonly isStopping: boolean;
}

/** The first Ctrl-C stops everything in reverse order of starting; a second one ends the process immediately. */
function stopOnSignals(): Stopper {
	const actions: Array<() => Promise<void>> = [];
	let isStopping = false;
	let stoppingSince = 0;
	const now = async (): Promise<void> => {
		isStopping = true;
		for (const action of actions.reverse()) await action();
	};
	const onSignal = (): void => {
		// npm forwards the Ctrl-C that the terminal has already sent here: that is one, not two.
		if (isStopping && Date.now() - stoppingSince < SAME_CTRL_C_MS) return;
		if (isStopping) process.exit(130);
		stoppingSince = Date.now();
		say('\nStopping. Press Ctrl-C again to quit immediately.');
		now().then(
			() => process.exit(0),
			() => process.exit(1),
		);
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
	return {
		add: (action) => actions.push(action),
		now,
		get isStopping() {
			return isStopping;
		},
	};
}

/** The demo's own login, generated once. */
async function readOwner(userFolder: string): Promise<Owner> {
	const file = path.join(userFolder, 'owner.json');
	try {
		return JSON.parse(await readFile(file, 'utf8')) as Owner;
	} catch {
		const password = `Demo-${randomBytes(6).toString('base64url')}-1`;
		const owner = { email: 'demo@example.com', password };
		await mkdir(userFolder, { recursive: true });
		await writeFile(file, JSON.stringify(owner), { mode: 0o600 });
		return owner;
	}
}

/** The credential for the local Audit API, whose URL changes with each start. */
async function storeCredential(n8n: RunningN8n, api: AuditApi): Promise<StoredCredential> {
	const { baseUrl, clientId, clientSecret } = api;
	const data = { baseUrl, clientId, clientSecret, accountId: '', organizationId: '' };
	const stored = await n8n.request<StoredCredential[]>('GET', '/rest/credentials');
	const known = stored.find(({ name }) => name === CREDENTIAL_NAME);
	const credential = known
		? await n8n.updateCredential(known, data)
		: await n8n.createCredential(CREDENTIAL_TYPE, data, CREDENTIAL_NAME);
	const { status, message } = await n8n.testCredential(credential.id);
	if (status !== 'OK') throw new Error(`The credential's test failed: ${message}`);
	return credential;
}

/** Stores the workflows in `examples/` that n8n does not have yet; returns the ids by name. */
async function storeWorkflows(
	n8n: RunningN8n,
	credential: StoredCredential,
): Promise<Map<string, string>> {
	const known = new Map((await n8n.workflows()).map(({ id, name }) => [name, id]));
	const ids = new Map<string, string>();
	const folder = path.join(PROJECT_DIR, 'examples');
	for (const file of (await readdir(folder)).filter((it) => it.endsWith('.json')).sort()) {
		const workflow = JSON.parse(await readFile(path.join(folder, file), 'utf8')) as WorkflowFile;
		const id = known.get(workflow.name);
		ids.set(workflow.name, id ?? (await n8n.importWorkflow(workflow, [credential])).id);
	}
	return ids;
}

async function showEvents(n8n: RunningN8n, workflows: Map<string, string>): Promise<void> {
	const name = 'Signicat Audit demo';
	const execution = await n8n.runWorkflow(workflows.get(name) as string);
	if (execution.status !== 'success') {
		const reason = execution.data.resultData.error?.message ?? execution.status;
		throw new Error(`The workflow "${name}" did not succeed: ${reason}`);
	}
	const events = itemsOf(execution, 'Get events');
	say(
		`\nThe newest ${events.length} events of the last 24 hours, read by the workflow "${name}":\n`,
	);
	say(formatTable(events, ['timestamp', 'serviceName', 'eventType', 'userId', 'message']));
}

/** Appends an event that resembles an earlier one, dated now. */
function appendEvent(api: AuditApi): void {
	const { events } = api;
	const like = events[Math.floor(Math.random() * events.length)];
	if (!like) return;
	const { serviceName, eventType, message, userId, clientId, ipAddress } = like;
	api.append({ serviceName, eventType, message, userId, clientId, ipAddress });
}
