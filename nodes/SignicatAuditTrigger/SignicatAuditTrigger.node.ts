import {
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { listSearch } from '../shared/n8n/listSearch';
import { toNodeError } from '../shared/n8n/nodeErrors';
import { getOutputFields } from '../shared/n8n/outputFields';
import { conditionsProperty, filtersProperty } from '../shared/parameters/filters';
import { outputProperties } from '../shared/parameters/output';
import { CREDENTIAL_TYPE } from '../shared/signicat/context';
import { pollForItems } from './pollForItems';
import { triggerOptions } from './settings';

export class SignicatAuditTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Signicat Audit Trigger',
		name: 'signicatAuditTrigger',
		icon: {
			light: 'file:../../icons/signicatAudit.svg',
			dark: 'file:../../icons/signicatAudit.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["event"] === "newEventType" ? "New event type" : "New event" }}',
		description:
			'Starts the workflow when new events appear in the audit log of a Signicat account',
		eventTriggerDescription: '',
		activationMessage:
			'Your workflow will now start when new events or event types appear in the Signicat audit log.',
		defaults: { name: 'Signicat Audit Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: CREDENTIAL_TYPE, required: true }],
		properties: [
			{
				displayName: 'Trigger On',
				name: 'event',
				type: 'options',
				noDataExpression: true,
				default: 'newEvent',
				options: [
					{
						name: 'New Event',
						value: 'newEvent',
						description: 'Triggers for each new event in the audit log',
					},
					{
						name: 'New Event Type',
						value: 'newEventType',
						description:
							'Triggers once per previously unseen event type of a service, with its first event',
					},
				],
			},
			filtersProperty,
			conditionsProperty,
			...outputProperties,
			triggerOptions,
		],
	};

	methods = { listSearch, loadOptions: { getOutputFields } };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		try {
			const items = await pollForItems(this);
			return items.length > 0 ? [items.map((json) => ({ json }))] : null;
		} catch (cause) {
			const error = toNodeError(this, cause);
			throw error;
		}
	}
}
