import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { AuditApi, AuditEvent } from '../../dev/audit-api';
import {
	type Execution,
	itemsOf,
	type RunningN8n,
	type StoredCredential,
	waitFor,
} from '../../dev/n8n';
import { readExample } from './support/exampleWorkflows';
import { type LocalSlack, startLocalSlack } from '../../dev/receivers/slack';
import { EXAMPLES_DIR, exampleNames, readExample as readExampleFolder } from '../../dev/examples';
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
		slack = bed.use(await startLocalSlack(bed.folder));
		n8n = await bed.startN8n({ env: { ...slack.env, GENERIC_TIMEZONE: TIME_ZONE } });
		credentials = [
			await createCredential(n8n, api),
			await n8n.createCredential('slackApi', slack.credential, 'Slack'),
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
		const files = readdirSync(EXAMPLES_DIR).filter((file) => file.endsWith('.json'));
		expect(files.sort()).toEqual([
			'alert-on-new-event-type.json',
			'demo.json',
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
		const files = readdirSync(EXAMPLES_DIR).filter((file) => file.endsWith('.json'));
		const nodes = [
			...files.map((file) => readExample(path.parse(file).name)),
			...exampleNames.map(readExampleFolder),
		].flatMap((file) => file.nodes.map((node) => ({ file: file.name, node })));
		expect(nodes.map(({ file, node }) => [file, node.name, node.typeVersion])).toEqual(
			nodes.map(({ file, node }) => [file, node.name, newest(node.type)]),
		);
	});

	test('demo.json: the newest 20 events', async () => {
		const execution = await run('demo');
		expectWhole(execution, 'demo');
		expect(itemsOf(execution, 'Get events').map(({ cursor }) => cursor)).toEqual(
			api.events.slice(0, 20).map(({ cursor }) => cursor),
		);
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
