import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditApi, AuditEvent } from '../../../dev/audit-api';
import { type RunningN8n, startN8n, waitFor } from '../../../dev/n8n';
import type { EngineName } from '../../support/pollingEngines';
import { ExecutionLog, type StartedExecution } from './executionLog';
import { databaseWrite, workflowsWithCursor } from './n8nDatabase';
import { createCredential, type TestBed } from './testBed';
import {
	cursorOf,
	isMeantFor,
	WORKFLOW_NAMES,
	workflowFile,
	type WorkflowName,
} from './triggerWorkflows';
import { twoPollsPerMinute } from './workflows';

/** The environment that makes n8n poll with each of its engines. */
export const ENVIRONMENTS: Record<EngineName, Record<string, string>> = {
	default: {},
	durable: {
		N8N_SCHEDULER_ENABLED: 'true',
		N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true',
		N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'true',
		N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true',
	},
};

/** In ms, for events that arrive within a minute: where they do not, the tests say so. */
const ARRIVAL_MS = 300_000;

/** In ms: longer than n8n lives on. */
const HANG_MS = 60_000;

/** What happened while a batch of events was appended, in this order. */
export type Phase =
	| 'published'
	| 'running'
	| 'killedBetween'
	| 'killedDuring'
	| 'killedAfter'
	| 'restarted'
	| 'faulty'
	| 'unpublished'
	| 'afterwards';

/** The results of a scenario, for the tests to check. */
export interface Outcome {
	appended: Map<Phase, AuditEvent[]>;
	/** The executions with items of each workflow, oldest first. */
	started: Map<WorkflowName, StartedExecution[]>;
	/** How many failed executions the fault during a whole poll caused, per workflow. */
	failures: Map<WorkflowName, number>;
	/** During how many queries n8n was killed, and how many had responses when it was killed right after. */
	killedDuring: number;
	killedAfter: number;
	/** The workflows that have a row in n8n's table of durable cursors. */
	durableCursors: WorkflowName[];
	violations: readonly string[];
}

/** One n8n with its own Audit API, put through everything that may happen to it. */
export class TriggerScenario {
	private n8n!: RunningN8n;

	private readonly ids = new Map<WorkflowName, string>();

	private readonly executions = new ExecutionLog(this.ids);

	private readonly appended = new Map<Phase, AuditEvent[]>();

	private readonly published = new Set<WorkflowName>();

	private constructor(
		private readonly engine: EngineName,
		private readonly userFolder: string,
		private readonly api: AuditApi,
	) {}

	/** Puts one engine through the scenario. Events that do not arrive in time are left to the tests. */
	static async run(engine: EngineName, bed: TestBed): Promise<Outcome> {
		const userFolder = await bed.install(engine);
		const api = await bed.startApi({ eventCount: 300 });
		const scenario = new TriggerScenario(engine, userFolder, api);
		try {
			return await scenario.play();
		} finally {
			await scenario.n8n?.stop();
		}
	}

	private async play(): Promise<Outcome> {
		await this.start();
		await this.publishAll();
		this.append('published');
		await this.arrival('published');

		this.append('running', 120_000);
		await this.arrival('running');

		await this.killBetweenPolls();

		const killedDuring = await this.killDuringPoll();
		const killedAfter = await this.killAfterResponse();
		const failures = await this.failOnePoll();

		this.append('afterwards');
		await this.arrival('afterwards');
		// One more poll of each, which would repeat something if anything did.
		await sleep(35_000);
		await this.executions.update(this.n8n);
		await this.n8n.stop();
		return {
			appended: this.appended,
			started: new Map(WORKFLOW_NAMES.map((name) => [name, this.executions.of(name)])),
			failures,
			killedDuring,
			killedAfter,
			durableCursors: await this.durableCursors(),
			violations: this.api.violations,
		};
	}

	private async start(): Promise<void> {
		this.n8n = await startN8n({ userFolder: this.userFolder, env: ENVIRONMENTS[this.engine] });
	}

	private async publishAll(): Promise<void> {
		const credential = await createCredential(this.n8n, this.api);
		const times = twoPollsPerMinute(20);
		for (const name of WORKFLOW_NAMES) {
			const { id } = await this.n8n.importWorkflow(workflowFile(name, times), [credential]);
			this.ids.set(name, id);
		}
		await Promise.all(WORKFLOW_NAMES.map(async (name) => await this.publish(name)));
	}

	private async publish(name: WorkflowName): Promise<void> {
		await this.n8n.activate(this.idOf(name));
		this.published.add(name);
	}

	private idOf(name: WorkflowName): string {
		return this.ids.get(name) ?? '';
	}

