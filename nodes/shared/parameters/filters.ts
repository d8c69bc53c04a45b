import type { INodeProperties } from 'n8n-workflow';
import { resourceLocator } from './resourceLocator';

type TextFilter = Pick<INodeProperties, 'displayName' | 'name' | 'description' | 'placeholder'>;

const textFilter = (filter: TextFilter): INodeProperties => ({
	...filter,
	type: 'string',
	default: '',
});

export const filtersProperty: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	description: 'Only include events that match all of these filters',
	options: [
		textFilter({
			displayName: 'Client ID',
			name: 'clientId',
			description: 'API client that performed the action',
			placeholder: 'e.g. sandbox-calm-river-123',
		}),
		resourceLocator({
			displayName: 'Event Type',
			name: 'eventType',
			description:
				"What happened. The list shows the event types of the chosen 'Service Name', or all event types if none is chosen.",
			searchListMethod: 'getEventTypes',
			placeholder: 'e.g. authn_response',
		}),
		textFilter({
			displayName: 'IP Address',
			name: 'ipAddress',
			description: 'IP address of the caller',
			placeholder: 'e.g. 192.0.2.1',
		}),
		textFilter({
			displayName: 'Message ID',
			name: 'messageId',
			description: 'ID of the message',
			placeholder: 'e.g. 3f2c7b1e',
		}),
		textFilter({
			displayName: 'Reference ID',
			name: 'referenceId',
			description: 'ID of the transaction or order',
			placeholder: 'e.g. order-0042',
		}),
		resourceLocator({
			displayName: 'Service Name',
			name: 'serviceName',
			description: 'Signicat service that logged the event',
			searchListMethod: 'getServiceNames',
			placeholder: 'e.g. Broker',
		}),
		textFilter({
			displayName: 'Trace ID',
			name: 'traceId',
			description: 'Trace ID of the request',
			placeholder: 'e.g. 0af7651916cd43dd',
		}),
		textFilter({
			displayName: 'User ID',
			name: 'userId',
			description: 'User who performed the action',
			placeholder: 'e.g. user-0042',
		}),
	],
};

export const conditionsProperty: INodeProperties = {
	displayName: 'Conditions',
	name: 'conditions',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Condition',
	default: {},
	description: 'Additional conditions on any field. All of them must match.',
	options: [
		{
			displayName: 'Condition',
			name: 'condition',
			values: [
				resourceLocator({
					displayName: 'Field',
					name: 'field',
					description:
						"Field of the event, or property of the service. The list shows the properties of the 'Service Name' and 'Event Type' in 'Filters'.",
					searchListMethod: 'getFields',
					placeholder: 'e.g. Idp',
				}),
				{
					displayName: 'Operator',
					name: 'operator',
					type: 'options',
					default: 'eq',
					description: 'How to compare the field with the value',
					options: [
						{
							name: 'Custom',
							value: 'custom',
							description: 'Operator that is not in this list',
						},
						{ name: 'Equals', value: 'eq' },
						{ name: 'Greater Than', value: 'gt' },
						{ name: 'Greater Than or Equal', value: 'gte' },
						{ name: 'Less Than', value: 'lt' },
						{ name: 'Less Than or Equal', value: 'lte' },
						{ name: 'Matches Regular Expression', value: 'regex' },
						{ name: 'Not Equal', value: 'ne' },
						{ name: 'Not One Of', value: 'nin' },
						{ name: 'One Of', value: 'in' },
					],
				},
				{
					displayName: 'Custom Operator',
					name: 'customOperator',
					type: 'string',
					default: '',
					placeholder: 'e.g. startsWith',
					description: 'Operator name as used by the Signicat API',
					displayOptions: { show: { operator: ['custom'] } },
				},
				{
					displayName: 'Value Type',
					name: 'valueType',
					type: 'options',
					default: 'string',
					description: 'Data type of the value',
					options: [
						{ name: 'Boolean', value: 'boolean' },
						{ name: 'JSON', value: 'json' },
						{ name: 'Number', value: 'number' },
						{ name: 'String', value: 'string' },
					],
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					placeholder: 'e.g. nbid',
					description:
						"Value to compare with. For 'One Of' and 'Not One Of', enter a comma-separated list or a JSON array.",
				},
			],
		},
	],
};

export const ignoreEmptyFiltersOption: INodeProperties = {
	displayName: 'Ignore Empty Filters',
	name: 'ignoreEmptyFilters',
	type: 'boolean',
	default: false,
	description:
		'Whether to skip filters and conditions that are empty, for example because an expression returns nothing, instead of failing. Without them, more events match.',
};

export const applyFiltersInOption: INodeProperties = {
	displayName: 'Apply Filters In',
	name: 'applyFiltersIn',
	type: 'options',
	default: 'signicat',
	description:
		"Where to evaluate filters and conditions. Choose 'This Workflow' if Signicat doesn't support an operator or field: all events in the range are then read, and filtered in the workflow.",
	options: [
		{ name: 'Signicat', value: 'signicat' },
		{ name: 'This Workflow', value: 'n8n' },
	],
};
