import { execFileSync, spawn, type SpawnOptions } from 'node:child_process';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from '../../n8n/command';

const START_TIMEOUT_MS = 30_000;

export interface Service {
	/** Ends it, and waits until it has ended. */
	stop(): Promise<void>;
}

export interface ServiceOptions {
	/** What it is, to go into an error. */
	what: string;
	file: string;
	args: string[];
	/** Where it listens on 127.0.0.1; it is up when something answers there. */
	port: number;
	/** The user that runs it, this one unless told. */
	user?: User;
}

interface User {
	uid: number;
	gid: number;
}

/**
 * Starts a server in the foreground, for as long as the tests run; no service of the system.
 *
 * @throws Error with the end of what it wrote, when it ends or is not up after 30 s
 */
export async function startService(options: ServiceOptions): Promise<Service> {
	const { what, file, args, port, user } = options;
	const spawnOptions: SpawnOptions = { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/', ...user };
	const child = spawn(file, args, spawnOptions);
	let output = '';
	child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
	child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
	const ended = new Promise<void>((resolve) => {
		child.once('error', (error) => {
			output += error.message;
			resolve();
		});
		child.once('exit', () => resolve());
	});
	let hasEnded = false;
	void ended.then(() => (hasEnded = true));
	const endWithUs = (): void => void child.kill('SIGKILL');
	process.once('exit', endWithUs);
	const stop = async (): Promise<void> => {
		// PostgreSQL ends at once, without waiting for its clients, when it gets this signal.
		child.kill('SIGINT');
		await Promise.race([ended, sleep(5000, undefined, { ref: false })]);
		child.kill('SIGKILL');
		await ended;
		process.off('exit', endWithUs);
	};
	for (const startedAt = Date.now(); !(await isAnswering(port)); ) {
		if (hasEnded || Date.now() - startedAt > START_TIMEOUT_MS) {
			await stop();
			throw new Error(`${what} did not start. It wrote:\n\n${lastLines(output, 20)}`);
		}
		await sleep(100);
	}
	return { stop };
}

async function isAnswering(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1');
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => resolve(false));
	});
}

/** For servers that refuse to be run by root: another user of this machine, when this one is root. */
export function userForServers(name: string): User | undefined {
	if (userInfo().uid !== 0) return undefined;
	const idOf = (flag: string) => Number(execFileSync('id', [flag, name]).toString());
	return { uid: idOf('-u'), gid: idOf('-g') };
}
