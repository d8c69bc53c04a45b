import { type IExecuteFunctions, NodeOperationError } from 'n8n-workflow';
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

/** @throws NodeOperationError for a resource and operation that this version does not have */
export function findOperation(
	context: IExecuteFunctions,
	resource: string,
	operation: string,
): Operation {
	const found = operations.find((one) => one.resource === resource && one.operation === operation);
	if (found) return found;
	throw new NodeOperationError(
		context.getNode(),
		`There is no operation "${operation}" for the resource "${resource}"`,
		{ description: 'Choose a resource and an operation from the lists.' },
	);
}
