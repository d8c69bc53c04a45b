import { readdirSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import type { AuditApi, AuditEvent } from '../../dev/audit-api';
import { type Execution, itemsOf, type RunningN8n, type StoredCredential } from '../../dev/n8n';
import {
	firstScheduledExecution,
	listedOnDayBefore,
	readExample,
} from './support/exampleWorkflows';
import { EXAMPLES_DIR, exampleNames, readExample as readExampleFolder } from '../../dev/examples';
import { type LocalSlack, startLocalSlack } from '../../dev/receivers/slack';
import { type SftpServer, startSftpServer } from '../../dev/receivers/sftp';
import { createCredential, TestBed } from './support/testBed';

jest.setTimeout(300_000);

/** n8n's own default, in which a day does not begin when it does in UTC. */
const TIME_ZONE = 'America/New_York';

/** Nothing of a workflow is changed except its credentials and the time of its schedule. */
describe('The example workflows, as a whole, in a real n8n with default settings', () => {
	let bed: TestBed;
	let api: AuditApi;
	let slack: LocalSlack;
	let sftp: SftpServer;
	let n8n: RunningN8n;
	let credentials: StoredCredential[];

	beforeAll(async () => {
		bed = await TestBed.open('examples');
		const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
		// About 2,000 events per day, so that a day has more than one page.
		api = await bed.startApi({ eventCount: 6000, span: { from: daysAgo(3), to: daysAgo(0) } });
		await mkdir(path.join(bed.folder, 'sftp'));
		slack = bed.use(await startLocalSlack(bed.folder));
		sftp = bed.use(await startSftpServer(path.join(bed.folder, 'sftp')));
		n8n = await bed.startN8n({ env: { ...slack.env, GENERIC_TIMEZONE: TIME_ZONE } });
		credentials = [
			await createCredential(n8n, api),
			await n8n.createCredential('slackApi', slack.credential, 'Slack'),
			await n8n.createCredential('sftp', sftp.credential, 'SFTP'),
		];
	});

	afterAll(async () => {
		await bed?.close();
		expect(slack.refused.filter((it) => it.includes('slack'))).toEqual([]);
	});

	const run = async (name: string) => await n8n.runWorkflow(readExample(name), { credentials });
	const scheduled = async (name: string) =>
		await firstScheduledExecution(n8n, readExample(name), credentials);

	/** Every node except the notes has run, and none of them failed. */
	function expectWhole(execution: Execution, name: string): void {
		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(execution.status).toBe('success');
		const nodes = readExample(name).nodes.filter(({ type }) => !type.endsWith('stickyNote'));
		expect(Object.keys(execution.data.resultData.runData).sort()).toEqual(
			nodes.map((node) => node.name).sort(),
		);
	}

	test('are all tested here', () => {
		const files = readdirSync(EXAMPLES_DIR).filter((file) => file.endsWith('.json'));
		expect(files.sort()).toEqual([
			'daily-archive.json',
			'daily-digest.json',
			'demo.json',
			'look-up-events.json',
		]);
	});

	test('have the newest version of each of n8n’s nodes', async () => {
		const types = await n8n.request<Array<{ name: string; version: number | number[] }>>(
			'GET',
			'/types/nodes.json',
		);
		const newest = (type: string) =>
			Math.max(...types.filter(({ name }) => name === type).flatMap(({ version }) => version));
		const files = readdirSync(EXAMPLES_DIR).filter((file) => file.endsWith('.json'));
		const nodes = [
			...files.map((file) => readExample(path.parse(file).name)),
			...exampleNames.map(readExampleFolder),
		].flatMap((file) => file.nodes.map((node) => ({ file: file.name, node })));
		expect(nodes.map(({ file, node }) => [file, node.name, node.typeVersion])).toEqual(
			nodes.map(({ file, node }) => [file, node.name, newest(node.type)]),
		);
	});

	test('daily-archive.json: yesterday is on the SFTP server, each event once, byte for byte', async () => {
		const execution = await scheduled('daily-archive');
		expectWhole(execution, 'daily-archive');
		const events = listedOnDayBefore(api.events, execution.startedAt, TIME_ZONE);
		expect(events.length).toBeGreaterThan(1000);
		expect(itemsOf(execution, 'Upload the file')).toEqual([
			expect.objectContaining({ count: events.length }),
		]);
		const archive = path.join(sftp.home, 'audit-log');
		const [name, ...others] = await readdir(archive);
		expect(others).toEqual([]);
		expect(name).toMatch(/^signicat-audit_.+\.ndjson\.gz$/);
		const text = gunzipSync(await readFile(path.join(archive, name ?? ''))).toString();
		const lines = text.split('\n');
		expect(lines.pop()).toBe('');
		expect(lines).toEqual(events.map((event) => JSON.stringify(event)));
	});

	test('daily-digest.json: Slack receives what happened yesterday', async () => {
		const before = slack.messages.length;
		const execution = await scheduled('daily-digest');
		expectWhole(execution, 'daily-digest');
		const events = listedOnDayBefore(api.events, execution.startedAt, TIME_ZONE);
		const [summary] = itemsOf(execution, 'Summarize yesterday');
		expect(summary?.total).toBe(events.length);
		expect(countsIn(summary?.groups)).toEqual(countsOf(events));
		const message = slack.messages.slice(before).find(({ channel }) => channel === '#audit');
		expect(message?.text.startsWith(String(summary?.slack))).toBe(true);
		expect(message?.text.replace(/(?<=\d)[ ,.\u00A0\u202F](?=\d)/g, '')).toContain(
			String(events.length),
		);
	});

	test('look-up-events.json: the whole event behind each of the newest sign-ins', async () => {
		const stored = [...api.events];
		const execution = await run('look-up-events');
		expectWhole(execution, 'look-up-events');
		const signIns = stored
			.filter((it) => it.serviceName === 'Broker' && it.eventType === 'authn_response')
			.slice(0, 10);
		expect(signIns).toHaveLength(10);
		const whole = signIns.map((event) => ({
			...event,
			...(event.mayHaveMoreData && { mayHaveMoreData: false }),
		}));
		expect(itemsOf(execution, 'Get full events')).toEqual(whole);
	});

	test('demo.json: the newest 20 events', async () => {
		const execution = await run('demo');
		expectWhole(execution, 'demo');
		expect(itemsOf(execution, 'Get events').map(({ cursor }) => cursor)).toEqual(
			api.events.slice(0, 20).map(({ cursor }) => cursor),
		);
	});
});

/** How often each service and event type occurs. */
function countsOf(events: readonly AuditEvent[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const { serviceName, eventType } of events) {
		const key = JSON.stringify([serviceName ?? null, eventType ?? null]);
		counts.set(key, (counts.get(key) ?? 0) + 1);
	}
	return counts;
}

function countsIn(groups: unknown): Map<string, number> {
	return new Map(
		(groups as IDataObject[]).map(({ serviceName, eventType, count }) => [
			JSON.stringify([serviceName, eventType]),
			Number(count),
		]),
	);
}
