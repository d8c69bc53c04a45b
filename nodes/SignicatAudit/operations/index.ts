import { readChoice } from '../../shared/parameters/read';
import { eventExport } from './event/export';
import { eventGet } from './event/get';
import { eventGetMany } from './event/getMany';
import { eventSummarize } from './event/summarize';
import { metadataGet } from './metadata/get';
import { type Operation, shownProperties } from './operation';
import { propertyGetMany } from './property/getMany';

const operations: Operation[] = [
	eventExport,
	eventGet,
	eventGetMany,
	eventSummarize,
	metadataGet,
	propertyGetMany,
];

export const operationProperties = operations.flatMap(shownProperties);

/**
 * The operation that is chosen.
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
	return available.find((one) => one.operation === name) as Operation;
}
