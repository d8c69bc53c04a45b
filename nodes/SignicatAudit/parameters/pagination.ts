import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { readInteger, readSwitch } from '../../shared/parameters/read';

const DEFAULT_LIMIT = 50;

export const paginationProperties: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		default: 50,
		typeOptions: { minValue: 1 },
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

/**
 * Reads how many results to return at most.
 *
 * @returns undefined for all of them
 * @throws InvalidParameterError
 */
export function readLimit(context: IExecuteFunctions, itemIndex: number): number | undefined {
	const returnAll: unknown = context.getNodeParameter('returnAll', itemIndex, false);
	if (readSwitch('Return All', returnAll, { fallback: false })) return undefined;
	const limit: unknown = context.getNodeParameter('limit', itemIndex, DEFAULT_LIMIT);
	return readInteger('Limit', limit, { min: 1, fallback: DEFAULT_LIMIT });
}
