import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { maxConcurrencyOption, readMaxConcurrency } from '../../shared/parameters/concurrency';
import {
	applyFiltersInOption,
	conditionsProperty,
	filtersProperty,
} from '../../shared/parameters/filters';
import { readChoice, readInteger } from '../../shared/parameters/invalid';
import { rangeProperties, readRange } from '../../shared/parameters/range';
import { readApplyFiltersIn, readConditions } from '../../shared/parameters/readConditions';
import { ORDERS, type ReadOptions } from '../../shared/reading/reader';
import { MOST_EVENTS_PER_PAGE } from '../../shared/reading/types';

/** What the operations that read a range have in common: which part of the log, and which events. */
export const rangeAndFilterProperties: INodeProperties[] = [
	...rangeProperties,
	filtersProperty,
	conditionsProperty,
];

const pageSizeOption: INodeProperties = {
	displayName: 'Page Size',
	name: 'pageSize',
	type: 'number',
	default: MOST_EVENTS_PER_PAGE,
	typeOptions: { minValue: 1, maxValue: MOST_EVENTS_PER_PAGE },
	description: 'How many events to request at a time',
};

export const orderOption: INodeProperties = {
	displayName: 'Order',
	name: 'order',
	type: 'options',
	default: 'newestFirst',
	description: 'Which events come first',
	options: [
		{ name: 'Newest First', value: 'newestFirst' },
		{ name: 'Oldest First', value: 'oldestFirst' },
	],
};

/** The options of an operation that reads a range: those of reading, and its own, in the order of their labels. */
export function readingOptions(...own: INodeProperties[]): INodeProperties {
	const options = [applyFiltersInOption, maxConcurrencyOption, pageSizeOption, ...own];
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: options.sort((a, b) => a.displayName.localeCompare(b.displayName)),
	};
}

/**
 * Reads and checks the range, the filters and the options of reading.
 *
 * @throws InvalidParameterError naming the field
 */
export function readQuery(
	context: IExecuteFunctions,
	itemIndex: number,
): ReadOptions & { maxConcurrency: number } {
	const parameter = (name: string): unknown => context.getNodeParameter(name, itemIndex, '');
	const options = context.getNodeParameter('options', itemIndex, {}) as Record<string, unknown>;
	const applyFiltersIn = readApplyFiltersIn(options.applyFiltersIn);
	const range = { period: parameter('period'), from: parameter('from'), to: parameter('to') };
	return {
		window: readRange(range, Date.now(), context.getTimezone()),
		conditions: readConditions({
			filters: parameter('filters'),
			conditions: parameter('conditions'),
			applyFiltersIn,
		}),
		applyFiltersIn,
		pageSize: readInteger('Page Size', options.pageSize ?? MOST_EVENTS_PER_PAGE, {
			min: 1,
			max: MOST_EVENTS_PER_PAGE,
		}),
		order: readChoice('Order', options.order === undefined ? 'newestFirst' : options.order, ORDERS),
		maxConcurrency: readMaxConcurrency(options.maxConcurrency),
	};
}
