import { type Execution, itemsOf, type RunningN8n } from '../../../dev/n8n';

type Status = Execution['status'];

/** A waiting execution has stopped, too, but not ended. */
export const HAS_ENDED: readonly Status[] = ['success', 'error', 'crashed'];

/**
 * The executions of a stored workflow that have one of these statuses and items of its trigger, newest first. n8n
 * creates an execution for a failed poll, too, but without items.
 */
export async function executionsWithItems(
	n8n: RunningN8n,
	workflowId: string,
	statuses: readonly Status[],
): Promise<Execution[]> {
	const { nodes } = await n8n.workflow(workflowId);
	const trigger = nodes.find(({ type }) => /trigger$/i.test(type))?.name ?? '';
	const listed = (await n8n.executions(workflowId)).filter((it) => statuses.includes(it.status));
	const whole = await Promise.all(listed.map(async ({ id }) => await n8n.execution(id)));
	return whole.filter((execution) => itemsOf(execution, trigger).length > 0);
}
