import type { INodeProperties } from 'n8n-workflow';

type Filter = Pick<INodeProperties, 'displayName' | 'name' | 'description' | 'placeholder'>;

const textFilter = (filter: Filter): INodeProperties => ({
	...filter,
	type: 'string',
	default: '',
});

interface ListFilter extends Filter {
	/** The loadOptions method that fills the list. */
	loadOptionsMethod: string;
	/** Paths of the parameters that the list depends on. */
	loadOptionsDependsOn?: string[];
}

/** A multi-select that Signicat's metadata fills. An expression may return names that are not in the list. */
const listFilter = ({
	loadOptionsMethod,
	loadOptionsDependsOn,
	...filter
}: ListFilter): INodeProperties => ({
	...filter,
	type: 'multiOptions',
	default: [],
	allowArbitraryValues: true,
	typeOptions: { loadOptionsMethod, ...(loadOptionsDependsOn && { loadOptionsDependsOn }) },
});

export const filtersProperty: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	description:
		"Which events to include. Events must match all filters and conditions, unless 'Must Match' is set to 'Any'.",
	options: [
		textFilter({
			displayName: 'Client ID',
			name: 'clientId',
			description: 'API client that performed the action',
			placeholder: 'e.g. sandbox-calm-river-123',
		}),
		listFilter({
			displayName: 'Event Type',
			name: 'eventType',
			description:
				"What happened. Choose one or more: the list shows the event types of the chosen 'Service Name', or all event types if none is chosen. Or use an expression that returns a list or comma-separated names.",
			loadOptionsMethod: 'getEventTypes',
			loadOptionsDependsOn: ['filters.serviceName'],
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
		listFilter({
			displayName: 'Service Name',
			name: 'serviceName',
			description:
				'Signicat services that logged the event. Choose one or more, or use an expression that returns a list or comma-separated names.',
			loadOptionsMethod: 'getServiceNames',
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
		"Where to evaluate filters and conditions. Choose 'This Workflow' if Signicat doesn't support an operator or field, or if an event only has to match one of the filters: all events in the range are then read, and filtered in the workflow.",
	options: [
		{ name: 'Signicat', value: 'signicat' },
		{ name: 'This Workflow', value: 'n8n' },
	],
};

export const matchOption: INodeProperties = {
	displayName: 'Must Match',
	name: 'match',
	type: 'options',
	default: 'all',
	description: 'How many of the filters and conditions an event must match',
	options: [
		{ name: 'All', value: 'all', description: 'Every filter and condition' },
		{ name: 'Any', value: 'any', description: 'At least one filter or condition' },
	],
	displayOptions: { show: { applyFiltersIn: ['n8n'] } },
};
