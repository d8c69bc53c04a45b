import { execFileSync } from 'node:child_process';
import { chownSync, realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePort, findTool } from '../../../dev/n8n';
import {
	type Service,
	type ServiceOptions,
	startService,
	userForServers,
} from '../../../dev/n8n/service';

export interface QueueServers extends Service {
	/** The environment in which n8n's main process and its workers find them. */
	env: Record<string, string>;
	/** Stops one of them and starts it again with its data, as an update of the machine would. */
	restart(which: 'database' | 'queue'): Promise<void>;
}

/** Starts the servers that n8n's queue mode needs: PostgreSQL and Redis, both new and empty. */
export async function startQueueServers(): Promise<QueueServers> {
	const database = await startPostgres();
	const queue = await startRedis().catch(async (error: unknown) => {
		await database.stop();
		throw error;
	});
	return {
		env: {
			EXECUTIONS_MODE: 'queue',
			N8N_ENCRYPTION_KEY: 'shared-by-main-and-worker',
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(database.port),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: 'postgres',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(queue.port),
		},
		restart: async (which) => await (which === 'database' ? database : queue).restart(),
		stop: async () => {
			await Promise.all([database.stop(), queue.stop()]);
		},
	};
}

/** A server that can be started again on the same port, with the data in the same folder. */
interface Restartable extends Service {
	port: number;
	restart(): Promise<void>;
}

async function restartable(
	folder: string,
	optionsFor: (port: number) => Omit<ServiceOptions, 'port'>,
): Promise<Restartable> {
	const port = await findFreePort();
	const start = async () => await startService({ ...optionsFor(port), port });
	let service = await start();
	return {
		port,
		restart: async () => {
			await service.stop();
			service = await start();
		},
		stop: async () => {
			await service.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

async function startPostgres(): Promise<Restartable> {
	const initdb = findTool('initdb');
	// It refuses to run as root.
	const user = userForServers('postgres');
	const folder = await mkdtemp(path.join(tmpdir(), 'n8n-e2e-postgres-'));
	if (user) chownSync(folder, user.uid, user.gid);
	execFileSync(
		initdb,
		['-D', folder, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--no-sync'],
		{ stdio: 'pipe', cwd: '/', ...user },
	);
	return await restartable(folder, (port) => ({
		what: 'PostgreSQL',
		file: path.join(path.dirname(realpathSync(initdb)), 'postgres'),
		args: ['-D', folder, '-h', '127.0.0.1', '-p', String(port), '-k', '', '-c', 'fsync=off'],
		user,
	}));
}

/** With an append-only file, as n8n's jobs would otherwise be lost in a restart. */
async function startRedis(): Promise<Restartable> {
	const folder = await mkdtemp(path.join(tmpdir(), 'n8n-e2e-redis-'));
	return await restartable(folder, (port) => ({
		what: 'Redis',
		file: findTool('redis'),
		args: [
			...['--bind', '127.0.0.1', '--port', String(port)],
			...['--dir', folder, '--save', '', '--appendonly', 'yes'],
		],
	}));
}
