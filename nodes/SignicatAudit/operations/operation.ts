import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import type { AuditClient } from '../../shared/signicat/client';

/** The Resource list, sorted by label. */
export const RESOURCES = [
	{ name: 'Event', value: 'event' },
	{ name: 'Metadata', value: 'metadata' },
	{ name: 'Property', value: 'property' },
] as const satisfies INodePropertyOptions[];

export type Resource = (typeof RESOURCES)[number]['value'];

/** One operation of the node: what the editor shows for it, and what it does for one input item. */
export interface Operation {
	resource: Resource;
	/** Its entry in the Operation list. `action` is what the node panel calls it. */
	option: INodePropertyOptions & { value: string; description: string; action: string };
	/** Whether it is selected by default. Each resource has one such operation. */
	isDefault?: true;
	/** Its parameters, without `displayOptions` for resource and operation, which are added for all. */
	properties: INodeProperties[];
	/** Whether several input items may be processed at the same time. */
	itemsInParallel?: true;
	/**
	 * Reads and checks the parameters of one input item, without any request.
	 *
	 * @returns the task for the item, which returns its output items
	 * @throws InvalidParameterError naming the field
	 */
	prepare(context: IExecuteFunctions, itemIndex: number): Task;
}

export type Task = (client: AuditClient) => Promise<OutputItem[]>;

export type OutputItem = Pick<INodeExecutionData, 'json' | 'binary'>;
