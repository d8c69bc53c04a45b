import { InvalidParameterError, readInteger } from '../../shared/parameters/invalid';
import { eventJson, simplifyProperty } from '../../shared/parameters/simplify';
import type { Operation } from './operation';

const DEFAULT_CONCURRENCY = 4;
const MOST_CONCURRENCY = 16;

/** Event: Get – the whole event behind a cursor. */
export const eventGet: Operation = {
	resource: 'event',
	operation: 'get',
	properties: [
		{
			displayName: 'Cursor',
			name: 'cursor',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. {{ $json.cursor }}',
			description: 'The cursor of the event, as Get Many and the trigger give it',
		},
		simplifyProperty,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [
				{
					displayName: 'Max Concurrency',
					name: 'maxConcurrency',
					type: 'number',
					default: DEFAULT_CONCURRENCY,
					typeOptions: { minValue: 1, maxValue: MOST_CONCURRENCY },
					description:
						'How many events to request at the same time, when there are several input items',
				},
			],
		},
	],

	concurrency(context) {
		const { maxConcurrency = DEFAULT_CONCURRENCY } = context.getNodeParameter('options', 0, {});
		return readInteger('Max Concurrency', maxConcurrency, { min: 1, max: MOST_CONCURRENCY });
	},

	prepare(context, itemIndex) {
		const cursor: unknown = context.getNodeParameter('cursor', itemIndex);
		const simplify = context.getNodeParameter('simplify', itemIndex, true) as boolean;
		const isCursor =
			typeof cursor === 'string' && cursor.trim() !== '' && cursor !== '.' && cursor !== '..';
		if (!isCursor) {
			throw new InvalidParameterError(
				'Cursor',
				cursor === '' || cursor === undefined || cursor === null
					? 'it is empty'
					: 'it is not a cursor',
				'Enter the cursor of an event, as Get Many and the trigger give it, for example {{ $json.cursor }}.',
			);
		}
		return async (client) => [eventJson(await client.getEvent(cursor), simplify)];
	},
};
