import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../audit-api';
import {
	type Editor,
	installPackage,
	itemsOf,
	openEditor,
	packPackage,
	type RunningN8n,
	startN8n,
	type StoredCredential,
	waitFor,
	type WorkflowFile,
} from '../n8n';

jest.setTimeout(300_000);

const TYPE = 'signicatOAuth2Api';

const node = (name: string, type: string, parameters: INodeParameters, rest = {}): INode => ({
	id: name.toLowerCase().replace(/\W+/g, '-'),
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters,
	credentials: type.includes('signicat') ? { [TYPE]: { id: '', name: '' } } : {},
	...rest,
});

const start = node('Start', 'n8n-nodes-base.manualTrigger', {});

function inSequence(name: string, ...nodes: INode[]): WorkflowFile {
	const connections: WorkflowFile['connections'] = {};
	nodes.slice(1).forEach((next, index) => {
		const from = nodes[index]?.name ?? '';
		connections[from] = { main: [[{ node: next.name, type: 'main', index: 0 }]] };
	});
	return { name, nodes, connections, settings: { executionOrder: 'v1' } };
}

const audit = (parameters: INodeParameters, rest = {}) =>
	node('Audit', 'n8n-nodes-signicat-audit.signicatAudit', parameters, rest);

const trigger = (parameters: INodeParameters) =>
	node('Trigger', 'n8n-nodes-signicat-audit.signicatAuditTrigger', {
		pollTimes: { item: [{ mode: 'everyMinute' }] },
		...parameters,
	});

