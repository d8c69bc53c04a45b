import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditApi, AuditEvent } from '../../../dev/audit-api';
import { asListed } from '../../../dev/audit-api/events';
import { readExample, withSettings } from '../../../dev/examples';
import {
	itemsOf,
	type RunningN8n,
	type StoredCredential,
	type WorkflowFile,
} from '../../../dev/n8n';
import { type LocalS3, startS3 } from '../../../dev/receivers/s3';
import { type SftpServer, startSftpServer } from '../../../dev/receivers/sftp';
import { type LocalSlack, startLocalSlack } from '../../../dev/receivers/slack';
import { read } from '../../support/projectFiles';
import { addDays, dateIn, eventsOfDays } from '../support/calendar';
import { runOnceBySchedule } from '../support/exampleWorkflows';
import { waitPastMidnight } from '../support/realClock';
import { createCredential, TestBed } from '../support/testBed';

/** A day begins here when it does not in UTC. */
const timeZone = 'America/New_York';

const [, CHECK_OF_THE_CHAIN = ''] = [
	...read('docs/evidence.md').matchAll(/^```sh\n([\s\S]+?)^```$/gm),
].map(([, commands]) => commands);

/** What the data table has about a file. */
interface Row {
	id: number;
	from: string;
	to: string;
	count: number;
	fileName: string;
	size: number;
	sha256: string;
	previousSha256: string | null;
	chainSha256: string;
}

/** Where a workflow puts its files. */
interface Storage {
	list(): Promise<string[]>;
	read(name: string): Promise<Buffer>;
	isDown: boolean;
}

