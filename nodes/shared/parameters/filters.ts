import type { INodeProperties } from 'n8n-workflow';
import { nameLocator } from './locator';

const text = (displayName: string, name: string, description: string, placeholder: string) =>
	({ displayName, name, type: 'string', default: '', description, placeholder }) as const;

export const filtersProperty: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	description: 'Only events for which all of these hold',
	options: [
		text('Client ID', 'clientId', 'The API client that acted', 'e.g. sandbox-calm-river-123'),
		nameLocator({
			displayName: 'Event Type',
			name: 'eventType',
			description:
				'What happened. The list shows the event types of the chosen Service Name, or all of them.',
			searchListMethod: 'getEventTypes',
			placeholder: 'e.g. authn_response',
		}),
		text('IP Address', 'ipAddress', 'Where the action came from', 'e.g. 192.0.2.1'),
		text('Message ID', 'messageId', 'The ID of the message', 'e.g. 3f2c7b1e'),
		text('Reference ID', 'referenceId', 'The ID of the transaction or order', 'e.g. order-0042'),
		nameLocator({
			displayName: 'Service Name',
			name: 'serviceName',
			description: 'The Signicat service that wrote the event',
			searchListMethod: 'getServiceNames',
			placeholder: 'e.g. Broker',
		}),
		text(
			'Trace ID',
			'traceId',
			'The ID that Signicat follows a request by',
			'e.g. 0af7651916cd43dd',
		),
		text('User ID', 'userId', 'The user who acted', 'e.g. user-0042'),
	],
};

export const conditionsProperty: INodeProperties = {
	displayName: 'Conditions',
	name: 'conditions',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Condition',
	default: {},
	description: 'Further conditions on any field. All of them have to hold.',
	options: [
		{
			displayName: 'Condition',
			name: 'condition',
			values: [
				nameLocator({
					displayName: 'Field',
					name: 'field',
					description:
						'A field of the event, or a property of the service. The list shows the properties of the Service Name and Event Type in Filters.',
					searchListMethod: 'getFields',
					placeholder: 'e.g. Idp',
				}),
				{
					displayName: 'Operator',
					name: 'operator',
					type: 'options',
					default: 'eq',
					description: 'How the field is compared with the value',
					options: [
						{
							name: 'Custom',
							value: 'custom',
							description: 'An operator that is not in this list',
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
					description: 'The operator as Signicat calls it',
					displayOptions: { show: { operator: ['custom'] } },
				},
				{
					displayName: 'Value Type',
					name: 'valueType',
					type: 'options',
					default: 'string',
					description: 'How the value is sent to Signicat',
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
						'What the field is compared with. For One Of and Not One Of: several values with commas between them, or a JSON list.',
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
		'Whether to leave out filters and conditions that are empty, for example because of an expression, instead of stopping. Without them, more events match.',
};

export const applyFiltersInOption: INodeProperties = {
	displayName: 'Apply Filters In',
	name: 'applyFiltersIn',
	type: 'options',
	default: 'signicat',
	description:
		'Where filters and conditions are evaluated. Choose this workflow if Signicat does not know an operator or a field: then every event of the range is read, and filtered here.',
	options: [
		{ name: 'Signicat', value: 'signicat' },
		{ name: 'This Workflow', value: 'n8n' },
	],
};
