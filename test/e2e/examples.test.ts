import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import { type AuditApi, type AuditEvent, startAuditApi } from '../audit-api';
import {
	type Execution,
	installPackage,
	itemsOf,
	packPackage,
	type RunningN8n,
	startN8n,
	type StoredCredential,
	waitFor,
} from '../n8n';
import {
	firstScheduledExecution,
	listedOnDayBefore,
	readExample,
} from './support/exampleWorkflows';
import { type LocalSlack, startLocalSlack } from './support/localSlack';
import { type SftpServer, startSftpServer } from './support/sftpServer';

jest.setTimeout(300_000);

/** n8n's own default, where a day does not begin when it does in UTC. */
const TIME_ZONE = 'America/New_York';

/** An event type that Slack would act on, and n8n and HTML too. */
const NEW_TYPE = '<!channel> & {{ 7 * 7 }} <b>';

/** Nothing of a workflow is changed but its credentials, and the hour of a schedule. */
describe('The example workflows, whole, in a real n8n as it comes', () => {
	let folder: string;
	let api: AuditApi;
	let slack: LocalSlack;
	let sftp: SftpServer;
	let n8n: RunningN8n;
	let credentials: StoredCredential[];
	/** The published workflows with a trigger of this package, by file. */
	const published = new Map<string, string>();
	/** What came into the log while they were published. */
	let appended: AuditEvent[];

	beforeAll(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'n8n-e2e-examples-'));
		const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
		// Some 2,000 events a day, so that a day has more than one page.
		api = await startAuditApi({ eventCount: 6000, span: { from: daysAgo(3), to: daysAgo(0) } });
		await mkdir(path.join(folder, 'sftp'));
		slack = await startLocalSlack(folder);
		sftp = await startSftpServer(path.join(folder, 'sftp'));
		const userFolder = path.join(folder, 'n8n');
		const { tarball } = await packPackage(folder);
		await installPackage(tarball, userFolder);
		n8n = await startN8n({ userFolder, env: { ...slack.env, GENERIC_TIMEZONE: TIME_ZONE } });
		const { clientId, clientSecret, baseUrl } = api;
		credentials = [
			await n8n.createCredential('signicatOAuth2Api', { clientId, clientSecret, baseUrl }),
			await n8n.createCredential('slackApi', slack.credential, 'Slack'),
			await n8n.createCredential('sftp', sftp.credential, 'SFTP'),
		];
		for (const name of ['watch-new-events', 'alert-on-new-event-type']) {
			const { id } = await n8n.importWorkflow(readExample(name), credentials);
			await n8n.activate(id);
			published.set(name, id);
		}
		// Told after a minute: the tests below run meanwhile.
		appended = api.append(
			{ serviceName: 'Broker', eventType: 'authn_response', message: 'one' },
			{ serviceName: 'Broker', eventType: NEW_TYPE, message: 'two' },
			{ serviceName: 'Broker', eventType: NEW_TYPE, message: 'three' },
		);
	});

	afterAll(async () => {
		await n8n?.stop();
		await Promise.all([slack?.stop(), sftp?.stop(), api?.stop()]);
		await rm(folder, { recursive: true, force: true });
		expect(api.violations).toEqual([]);
		expect(slack.refused.filter((it) => it.includes('slack'))).toEqual([]);
	});

	const run = async (name: string) => await n8n.runWorkflow(readExample(name), { credentials });
	const scheduled = async (name: string) =>
		await firstScheduledExecution(n8n, readExample(name), credentials);

	/** The executions that a trigger of this package has started, once there are as many as told. */
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

	/** Every node but the notes has run, and none of them failed. */
	function expectWhole(execution: Execution, name: string): void {
		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(execution.status).toBe('success');
		const nodes = readExample(name).nodes.filter(({ type }) => !type.endsWith('stickyNote'));
		expect(Object.keys(execution.data.resultData.runData).sort()).toEqual(
			nodes.map((node) => node.name).sort(),
		);
	}

	test('are the files that are tested here', () => {
		const files = readdirSync(path.join(__dirname, '../../examples'));
		expect(files.sort()).toEqual([
			'alert-on-new-event-type.json',
			'daily-archive.json',
			'daily-digest.json',
			'demo.json',
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

	test('daily-digest.json: Slack is told what happened yesterday', async () => {
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
		const held = [...api.events];
		const execution = await run('look-up-events');
		expectWhole(execution, 'look-up-events');
		const signIns = held
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

	test('watch-new-events.json: each new event once, oldest first, with what matters of it', async () => {
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

	test('alert-on-new-event-type.json: one message for the new type, with nothing that Slack acts on', async () => {
		const executions = await triggered('alert-on-new-event-type', 1);
		executions.forEach((execution) => expectWhole(execution, 'alert-on-new-event-type'));
		const messages = slack.messages.filter(({ channel }) => channel === '#security');
		expect(messages).toHaveLength(1);
		expect(messages[0]?.text.split('\n')[0]).toBe(
			'New in the Signicat audit log: Broker / &lt;!channel&gt; &amp; {{ 7 * 7 }} &lt;b&gt;, ' +
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