describe('The nightly archives, in a real n8n', () => {
	let bed: TestBed;
	let api: AuditApi;
	let slack: LocalSlack;
	let sftp: SftpServer;
	let s3: LocalS3;
	let n8n: RunningN8n;
	let credentials: StoredCredential[];

	beforeAll(async () => {
		bed = await TestBed.open('archive');
		const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
		// About 1,500 events per day, so that a day has more than one page.
		api = await bed.startApi({ eventCount: 12_000, span: { from: daysAgo(8), to: daysAgo(0) } });
		await mkdir(path.join(bed.folder, 'sftp'));
		slack = bed.use(await startLocalSlack(bed.folder));
		sftp = bed.use(await startSftpServer(path.join(bed.folder, 'sftp')));
		s3 = bed.use(await startS3(path.join(bed.folder, 's3')));
		n8n = await bed.startN8n({ env: { ...slack.env, GENERIC_TIMEZONE: timeZone } });
		credentials = [await createCredential(n8n, api, 'Signicat')];
		for (const receiver of [slack, sftp, s3]) {
			for (const { type, data, name } of receiver.credentials) {
				credentials.push(await n8n.createCredential(type, data, name));
			}
		}
	});

	afterAll(async () => {
		await bed?.close();
		expect(s3.refused).toEqual([]);
	});

	const storages: Record<string, () => Storage> = {
		'nightly-archive-sftp': () => ({
			list: async () => (await readdir(path.join(sftp.home, 'audit-log')).catch(() => [])).sort(),
			read: async (name) => await readFile(path.join(sftp.home, 'audit-log', name)),
			get isDown() {
				return sftp.isDown;
			},
			set isDown(isDown) {
				sftp.isDown = isDown;
			},
		}),
		'nightly-archive-s3': () => ({
			list: async () => (await s3.list()).map((key) => key.replace(/^signicat\//, '')),
			read: async (name) => await s3.read(`signicat/${name}`),
			get isDown() {
				return s3.isDown;
			},
			set isDown(isDown) {
				s3.isDown = isDown;
			},
		}),
	};

	describe.each(Object.entries(storages))('%s', (name, storageOf) => {
		let storage: Storage;
		let today: string;

		beforeAll(async () => {
			storage = storageOf();
			await waitPastMidnight(timeZone);
			today = dateIn(timeZone, new Date());
		});

		const workflow = () => withSettings(readExample(name), s3.settings);

		/** The same workflow, as it would run some days earlier: whatever asks for today gets that day. */
		function daysEarlier(days: number): WorkflowFile {
			const text = JSON.stringify(workflow()).replaceAll(
				'$today',
				`$today.minus({ days: ${days} })`,
			);
			return JSON.parse(text) as WorkflowFile;
		}

		const run = async (file: WorkflowFile) => await n8n.runWorkflow(file, { credentials });

		async function runWhole(file: WorkflowFile) {
			const execution = await run(file);
			expect(execution.data.resultData.error?.message).toBeUndefined();
			expect(execution.status).toBe('success');
			return execution;
		}

		const tableName = () =>
			String(
				readExample(name).nodes.find((node) => node.name === 'Create the table')?.parameters
					.tableName,
			);

		/** What n8n's page of the data table shows, oldest first. */
		async function rows(): Promise<Row[]> {
			const { id: projectId } = await n8n.request<{ id: string }>('GET', '/rest/projects/personal');
			const tables = await n8n.request<{ data: Array<{ id: string; name: string }> }>(
				'GET',
				`/rest/projects/${projectId}/data-tables`,
			);
			const all = Array.isArray(tables) ? (tables as typeof tables.data) : tables.data;
			const table = all.filter((it) => it.name === tableName());
			expect(table).toHaveLength(1);
			const page = await n8n.request<{ data: Row[] } | Row[]>(
				'GET',
				`/rest/projects/${projectId}/data-tables/${table[0]?.id}/rows?take=100`,
			);
			const list = Array.isArray(page) ? page : page.data;
			return list.sort((a, b) => a.id - b.id);
		}

		/** The events of a file, as a query lists them, by an independent count of calendar days. */
		function expectedEvents(from: string, to: string): AuditEvent[] {
			return eventsOfDays(api.events, { from, to, timeZone }).map(asListed);
		}

		async function expectFile(row: Row | undefined, from: string, to: string): Promise<void> {
			const last = addDays(to, -1);
			const fileName = `signicat-audit_${[...new Set([from, last])].join('_to_')}.ndjson.gz`;
			const file = await storage.read(fileName);
			const events = expectedEvents(from, to);
			expect(events.length).toBeGreaterThan(1000);
			expect(row).toMatchObject({
				fileName,
				count: events.length,
				size: file.length,
				sha256: createHash('sha256').update(file).digest('hex'),
			});
			expect([row?.from, row?.to].map((at) => dateIn(timeZone, at ?? ''))).toEqual([from, to]);
			const lines = gunzipSync(file).toString().split('\n');
			expect(lines.pop()).toBe('');
			expect(lines).toEqual(events.map((event) => JSON.stringify(event)));
		}

		test('the first night archives yesterday, each event once, byte for byte', async () => {
			await runWhole(daysEarlier(4));
			expect(await storage.list()).toHaveLength(1);
			const all = await rows();
			expect(all).toHaveLength(1);
			await expectFile(all[0], addDays(today, -5), addDays(today, -4));
			expect(all[0]?.previousSha256).toBeNull();
		});

		test('the same night once more archives nothing', async () => {
			const before = api.requests?.length;
			const execution = await runWhole(daysEarlier(4));
			expect(execution.data.resultData.runData).not.toHaveProperty('Export the events');
			expect(await storage.list()).toHaveLength(1);
			expect(await rows()).toHaveLength(1);
			expect(api.requests?.length).toBe(before);
		});

		test('the night after an outage is told to Slack, and leaves no row', async () => {
			storage.isDown = true;
			const before = slack.messages.length;
			const execution = await run(daysEarlier(3)).finally(() => {
				storage.isDown = false;
			});
			const messages = slack.messages.slice(before);
			expect(messages.map(({ channel }) => channel)).toEqual(['#n8n-errors']);
			expect(messages[0]?.text).toContain(`\`signicat-audit_${addDays(today, -4)}.ndjson\``);
			expect(messages[0]?.text).toContain(`open the execution ${execution.id} in n8n`);
			expect(execution.status).toBe('error');
			expect(execution.data.resultData.error?.message).toBe(
				'The file was not uploaded. A Slack message says so.',
			);
			expect(itemsOf(execution, 'Write a row')).toEqual([]);
			expect(await storage.list()).toHaveLength(1);
			expect(await rows()).toHaveLength(1);
		});

		test('the next night makes up for the one that failed, and for one that was missed', async () => {
			await runWhole(daysEarlier(1));
			const all = await rows();
			expect(all).toHaveLength(2);
			await expectFile(all[1], addDays(today, -4), addDays(today, -1));
			expect(all[1]?.from).toBe(all[0]?.to);
		});

		test('the night after continues by its schedule', async () => {
			await runOnceBySchedule(n8n, workflow(), credentials);
			const all = await rows();
			expect(all).toHaveLength(3);
			await expectFile(all[2], addDays(today, -1), today);
			expect(all.map(({ fileName }) => fileName).sort()).toEqual(await storage.list());
		});

		test('the chain of all files verifies as docs/evidence.md says, and shows a change', async () => {
			const folder = path.join(bed.folder, `check-${name}`);
			await mkdir(folder);
			const all = await rows();
			for (const { fileName } of all) {
				await writeFile(path.join(folder, fileName), await storage.read(fileName));
			}
			const lines = all.map((row) => [row.fileName, row.sha256, row.chainSha256].join());
			const manifest = ['fileName,sha256,chainSha256', ...lines].join('\n');
			await writeFile(path.join(folder, 'manifest.csv'), manifest);
			const check = () =>
				execFileSync('sh', ['-c', CHECK_OF_THE_CHAIN], { cwd: folder, encoding: 'utf8' })
					.trimEnd()
					.split('\n');
			expect(check()).toEqual(all.map(({ fileName }) => `${fileName}: unchanged, linked`));
			expect(all.map(({ previousSha256 }) => previousSha256)).toEqual([
				null,
				all[0]?.chainSha256,
				all[1]?.chainSha256,
			]);
			await writeFile(path.join(folder, all[1]?.fileName ?? ''), 'other events');
			expect(check()[1]).toBe(`${all[1]?.fileName}: CHANGED, linked`);
		});
	});
});
