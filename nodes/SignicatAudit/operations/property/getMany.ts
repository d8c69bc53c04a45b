import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { isRecord } from '../../../shared/model/json';
import { parseProperties } from '../../../shared/signicat/parse';
import { withinDepth } from '../../../shared/formats/itemDepth';
import { readName, readRequiredName } from '../../../shared/parameters/readText';
import { resourceLocator } from '../../../shared/parameters/resourceLocator';
import type { Operation, OutputItem } from '../operation';
import { paginationProperties, readLimit } from '../../parameters/pagination';

/** Property: Get Many – the properties that the events of a service can be filtered by. */
export const propertyGetMany: Operation = {
	resource: 'property',
	option: {
		name: 'Get Many',
		value: 'getAll',
		description: 'Get many properties that events can be filtered by',
		action: 'Get many properties',
	},
	isDefault: true,
	properties: [
		resourceLocator({
			displayName: 'Target',
			name: 'target',
			description: 'Query target, as listed by Metadata: Get',
			searchListMethod: 'getTargets',
			placeholder: 'e.g. Default',
			required: true,
		}),
		resourceLocator({
			displayName: 'Service Name',
			name: 'serviceName',
			description: 'Service to get the properties of',
			searchListMethod: 'getServiceNames',
			placeholder: 'e.g. Broker',
			required: true,
		}),
		resourceLocator({
			displayName: 'Event Type',
			name: 'eventType',
			description:
				'Only return the properties of this event type. Leave empty for all properties of the service.',
			searchListMethod: 'getEventTypes',
			placeholder: 'e.g. authn_response',
		}),
		...paginationProperties,
	],

	prepare(context, itemIndex) {
		const eventType = readName('Event Type', context.getNodeParameter('eventType', itemIndex, ''), {
			advice: 'Choose an event type from the list, enter its name, or leave the field empty.',
		});
		const query = {
			target: requiredName(context, itemIndex, { name: 'target', label: 'Target' }),
			serviceName: requiredName(context, itemIndex, { name: 'serviceName', label: 'Service Name' }),
			...(eventType && { eventType }),
		};
		const limit = readLimit(context, itemIndex);
		return async (client) => {
			const response = await client.getProperties(query);
			// A response of another shape is returned as a single item.
			const properties = parseProperties(response) ?? [response];
			return properties.slice(0, limit).map(asItem);
		};
	},
};

function asItem(property: unknown): OutputItem {
	const json = (isRecord(property) ? property : { name: property }) as IDataObject;
	return { json: withinDepth(json) };
}

function requiredName(
	context: IExecuteFunctions,
	itemIndex: number,
	{ name, label }: { name: string; label: string },
): string {
	const value: unknown = context.getNodeParameter(name, itemIndex, '');
	return readRequiredName(label, value, {
		advice: `Choose a '${label}' from the list, or enter a name.`,
	});
}
