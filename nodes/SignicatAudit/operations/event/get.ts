import { maxConcurrencyOption, readMaxConcurrency } from '../../parameters/concurrency';
import { InvalidParameterError } from '../../../shared/parameters/invalidParameter';
import { readRecord } from '../../../shared/parameters/read';
import { readRequiredName } from '../../../shared/parameters/readText';
import { eventJson } from '../../../shared/formats/eventJson';
import {
	includeOriginalOption,
	outcomeOptions,
	outputProperties,
	readOutput,
} from '../../../shared/parameters/output';
import type { Operation } from '../operation';

const CURSOR_ADVICE =
	'Enter the cursor of an event, as returned by Get Many or the trigger, for example {{ $json.cursor }}.';

/** Event: Get – the full event for a cursor. */
export const eventGet: Operation = {
	resource: 'event',
	option: {
		name: 'Get',
		value: 'get',
		description: 'Get the full event for a cursor',
		action: 'Get event',
	},
	itemsInParallel: true,
	properties: [
		{
			displayName: 'Cursor',
			name: 'cursor',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. {{ $json.cursor }}',
			description: 'Cursor of the event, as returned by Get Many or the trigger',
		},
		...outputProperties,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [includeOriginalOption, maxConcurrencyOption, ...outcomeOptions],
		},
	],

	prepare(context, itemIndex) {
		const cursor = readCursor(context.getNodeParameter('cursor', itemIndex, ''));
		const options = readRecord('Options', context.getNodeParameter('options', itemIndex, {}));
		readMaxConcurrency(options.maxConcurrency);
		const output = readOutput({
			output: context.getNodeParameter('output', itemIndex, ''),
			outputFields: context.getNodeParameter('outputFields', itemIndex, ''),
			options,
		});
		return async (client) => [{ json: eventJson(await client.getEvent(cursor), output) }];
	},
};

function readCursor(value: unknown): string {
	const cursor = readRequiredName('Cursor', value, { advice: CURSOR_ADVICE });
	// As a segment of the path, these would address another endpoint.
	if (!/^\.{1,2}$/.test(cursor)) return cursor;
	throw new InvalidParameterError('Cursor', 'not a cursor', { description: CURSOR_ADVICE });
}
