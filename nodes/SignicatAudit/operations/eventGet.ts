import { maxConcurrencyOption, readMaxConcurrency } from '../../shared/parameters/concurrency';
import { InvalidParameterError } from '../../shared/parameters/invalid';
import { eventJson, simplifyProperty } from '../../shared/parameters/simplify';
import type { Operation } from './operation';

/** Dots would change the path, and half a character pair cannot be encoded. */
const CANNOT_BE_SENT = /^\.{1,2}$|\p{Surrogate}/u;

/** Event: Get – the whole event behind a cursor. */
export const eventGet: Operation = {
	resource: 'event',
	operation: 'get',
	itemsInParallel: true,
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
			options: [maxConcurrencyOption],
		},
	],

	prepare(context, itemIndex) {
		const cursor: unknown = context.getNodeParameter('cursor', itemIndex);
		const { maxConcurrency } = context.getNodeParameter('options', itemIndex, {});
		readMaxConcurrency(maxConcurrency);
		const simplify = context.getNodeParameter('simplify', itemIndex, true) as boolean;
		const isCursor =
			typeof cursor === 'string' && cursor.trim() !== '' && !CANNOT_BE_SENT.test(cursor);
		if (!isCursor) {
			throw new InvalidParameterError(
				'Cursor',
				cursor === '' || cursor === undefined || cursor === null
					? 'it is empty'
					: 'it is not a cursor',
				'Enter the cursor of an event, as Get Many and the trigger give it, for example {{ $json.cursor }}.',
			);
		}
		return async (client) => [{ json: eventJson(await client.getEvent(cursor), simplify) }];
	},
};
