import type { IDataObject } from 'n8n-workflow';
import { type Execution, itemsOf, type RunningN8n } from '../../../dev/n8n';
import { HAS_ENDED } from './executionsWithItems';
import type { WorkflowName } from './triggerWorkflows';

const ENDED = new Set<Execution['status'] | undefined>(HAS_ENDED);

export interface StartedExecution {
	executionId: string;
	status: Execution['status'];
	/** The items that the trigger emitted. */
	items: IDataObject[];
}

/** The executions that the triggers of some workflows started, collected over restarts of n8n. */
export class ExecutionLog {
	private readonly read = new Map<string, StartedExecution & { workflowId: string }>();

	/** @param ids of the workflows, as they are added */
	constructor(private readonly ids: ReadonlyMap<WorkflowName, string>) {}

	/** Reads the executions that had not ended when they were last read. */
	async update(n8n: RunningN8n): Promise<void> {
		for (const workflowId of this.ids.values()) {
			for (const { id } of await n8n.executions(workflowId)) {
				if (ENDED.has(this.read.get(id)?.status)) continue;
				const execution = await n8n.execution(id);
				const { status } = execution;
				this.read.set(id, {
					workflowId,
					executionId: id,
					status,
					items: executionItems(execution),
				});
			}
		}
	}

	/** The executions of a workflow that have items, oldest first. */
	of(workflow: WorkflowName): StartedExecution[] {
		const id = this.ids.get(workflow);
		return [...this.read.values()]
			.filter(({ workflowId, items }) => workflowId === id && items.length > 0)
			.sort((a, b) => Number(a.executionId) - Number(b.executionId));
	}

	/** How many executions of each workflow failed. */
	async countFailures(n8n: RunningN8n): Promise<Map<WorkflowName, number>> {
		const counts = new Map<WorkflowName, number>();
		for (const [name, id] of this.ids) {
			const executions = await n8n.executions(id);
			counts.set(name, executions.filter(({ status }) => status === 'error').length);
		}
		return counts;
	}
}

/** By cursor, in how many of these executions an event is. */
export function timesEmitted(executions: Iterable<Execution>): Map<string, number> {
	const counts = new Map<string, number>();
	for (const execution of executions) {
		for (const { cursor } of executionItems(execution)) {
			counts.set(String(cursor), (counts.get(String(cursor)) ?? 0) + 1);
		}
	}
	return counts;
}

/**
 * The items that an execution started with. If n8n was killed before it stored the results of the first node, they are
 * where n8n stores the nodes that are still to run, and n8n puts an item of its own in their place.
 */
export function executionItems(execution: Execution): IDataObject[] {
	const items = itemsOf(execution, 'Trigger').filter(
		(item) => !item.isArtificialRecoveredEventItem,
	);
	// The execution that n8n creates for a failed poll contains an empty item.
	if (items.length > 0 || execution.status === 'error') return items;
	const [first] = execution.data.executionData?.nodeExecutionStack ?? [];
	return (first?.data.main?.[0] ?? []).map(({ json }) => json);
}
