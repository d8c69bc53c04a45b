import type { INode } from 'n8n-workflow';
import type { AuditEvent } from '../../../dev/audit-api';
import { asListed } from '../../../dev/audit-api/events';
import {
	type Execution,
	type RunningN8n,
	type StoredCredential,
	waitFor,
	type WorkflowFile,
} from '../../../dev/n8n';
import { addDays, dateIn, eventsOfDays } from './calendar';

/** The same workflow, due once a minute and first in some seconds, instead of in the morning. Nothing else changes. */
function dueEachMinute(file: WorkflowFile): WorkflowFile {
	const second = new Date(Date.now() + 5000).getSeconds();
	const rule = { interval: [{ field: 'cronExpression', expression: `${second} * * * * *` }] };
	const soon = (node: INode): INode =>
		node.type === 'n8n-nodes-base.scheduleTrigger'
			? { ...node, parameters: { ...node.parameters, rule } }
			: node;
	return { ...file, nodes: file.nodes.map(soon) };
}

/**
 * Publishes a scheduled workflow, unpublishes it when its schedule has started it, and waits until that execution has
 * ended.
 *
 * @throws Error if it was started more than once
 */
export async function runOnceBySchedule(
	n8n: RunningN8n,
	file: WorkflowFile,
	credentials: StoredCredential[],
): Promise<Execution> {
	const { id } = await n8n.importWorkflow(dueEachMinute(file), credentials);
	await n8n.activate(id);
	await waitFor(async () => (await n8n.executions(id)).length > 0, {
		what: `the schedule of "${file.name}"`,
	});
	await n8n.deactivate(id);
	const started = await n8n.executions(id);
	const ended = await Promise.all(started.map(async (it) => await n8n.finishedExecution(it.id)));
	const [execution, ...others] = ended;
	if (!execution || others.length > 0) {
		throw new Error(`The schedule of "${file.name}" started ${ended.length} executions`);
	}
	return execution;
}

/** The listed events of the calendar day before `at` in a time zone, computed without the package. */
export function listedOnDayBefore(
	events: readonly AuditEvent[],
	at: string,
	timeZone: string,
): AuditEvent[] {
	const today = dateIn(timeZone, at);
	return eventsOfDays(events, { from: addDays(today, -1), to: today, timeZone }).map(asListed);
}
