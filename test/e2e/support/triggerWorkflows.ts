import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { AuditEvent } from '../../../dev/audit-api';
import type { WorkflowFile } from '../../../dev/n8n';
import { inSequence, triggerNode } from './workflows';

/** The workflows that are published side by side, with the parameters of their trigger. */
export const WORKFLOWS = {
	first: {},
	second: {},
	filtered: { filters: { serviceName: ['signature-api'] } },
	types: { event: 'newEventType' },
	republished: {},
} as const satisfies Record<string, INodeParameters>;

export type WorkflowName = keyof typeof WORKFLOWS;

export const WORKFLOW_NAMES = Object.keys(WORKFLOWS) as WorkflowName[];

export function workflowFile(name: WorkflowName, pollTimes: INodeParameters): WorkflowFile {
	return inSequence(name, triggerNode({ pollTimes, ...WORKFLOWS[name] }));
}

/** Whether a workflow should receive an event of a batch: for new event types, only the first of its type. */
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

/** The cursor of an item's event, for either kind of trigger. */
export function cursorOf(item: IDataObject): string {
	return String(item.cursor ?? (item.event as IDataObject | undefined)?.cursor);
}
