import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type AuditApi, startAuditApi } from '../audit-api';
import {
	type Execution,
	installPackage,
	itemsOf,
	packPackage,
	type RunningN8n,
	startN8n,
	startWorker,
} from '../n8n';
import {
	firstScheduledExecution,
	listedOnDayBefore,
	readExample,
} from './support/exampleWorkflows';
import { type QueueServers, startQueueServers } from './support/queueServers';
import { type SftpServer, startSftpServer } from './support/sftpServer';

jest.setTimeout(300_000);

/** A main process that plans and a worker that runs, on PostgreSQL and Redis, with no folder in common. */
describe('The archive example in n8n’s queue mode', () => {
	let folder: string;
	let api: AuditApi;
	let sftp: SftpServer;
	let servers: QueueServers;
	let main: RunningN8n;
	let worker: Awaited<ReturnType<typeof startWorker>>;
	let execution: Execution;

	beforeAll(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'n8n-e2e-queue-'));
		const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
		api = await startAuditApi({ eventCount: 6000, span: { from: daysAgo(3), to: daysAgo(0) } });
		await mkdir(path.join(folder, 'sftp'));
		sftp = await startSftpServer(path.join(folder, 'sftp'));
		servers = await startQueueServers();
		const { tarball } = await packPackage(folder);
		const mainFolder = path.join(folder, 'main');
		const workerFolder = path.join(folder, 'worker');
		for (const userFolder of [mainFolder, workerFolder]) await installPackage(tarball, userFolder);
		main = await startN8n({ userFolder: mainFolder, env: servers.env });
		worker = await startWorker({ userFolder: workerFolder, env: servers.env });
		const { clientId, clientSecret, baseUrl } = api;
		execution = await firstScheduledExecution(main, readExample('daily-archive'), [
			await main.createCredential('signicatOAuth2Api', { clientId, clientSecret, baseUrl }),
			await main.createCredential('sftp', sftp.credential, 'SFTP'),
		]);
	});

	afterAll(async () => {
		await Promise.all([main?.stop(), worker?.stop()]);
		await Promise.all([servers?.stop(), sftp?.stop(), api?.stop()]);
		await rm(folder, { recursive: true, force: true });
		expect(api.violations).toEqual([]);
	});

	test('runs on the worker, which hands its file on in the database', () => {
		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(execution.status).toBe('success');
		expect(worker.log).toMatch(new RegExp(`Worker finished execution ${execution.id}\\b`));
		const [run] = execution.data.resultData.runData['Export yesterday'] ?? [];
		expect(run?.data?.main?.[0]?.[0]?.binary?.data?.id).toMatch(/^database/);
	});

	test('uploads yesterday, each event once, byte for byte', async () => {
		const events = listedOnDayBefore(api.events, execution.startedAt, 'UTC');
		expect(events.length).toBeGreaterThan(1000);
		const [item] = itemsOf(execution, 'Upload the file');
		expect(item?.count).toBe(events.length);
		const file = await readFile(path.join(sftp.home, 'audit-log', String(item?.fileName)));
		expect(gunzipSync(file).toString()).toBe(
			events.map((event) => `${JSON.stringify(event)}\n`).join(''),
		);
	});
});
