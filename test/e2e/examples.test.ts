import { readdirSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import type { AuditApi, AuditEvent } from '../../dev/audit-api';
import {
	type Execution,
	itemsOf,
	type RunningN8n,
	type StoredCredential,
	waitFor,
} from '../../dev/n8n';
import {
	firstScheduledExecution,
	listedOnDayBefore,
	readExample,
} from './support/exampleWorkflows';
import { type LocalSlack, startLocalSlack } from '../../dev/receivers/slack';
import { type SftpServer, startSftpServer } from '../../dev/receivers/sftp';
import { createCredential, TestBed } from './support/testBed';

jest.setTimeout(300_000);

/** n8n's own default, in which a day does not begin when it does in UTC. */
const TIME_ZONE = 'America/New_York';

/** An event type that Slack, n8n and HTML would each interpret. */
const NEW_TYPE = '<!channel> & {{ 7 * 7 }} <b>';

/** Nothing of a workflow is changed except its credentials and the time of its schedule. */
describe('The example workflows, as a whole, in a real n8n with default settings', () => {
	let bed: TestBed;
	let api: AuditApi;
	let slack: LocalSlack;
	let sftp: SftpServer;
	let n8n: RunningN8n;
	let credentials: StoredCredential[];
	/** The published workflows with a trigger of this package, by file. */
	const published = new Map<string, string>();
	/** The events that were appended while they were published. */
	let appended: AuditEvent[];

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
		for (const name of ['watch-new-events', 'alert-on-new-event-type']) {
			const { id } = await n8n.importWorkflow(readExample(name), credentials);
			await n8n.activate(id);
			published.set(name, id);
		}
		// Emitted after a minute; the tests below run in the meantime.
		appended = api.append(
			{ serviceName: 'Broker', eventType: 'authn_response', message: 'one' },
			{ serviceName: 'Broker', eventType: NEW_TYPE, message: 'two' },
			{ serviceName: 'Broker', eventType: NEW_TYPE, message: 'three' },
		);
	});

	afterAll(async () => {
		await bed?.close();
		expect(slack.refused.filter((it) => it.includes('slack'))).toEqual([]);
	});

	const run = async (name: string) => await n8n.runWorkflow(readExample(name), { credentials });
	const scheduled = async (name: string) =>
		await firstScheduledExecution(n8n, readExample(name), credentials);

	/** The executions that a trigger of this package started, once they have `items` items. */
	async function triggered(name: string, items: number): Promise<Execution[]> {
		const look = async () => {
			const all = await n8n.executions(published.get(name) ?? '');
			const ended = all.filter(({ stoppedAt }) => stoppedAt !== null).reverse();
			const whole = await Promise.all(ended.map(async ({ id }) => await n8n.execution(id)));
			const isThere = whole.flatMap((it) => itemsOf(it, triggerOf(name))).length >= items;
			return isThere && whole;
		};
		return await waitFor(look, { what: `events for ${name}`, timeoutMs: 150_000, everyMs: 1000 });
	}

	const triggerOf = (name: string) =>
		readExample(name).nodes.find(({ type }) => type.endsWith('Trigger'))?.name ?? '';

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
		const files = readdirSync(path.join(__dirname, '../../examples'));
		expect(files.sort()).toEqual([
			'alert-on-new-event-type.json',
			'daily-archive.json',
			'daily-digest.json',
			'look-up-events.json',
			'watch-new-events.json',
		]);
	});

	test('have the newest version of each of n8n’s nodes', async () => {
		const types = await n8n.request<Array<{ name: string; version: number | number[] }>>(
			'GET',
			'/types/nodes.json',
		);
		const newest = (type: string) =>
			Math.max(...types.filter(({ name }) => name === type).flatMap(({ version }) => version));
		const nodes = readdirSync(path.join(__dirname, '../../examples')).flatMap((file) =>
			readExample(path.parse(file).name).nodes.map((node) => ({ file, node })),
		);
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

	test('watch-new-events.json: each new event once, oldest first, with its most important fields', async () => {
		const executions = await triggered('watch-new-events', appended.length);
		executions.forEach((execution) => expectWhole(execution, 'watch-new-events'));
		const items = executions.flatMap((it) => itemsOf(it, 'Keep what matters'));
		const expected = [...appended]
			.sort((a, b) => a.timestamp.localeCompare(b.timestamp))
			.map(({ timestamp, serviceName, eventType, message }) => ({
				when: timestamp,
				what: `${serviceName} / ${eventType}`,
				message,
			}));
		expect(items).toHaveLength(expected.length);
		expect(items).toEqual(expect.arrayContaining(expected));
		expect(items.map(({ when }) => when)).toEqual(expected.map(({ when }) => when));
	});

	test('alert-on-new-event-type.json: one message for the new type, with nothing that Slack interprets', async () => {
		const executions = await triggered('alert-on-new-event-type', 1);
		executions.forEach((execution) => expectWhole(execution, 'alert-on-new-event-type'));
		const messages = slack.messages.filter(({ channel }) => channel === '#security');
		expect(messages).toHaveLength(1);
		expect(messages[0]?.text.split('\n')[0]).toBe(
			'New in the Signicat audit log: `Broker / &lt;!channel&gt; &amp; {{ 7 * 7 }} &lt;b&gt;`, ' +
				`first seen at ${appended[1]?.timestamp}`,
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
