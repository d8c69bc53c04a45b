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

/** The same workflow, with a schedule that does not wait for the morning. Nothing else changes. */
export function everyFewSeconds(file: WorkflowFile): WorkflowFile {
	const soon = (node: INode): INode => {
		if (node.type !== 'n8n-nodes-base.scheduleTrigger') return node;
		const rule = { interval: [{ field: 'seconds', secondsInterval: 5 }] };
		return { ...node, parameters: { ...node.parameters, rule } };
	};
	return { ...file, nodes: file.nodes.map(soon) };
}

/** Publishes a scheduled workflow, waits for its first execution to end, and unpublishes it. */
export async function firstScheduledExecution(
	n8n: RunningN8n,
	file: WorkflowFile,
	credentials: StoredCredential[],
): Promise<Execution> {
	const { id } = await n8n.importWorkflow(everyFewSeconds(file), credentials);
	await n8n.activate(id);
	const first = await waitFor(async () => (await n8n.executions(id)).at(-1), {
		what: `the schedule of "${file.name}"`,
	});
	const execution = await n8n.finishedExecution(first.id);
	await n8n.deactivate(id);
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
