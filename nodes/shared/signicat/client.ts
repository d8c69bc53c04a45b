import type { IDataObject } from 'n8n-workflow';
import { PageSize } from '../model/pageSize';
import { formatTimestamp } from '../model/instant';
import type { FetchPage } from '../model/page';
import { requestStream } from './attempt';
import { readConnection } from './connection';
import { type ApiContext, cancelSignal } from './context';
import { shareCredential } from './credential';
import { EndedError, endingBy, timer, untilEnded } from './deadline';
import { inspectFailure } from './failure';
import { RequestGate } from './limiter';
import { parseEvent, parsePage } from './parse';
import {
	itemUrl,
	metadataUrl,
	nextUrl,
	propertiesUrl,
	type PropertiesQuery,
	queryUrl,
} from './paths';
import type { Patience } from './retryPolicy';
import { Secrets } from './redact';
import { send } from './request';
import { RequestError } from './requestError';
import { Session } from './session';
import type { AuditEvent } from '../model/event';

/** Requests under way at the same time, where nothing else is asked for. */
export const DEFAULT_CONCURRENCY = 4;

/** The Audit API, one method an operation. */
export interface AuditClient {
	/** @throws PageFailure besides, when the page has to be asked for in another way */
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

/** @throws NodeOperationError when the credential cannot be used; each method throws RequestError */
export async function createClient(
	given: ApiContext,
	patience: Patience,
	maxConcurrency = DEFAULT_CONCURRENCY,
): Promise<AuditClient> {
	const session = await openSession(given, patience, maxConcurrency);
	const { connection } = session.parts;

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
			const isFirst = next === undefined;
			const url = isFirst ? queryUrl(connection, pageSize) : nextUrl(connection, next);
			const operation = isFirst ? 'queryFirstPage' : 'queryNextPage';
			const where = { operation, pageSize } as const;
			const answer = await send(session, { method: 'POST', url, body, where, stop: signal });
			const page = answer.body === undefined ? { events: [], next: null } : parsePage(answer.body);
			return { ...page, serverTime: answer.serverTime };
		},

		async getEvent(cursor) {
			const url = itemUrl(connection, cursor);
			const where = { operation: 'item' } as const;
			return parseEvent((await send(session, { method: 'GET', url, where })).body);
		},

		async getMetadata() {
			const where = { operation: 'metadata' } as const;
			return (await send(session, { method: 'GET', url: metadataUrl(connection), where })).body;
		},

		async openStream() {
			const where = { operation: 'metadata' } as const;
			return await requestStream(session, { method: 'GET', url: metadataUrl(connection), where });
		},

		async getProperties(query) {
			const url = propertiesUrl(connection, query);
			const where = { operation: 'properties' } as const;
			return (await send(session, { method: 'GET', url, where })).body;
		},
	};
}

async function openSession(
	given: ApiContext,
	patienceOfAll: Patience,
	maxConcurrency: number,
): Promise<Session> {
	const { overallMs, requestMs } = patienceOfAll;
	const deadlineAt = patienceOfAll.deadline ?? (overallMs && Date.now() + overallMs);
	const patience = { ...patienceOfAll, ...(deadlineAt && { deadline: deadlineAt }) };
	const deadline = deadlineAt ? timer(deadlineAt - Date.now()) : undefined;
	const secrets = new Secrets();
	const credential = shareCredential(given, secrets);
	const { context } = credential;
	const ending = endingBy({
		timers: [deadline, timer(requestMs)],
		stops: [cancelSignal(given)],
	});
	try {
		const connection = await untilEnded(readConnection(context), ending.signal);
		const gate = new RequestGate(maxConcurrency);
		return new Session({ credential, connection, patience, gate, secrets, deadline });
	} catch (error) {
		throw error instanceof EndedError ? new RequestError(inspectFailure(error, Date.now())) : error;
	} finally {
		ending.close();
	}
}
