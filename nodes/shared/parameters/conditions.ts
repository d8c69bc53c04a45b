import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { resourceLocator } from './resourceLocator';

const OPERATORS: INodePropertyOptions[] = [
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
];

const VALUE_TYPES: INodePropertyOptions[] = [
	{ name: 'Boolean', value: 'boolean' },
	{ name: 'JSON', value: 'json' },
	{ name: 'Number', value: 'number' },
	{ name: 'String', value: 'string' },
];

/** The title of a collapsed condition, such as "Result · Equals · failure". n8n shows "Condition 1" if it is empty. */
const ITEM_TITLE = `={{ (() => {
	const condition = $collection.item.value;
	const field = condition.field?.value ?? condition.field;
	if (typeof field !== "string" || field === "") return "";
	const operators = $collection.item.properties.find((property) => property.name === "operator").options;
	const operator = condition.operator === "custom"
		? condition.customOperator
		: operators.find((option) => option.value === (condition.operator ?? "eq"))?.name;
	return [field, operator, condition.value]
		.map((part) => String(part ?? "").replace(/^=/, "").trim().slice(0, 60))
		.filter((part) => part !== "")
		.join(" · ");
})() }}`;

/** For the values of a condition that are not optional. */
const ALWAYS_SHOWN = { showEvenWhenOptional: true };

export const conditionsProperty: INodeProperties = {
	displayName: 'Conditions',
	name: 'conditions',
	type: 'fixedCollection',
	typeOptions: {
		multipleValues: true,
		fixedCollection: { itemTitle: ITEM_TITLE },
		hideOptionalFields: true,
		addOptionalFieldButtonText: 'Add Option',
	},
	placeholder: 'Add Condition',
	default: {},
	description: 'Which events to include, by any field or property, in addition to the filters',
	options: [
		{
			displayName: 'Condition',
			name: 'condition',
			values: [
				{
					...resourceLocator({
						displayName: 'Field',
						name: 'field',
						description:
							"Field of the event, or property of the service. The list shows the properties of the chosen 'Service Name' and 'Event Type' in 'Filters'.",
						searchListMethod: 'getFields',
						placeholder: 'e.g. Idp',
					}),
					typeOptions: ALWAYS_SHOWN,
				},
				{
					displayName: 'Operator',
					name: 'operator',
					type: 'options',
					typeOptions: ALWAYS_SHOWN,
					default: 'eq',
					description: 'How to compare the field with the value',
					options: OPERATORS,
				},
				{
					displayName: 'Custom Operator',
					name: 'customOperator',
					type: 'string',
					typeOptions: ALWAYS_SHOWN,
					default: '',
					placeholder: 'e.g. startsWith',
					description: 'Operator name as used by the Signicat API',
					displayOptions: { show: { operator: ['custom'] } },
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					typeOptions: ALWAYS_SHOWN,
					default: '',
					placeholder: 'e.g. nbid',
					description:
						"Value to compare with. For 'One Of' and 'Not One Of', enter a comma-separated list or a JSON array.",
				},
				{
					displayName: 'Value Type',
					name: 'valueType',
					type: 'options',
					// Nothing is chosen, so the type follows from the field, the operator and the value.
					default: '',
					description:
						'Data type of the value. Without this option, it follows from the field, the operator and the value.',
					options: VALUE_TYPES,
				},
			],
		},
	],
};
