import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheDir, isPortFree, type Owner } from '../n8n';
import { tryLock } from '../n8n/lock';

/** The folder of the demo's n8n, which outlives a run. */
export const DEMO_FOLDER = path.join(cacheDir(), 'demo');

/**
 * The port of n8n: `DEMO_PORT`, or n8n's usual one.
 *
 * @throws Error that says what to do if the port cannot be used, or if the demo is already running
 */
export async function reservePort(): Promise<number> {
	const text = process.env.DEMO_PORT ?? '5678';
	const port = Number(text);
	if (!Number.isInteger(port) || port <= 0 || port >= 65_536) {
		throw new Error(`DEMO_PORT has to be a port number, not "${text}". Try DEMO_PORT=5679`);
	}
	await acquireLock(`http://localhost:${port}`);
	if (await isPortFree(port)) return port;
	throw new Error(
		`Port ${port} is in use by another program. Stop that program, or choose another port: DEMO_PORT=${port + 1} npm run demo`,
	);
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

/** The demo's own login, generated once. */
export async function readOwner(): Promise<Owner> {
	const file = path.join(DEMO_FOLDER, 'owner.json');
	try {
		return JSON.parse(await readFile(file, 'utf8')) as Owner;
	} catch {
		const password = `Demo-${randomBytes(6).toString('base64url')}-1`;
		const owner = { email: 'demo@example.com', password };
		await mkdir(DEMO_FOLDER, { recursive: true });
		await writeFile(file, JSON.stringify(owner), { mode: 0o600 });
		return owner;
	}
}
