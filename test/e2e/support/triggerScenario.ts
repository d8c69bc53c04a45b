import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { IDataObject } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../../audit-api';
import type { AuditEvent } from '../../audit-api/types';
import {
	ensureN8n,
	type Execution,
	installPackage,
	itemsOf,
	type RunningN8n,
	startN8n,
	type StoredCredential,
	waitFor,
	type WorkflowFile,
} from '../../n8n';
import type { EngineName } from '../../support/pollingEngines';

const CREDENTIAL = 'signicatOAuth2Api';
const TRIGGER = 'Trigger';
const HAS_ENDED = new Set<Execution['status'] | undefined>(['success', 'error', 'crashed']);

/** The environment that makes n8n poll with each of its engines. */
const ENVIRONMENTS: Record<EngineName, Record<string, string>> = {
	default: {},
	durable: {
		N8N_SCHEDULER_ENABLED: 'true',
		N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true',
		N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'true',
		N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true',
	},
};

/** The workflows, published side by side, by what their trigger is set to. */
export const WORKFLOWS = {
	first: {},
	second: {},
	filtered: { filters: { serviceName: { __rl: true, mode: 'name', value: 'signature-api' } } },
	types: { event: 'newEventType' },
	republished: {},
} as const;

export type WorkflowName = keyof typeof WORKFLOWS;

/** What went on while a batch of events came into the log, in this order. */
export type Phase =
	| 'published'
	| 'running'
	| 'killedBetween'
	| 'killedDuring'
	| 'killedAfter'
	| 'faulty'
	| 'unpublished'
	| 'afterwards';

export interface Given {
	executionId: string;
	status: Execution['status'];
	items: IDataObject[];
}

/** What a scenario leaves behind, for the tests to look at. */
export interface Outcome {
	appended: Map<Phase, AuditEvent[]>;
	/** Per workflow its executions, oldest first; those without items are left out. */
	given: Map<WorkflowName, Given[]>;
	/** How many failed executions the fault of a whole poll left, per workflow. */
	failures: Map<WorkflowName, number>;
	/** How many queries n8n was killed in, and how many were answered when it was killed right after. */
	killedDuring: number;
	killedAfter: number;
	/** The workflows that have a row in n8n's table of durable cursors. */
	durableCursors: WorkflowName[];
	violations: readonly string[];
}

/** Two polls a minute, which n8n allows as two poll times; the first one in about `inSeconds`. */
function pollTimes(inSeconds: number): IDataObject {
	const second = (new Date().getUTCSeconds() + inSeconds) % 30;
	const expressions = [second, second + 30].map((it) => `${it} * * * * *`);
	return { item: expressions.map((cronExpression) => ({ mode: 'custom', cronExpression })) };
}

function workflowFile(name: WorkflowName, times: IDataObject): WorkflowFile {
	const parameters = {
		pollTimes: times,
		...WORKFLOWS[name],
	} as WorkflowFile['nodes'][0]['parameters'];
	return {
		name,
		nodes: [
			{
				id: `trigger-${name}`,
				name: TRIGGER,
				type: 'n8n-nodes-signicat-audit.signicatAuditTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters,
				credentials: { [CREDENTIAL]: { id: '', name: '' } },
			},
		],
		connections: {},
		settings: { executionOrder: 'v1' },
	};
}

/** Whether an event of a batch is to be given to a workflow: for new event types, the first of its type. */
export function isMeantFor(
	workflow: WorkflowName,
	event: AuditEvent,
	batch: AuditEvent[],
): boolean {
	if (workflow === 'filtered') return event.serviceName === 'signature-api';
	if (workflow !== 'types') return true;
	const isNew = event.eventType?.startsWith('new_') ?? false;
	return isNew && batch.find(({ eventType }) => eventType === event.eventType) === event;
}

/** The cursor of what an item is about, whatever the trigger is set to. */
export function cursorOf(item: IDataObject): string {
	return String(item.cursor ?? (item.event as IDataObject | undefined)?.cursor);
}

/** One n8n with its own Audit API, taken through all that may happen to it. */
export class TriggerScenario {
	private n8n!: RunningN8n;

	private readonly ids = new Map<WorkflowName, string>();

	private readonly appended = new Map<Phase, AuditEvent[]>();

	/** The executions that were read, by their ids. */
	private readonly read = new Map<string, Given & { workflowId: string }>();

	private readonly running = new Set<WorkflowName>();

