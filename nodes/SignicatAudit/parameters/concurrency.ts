import type { INodeProperties } from 'n8n-workflow';
import { DEFAULT_CONCURRENCY } from '../../shared/signicat/client';
import { readInteger } from '../../shared/parameters/read';

const MAX_CONCURRENCY = 16;

export const maxConcurrencyOption: INodeProperties = {
	displayName: 'Max Concurrency',
	name: 'maxConcurrency',
	type: 'number',
	default: DEFAULT_CONCURRENCY,
	typeOptions: { minValue: 1, maxValue: MAX_CONCURRENCY },
	description:
		'Maximum number of parallel requests. The node starts with 4 and sends more while responses stay fast.',
};

/** @throws InvalidParameterError */
export function readMaxConcurrency(value: unknown): number {
	return readInteger('Max Concurrency', value, {
		min: 1,
		max: MAX_CONCURRENCY,
		fallback: DEFAULT_CONCURRENCY,
	});
}
