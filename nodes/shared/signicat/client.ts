import type { IDataObject } from 'n8n-workflow';
import type { AuditEvent } from '../model/event';
import { formatTimestamp } from '../model/instant';
import type { FetchPage } from '../model/page';
import { PageSize } from '../model/pageSize';
import { readConnection } from './connection';
import { type ApiContext, cancelSignal } from './context';
import { cacheCredential } from './credential';
import { AbortedError, linkSignals, timer, untilAborted } from './deadline';
import { eventUrl, metadataUrl, propertiesUrl, type PropertiesQuery, queryUrl } from './endpoints';
import { inspectFailure } from './inspectFailure';
import { ConcurrencyLimiter } from './limiter';
import { nextPageUrl } from './nextPageUrl';
import { parseEvent, parsePage } from './parse';
import { Secrets } from './redact';
import { send } from './request';
import { RequestError } from './requestError';
import type { RetryPolicy } from './retryPolicy';
import { Session } from './session';

/** The most requests in progress at the same time, by default. */
export const DEFAULT_CONCURRENCY = 12;

/** The Audit API, one method per operation. */
export interface AuditClient {
	/** @throws PageFailure too, when the page has to be requested in another way */
	fetchPage: FetchPage;
	/** How many requests may be in progress at the moment. */
	limiter: { readonly concurrency: number };
	/** How large pages may be, as all readings of a run find out together. */
	pageSize: PageSize;
	/** The whole event behind a cursor, which is not empty, no dots, and well-formed text. */
	getEvent(cursor: string): Promise<AuditEvent>;
	/** As the API sent it, of unknown shape. */
	getMetadata(): Promise<unknown>;
	/** As the API sent it, of unknown shape. */
	getProperties(query: PropertiesQuery): Promise<unknown>;
}

interface ClientOptions {
	/** The most requests in progress at the same time. */
	maxConcurrency?: number;
	/** How large pages may be, where an earlier client has found that out. */
	pageSize?: PageSize;
}

/** @throws NodeOperationError when the credential cannot be used; each method throws RequestError */
export async function createClient(
	context: ApiContext,
	retry: RetryPolicy,
	{ maxConcurrency = DEFAULT_CONCURRENCY, pageSize = new PageSize() }: ClientOptions = {},
): Promise<AuditClient> {
	const session = await openSession(context, retry, maxConcurrency);
	const { connection, limiter } = session.parts;

	return {
		limiter,
		pageSize,

		async fetchPage(query, next, signal) {
			const { window, conditions, pageSize } = query;
			// The same body with every page: a cursor may contain no more than a position.
			const body: IDataObject = {
				and: conditions.length > 0 ? (conditions as unknown as IDataObject[]) : null,
				from: formatTimestamp(window.from),
				to: formatTimestamp(window.to),
			};
			const isFirst = next === undefined;
			const url = isFirst ? queryUrl(connection, pageSize) : nextPageUrl(connection, next);
			const operation = isFirst ? 'queryFirstPage' : 'queryNextPage';
			const where = { operation, pageSize } as const;
			const response = await send(session, { method: 'POST', url, body, where, signal });
			const page =
				response.body === undefined ? { events: [], next: null } : parsePage(response.body);
			return { ...page, serverTime: response.serverTime };
		},

		async getEvent(cursor) {
			const url = eventUrl(connection, cursor);
			const where = { operation: 'event' } as const;
			return parseEvent((await send(session, { method: 'GET', url, where })).body);
		},

		async getMetadata() {
			const where = { operation: 'metadata' } as const;
			return (await send(session, { method: 'GET', url: metadataUrl(connection), where })).body;
		},

		async getProperties(query) {
			const url = propertiesUrl(connection, query);
			const where = { operation: 'properties' } as const;
			return (await send(session, { method: 'GET', url, where })).body;
		},
	};
}

async function openSession(
	context: ApiContext,
	policy: RetryPolicy,
	maxConcurrency: number,
): Promise<Session> {
	const { totalTimeoutMs, requestTimeoutMs } = policy;
	const deadlineAt = policy.deadline ?? (totalTimeoutMs && Date.now() + totalTimeoutMs);
	const retry = { ...policy, ...(deadlineAt && { deadline: deadlineAt }) };
	const deadline = deadlineAt ? timer(deadlineAt - Date.now()) : undefined;
	const secrets = new Secrets();
	const credential = cacheCredential(context, secrets);
	const linked = linkSignals({
		timers: [deadline, timer(requestTimeoutMs)],
		stops: [cancelSignal(context)],
	});
	try {
		const connection = await untilAborted(readConnection(credential.context), linked.signal);
		const limiter = new ConcurrencyLimiter(maxConcurrency);
		return new Session({ credential, connection, retry, limiter, secrets, deadline });
	} catch (error) {
		throw error instanceof AbortedError
			? new RequestError(inspectFailure(error, Date.now()))
			: error;
	} finally {
		linked.close();
	}
}