	private constructor(
		private readonly engine: EngineName,
		private readonly userFolder: string,
		private readonly api: AuditApi,
	) {}

	/** Takes one engine through the scenario. What does not come in time is left to the tests. */
	static async run(engine: EngineName, folder: string, tarball: string): Promise<Outcome> {
		const userFolder = path.join(folder, engine);
		await installPackage(tarball, userFolder);
		const api = await startAuditApi({ eventCount: 300 });
		const scenario = new TriggerScenario(engine, userFolder, api);
		try {
			return await scenario.play();
		} finally {
			await scenario.n8n?.stop();
			await api.stop();
		}
	}

	private async play(): Promise<Outcome> {
		await this.start();
		await this.publishAll();
		this.append('published');
		await this.come('published', 45_000);

		this.append('running', 120_000);
		await this.come('running');

		this.append('killedBetween');
		await this.n8n.kill();
		this.append('killedBetween');
		await this.start();
		await this.come('killedBetween');

		const killedDuring = await this.killDuringPoll();
		const killedAfter = await this.killAfterAnswer();
		const failures = await this.failOnePoll();

		this.append('afterwards');
		await this.come('afterwards');
		// One more poll of each, which would repeat something if anything did.
		await sleep(35_000);
		await this.look();
		const given = new Map([...this.ids.keys()].map((name) => [name, this.givenTo(name)]));
		await this.n8n.stop();
		return {
			appended: this.appended,
			given,
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
		const { clientId, clientSecret, baseUrl } = this.api;
		const fields = { clientId, clientSecret, baseUrl };
		const credential: StoredCredential = await this.n8n.createCredential(CREDENTIAL, fields);
		const times = pollTimes(20);
		for (const name of Object.keys(WORKFLOWS) as WorkflowName[]) {
			const { id } = await this.n8n.importWorkflow(workflowFile(name, times), [credential]);
			this.ids.set(name, id);
		}
		await Promise.all([...this.ids.keys()].map(async (name) => await this.publish(name)));
	}

	private async publish(name: WorkflowName): Promise<void> {
		await this.n8n.activate(this.idOf(name));
		this.running.add(name);
	}

	private idOf(name: WorkflowName): string {
		return this.ids.get(name) ?? '';
	}

	/** Two events of one instant, two more of a new event type, and first, where told, one that is late. */
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

	/** Waits until every published workflow was given the events of a phase; in vain if they are lost. */
	private async come(phase: Phase, timeoutMs = 100_000): Promise<void> {
		const batch = this.appended.get(phase) ?? [];
		const isComplete = async () => {
			await this.look();
			return [...this.running].every((name) => {
				const cursors = new Set(this.givenTo(name).flatMap(cursorsOf));
				return batch.every((event) => !isMeantFor(name, event, batch) || cursors.has(event.cursor));
			});
		};
		const deadline = Date.now() + timeoutMs;
		while (!(await isComplete()) && Date.now() < deadline) await sleep(1000);
	}

	/** Every query hangs; n8n is killed when each workflow waits for its answer. */
	private async killDuringPoll(): Promise<number> {
		this.append('killedDuring');
		const before = this.api.requests.length;
		this.api.fail({ kind: 'hang', ms: 60_000 }, { times: Infinity, on: 'query' });
		const waiting = await this.queries(before, ({ status }) => status === 'dropped');
		await this.n8n.kill();
		this.api.clearFaults();
		this.append('killedDuring');
		await this.start();
		await this.come('killedDuring');
		return waiting;
	}

	/**
	 * n8n is killed when it has just had an answer with new events, and then written to its database for
	 * the first time: that is, while it turns what it has read into what it remembers and executions.
	 */
	private async killAfterAnswer(): Promise<number> {
		this.append('killedAfter');
		const before = this.api.requests.length;
		const answered = await this.queries(before, ({ status }) => status === 200, 1);
		await this.databaseIsWritten();
		await this.n8n.kill();
		await this.start();
		// What n8n has lost with its memory never comes: one poll is waited for, and not more.
		await this.come('killedAfter', 45_000);
		return answered;
	}

	/** Waits for n8n to write; where that was missed, what it had to write is written by then. */
	private async databaseIsWritten(): Promise<void> {
		const log = path.join(this.userFolder, '.n8n', 'database.sqlite-wal');
		const writtenAt = () => statSync(log, { bigint: true }).mtimeNs;
		const before = writtenAt();
		const options = { what: "a write to n8n's database", timeoutMs: 2000, everyMs: 1 };
		await waitFor(() => writtenAt() !== before, options).catch(() => undefined);
	}

	/** A whole poll of every workflow gets 503; one workflow is not published meanwhile. */
	private async failOnePoll(): Promise<Map<WorkflowName, number>> {
		await this.n8n.deactivate(this.idOf('republished'));
		this.running.delete('republished');
		const before = await this.failures();
		this.api.fail({ status: 503 }, { times: Infinity, on: 'query' });
		this.append('faulty');
		const failed = await waitFor(
			async () => {
				const now = await this.failures();
				const counts = [...now].map(
					([name, count]) => [name, count - (before.get(name) ?? 0)] as const,
				);
				const isWhole = counts.every(([name, count]) => count > 0 || !this.running.has(name));
				return isWhole ? new Map(counts) : undefined;
			},
			{ what: 'a failed poll of every workflow', timeoutMs: 100_000, everyMs: 1000 },
		);
		this.api.clearFaults();
		await this.come('faulty');
		this.append('unpublished');
		await this.come('unpublished');
		await this.publish('republished');
		await this.come('faulty');
		await this.come('unpublished');
		return failed;
	}

	private async failures(): Promise<Map<WorkflowName, number>> {
		const counts = new Map<WorkflowName, number>();
		for (const [name, id] of this.ids) {
			const executions = await this.n8n.executions(id);
			counts.set(name, executions.filter(({ status }) => status === 'error').length);
		}
		return counts;
	}

	/** Waits for queries of the given kind: one for each workflow, or as many as told. */
	private async queries(
		since: number,
		isMeant: (request: AuditApi['requests'][0]) => boolean,
		count: number = this.running.size,
	): Promise<number> {
		const found = () =>
			this.api.requests
				.slice(since)
				.filter((request) => request.operation === 'query' && isMeant(request)).length;
		const options = { what: 'the queries of one poll', timeoutMs: 100_000, everyMs: 1 };
		await waitFor(() => found() >= count, options);
		return found();
	}

	/** Reads the executions that had not ended when they were looked at last. */
	private async look(): Promise<void> {
		for (const workflowId of this.ids.values()) {
			for (const { id } of await this.n8n.executions(workflowId)) {
				if (HAS_ENDED.has(this.read.get(id)?.status)) continue;
				const execution = await this.n8n.execution(id);
				const { status } = execution;
				this.read.set(id, { workflowId, executionId: id, status, items: started(execution) });
			}
		}
	}

	private givenTo(workflow: WorkflowName): Given[] {
		const id = this.idOf(workflow);
		return [...this.read.values()]
			.filter(({ workflowId, items }) => workflowId === id && items.length > 0)
			.sort((a, b) => Number(a.executionId) - Number(b.executionId));
	}

	/** Read from n8n's database by the Node.js that runs n8n, because it has a driver. */
	private async durableCursors(): Promise<WorkflowName[]> {
		const { nodeBinary } = await ensureN8n();
		const script = `
			const { DatabaseSync } = require('node:sqlite');
			const database = new DatabaseSync(process.argv[1], { readOnly: true });
			const rows = database.prepare('SELECT "workflowId", "cursor" FROM "poller_state"').all();
			console.log(JSON.stringify(rows));`;
		const file = path.join(this.userFolder, '.n8n', 'database.sqlite');
		const { stdout } = await promisify(execFile)(nodeBinary, ['-e', script, file]);
		const rows = JSON.parse(stdout) as Array<{ workflowId: string; cursor: string }>;
		const withState = rows.filter(({ cursor }) => /"watermark"/.test(cursor));
		return [...this.ids]
			.filter(([, id]) => withState.some(({ workflowId }) => workflowId === id))
			.map(([name]) => name);
	}
}

function cursorsOf({ items }: Given): string[] {
	return items.map(cursorOf);
}

/**
 * What an execution was started with. One that was killed before its first node had run has the items
 * where n8n keeps the nodes that are still to run.
 */
function started(execution: Execution): IDataObject[] {
	const items = itemsOf(execution, TRIGGER);
	// The execution that n8n makes of a failed poll holds an empty item.
	if (items.length > 0 || execution.status === 'error') return items;
	const [first] = execution.data.executionData?.nodeExecutionStack ?? [];
	return (first?.data.main?.[0] ?? []).map(({ json }) => json);
}
