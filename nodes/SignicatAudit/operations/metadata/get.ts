import type { IDataObject } from 'n8n-workflow';
import { isRecord } from '../../../shared/model/json';
import { withinDepth } from '../../../shared/formats/itemDepth';
import type { Operation } from '../operation';

/** Metadata: Get – the targets, services and event types that can be queried, as the API sends them. */
export const metadataGet: Operation = {
	resource: 'metadata',
	operation: 'get',
	properties: [],

	prepare: () => async (client) => {
		const metadata = await client.getMetadata();
		const json = (isRecord(metadata) ? metadata : { metadata }) as IDataObject;
		return [{ json: withinDepth(json) }];
	},
};
