import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { AuditClient } from '../../shared/signicat/client';

/** One operation of the node: what the editor shows for it, and what it does for one input item. */
export interface Operation {
	resource: string;
	operation: string;
	/** Without `displayOptions` for resource and operation; those are added for all at once. */
	properties: INodeProperties[];
	/** Whether several input items may be worked on at the same time. */
	itemsInParallel?: true;
	/**
	 * Reads and checks the parameters of one input item, without any request.
	 *
	 * @returns what to do for the item: it gives its output items
	 * @throws InvalidParameterError naming the field
	 */
	prepare(context: IExecuteFunctions, itemIndex: number): Task;
}

export type Task = (client: AuditClient) => Promise<OutputItem[]>;

export type OutputItem = Pick<INodeExecutionData, 'json' | 'binary'>;

/** Shows the operation's properties for that operation only, whatever else they depend on. */
export function shownProperties({ resource, operation, properties }: Operation): INodeProperties[] {
	return properties.map((property) => ({
		...property,
		displayOptions: {
			...property.displayOptions,
			show: { ...property.displayOptions?.show, resource: [resource], operation: [operation] },
		},
	}));
}
