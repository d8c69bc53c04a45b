import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { INode } from 'n8n-workflow';
import type { AuditApi } from '../../../dev/audit-api';
import { itemsOf, type RunningN8n, type StoredCredential, waitFor } from '../../../dev/n8n';
import { createCredential, credentialFields, TestBed } from '../support/testBed';
import {
	auditNode,
	CREDENTIAL_TYPE,
	inSequence,
	startedByHand,
	triggerNode,
} from '../support/workflows';

const EVERY_MINUTE = { pollTimes: { item: [{ mode: 'everyMinute' }] } };

describe('The packed package in a real n8n, against the local Audit API', () => {
	let bed: TestBed;
	let api: AuditApi;
	let n8n: RunningN8n;
	let credential: StoredCredential;

	beforeAll(async () => {
		bed = await TestBed.open('nodes');
		api = await bed.startApi({ eventCount: 3500 });
		n8n = await bed.startN8n();
		credential = await createCredential(n8n, api);
	});

	afterAll(async () => await bed?.close());

	beforeEach(() => api.reset());

	const run = async (name: string, ...nodes: INode[]) =>
		await n8n.runWorkflow(startedByHand(name, ...nodes), { credentials: [credential] });
	const cursorsOf = (items: Array<{ cursor?: unknown }>) => items.map(({ cursor }) => cursor);

	describe('the action node', () => {
		test('Get Many with Return All returns all events in the Audit API', async () => {
			const execution = await run(
				'Get Many',
				auditNode('Audit', {
					resource: 'event',
					operation: 'getAll',
					returnAll: true,
					period: 'custom',
					output: 'raw',
					options: {},
				}),
			);
			expect(execution.status).toBe('success');
			const items = itemsOf(execution, 'Audit');
			expect(cursorsOf(items)).toEqual(cursorsOf([...api.events]));
		});

		test('Get returns the whole event for each cursor of Get Many', async () => {
			const execution = await run(
				'Get',
				auditNode('Many', {
					resource: 'event',
					operation: 'getAll',
					limit: 30,
					period: 'last30Days',
				}),
				auditNode('Audit', {
					resource: 'event',
					operation: 'get',
					cursor: '={{ $json.cursor }}',
					output: 'raw',
				}),
			);
			expect(execution.status).toBe('success');
			const whole = api.events.slice(0, 30).map((event) => ({
				...event,
				...(event.mayHaveMoreData && { mayHaveMoreData: false }),
			}));
			expect(itemsOf(execution, 'Audit')).toEqual(whole);
		});

		test('Metadata and Property return what the API responds', async () => {
			const execution = await run(
				'Metadata',
				auditNode('Metadata', { resource: 'metadata', operation: 'get' }),
				auditNode('Audit', {
					resource: 'property',
					operation: 'getAll',
					returnAll: true,
					target: { __rl: true, mode: 'name', value: 'Default' },
					serviceName: { __rl: true, mode: 'name', value: 'Broker' },
					eventType: { __rl: true, mode: 'name', value: 'authn_response' },
				}),
			);
			expect(execution.status).toBe('success');
			expect(itemsOf(execution, 'Metadata')[0]).toHaveProperty('targets');
			expect(itemsOf(execution, 'Audit').map(({ name }) => name)).toContain('Idp');
		});

		test('Export to File streams the whole range into a file that n8n stores', async () => {
			const execution = await run(
				'Export',
				auditNode('Audit', { resource: 'event', operation: 'export', period: 'custom' }),
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

		test('Summarize counts the events in the Audit API', async () => {
			const execution = await run(
				'Summarize',
				auditNode('Audit', {
					resource: 'event',
					operation: 'summarize',
					period: 'custom',
					groupBy: ['serviceName'],
				}),
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

		test('an invalid date is an error that names the field, before any request', async () => {
			const execution = await run(
				'Wrong',
				auditNode('Audit', {
					resource: 'event',
					operation: 'getAll',
					period: 'custom',
					from: 'soon',
				}),
			);
			expect(execution.status).toBe('error');
			expect(execution.data.resultData.error?.message).toContain('From');
			expect(api.requests).toEqual([]);
		});
	});

	describe('the trigger', () => {
		test('a published workflow starts once for each new event, and once for a new event type', async () => {
			const newEvent = await n8n.importWorkflow(
				inSequence('New event', triggerNode(EVERY_MINUTE)),
				[credential],
			);
			const newType = await n8n.importWorkflow(
				inSequence('New type', triggerNode({ ...EVERY_MINUTE, event: 'newEventType' })),
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
			});
			await waitFor(async () => (await itemsFrom(newType.id)).length > 0, {
				what: 'the new event type',
			});
			const late = api.append({
				serviceName,
				eventType,
				timestamp: new Date(Date.now() - 90_000).toISOString(),
			});
			await waitFor(async () => (await itemsFrom(newEvent.id)).length >= 4, {
				what: 'the late event',
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

		test('publishing fails with a wrong secret, and the message says so', async () => {
			const fields = { ...credentialFields(api), clientSecret: 'wrong' };
			const wrong = await n8n.createCredential(CREDENTIAL_TYPE, fields, 'Wrong');
			const file = inSequence('Wrong', triggerNode(EVERY_MINUTE));
			const { id } = await n8n.importWorkflow(file, [wrong]);
			await expect(n8n.activate(id)).rejects.toThrow(
				'Signicat did not accept the client ID and client secret',
			);
			await n8n.deactivate(id);
		});
	});
});
