import { execFileSync } from 'node:child_process';
import { chownSync, realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePort, findTool } from '../../../dev/n8n';
import { type Service, startService, userForServers } from '../../../dev/n8n/service';

export interface QueueServers extends Service {
	/** The environment in which n8n's main process and its workers find them. */
	env: Record<string, string>;
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
		stop: async () => {
			await Promise.all([database.stop(), queue.stop()]);
		},
	};
}

async function startPostgres(): Promise<Service & { port: number }> {
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
	const port = await findFreePort();
	const service = await startService({
		what: 'PostgreSQL',
		file: path.join(path.dirname(realpathSync(initdb)), 'postgres'),
		args: ['-D', folder, '-h', '127.0.0.1', '-p', String(port), '-k', '', '-c', 'fsync=off'],
		port,
		user,
	});
	const stop = async (): Promise<void> => {
		await service.stop();
		await rm(folder, { recursive: true, force: true });
	};
	return { stop, port };
}

async function startRedis(): Promise<Service & { port: number }> {
	const port = await findFreePort();
	const service = await startService({
		what: 'Redis',
		file: findTool('redis'),
		args: ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no'],
		port,
	});
	return { ...service, port };
}
