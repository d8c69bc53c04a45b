/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-dangerous-functions -- runs beside n8n, not in it */
import { execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { findFreePort, findTool } from '../../n8n';
import { type Service, startService, userForServers } from './service';

export interface QueueServers extends Service {
	/** What n8n's main process and its workers need to find them. */
	env: Record<string, string>;
}

/** Starts what n8n's queue mode needs: PostgreSQL and Redis, both new and empty, in `folder`. */
export async function startQueueServers(folder: string): Promise<QueueServers> {
	const [database, queue] = await Promise.all([
		startPostgres(path.join(folder, 'postgres')),
		startRedis(path.join(folder, 'redis')),
	]);
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

async function startPostgres(folder: string): Promise<Service & { port: number }> {
	const initdb = findTool('initdb');
	// It refuses to run as root.
	const user = userForServers('postgres');
	await mkdir(folder, { recursive: true });
	if (user) chownSync(folder, user.uid, user.gid);
	execFileSync(
		initdb,
		['-D', folder, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--no-sync'],
		{ stdio: 'pipe', cwd: '/', ...user },
	);
	const port = await findFreePort();
	const service = await startService({
		what: 'PostgreSQL',
		file: path.join(path.dirname(initdb), 'postgres'),
		args: ['-D', folder, '-h', '127.0.0.1', '-p', String(port), '-k', '', '-c', 'fsync=off'],
		port,
		user,
	});
	return { ...service, port };
}

async function startRedis(folder: string): Promise<Service & { port: number }> {
	await mkdir(folder, { recursive: true });
	const port = await findFreePort();
	const service = await startService({
		what: 'Redis',
		file: findTool('redis'),
		args: ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', ''],
		port,
	});
	return { ...service, port };
}
