import type { INodeProperties } from 'n8n-workflow';
import { readChoice } from '../../shared/parameters/read';
import { eventExport } from './event/export';
import { eventGet } from './event/get';
import { eventGetMany } from './event/getMany';
import { eventSummarize } from './event/summarize';
import { metadataGet } from './metadata/get';
import { type Operation, type Resource, RESOURCES } from './operation';
import { propertyGetMany } from './property/getMany';

/** Sorted by label within each resource, as n8n asks for lists. */
const OPERATIONS: Operation[] = [
	eventExport,
	eventGet,
	eventGetMany,
	eventSummarize,
	metadataGet,
	propertyGetMany,
];

const DEFAULT_RESOURCE: Resource = 'event';

/** All parameters of the node: Resource, Operation for each resource, and those of each operation. */
export const nodeProperties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		default: DEFAULT_RESOURCE,
		options: [...RESOURCES],
	},
	...RESOURCES.map(({ value }) => operationSelector(value)),
	...OPERATIONS.flatMap(shownProperties),
];

/**
 * Finds the operation that is selected.
 *
 * @throws InvalidParameterError for a resource or an operation that this version does not have
 */
export function findOperation(resourceValue: unknown, operationValue: unknown): Operation {
	const resource = readChoice('Resource', resourceValue, {
		choices: RESOURCES.map(({ value }) => value),
		fallback: DEFAULT_RESOURCE,
	});
	const { operations, defaultOperation } = operationsOf(resource);
	const name = readChoice('Operation', operationValue, {
		choices: operations.map(({ option }) => option.value),
		fallback: defaultOperation.option.value,
	});
	return operations.find(({ option }) => option.value === name) ?? defaultOperation;
}

function operationsOf(resource: Resource) {
	const operations = OPERATIONS.filter((operation) => operation.resource === resource);
	const defaultOperation = operations.find(({ isDefault }) => isDefault) as Operation;
	return { operations, defaultOperation };
}

function operationSelector(resource: Resource): INodeProperties {
	const { operations, defaultOperation } = operationsOf(resource);
	const { value: defaultValue } = defaultOperation.option;
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		default: defaultValue,
		options: operations.map(({ option }) => option),
	};
}

/** The properties of an operation, shown only if that operation is selected. */
function shownProperties({ resource, option, properties }: Operation): INodeProperties[] {
	return properties.map((property) => ({
		...property,
		displayOptions: {
			...property.displayOptions,
			show: { ...property.displayOptions?.show, resource: [resource], operation: [option.value] },
		},
	}));
}
