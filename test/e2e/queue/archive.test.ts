import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditApi } from '../../../dev/audit-api';
import { readExample } from '../../../dev/examples';
import { type Execution, itemsOf, waitFor } from '../../../dev/n8n';
import { type SftpServer, startSftpServer } from '../../../dev/receivers/sftp';
import { runOnceBySchedule, listedOnDayBefore } from '../support/exampleWorkflows';
import { startQueueServers } from '../support/queueServers';
import { waitPastMidnight } from '../support/realClock';
import { createCredential, TestBed } from '../support/testBed';

/** A main process that schedules and a worker that executes, on PostgreSQL and Redis, with no common folder. */
describe('The archive example in n8n’s queue mode', () => {
	let bed: TestBed;
	let api: AuditApi;
	let sftp: SftpServer;
	let worker: Awaited<ReturnType<TestBed['startWorker']>>;
	let execution: Execution;

	beforeAll(async () => {
		await waitPastMidnight('UTC');
		bed = await TestBed.open('queue');
		const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
		api = await bed.startApi({ eventCount: 6000, span: { from: daysAgo(3), to: daysAgo(0) } });
		await mkdir(path.join(bed.folder, 'sftp'));
		sftp = bed.use(await startSftpServer(path.join(bed.folder, 'sftp')));
		const { env } = bed.use(await startQueueServers());
		const main = await bed.startN8n({ name: 'main', env });
		worker = await bed.startWorker({ name: 'worker', env });
		execution = await runOnceBySchedule(main, readExample('nightly-archive-sftp'), [
			await createCredential(main, api),
			await main.createCredential('sftp', sftp.credential, 'SFTP'),
			await main.createCredential('slackApi', { accessToken: 'unused' }, 'Slack'),
		]);
	});

	afterAll(async () => await bed?.close());

	test('runs on the worker, which stores its file in the database', async () => {
		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(execution.status).toBe('success');
		const hasFinished = new RegExp(`Worker finished execution ${execution.id}\\b`);
		await waitFor(() => hasFinished.test(worker.log), { what: 'the log of the worker' });
		const [run] = execution.data.resultData.runData['Export the events'] ?? [];
		expect(run?.data?.main?.[0]?.[0]?.binary?.data?.id).toMatch(/^database/);
	});

	test('uploads yesterday, each event once, byte for byte', async () => {
		const events = listedOnDayBefore(api.events, execution.startedAt, 'UTC');
		expect(events.length).toBeGreaterThan(1000);
		const [item] = itemsOf(execution, 'Upload the file');
		expect(item?.count).toBe(events.length);
		expect(itemsOf(execution, 'Write a row')).toEqual([
			expect.objectContaining({ id: 1, count: events.length, sha256: item?.sha256 }),
		]);
		const file = await readFile(path.join(sftp.home, 'audit-log', String(item?.fileName)));
		expect(gunzipSync(file).toString()).toBe(
			events.map((event) => `${JSON.stringify(event)}\n`).join(''),
		);
	});
});
