import { eventJson } from '../../../shared/formats/eventJson';
import {
	includeOriginalOption,
	outcomeOptions,
	outputProperties,
	readOutput,
} from '../../../shared/parameters/output';
import { readRecord } from '../../../shared/parameters/read';
import type { Operation, OutputItem } from '../operation';
import { paginationProperties, readLimit } from '../../parameters/pagination';
import { readWithProgress } from '../readWithProgress';
import {
	orderOption,
	rangeAndFilterProperties,
	readingOptions,
	readQuery,
} from '../../parameters/query';

/** Event: Get Many – the events of a range that match the filters. */
export const eventGetMany: Operation = {
	resource: 'event',
	option: {
		name: 'Get Many',
		value: 'getAll',
		description: 'Get many events in a period',
		action: 'Get many events',
	},
	isDefault: true,
	properties: [
		...paginationProperties,
		...rangeAndFilterProperties,
		...outputProperties,
		readingOptions(orderOption, includeOriginalOption, ...outcomeOptions),
	],

	prepare(context, itemIndex) {
		const output = readOutput({
			output: context.getNodeParameter('output', itemIndex, ''),
			outputFields: context.getNodeParameter('outputFields', itemIndex, ''),
			options: readRecord('Options', context.getNodeParameter('options', itemIndex, {})),
		});
		const query = { ...readQuery(context, itemIndex), limit: readLimit(context, itemIndex) };
		return async (client) => {
			const items: OutputItem[] = [];
			for await (const events of readWithProgress(context, client, query)) {
				for (const event of events) items.push({ json: eventJson(event, output) });
			}
			return items;
		};
	},
};
