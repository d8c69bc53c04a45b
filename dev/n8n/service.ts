import { execFileSync, spawn, type SpawnOptions } from 'node:child_process';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from './command';
import { endWithUs } from './endWithUs';

const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 60_000;

export interface Service {
	/** Stops it, and waits until it has ended. */
	stop(): Promise<void>;
}

export interface ServiceOptions {
	/** Its name, for error messages. */
	what: string;
	file: string;
	args: string[];
	/** Its port on 127.0.0.1; it is up when it accepts connections there. */
	port: number;
	/** The user that runs it; the current one by default. */
	user?: User;
	/** Its environment; that of this process by default. */
	env?: NodeJS.ProcessEnv;
}

interface User {
	uid: number;
	gid: number;
}

/**
 * Starts a server in the foreground, for as long as the tests run; not a system service.
 *
 * @throws Error with the end of its output, if it ends or is not up after two minutes
 */
export async function startService(options: ServiceOptions): Promise<Service> {
	const { what, file, args, port, user, env } = options;
	const spawnOptions: SpawnOptions = { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/', env, ...user };
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
	endWithUs(child);
	const stop = async (): Promise<void> => {
		// With this signal, PostgreSQL ends immediately, without waiting for its clients.
		child.kill('SIGINT');
		await Promise.race([ended, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
		child.kill('SIGKILL');
		await ended;
	};
	// Another server may listen there, so that this one ends.
	for (const startedAt = Date.now(); !(await isListening(port)) || hasEnded; ) {
		if (hasEnded || Date.now() - startedAt > START_TIMEOUT_MS) {
			await stop();
			throw new Error(`${what} did not start. It wrote:\n\n${lastLines(output, 20)}`);
		}
		await sleep(100);
	}
	return { stop };
}

async function isListening(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1');
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => resolve(false));
	});
}

/** For servers that refuse to run as root: another user of this machine, if the current one is root. */
export function userForServers(name: string): User | undefined {
	if (userInfo().uid !== 0) return undefined;
	const idOf = (flag: string) => Number(execFileSync('id', [flag, name]).toString());
	return { uid: idOf('-u'), gid: idOf('-g') };
}
