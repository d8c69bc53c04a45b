import type { IDataObject } from 'n8n-workflow';
import { isRecord } from '../../../shared/model/json';
import { withinDepth } from '../../../shared/formats/itemDepth';
import type { Operation } from '../operation';

/** Metadata: Get – the available targets, services and event types, as the API sends them. */
export const metadataGet: Operation = {
	resource: 'metadata',
	option: {
		name: 'Get',
		value: 'get',
		description: 'Get the available targets, services and event types',
		action: 'Get metadata',
	},
	isDefault: true,
	properties: [],

	prepare: () => async (client) => {
		const metadata = await client.getMetadata();
		const json = (isRecord(metadata) ? metadata : { metadata }) as IDataObject;
		return [{ json: withinDepth(json) }];
	},
};
