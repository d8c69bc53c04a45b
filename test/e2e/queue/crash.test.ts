import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditApi, AuditEvent } from '../../../dev/audit-api';
import { type Execution, itemsOf, waitFor } from '../../../dev/n8n';
import { ENGINE_NAMES } from '../../support/pollingEngines';
import { Cluster } from '../support/cluster';
import { executionItems, timesEmitted } from '../support/executionLog';
import { createCredential, TestBed } from '../support/testBed';
import { ENVIRONMENTS } from '../support/triggerScenario';
import { auditNode, inSequence, pollsEvery, triggerNode } from '../support/workflows';

const EVENTS = 20;
const WORKERS = 2;

/** A day: as good as never, so that n8n does not notice by itself that a worker has lost an execution. */
const UNCHECKED = { QUEUE_WORKER_STALLED_INTERVAL: String(86_400_000) };

/** What n8n does by default, in seconds instead of minutes. */
const CHECKED = {
	QUEUE_WORKER_LOCK_DURATION: '10000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
	QUEUE_WORKER_STALLED_INTERVAL: '5000',
};

const cursorsOf = (events: Array<{ cursor?: unknown }>) =>
	events.map(({ cursor }) => String(cursor)).sort();

/** Two workers, and a workflow of which one execution is waiting for a response when its worker is killed. */
class KilledWorker {
	private constructor(
		readonly cluster: Cluster,
		private readonly api: AuditApi,
		private readonly workflowId: string,
		readonly executionId: string,
		readonly worker: number,
		readonly events: AuditEvent[],
		/** How many requests came before. */
		private readonly requests: number,
	) {}

	static async during(bed: TestBed, env: Record<string, string>): Promise<KilledWorker> {
		const api = await bed.startApi({ eventCount: 30 });
		const cluster = bed.use(await Cluster.start(bed, { workers: WORKERS, env }));
		const { main, workers } = cluster;
		const file = inSequence(
			'Look up each event',
			triggerNode({ pollTimes: pollsEvery(15, 10) }),
			auditNode('Get', { operation: 'get', cursor: '={{ $json.cursor }}' }),
		);
		const { id } = await main.importWorkflow(file, [await createCredential(main, api)]);
		await main.activate(id);
		api.fail({ kind: 'hang', ms: 120_000 }, { times: Infinity, on: 'item' });
		const events = api.append(...Array.from({ length: EVENTS }, () => ({ serviceName: 'Broker' })));
		await waitFor(() => api.requests.some(({ operation }) => operation === 'item'), {
			what: 'the second node',
		});
		const [execution] = await main.executions(id);
		const executionId = execution?.id ?? '';
		const hasStarted = new RegExp(`Worker started execution ${executionId}\\b`);
		const worker = await waitFor(
			() => {
				const index = workers.findIndex(({ log }) => hasStarted.test(log));
				return index === -1 ? undefined : index;
			},
			{ what: 'the log of the worker' },
		);
		await workers[worker]?.kill();
		api.clearFaults();
		const requests = api.requests.length;
		return new KilledWorker(cluster, api, id, executionId, worker, events, requests);
	}

	/** Waits until n8n says that the execution has ended. */
	async ended(): Promise<Execution> {
		return await this.cluster.main.finishedExecution(this.executionId);
	}

	/** Waits until there were two polls after the kill, which would return the events again if they did at all. */
	async polledAgain(): Promise<void> {
		const polls = () =>
			this.api.requests.slice(this.requests).filter(({ operation }) => operation === 'query');
		const options = { what: 'two more polls' };
		await waitFor(() => polls().length >= 2, options);
	}

	/** By cursor, in how many executions an event is that a poll has started. */
	async timesEmitted(): Promise<Map<string, number>> {
		const { main } = this.cluster;
		const polls = (await main.executions(this.workflowId)).filter(({ mode }) => mode === 'trigger');
		return timesEmitted(await Promise.all(polls.map(async ({ id }) => await main.execution(id))));
	}

	/** What "Retry" in the editor does. */
	async retried(): Promise<Execution> {
		const { main } = this.cluster;
		const { id } = await main.request<{ id: string }>(
			'POST',
			`/rest/executions/${this.executionId}/retry`,
			{ loadWorkflow: false },
		);
		return await main.finishedExecution(id);
	}

	get otherWorker() {
		return this.cluster.workers[(this.worker + 1) % WORKERS];
	}
}

describe.each(ENGINE_NAMES)(
	'An execution whose worker is killed and starts again, with the %s engine and no check for stalled jobs',
	(engine) => {
		let bed: TestBed;
		let killed: KilledWorker;
		let execution: Execution;

		beforeAll(async () => {
			bed = await TestBed.open(`crash-${engine}`);
			killed = await KilledWorker.during(bed, { ...ENVIRONMENTS[engine], ...UNCHECKED });
			await killed.cluster.killWorker(killed.worker);
			execution = await killed.ended();
			await killed.polledAgain();
		});

		afterAll(async () => await bed?.close());

		test('is marked as crashed, with the events that it started with', () => {
			expect(execution.status).toBe('crashed');
			expect(cursorsOf(executionItems(execution))).toEqual(cursorsOf(killed.events));
		});

		test('is the only one with these events', async () => {
			const once = killed.events.map(({ cursor }) => [cursor, 1] as const);
			expect(await killed.timesEmitted()).toEqual(new Map(once));
		});

		test('is not repeated by the other worker', () => {
			expect(killed.otherWorker?.log).not.toContain(`execution ${killed.executionId} `);
		});

		test('can be retried whole', async () => {
			const retried = await killed.retried();
			expect(retried.status).toBe('success');
			expect(cursorsOf(itemsOf(retried, 'Get'))).toEqual(cursorsOf(killed.events));
		});
	},
);

describe('An execution whose worker is killed, with n8n’s check for stalled jobs', () => {
	let bed: TestBed;
	let killed: KilledWorker;
	let execution: Execution;

	beforeAll(async () => {
		bed = await TestBed.open('stalled');
		killed = await KilledWorker.during(bed, CHECKED);
		execution = await killed.ended();
		await killed.polledAgain();
	});

	afterAll(async () => await bed?.close());

	test('ends with an error that says so', () => {
		expect(execution.status).toBe('error');
		expect(execution.data.resultData.error?.message).toContain(
			'This execution failed to be processed too many times',
		);
	});

	test('is not repeated by the other worker', () => {
		expect(killed.otherWorker?.log).not.toContain(`execution ${killed.executionId} `);
	});

	// Both would be good news: then docs/operations.md has to change.
	test('has lost its events, which no other execution contains', async () => {
		expect(execution.data.executionData?.nodeExecutionStack).toEqual([]);
		expect(execution.data.resultData.runData).toEqual({});
		expect(await killed.timesEmitted()).toEqual(new Map());
	});

	test('has nothing to retry', async () => {
		const retried = await killed.retried();
		expect(retried.data.resultData.runData).toEqual({});
	});
});
