import { createHash } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import type { AuditApi } from '../../../dev/audit-api';
import {
	type Editor,
	type Execution,
	itemsOf,
	openEditor,
	PACKAGE_NAME,
	type RunningN8n,
	type StoredCredential,
} from '../../../dev/n8n';
import { OLDEST_VERSION } from '../../../dev/n8n/install';
import { workflowsWithCursor } from '../support/n8nDatabase';
import { createCredential, TestBed } from '../support/testBed';
import { ENVIRONMENTS } from '../support/triggerScenario';
import { auditNode, startedByHand } from '../support/workflows';
import { PublishedTrigger } from './support/publishedTrigger';

/** All other end-to-end tests run in the pinned version. `npm run versions` tests several. */
const VERSIONS = (process.env.N8N_VERSIONS ?? OLDEST_VERSION).split(',');

/** If set, pictures of the node in each version are stored in this folder. */
const PICTURES = process.env.PICTURES;

const PERIOD = { period: 'custom', from: '', to: '' };

describe.each(VERSIONS)('n8n %s', (version) => {
	let bed: TestBed;
	let api: AuditApi;
	let n8n: RunningN8n;
	let credential: StoredCredential;
	let inMemory: PublishedTrigger;
	let durable: { n8n: RunningN8n; trigger: PublishedTrigger } | undefined;

	beforeAll(async () => {
		bed = await TestBed.open(`n8n-${version}`);
		api = await bed.startApi({ eventCount: 1200 });
		n8n = await bed.startN8n({ name: 'in memory', version });
		credential = await createCredential(n8n, api);
		inMemory = await PublishedTrigger.publish(n8n, api, credential);
		if (!hasDurableEngine(version)) return;
		const second = await bed.startN8n({ name: 'durable', version, env: ENVIRONMENTS.durable });
		const its = await createCredential(second, api);
		durable = { n8n: second, trigger: await PublishedTrigger.publish(second, api, its) };
	});

	afterAll(async () => await bed?.close());

	async function run(parameters: INodeParameters): Promise<Execution> {
		const workflow = startedByHand('Smoke', auditNode('Audit', parameters));
		const execution = await n8n.runWorkflow(workflow, { credentials: [credential] });
		expect(execution.data.resultData.error?.message).toBeUndefined();
		return execution;
	}

	/** The events of the Audit API before the tests append any. */
	const stored = () => api.events.filter(({ cursor }) => !inMemory.expected().includes(cursor));

	test('Install: reports its version, and shows both nodes and the tool', async () => {
		const { versionCli } = await n8n.request<{ versionCli: string }>('GET', '/rest/settings');
		expect(versionCli).toBe(version);
		const ours = (await n8n.nodeTypes())
			.map(({ name }) => name)
			.filter((name) => name.startsWith(PACKAGE_NAME));
		expect(ours.sort()).toEqual(
			['signicatAudit', 'signicatAuditTool', 'signicatAuditTrigger'].map(
				(name) => `${PACKAGE_NAME}.${name}`,
			),
		);
	});

	test('Credential test: says whether the audit log can be read', async () => {
		expect(await n8n.testCredential(credential.id)).toMatchObject({ status: 'OK' });
		const wrong = await n8n.createCredential(
			credential.type,
			{ clientId: api.clientId, clientSecret: 'wrong', baseUrl: api.baseUrl },
			'Wrong secret',
		);
		expect(await n8n.testCredential(wrong.id)).toMatchObject({ status: 'Error' });
	});

	test('Get Many: returns all events', async () => {
		const execution = await run({ returnAll: true, output: 'raw', ...PERIOD });
		const cursors = itemsOf(execution, 'Audit').map(({ cursor }) => cursor);
		expect(cursors).toEqual(stored().map(({ cursor }) => cursor));
	});

	test('Get Many: says which parameter is invalid', async () => {
		const node = auditNode('Audit', { period: 'custom', from: 'yesterdayish' });
		const execution = await n8n.runWorkflow(startedByHand('Invalid', node), {
			credentials: [credential],
		});
		expect(execution.status).toBe('error');
		expect(execution.data.resultData.error?.message).toContain("'From'");
	});

	test('Export to File: stores a file with its checksum', async () => {
		const execution = await run({ operation: 'export', ...PERIOD });
		const [item] = execution.data.resultData.runData.Audit?.[0]?.data?.main?.[0] ?? [];
		const bytes = await n8n.binary(item?.binary?.data ?? { data: '' });
		expect(item?.json).toMatchObject({
			count: stored().length,
			size: bytes.length,
			sha256: createHash('sha256').update(bytes).digest('hex'),
		});
		expect(bytes.toString().trimEnd().split('\n')).toHaveLength(stored().length);
	});

	test('Summarize: counts the events per service', async () => {
		const execution = await run({ operation: 'summarize', groupBy: ['serviceName'], ...PERIOD });
		const [summary] = itemsOf(execution, 'Audit') as Array<{
			total: number;
			groups: Array<{ serviceName: string; count: number }>;
		}>;
		const services = [...new Set(stored().map(({ serviceName }) => serviceName))];
		const counts = services.map((name) => [
			name,
			stored().filter(({ serviceName }) => serviceName === name).length,
		]);
		expect(summary?.total).toBe(stored().length);
		expect(
			Object.fromEntries(summary?.groups.map((it) => [it.serviceName, it.count]) ?? []),
		).toEqual(Object.fromEntries(counts));
	});

	test('Editor: shows the node with its parameters, and runs it', async () => {
		const file = startedByHand('Editor', auditNode('Audit', { limit: 7, period: 'custom' }));
		const { id } = await n8n.importWorkflow(file, [credential]);
		const editor: Editor = await openEditor(n8n);
		try {
			await editor.openWorkflow(id);
			const panel = await editor.openNode('Audit');
			await panel.getByText('Filters', { exact: true }).first().waitFor();
			const execution = await editor.executeNode();
			expect(itemsOf(execution, 'Audit')).toHaveLength(7);
			if (PICTURES) await editor.screenshot(path.join(PICTURES, `n8n-${version}.png`));
		} finally {
			await editor.close();
		}
	});

	test('Trigger, in-memory engine: emits each event once, also after a restart', async () => {
		inMemory.append();
		await inMemory.arrival(n8n);
		await n8n.stop();
		inMemory.append();
		n8n = await bed.startN8n({ name: 'in memory', version });
		inMemory.append();
		await inMemory.arrival(n8n);
		expect(await inMemory.emitted(n8n)).toEqual(inMemory.expected());
	});

	const durableTest = hasDurableEngine(version) ? test : test.skip;
	durableTest('Trigger, durable engine: emits each event once', async () => {
		if (!durable) throw new Error('The n8n with the durable engine did not start');
		// The events that the test before this one appended are in the same log.
		durable.trigger.appended.push(...inMemory.appended);
		durable.trigger.append();
		await durable.trigger.arrival(durable.n8n);
		expect(await durable.trigger.emitted(durable.n8n)).toEqual(durable.trigger.expected());
		const withCursor = await workflowsWithCursor(path.join(bed.folder, 'durable'));
		expect(withCursor).toEqual([durable.trigger.workflowId]);
	});
});

/** n8n got the durable engine, and its cursors, between 2.33 and 2.38. */
function hasDurableEngine(version: string): boolean {
	const [major = 0, minor = 0] = version.split('.').map(Number);
	return major > 2 || (major === 2 && minor >= 38);
}