describe('The packed package in a real n8n, against the local Audit API', () => {
	let userFolder: string;
	let api: AuditApi;
	let n8n: RunningN8n;
	let credential: StoredCredential;
	const secret = 'p%41ss+w/rd:"é"&=?';

	beforeAll(async () => {
		userFolder = await mkdtemp(path.join(tmpdir(), 'n8n-e2e-'));
		api = await startAuditApi({ eventCount: 3500, clientSecret: secret });
		const { tarball } = await packPackage(userFolder);
		await installPackage(tarball, userFolder);
		n8n = await startN8n({ userFolder });
		credential = await n8n.createCredential(TYPE, fields());
	});

	afterAll(async () => {
		await n8n?.stop();
		expect(api.violations).toEqual([]);
		await api?.stop();
		await rm(userFolder, { recursive: true, force: true });
	});

	beforeEach(() => api.reset());

	const fields = (other: IDataObject = {}): IDataObject => ({
		clientId: api.clientId,
		clientSecret: secret,
		baseUrl: api.baseUrl,
		...other,
	});

	const run = async (file: WorkflowFile) =>
		await n8n.runWorkflow(file, { credentials: [credential] });
	const cursorsOf = (items: Array<{ cursor?: unknown }>) => items.map(({ cursor }) => cursor);

	describe('the credential', () => {
		const tested = async (data: IDataObject) => {
			const { id } = await n8n.createCredential(TYPE, data, 'Tested');
			return await n8n.testCredential(id);
		};

		test('the test says that it works, with every kind of character in the secret', async () => {
			expect(await n8n.testCredential(credential.id)).toMatchObject({ status: 'OK' });
		});

		test('a base URL with a trailing slash works too', async () => {
			expect(await tested(fields({ baseUrl: `${api.baseUrl}/` }))).toMatchObject({ status: 'OK' });
		});

		test('account and organization are sent by the test, and only when they are filled in', async () => {
			await tested(fields());
			await tested(fields({ accountId: 'a-test', organizationId: 'o-test' }));
			const [without, filled] = api.requests.filter(({ operation }) => operation === 'query');
			expect(without?.query).toEqual({ limit: '1' });
			expect(without?.headers).not.toHaveProperty('signicat-organizationid');
			expect(filled?.query).toMatchObject({
				'signicat-accountId': 'a-test',
				'signicat-organizationId': 'o-test',
			});
			expect(filled?.headers['signicat-organizationid']).toBe('o-test');
		});

		test('a wrong secret is said to be wrong', async () => {
			const result = await tested(fields({ clientSecret: 'wrong' }));
			expect(result.status).toBe('Error');
			expect(result.message).toMatch(/client/i);
			expect(result.message).not.toContain('wrong');
		});

		test.each([
			['a page of HTML', { kind: 'status200Html' as const }],
			['an error', { kind: 'answer' as const, text: '{"error":"no"}' }],
			['a problem document', { kind: 'problem200' as const }],
			['nothing', { kind: 'noContent' as const }],
			['an empty answer', { kind: 'answer' as const, text: '' }],
			['a list', { kind: 'answer' as const, text: '[{"a":1}]' }],
			['null', { kind: 'answer' as const, text: 'null' }],
		])('%s in place of a page of events is not a success', async (_what, fault) => {
			api.fail(fault, { on: 'query' });
			const result = await n8n.testCredential(credential.id);
			expect(result.status).toBe('Error');
			expect(result.message).toContain('not with audit events');
		});

		test('a page without events is a success', async () => {
			api.fail({ kind: 'dataNull' }, { on: 'query' });
			expect(await n8n.testCredential(credential.id)).toMatchObject({ status: 'OK' });
		});

		test('a missing permission is said to be missing, and where to add it', async () => {
			api.configure({ permission: false });
			const result = await tested(fields());
			expect(result.status).toBe('Error');
			expect(result.message).toContain('Signicat Dashboard');
		});

		test('an address where nobody listens is said not to answer', async () => {
			const gone = await startAuditApi({ eventCount: 0 });
			await gone.stop();
			const result = await tested(fields({ baseUrl: gone.baseUrl }));
			expect(result.status).toBe('Error');
			expect(result.message).toMatch(/refused|reach|connect/i);
		});
	});

	describe('the action node', () => {
		test('Get Many with Return All gives what the Audit API holds', async () => {
			const execution = await run(
				inSequence(
					'Get Many',
					start,
					audit({
						resource: 'event',
						operation: 'getAll',
						returnAll: true,
						period: 'custom',
						simplify: false,
						options: {},
					}),
				),
			);
			expect(execution.status).toBe('success');
			const items = itemsOf(execution, 'Audit');
			expect(cursorsOf(items)).toEqual(cursorsOf([...api.events]));
		});

		test('Get gives the whole event behind each cursor of Get Many', async () => {
			const many = audit({
				resource: 'event',
				operation: 'getAll',
				limit: 30,
				period: 'last30Days',
			});
			const execution = await run(
				inSequence(
					'Get',
					start,
					{ ...many, id: 'many', name: 'Many' },
					{
						...audit({
							resource: 'event',
							operation: 'get',
							cursor: '={{ $json.cursor }}',
							simplify: false,
						}),
					},
				),
			);
			expect(execution.status).toBe('success');
			const whole = api.events.slice(0, 30).map((event) => ({
				...event,
				...(event.mayHaveMoreData && { mayHaveMoreData: false }),
			}));
			expect(itemsOf(execution, 'Audit')).toEqual(whole);
		});

		test('Metadata and Property give what the API answers', async () => {
			const execution = await run(
				inSequence(
					'Metadata',
					start,
					{ ...audit({ resource: 'metadata', operation: 'get' }), id: 'meta', name: 'Metadata' },
					audit({
						resource: 'property',
						operation: 'getAll',
						returnAll: true,
						target: { __rl: true, mode: 'name', value: 'Default' },
						serviceName: { __rl: true, mode: 'name', value: 'Broker' },
						eventType: { __rl: true, mode: 'name', value: 'authn_response' },
					}),
				),
			);
			expect(execution.status).toBe('success');
			expect(itemsOf(execution, 'Metadata')[0]).toHaveProperty('targets');
			expect(itemsOf(execution, 'Audit').map(({ name }) => name)).toContain('Idp');
		});

		test('Export to File streams the whole range into a file that n8n keeps', async () => {
			const execution = await run(
				inSequence(
					'Export',
					start,
					audit({ resource: 'event', operation: 'export', period: 'custom' }),
				),
			);
			expect(execution.status).toBe('success');
			expect(itemsOf(execution, 'Audit')).toEqual([
				expect.objectContaining({ count: api.events.length }),
			]);
			const [item] = execution.data.resultData.runData.Audit?.[0]?.data?.main?.[0] ?? [];
			const file = item?.binary?.data;
			expect(file?.id).toMatch(/^filesystem/);
			const lines = (await n8n.binary({ id: file?.id, data: '' })).toString().trimEnd().split('\n');
			expect(cursorsOf(lines.map((line) => JSON.parse(line) as { cursor: string }))).toEqual(
				cursorsOf([...api.events]),
			);
		});

		test('Summarize counts what the Audit API holds', async () => {
			const execution = await run(
				inSequence(
					'Summarize',
					start,
					audit({
						resource: 'event',
						operation: 'summarize',
						period: 'custom',
						groupBy: ['serviceName'],
					}),
				),
			);
			expect(execution.status).toBe('success');
			const [summary] = itemsOf(execution, 'Audit');
			const groups = summary?.groups as Array<{ serviceName: string | null; count: number }>;
			const counted = new Map(groups.map(({ serviceName, count }) => [serviceName, count]));
			const expected = new Map<string | null, number>();
			for (const { serviceName = null } of api.events) {
				expected.set(serviceName, (expected.get(serviceName) ?? 0) + 1);
			}
			expect(counted).toEqual(expected);
			expect(summary?.total).toBe(api.events.length);
			expect(String(summary?.html)).not.toContain('<script>');
		});

		test('a wrong date fails the node with the field in its message, before any request', async () => {
			const execution = await run(
				inSequence(
					'Wrong',
					start,
					audit({ resource: 'event', operation: 'getAll', period: 'custom', from: 'soon' }),
				),
			);
			expect(execution.status).toBe('error');
			expect(execution.data.resultData.error?.message).toContain('From');
			expect(api.requests).toEqual([]);
		});
	});

	describe('the editor', () => {
		let editor: Editor;

		beforeAll(async () => {
			editor = await openEditor(n8n);
		});
		afterAll(async () => await editor?.close());

		test('the credential shows five fields, and nothing else', async () => {
			const dialog = await editor.openCredential(credential.name);
			await dialog.getByText('Client Secret').waitFor();
			const labels = await dialog
				.locator('[data-test-id="parameter-input-label"], label')
				.allInnerTexts();
			expect(labels.map((label) => label.split('\n')[0]?.replace('*', '').trim())).toEqual([
				'Client ID',
				'Client Secret',
				'Base URL',
				'Account ID',
				'Organization ID',
			]);
		});

		test('the list of services is filled from Signicat', async () => {
			const filters = { serviceName: { __rl: true, mode: 'list', value: '' } };
			const { id } = await n8n.importWorkflow(
				inSequence('Lists', start, audit({ resource: 'event', operation: 'getAll', filters })),
				[credential],
			);
			await editor.openWorkflow(id);
			await editor.openNode('Audit');
			const locator = editor.page.getByTestId('resource-locator-serviceName');
			await locator.getByTestId('rlc-input').click();
			const list = editor.page.getByTestId('rlc-item');
			await list.first().waitFor();
			const names = (await list.allInnerTexts()).map((name) => name.trim());
			const services = new Set(api.events.map(({ serviceName }) => serviceName).filter(Boolean));
			expect(new Set(names)).toEqual(services);
		});

		test('a query shows its events', async () => {
			const { id } = await n8n.importWorkflow(
				inSequence(
					'Shows',
					start,
					audit({ resource: 'event', operation: 'getAll', limit: 7, period: 'last30Days' }),
				),
				[credential],
			);
			await editor.openWorkflow(id);
			const panel = await editor.openNode('Audit');
			await editor.executeNode();
			expect(await panel.getByTestId('output-panel').innerText()).toContain('7 items');
		});
	});

	describe('the trigger', () => {
		test('a published workflow is started once for each new event, and once for a new event type', async () => {
			const newEvent = await n8n.importWorkflow(inSequence('New event', trigger({})), [credential]);
			const newType = await n8n.importWorkflow(
				inSequence('New type', trigger({ event: 'newEventType' })),
				[credential],
			);
			await n8n.activate(newEvent.id);
			await n8n.activate(newType.id);

			const itemsFrom = async (id: string) => {
				const executions = await n8n.executions(id);
				const ids = executions.map((execution) => Number(execution.id)).sort((a, b) => a - b);
				const whole = await Promise.all(ids.map(async (one) => await n8n.execution(String(one))));
				return whole.flatMap((execution) => itemsOf(execution, 'Trigger'));
			};
			const [known] = api.events;
			const { serviceName, eventType } = known ?? {};
			const first = api.append(
				{ serviceName, eventType },
				{ serviceName: 'Broker', eventType: 'never_seen' },
				{ serviceName: 'Broker', eventType: 'never_seen' },
			);
			await waitFor(async () => (await itemsFrom(newEvent.id)).length >= 3, {
				what: 'the first events',
				timeoutMs: 150_000,
			});
			const late = api.append({
				serviceName,
				eventType,
				timestamp: new Date(Date.now() - 90_000).toISOString(),
			});
			await waitFor(async () => (await itemsFrom(newEvent.id)).length >= 4, {
				what: 'the late event',
				timeoutMs: 150_000,
			});
			expect(new Set(cursorsOf(await itemsFrom(newEvent.id)))).toEqual(
				new Set(cursorsOf([...first, ...late])),
			);
			expect(await itemsFrom(newEvent.id)).toHaveLength(4);
			expect(await itemsFrom(newType.id)).toEqual([
				expect.objectContaining({ serviceName: 'Broker', eventType: 'never_seen' }),
			]);
			await n8n.deactivate(newEvent.id);
			await n8n.deactivate(newType.id);
		});

		test('a wrong secret fails the publishing, with a message that says so', async () => {
			const wrong = await n8n.createCredential(TYPE, fields({ clientSecret: 'wrong' }), 'Wrong');
			const { id } = await n8n.importWorkflow(inSequence('Wrong', trigger({})), [wrong]);
			await expect(n8n.activate(id)).rejects.toThrow(
				'Signicat did not accept the client ID and client secret',
			);
			await n8n.deactivate(id);
		});
	});
});
