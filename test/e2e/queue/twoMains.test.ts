import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditApi, AuditEvent } from '../../../dev/audit-api';
import { type RunningN8n, waitFor } from '../../../dev/n8n';
import { parseState } from '../../../nodes/SignicatAuditTrigger/state/storedState';
import { ENGINE_NAMES, type EngineName } from '../../support/pollingEngines';
import { Cluster } from '../support/cluster';
import { timesEmitted } from '../support/executionLog';
import { createCredential, TestBed } from '../support/testBed';
import { ENVIRONMENTS } from '../support/triggerScenario';
import { inSequence, pollsEvery, triggerNode } from '../support/workflows';

const EVENTS = 20;

/** In how many executions an event is while both poll. Only the engine with durable cursors shares polls. */
const TIMES_WITH_BOTH: Record<EngineName, number> = { default: 2, durable: 1 };

/** Without a license for n8n's multi-main setup: two processes that know nothing of each other. */
describe.each(ENGINE_NAMES)('Two main processes on one database, with the %s engine', (engine) => {
	let bed: TestBed;
	let api: AuditApi;
	let workflowId: string;
	/** How many events the state remembers in the static data of the workflow, where the in-memory engine keeps it. */
	let remembered: number | undefined;
	let logs: string;
	/** Of each event, in how many executions it is. */
	const withBoth: number[] = [];
	const withSecondOnly: number[] = [];
	const withFirstAgain: number[] = [];

	beforeAll(async () => {
		bed = await TestBed.open(`two-mains-${engine}`);
		api = await bed.startApi({ eventCount: 30 });
		const env = ENVIRONMENTS[engine];
		const cluster = bed.use(await Cluster.start(bed, { workers: 1, env }));
		// Long enough for the state to contain everything at the end.
		const options = { lateArrivalMinutes: 60 };
		const polling = triggerNode({ pollTimes: pollsEvery(15, 10), options });
		const credential = await createCredential(cluster.main, api);
		const file = inSequence('Polled twice', polling);
		({ id: workflowId } = await cluster.main.importWorkflow(file, [credential]));
		await cluster.main.activate(workflowId);
		const first = cluster.main;
		const second = await cluster.startOtherMain();

		const both = append();
		await arrival(second, both, TIMES_WITH_BOTH[engine]);
		await first.kill();
		const secondOnly = append();
		await arrival(second, secondOnly);
		await second.stop();
		const firstAgain = append();
		await cluster.startMain();
		await arrival(cluster.main, firstAgain);

		const { staticData } = await cluster.main.workflow(workflowId);
		const stored = staticData?.['node:Trigger'] as { state?: unknown } | undefined;
		remembered = parseState(stored?.state)?.emitted.size;
		const counts = await countsOf(cluster.main);
		const timesOf = (events: AuditEvent[]) => events.map(({ cursor }) => counts.get(cursor) ?? 0);
		withBoth.push(...timesOf(both));
		withSecondOnly.push(...timesOf(secondOnly));
		withFirstAgain.push(...timesOf(firstAgain));
		logs = [first, second, cluster.main].map(({ log }) => log).join('\n');
	});

	afterAll(async () => await bed?.close());

	const append = () =>
		api.append(...Array.from({ length: EVENTS }, () => ({ serviceName: 'Broker' })));

	/** Waits until each event is in that many executions; the tests find out what is missing. */
	async function arrival(n8n: RunningN8n, events: AuditEvent[], times = 1): Promise<void> {
		const hasArrived = async () => {
			const counts = await countsOf(n8n);
			return events.every(({ cursor }) => (counts.get(cursor) ?? 0) >= times);
		};
		const options = { what: 'the events', everyMs: 1000 };
		await waitFor(hasArrived, options).catch(() => undefined);
	}

	async function countsOf(n8n: RunningN8n): Promise<Map<string, number>> {
		const executions = await n8n.executions(workflowId);
		return timesEmitted(
			await Promise.all(executions.map(async ({ id }) => await n8n.execution(id))),
		);
	}

	const eachEvent = (times: number) => Array.from({ length: EVENTS }, () => times);

	test(`return each event in ${TIMES_WITH_BOTH[engine]} execution(s) as long as both poll`, () => {
		expect(withBoth).toEqual(eachEvent(TIMES_WITH_BOTH[engine]));
	});

	test('lose and repeat nothing once the first one is killed', () => {
		expect(withSecondOnly).toEqual(eachEvent(1));
	});

	test('leave a state from which one of them continues after a restart', () => {
		expect(withFirstAgain).toEqual(eachEvent(1));
	});

	test('store a state that contains all of these events', () => {
		expect(remembered).toBe(engine === 'default' ? 3 * EVENTS : undefined);
	});

	test('are what n8n warns of, and nothing that this package does', () => {
		expect(logs).toContain('2 instances claiming leader role');
		expect(logs).not.toMatch(/Signicat Audit: (the stored position|skipped|too many)/);
	});
});
