import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { notifyOnce } from '../notify';
import { maxConcurrencyOption, readMaxConcurrency } from './concurrency';
import { conditionsProperty } from '../../shared/parameters/conditions';
import {
	applyFiltersInOption,
	filtersProperty,
	ignoreEmptyFiltersOption,
	matchOption,
} from '../../shared/parameters/filters';
import { rangeProperties, readRange } from './range';
import { readChoice, readInteger, readRecord } from '../../shared/parameters/read';
import { readFiltering } from '../../shared/parameters/readConditions';
import { isToolCall } from './toolCall';
import { ORDERS, type ReadOptions } from '../../shared/reading/reader';
import { MAX_EVENTS_PER_PAGE } from '../../shared/model/page';

/** The parameters that all operations on a range share: which part of the log, and which events. */
export const rangeAndFilterProperties: INodeProperties[] = [
	...rangeProperties,
	filtersProperty,
	conditionsProperty,
];

const pageSizeOption: INodeProperties = {
	displayName: 'Page Size',
	name: 'pageSize',
	type: 'number',
	default: MAX_EVENTS_PER_PAGE,
	typeOptions: { minValue: 1, maxValue: MAX_EVENTS_PER_PAGE },
	description: 'Number of events to fetch per request',
};

export const orderOption: INodeProperties = {
	displayName: 'Order',
	name: 'order',
	type: 'options',
	default: 'newestFirst',
	description: 'Order in which events are returned',
	options: [
		{ name: 'Newest First', value: 'newestFirst' },
		{ name: 'Oldest First', value: 'oldestFirst' },
	],
};

/** The Options of an operation that reads a range: those of reading and its own, sorted by label. */
export function readingOptions(...operationOptions: INodeProperties[]): INodeProperties {
	const options = [
		applyFiltersInOption,
		ignoreEmptyFiltersOption,
		matchOption,
		maxConcurrencyOption,
		pageSizeOption,
		...operationOptions,
	];
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
	const parameter = (name: string, fallback: IDataObject | string = ''): unknown =>
		context.getNodeParameter(name, itemIndex, fallback);
	const options = readRecord('Options', parameter('options', {}));
	const { window, notes } = readRange(
		{
			period: parameter('period'),
			amount: parameter('amount'),
			unit: parameter('unit'),
			from: parameter('from'),
			to: parameter('to'),
		},
		{ nowMs: Date.now(), timeZone: context.getTimezone() },
	);
	const filtering = readFiltering({
		filters: parameter('filters', {}),
		conditions: parameter('conditions', {}),
		options,
		isToolCall: isToolCall(context),
	});
	const query = {
		...filtering,
		window,
		pageSize: readInteger('Page Size', options.pageSize, {
			min: 1,
			max: MAX_EVENTS_PER_PAGE,
			fallback: MAX_EVENTS_PER_PAGE,
		}),
		order: readChoice('Order', options.order, { choices: ORDERS, fallback: 'newestFirst' }),
		maxConcurrency: readMaxConcurrency(options.maxConcurrency),
	};
	for (const note of notes) notifyOnce(context, note, { type: 'info' });
	return query;
}