	/**
	 * Appends two events with the same timestamp, and two of a new event type.
	 *
	 * @param lateMs appends another one before them, dated this much earlier
	 */
	private append(phase: Phase, lateMs?: number): void {
		const before = this.appended.get(phase) ?? [];
		const type = `new_${phase}_${before.length}`;
		const at = Date.now();
		const timestamp = (ms: number) => ({ timestamp: new Date(at + ms).toISOString() });
		const late = lateMs === undefined ? [] : [timestamp(-lateMs)];
		const events = this.api.append(
			...late,
			{ serviceName: 'Broker', ...timestamp(0) },
			{ serviceName: 'signature-api', eventType: 'order.created', ...timestamp(0) },
			{ serviceName: 'Broker', eventType: type, ...timestamp(1) },
			{ serviceName: 'Broker', eventType: type, ...timestamp(2) },
		);
		this.appended.set(phase, [...before, ...events]);
	}

	/** Waits until every published workflow has received the events of a phase, or the time is up. */
	private async arrival(phase: Phase): Promise<void> {
		const batch = this.appended.get(phase) ?? [];
		const isComplete = async () => {
			await this.executions.update(this.n8n);
			return [...this.published].every((name) => {
				const items = this.executions.of(name).flatMap((execution) => execution.items);
				const cursors = new Set(items.map(cursorOf));
				return batch.every((event) => !isMeantFor(name, event, batch) || cursors.has(event.cursor));
			});
		};
		const deadline = Date.now() + ARRIVAL_MS;
		while (!(await isComplete()) && Date.now() < deadline) await sleep(1000);
	}

	/** No query has a response, so that a poll that begins before n8n is killed reads none of the events. */
	private async killBetweenPolls(): Promise<void> {
		this.api.fail({ kind: 'hang', ms: HANG_MS }, { times: Infinity, on: 'query' });
		this.append('killedBetween');
		await this.n8n.kill();
		this.api.clearFaults();
		this.append('killedBetween');
		await this.start();
		await this.arrival('killedBetween');
	}

	/** Every query hangs; n8n is killed when each workflow is waiting for a response. */
	private async killDuringPoll(): Promise<number> {
		this.append('killedDuring');
		const before = this.api.requests.length;
		this.api.fail({ kind: 'hang', ms: HANG_MS }, { times: Infinity, on: 'query' });
		const waiting = await this.queries(before, ({ status }) => status === 'dropped');
		await this.n8n.kill();
		this.api.clearFaults();
		this.append('killedDuring');
		await this.start();
		await this.arrival('killedDuring');
		return waiting;
	}

	/**
	 * n8n is killed right after a response with new events and its first write to the database after that:
	 * while it turns what it has read into state and executions.
	 */
	private async killAfterResponse(): Promise<number> {
		this.append('killedAfter');
		const before = this.api.requests.length;
		const responded = await this.queries(before, ({ status }) => status === 200, 1);
		await databaseWrite(this.userFolder);
		await this.n8n.kill();
		await this.start();
		// What n8n lost with its memory never arrives. A poll that returns these has returned the others as well, if at all.
		this.append('restarted');
		await this.arrival('restarted');
		return responded;
	}

	/** A whole poll of every workflow gets 503; one workflow is unpublished in the meantime. */
	private async failOnePoll(): Promise<Map<WorkflowName, number>> {
		await this.n8n.deactivate(this.idOf('republished'));
		this.published.delete('republished');
		// A poll of it that is going on ends in the meantime.
		await this.queries(this.api.requests.length, ({ status }) => status === 200);
		const before = await this.executions.countFailures(this.n8n);
		this.api.fail({ status: 503 }, { times: Infinity, on: 'query' });
		this.append('faulty');
		const failed = await waitFor(
			async () => {
				const now = await this.executions.countFailures(this.n8n);
				const counts = [...now].map(
					([name, count]) => [name, count - (before.get(name) ?? 0)] as const,
				);
				const isWhole = counts.every(([name, count]) => count > 0 || !this.published.has(name));
				return isWhole ? new Map(counts) : undefined;
			},
			{ what: 'a failed poll of every workflow', everyMs: 1000 },
		);
		this.api.clearFaults();
		await this.arrival('faulty');
		this.append('unpublished');
		await this.arrival('unpublished');
		await this.publish('republished');
		await this.arrival('faulty');
		await this.arrival('unpublished');
		return failed;
	}

	/** Waits for queries that match: one for each published workflow, or `count`. */
	private async queries(
		since: number,
		isMatch: (request: AuditApi['requests'][0]) => boolean,
		count: number = this.published.size,
	): Promise<number> {
		const found = () =>
			this.api.requests
				.slice(since)
				.filter((request) => request.operation === 'query' && isMatch(request)).length;
		const options = { what: 'the queries of one poll', everyMs: 1 };
		await waitFor(() => found() >= count, options);
		return found();
	}

	private async durableCursors(): Promise<WorkflowName[]> {
		const withCursor = await workflowsWithCursor(this.userFolder);
		return [...this.ids].filter(([, id]) => withCursor.includes(id)).map(([name]) => name);
	}
}
