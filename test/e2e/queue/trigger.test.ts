import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditApi } from '../../../dev/audit-api';
import { type Execution, N8nRequestError, waitFor } from '../../../dev/n8n';
import { ENGINE_NAMES } from '../../support/pollingEngines';
import { Cluster } from '../support/cluster';
import { timesEmitted } from '../support/executionLog';
import { LiveLog } from '../../../dev/audit-api/liveLog';
import { createCredential, TestBed } from '../support/testBed';
import { ENVIRONMENTS } from '../support/triggerScenario';
import { inSequence, triggerNode } from '../support/workflows';

const WORKERS = 3;
const PER_SECOND = 100;
const LATE_SHARE = 0.02;
/** How long the log grows. */
const GROWS_S = 300;
/** A poll begins each minute; a process is killed in the first half of what is between two of them. */
const FIRST_HALF_MS = 30_000;
/** After that, until everything has been emitted: the late arrival window of three polls. */
const ENDS_WITHIN_MS = 600_000;

/** 100 events per second for five minutes, while each process is killed or restarted. */
describe.each(ENGINE_NAMES)('The trigger in queue mode, with the %s engine', (engine) => {
	let bed: TestBed;
	let api: AuditApi;
	let cluster: Cluster;
	let log: LiveLog;
	let workflowId: string;
	/** By cursor, in how many executions an event is. */
	let emitted: Map<string, number>;

	beforeAll(async () => {
		bed = await TestBed.open(`queue-${engine}`);
		api = await bed.startApi({ eventCount: 300, behaviour: { tokenLifetimeSeconds: 5 } });
		cluster = bed.use(await Cluster.start(bed, { workers: WORKERS, env: ENVIRONMENTS[engine] }));
		const file = inSequence(
			'Trigger at noon',
			triggerNode({ pollTimes: { item: [{ mode: 'everyMinute' }] }, event: 'newEvent' }),
		);
		const credential = await createCredential(cluster.main, api);
		({ id: workflowId } = await cluster.main.importWorkflow(file, [credential]));
		await cluster.main.activate(workflowId);
		log = new LiveLog(api, { perSecond: () => PER_SECOND, lateShare: LATE_SHARE });
		const startedAt = Date.now();
		const at = async (second: number) => await sleep(startedAt + second * 1000 - Date.now());

		await at(65);
		await betweenPolls();
		await cluster.killWorker(0);
		await at(115);
		await betweenPolls();
		await cluster.servers.restart('queue');
		await at(165);
		await betweenPolls();
		await cluster.main.kill();
		await cluster.startMain();
		await at(225);
		await betweenPolls();
		await cluster.servers.restart('database');
		await at(240);
		await betweenPolls();
		await queryInFlight();
		await cluster.main.kill();
		await cluster.startMain();
		await at(GROWS_S);
		await log.stop();
		emitted = await whole();
	});

	afterAll(async () => {
		log?.stop();
		await bed?.close();
	});

	/** Waits until a poll and the execution that it started are over, and the next one is not near. */
	async function betweenPolls(): Promise<void> {
		const isBetween = async () => {
			const executions = await unlessStarting(cluster.main.executions(workflowId));
			if (!executions) return false;
			const lastQuery =
				api.requests.filter(({ operation }) => operation === 'query').at(-1)?.at ?? 0;
			const lastStart = Date.parse(executions[0]?.startedAt ?? '');
			return (
				api.open.size === 0 &&
				lastStart >= lastQuery &&
				executions.every(({ stoppedAt }) => stoppedAt !== null) &&
				Date.now() - lastQuery < FIRST_HALF_MS
			);
		};
		await waitFor(isBetween, { what: 'the time between two polls' });
	}

	/** Waits until main is in the middle of a poll. */
	async function queryInFlight(): Promise<void> {
		const before = api.requests.length;
		await waitFor(() => api.requests.slice(before).some(({ operation }) => operation === 'query'), {
			what: 'a poll',
			everyMs: 5,
		});
	}

	/** The response of n8n; undefined if it is starting up, or its database is. */
	async function unlessStarting<T>(response: Promise<T>): Promise<T | undefined> {
		return await response.catch((error: unknown) => {
			if (error instanceof N8nRequestError || error instanceof TypeError) return undefined;
			throw error;
		});
	}

	/** Waits until each event is in an execution, or the time is up. */
	async function whole(): Promise<Map<string, number>> {
		const read = new Map<string, Execution>();
		const deadline = Date.now() + ENDS_WITHIN_MS;
		for (;;) {
			await unlessStarting(readEnded(read));
			const counts = timesEmitted(read.values());
			if (log.appended.every(({ cursor }) => counts.has(cursor)) || Date.now() > deadline) {
				return counts;
			}
			await sleep(2000);
		}
	}

	async function readEnded(read: Map<string, Execution>): Promise<void> {
		for (const { id, stoppedAt, status } of await cluster.main.executions(workflowId)) {
			if (stoppedAt === null || status === 'running' || read.has(id)) continue;
			read.set(id, await cluster.main.execution(id));
		}
	}

	test('emits every event', () => {
		const lost = log.appended.filter(({ cursor }) => !emitted.has(cursor));
		expect({ lost: lost.length, of: log.appended.length }).toEqual({
			lost: 0,
			of: log.appended.length,
		});
		expect(log.appended.length).toBeGreaterThan(PER_SECOND * GROWS_S * 0.9);
	});

	test('emits none in two executions', () => {
		expect([...emitted].filter(([, times]) => times > 1)).toEqual([]);
	});
});
