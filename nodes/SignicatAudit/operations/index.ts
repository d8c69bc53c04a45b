import { readChoice, readRecord } from '../../shared/parameters/read';
import { eventExport } from './eventExport';
import { eventGet } from './eventGet';
import { eventGetMany } from './eventGetMany';
import { eventSummarize } from './eventSummarize';
import { metadataGet } from './metadataGet';
import { type Operation, shownProperties } from './operation';
import { propertyGetMany } from './propertyGetMany';

const operations: Operation[] = [
	eventExport,
	eventGet,
	eventGetMany,
	eventSummarize,
	metadataGet,
	propertyGetMany,
];

export const operationProperties = operations.flatMap(shownProperties);

/** Those of all operations: the editor keeps what was set for another one. */
const optionNames = new Set(
	operations
		.flatMap(({ properties }) => properties.filter(({ name }) => name === 'options'))
		.flatMap(({ options = [] }) => options.map(({ name }) => name)),
);

/**
 * The operation that is chosen. Its `prepare` refuses options that no operation has.
 *
 * @throws InvalidParameterError for a resource or an operation that this version does not have
 */
export function findOperation(resource: unknown, operation: unknown): Operation {
	const resources = [...new Set(operations.map((one) => one.resource))];
	const chosen = readChoice('Resource', resource, { choices: resources, fallback: 'event' });
	const available = operations.filter((one) => one.resource === chosen);
	const names = available.map((one) => one.operation);
	// The API has one operation on metadata, and that is the default of its choice.
	const fallback = names.includes('getAll') ? 'getAll' : 'get';
	const name = readChoice('Operation', operation, { choices: names, fallback });
	const found = available.find((one) => one.operation === name) as Operation;
	if (!found.properties.some((property) => property.name === 'options')) return found;
	return {
		...found,
		prepare(context, itemIndex) {
			readRecord('Options', context.getNodeParameter('options', itemIndex, {}), optionNames);
			return found.prepare(context, itemIndex);
		},
	};
}
