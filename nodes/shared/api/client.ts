import type { IDataObject } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { formatTimestamp } from '../reading/timestamp';
import type { FetchPage } from '../reading/types';
import { type Connection, readConnection } from './connection';
import type { ApiContext } from './context';
import { parseEvent, parsePage } from './parse';
import {
	itemUrl,
	metadataUrl,
	nextUrl,
	propertiesUrl,
	type PropertiesQuery,
	queryUrl,
} from './paths';
import { type ApiAnswer, type ApiRequest, type Patience, send } from './request';
import type { AuditEvent } from './types';

/** The Audit API, one method an operation. */
export interface AuditClient {
	fetchPage: FetchPage;
	/** The whole event behind a cursor. */
	getEvent(cursor: string): Promise<AuditEvent>;
	/** As the API sent it, of unknown shape. */
	getMetadata(): Promise<unknown>;
	/** As the API sent it, of unknown shape. */
	getProperties(query: PropertiesQuery): Promise<unknown>;
}

/** @throws NodeOperationError when the credential cannot be used; each method throws NodeApiError */
export async function createClient(context: ApiContext, patience: Patience): Promise<AuditClient> {
	const connection: Connection = await readConnection(context);
	const request = async (one: ApiRequest): Promise<ApiAnswer> =>
		await send(context, connection, one, patience);

	return {
		async fetchPage(query, next) {
			const { window, conditions, pageSize } = query;
			// The same body with every page: a cursor may hold no more than a position.
			const body: IDataObject = {
				and: conditions.length > 0 ? (conditions as unknown as IDataObject[]) : null,
				from: formatTimestamp(window.from),
				to: formatTimestamp(window.to),
			};
			const url = next === undefined ? queryUrl(connection, pageSize) : nextUrl(connection, next);
			const answer = await request({ method: 'POST', url, body });
			return { ...parsePage(answer.body), serverTime: answer.serverTime };
		},

		async getEvent(cursor) {
			if (cursor.trim() === '' || cursor === '.' || cursor === '..') {
				throw new NodeOperationError(context.getNode(), 'The Cursor is empty', {
					description: 'Enter the cursor of an event, as Event: Get Many or the trigger gives it.',
				});
			}
			return parseEvent((await request({ method: 'GET', url: itemUrl(connection, cursor) })).body);
		},

		async getMetadata() {
			return (await request({ method: 'GET', url: metadataUrl(connection) })).body;
		},

		async getProperties(query) {
			return (await request({ method: 'GET', url: propertiesUrl(connection, query) })).body;
		},
	};
}
