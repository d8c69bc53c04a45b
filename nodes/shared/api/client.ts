import type { IDataObject } from 'n8n-workflow';
import { PageSize } from '../reading/pageSize';
import { formatTimestamp } from '../reading/timestamp';
import type { FetchPage } from '../reading/types';
import { readConnection } from './connection';
import { type ApiContext, endedBy, withSharedCredential } from './context';
import { RequestGate } from './gate';
import { parseEvent, parsePage } from './parse';
import {
	itemUrl,
	metadataUrl,
	nextUrl,
	propertiesUrl,
	type PropertiesQuery,
	queryUrl,
} from './paths';
import { type ApiRequest, type Patience, requestStream, send } from './request';
import type { AuditEvent } from './types';

/** Requests under way at the same time, where nothing else is asked for. */
export const DEFAULT_CONCURRENCY = 4;

/** The Audit API, one method an operation. */
export interface AuditClient {
	fetchPage: FetchPage;
	/** How large pages may be, as all readings of a run find out together. */
	pageSize: PageSize;
	/** The whole event behind a cursor, which is not empty, no dots, and well-formed text. */
	getEvent(cursor: string): Promise<AuditEvent>;
	/** As the API sent it, of unknown shape. */
	getMetadata(): Promise<unknown>;
	/** As the API sent it, of unknown shape. */
	getProperties(query: PropertiesQuery): Promise<unknown>;
	/** A stream of Node's own class (its content is of no use); undefined where none is to be had. */
	openStream(): Promise<unknown>;
}

/** @throws NodeOperationError when the credential cannot be used; each method throws NodeApiError */
export async function createClient(
	given: ApiContext,
	patience: Patience,
	maxConcurrency = DEFAULT_CONCURRENCY,
): Promise<AuditClient> {
	const context = withSharedCredential(given);
	const connection = await readConnection(context);
	const session = { context, connection, patience, gate: new RequestGate(maxConcurrency) };
	const request = async (one: ApiRequest, signal?: AbortSignal) =>
		await send(signal ? { ...session, context: endedBy(context, signal) } : session, one);

	return {
		pageSize: new PageSize(),

		async fetchPage(query, next, signal) {
			const { window, conditions, pageSize } = query;
			// The same body with every page: a cursor may hold no more than a position.
			const body: IDataObject = {
				and: conditions.length > 0 ? (conditions as unknown as IDataObject[]) : null,
				from: formatTimestamp(window.from),
				to: formatTimestamp(window.to),
			};
			const url = next === undefined ? queryUrl(connection, pageSize) : nextUrl(connection, next);
			const answer = await request({ method: 'POST', url, body }, signal);
			return { ...parsePage(answer.body), serverTime: answer.serverTime };
		},

		async getEvent(cursor) {
			return parseEvent((await request({ method: 'GET', url: itemUrl(connection, cursor) })).body);
		},

		async getMetadata() {
			return (await request({ method: 'GET', url: metadataUrl(connection) })).body;
		},

		async openStream() {
			return await requestStream(session, { method: 'GET', url: metadataUrl(connection) });
		},

		async getProperties(query) {
			return (await request({ method: 'GET', url: propertiesUrl(connection, query) })).body;
		},
	};
}
