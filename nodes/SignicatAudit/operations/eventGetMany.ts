import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { readEvents, type Order, type ReadOptions } from '../../shared/reading/reader';
import {
	applyFiltersInOption,
	conditionsProperty,
	filtersProperty,
} from '../../shared/parameters/filters';
import { maxConcurrencyOption, readMaxConcurrency } from '../../shared/parameters/concurrency';
import { InvalidParameterError, readInteger } from '../../shared/parameters/invalid';
import { readApplyFiltersIn, readConditions } from '../../shared/parameters/readConditions';
import { rangeProperties, readRange } from '../../shared/parameters/range';
import { eventJson, simplifyProperty } from '../../shared/parameters/simplify';
import type { Operation } from './operation';
import { paginationProperties, readLimit } from './pagination';

/** The API's own limit and default (docs/api.md#query). */
const MOST_EVENTS_PER_PAGE = 1000;

/** Event: Get Many – the events of a range that match the filters. */
export const eventGetMany: Operation = {
	resource: 'event',
	operation: 'getAll',
	properties: [
		...paginationProperties,
		...rangeProperties,
		filtersProperty,
		conditionsProperty,
		simplifyProperty,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [
				applyFiltersInOption,
				maxConcurrencyOption,
				{
					displayName: 'Order',
					name: 'order',
					type: 'options',
					default: 'newestFirst',
					description:
						'Which events come first. Oldest First reads the whole range before it returns the first event.',
					options: [
						{ name: 'Newest First', value: 'newestFirst' },
						{ name: 'Oldest First', value: 'oldestFirst' },
					],
				},
				{
					displayName: 'Page Size',
					name: 'pageSize',
					type: 'number',
					default: MOST_EVENTS_PER_PAGE,
					typeOptions: { minValue: 1, maxValue: MOST_EVENTS_PER_PAGE },
					description: 'How many events to request at a time',
				},
			],
		},
	],

	prepare(context, itemIndex) {
		const simplify = context.getNodeParameter('simplify', itemIndex, true) as boolean;
		const options = readOptions(context, itemIndex);
		return async (client) => {
			const items: IDataObject[] = [];
			for await (const events of readEvents(client.fetchPage, options)) {
				for (const event of events) items.push(eventJson(event, simplify));
			}
			return items;
		};
	},
};

/** @throws InvalidParameterError naming the field */
function readOptions(context: IExecuteFunctions, itemIndex: number): ReadOptions {
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
		order: readOrder(options.order),
		limit: readLimit(context, itemIndex),
		maxConcurrency: readMaxConcurrency(options.maxConcurrency),
	};
}

function readOrder(value: unknown): Order {
	if (value === undefined || value === 'newestFirst') return 'newestFirst';
	if (value === 'oldestFirst') return 'oldestFirst';
	throw new InvalidParameterError(
		'Order',
		'it is not one of the options',
		'Use newestFirst or oldestFirst.',
	);
}
