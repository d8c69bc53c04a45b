import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import type { AuditApi, AuditEvent } from '../../../dev/audit-api';
import { asListed } from '../../../dev/audit-api/events';
import { type Execution, itemsOf, waitFor } from '../../../dev/n8n';
import { Cluster } from '../support/cluster';
import { createCredential, TestBed } from '../support/testBed';
import { auditNode, inSequence, nodeOf } from '../support/workflows';

const WORKERS = 3;
/** Of each operation. */
const EXECUTIONS = 100;
const AT_ONCE = 12;
const TOKEN_LIFETIME_S = 5;
const SPAN = { from: '2026-10-01T00:00:00Z', to: '2026-10-31T00:00:00Z' };
/** About a third of the log, in several pages. */
const RANGE = { from: '2026-10-10T00:00:00.000Z', to: '2026-10-20T00:00:00.000Z' };

const OPERATIONS: Record<string, INodeParameters> = {
	getMany: { operation: 'getAll', returnAll: true, output: 'raw' },
	export: { operation: 'export' },
	summarize: { operation: 'summarize', groupBy: ['serviceName', 'eventType'] },
};
const NAMES = Object.keys(OPERATIONS);

/** 300 executions of three operations on three workers, which share a credential whose token lives five seconds. */
describe('Three workers of n8n’s queue mode', () => {
	let bed: TestBed;
	let api: AuditApi;
	let cluster: Cluster;
	let executions: Map<string, Execution[]>;
	/** From the first execution to the end of the last one. */
	let seconds: number;
	let inRange: AuditEvent[];

	beforeAll(async () => {
		bed = await TestBed.open('workers');
		api = await bed.startApi({
			eventCount: 2000,
			span: SPAN,
			behaviour: { tokenLifetimeSeconds: TOKEN_LIFETIME_S },
		});
		inRange = api.events
			.filter(({ timestamp }) => timestamp >= RANGE.from && timestamp < RANGE.to)
			.map(asListed);
		cluster = bed.use(await Cluster.start(bed, { workers: WORKERS }));
		const ids = await publishAll();
		const startedAt = Date.now();
		await startAll();
		executions = new Map();
		for (const [name, id] of ids) executions.set(name, await ended(id));
		seconds = (Date.now() - startedAt) / 1000;
	});

	afterAll(async () => await bed?.close());

	async function publishAll(): Promise<Map<string, string>> {
		const credential = await createCredential(cluster.main, api);
		const ids = new Map<string, string>();
		for (const name of NAMES) {
			const file = inSequence(
				name,
				nodeOf('Webhook', 'n8n-nodes-base.webhook', {
					typeVersion: 2,
					webhookId: name,
					parameters: { httpMethod: 'POST', path: name, responseMode: 'onReceived', options: {} },
				}),
				auditNode('Read', {
					...OPERATIONS[name],
					period: 'custom',
					...RANGE,
					options: { pageSize: 200 },
				}),
			);
			const { id } = await cluster.main.importWorkflow(file, [credential]);
			await cluster.main.activate(id);
			ids.set(name, id);
		}
		return ids;
	}

	async function startAll(): Promise<void> {
		const jobs = Array.from({ length: EXECUTIONS }, () => NAMES).flat();
		const next = async (): Promise<void> => {
			for (let name = jobs.pop(); name; name = jobs.pop()) {
				const response = await fetch(`${cluster.main.url}/webhook/${name}`, { method: 'POST' });
				expect(response.status).toBe(200);
			}
		};
		await Promise.all(Array.from({ length: AT_ONCE }, next));
	}

	/** The executions of a workflow, as soon as all of them have ended. */
	async function ended(id: string): Promise<Execution[]> {
		const all = await waitFor(
			async () => {
				const found = await cluster.main.executions(id);
				const done = found.filter(({ stoppedAt }) => stoppedAt !== null);
				return done.length >= EXECUTIONS && found;
			},
			{ what: 'the executions of a workflow', timeoutMs: 1_200_000, everyMs: 1000 },
		);
		return await Promise.all(all.map(async (one) => await cluster.main.execution(one.id)));
	}

	const of = (name: string) => executions.get(name) ?? [];

	test.each(NAMES)('executes %s as often as it was started, without an error', (name) => {
		const errors = of(name).map(({ data }) => data.resultData.error?.message);
		expect(errors).toEqual(Array.from({ length: EXECUTIONS }, () => undefined));
	});

	test('shares the work among all workers', () => {
		const shares = cluster.workers.map(
			({ log }) => log.match(/Worker finished execution/g)?.length ?? 0,
		);
		expect(shares.reduce((sum, share) => sum + share, 0)).toBeGreaterThanOrEqual(3 * EXECUTIONS);
		expect(Math.min(...shares)).toBeGreaterThan(EXECUTIONS / 4);
	});

	test('Get Many returns each event of the range once, in each execution', () => {
		const expected = hashOf(inRange.map((event) => JSON.stringify(event)));
		const found = of('getMany').map((execution) =>
			hashOf(itemsOf(execution, 'Read').map((item) => JSON.stringify(item))),
		);
		expect(new Set(found)).toEqual(new Set([expected]));
	});

	test('Export writes the same file in each execution', async () => {
		const expected = hashOf(inRange.map((event) => JSON.stringify(event)));
		const items = of('export').flatMap((execution) => itemsOf(execution, 'Read'));
		expect(new Set(items.map(({ sha256 }) => sha256))).toEqual(new Set([expected]));
		const [run] = of('export').at(-1)?.data.resultData.runData.Read ?? [];
		const file = run?.data?.main?.[0]?.[0]?.binary?.data;
		expect(file?.id).toMatch(/^database/);
		const bytes = await cluster.main.binary({ id: file?.id, data: '' });
		expect(createHash('sha256').update(bytes).digest('hex')).toBe(expected);
	});

	test('Summarize counts what an independent count finds, in each execution', () => {
		const counts = new Map<string, number>();
		for (const { serviceName, eventType } of inRange) {
			const key = `${serviceName} ${eventType}`;
			counts.set(key, (counts.get(key) ?? 0) + 1);
		}
		for (const execution of of('summarize')) {
			const [item] = itemsOf(execution, 'Read');
			const groups = item?.groups as Array<Record<string, unknown>>;
			expect(item?.total).toBe(inRange.length);
			expect(
				new Map(
					groups.map(({ serviceName, eventType, count }) => [
						`${String(serviceName)} ${String(eventType)}`,
						count,
					]),
				),
			).toEqual(counts);
		}
	});

	test('requests at most two tokens per lifetime and process', () => {
		const lifetimes = Math.ceil(seconds / TOKEN_LIFETIME_S) + 1;
		const processes = WORKERS + 1;
		expect(api.issuedTokens.length).toBeLessThanOrEqual(2 * lifetimes * processes);
	});
});

/** As a file with a line each. */
function hashOf(lines: string[]): string {
	return createHash('sha256')
		.update(lines.map((line) => `${line}\n`).join(''))
		.digest('hex');
}
