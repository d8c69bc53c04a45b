import type { IDataObject } from 'n8n-workflow';
import { arrivalNow } from './arrivals';
import { filterPath } from './filterPath';
import { startJsonServer, type ReceivedCall, type Reply } from './jsonServer';
import type { LocalReceiver } from './types';

const API_KEY = 'bG9jYWw6a2V5';

/** `http.max_content_length`: elastic.co/docs, "Networking settings". */
const MAX_BYTES = 100 * 1024 * 1024;

export type ElasticDocument = IDataObject & { '@timestamp'?: string };

/** Why a document is refused, as Elasticsearch says it. */
export interface DocumentError {
	type: string;
	reason: string;
}

export interface LocalElastic extends LocalReceiver {
	/** The stored documents by their ID, in the order in which they came. */
	documents: Map<string, ElasticDocument>;
	/** How many bytes, new documents, known ones and refused ones each bulk request had. */
	bulks: Array<{ bytes: number; created: number; known: number; refused: number }>;
	/** The maximum of a request instead of Elasticsearch's default. */
	maxBytes?: number;
	/** Documents for which this returns an error are refused, as with a mapping that does not fit. */
	problemOf: (document: ElasticDocument) => DocumentError | undefined;
}

/**
 * Elasticsearch on this machine, with one data stream: the bulk API (elastic.co/docs, "Bulk index or delete documents") and the
 * search for the newest document. It refuses what is not as documented, with Elasticsearch's own types of errors.
 */
export async function startLocalElastic(): Promise<LocalElastic> {
	const { url, stop } = await startJsonServer((call) => {
		const reply = respond(call);
		if (reply.status >= 400 && reply.status !== 503) elastic.refused.push(reasonOf(reply));
		if (typeof reply.body !== 'object') return reply;
		return { ...reply, body: filterPath(reply.body, call.query.get('filter_path')) };
	});
	const elastic: LocalElastic = {
		name: 'Elastic',
		arrivals: [],
		refused: [],
		isDown: false,
		credentials: [
			{
				type: 'httpHeaderAuth',
				name: 'Elasticsearch',
				data: { name: 'Authorization', value: `ApiKey ${API_KEY}` },
			},
		],
		settings: { elasticUrl: url },
		documents: new Map(),
		bulks: [],
		problemOf: () => undefined,
		stop,
	};

	function respond(call: ReceivedCall): Reply {
		if (elastic.isDown)
			return failure(503, 'cluster_block_exception', 'blocked by: [SERVICE_UNAVAILABLE]');
		if (call.headers.authorization !== `ApiKey ${API_KEY}`) {
			return failure(401, 'security_exception', 'unable to authenticate with provided credentials');
		}
		const [, stream = '', operation] = /^\/([^/_][^/]*)\/(_bulk|_search)$/.exec(call.path) ?? [];
		if (operation === undefined || !['POST', 'PUT', 'GET'].includes(call.method)) {
			return failure(400, 'illegal_argument_exception', `no handler found for [${call.path}]`);
		}
		return operation === '_bulk' ? bulk(call, stream) : search(call, stream);
	}

	function bulk({ headers, body, size }: ReceivedCall, stream: string): Reply {
		const type = (headers['content-type'] ?? '').split(';')[0] ?? '';
		if (!['application/x-ndjson', 'application/json'].includes(type)) {
			const message = `Content-Type header [${type}] is not supported`;
			return { status: 406, body: { error: message, status: 406 } };
		}
		if (size.decoded > (elastic.maxBytes ?? MAX_BYTES)) return { status: 413 };
		if (body === '') return failure(400, 'parse_exception', 'request body is required');
		if (!body.endsWith('\n')) {
			const reason = 'The bulk request must be terminated by a newline [\\n]';
			return failure(400, 'illegal_argument_exception', reason);
		}
		const lines = body.slice(0, -1).split('\n');
		const items: BulkItem[] = [];
		for (let index = 0; index < lines.length; index += 2) {
			const id = idOf(lines[index]);
			const document = parse(lines[index + 1]);
			if (id === undefined || !document) {
				const reason = `Malformed action/metadata line [${index + 1}]`;
				return failure(400, 'illegal_argument_exception', reason);
			}
			items.push(create(stream, id, document as ElasticDocument));
		}
		const count = (status: number) => items.filter((item) => item.create.status === status).length;
		const counts = { created: count(201), known: count(409), refused: count(400) };
		elastic.bulks.push({ bytes: size.decoded, ...counts });
		elastic.arrivals.push(
			arrivalNow({
				receiver: 'Elastic',
				to: stream,
				title: `${counts.created} new documents, ${counts.known} known, ${counts.refused} refused`,
				text: body.slice(0, 5000),
			}),
		);
		return { status: 200, body: { errors: items.some((it) => it.create.error), took: 1, items } };
	}

	/** A data stream takes nothing but creations. */
	function create(stream: string, id: string, document: ElasticDocument): BulkItem {
		const named = { _index: `.ds-${stream}-000001`, _id: id };
		const refuse = (status: number, error: DocumentError) => ({
			create: { ...named, status, error },
		});
		if (elastic.documents.has(id)) {
			const reason = `[${id}]: version conflict, document already exists (current version [1])`;
			return refuse(409, { type: 'version_conflict_engine_exception', reason });
		}
		const missing = {
			type: 'document_parsing_exception',
			reason: 'data stream timestamp field [@timestamp] is missing',
		};
		const error = document['@timestamp'] ? elastic.problemOf(document) : missing;
		if (error) return refuse(400, error);
		elastic.documents.set(id, document);
		return { create: { ...named, status: 201 } };
	}

	/** The newest document that is not in the future, which is all that the workflow asks for. */
	function search({ query, body }: ReceivedCall, stream: string): Reply {
		const request = parse(body) as SearchRequest | undefined;
		const [sort] = request?.sort ?? [];
		const isAsked =
			request?.size === 1 &&
			sort?.['@timestamp']?.order === 'desc' &&
			request.query?.range?.['@timestamp']?.lte === 'now';
		if (!isAsked) return failure(400, 'parsing_exception', 'not the search that is known here');
		const isMissing = elastic.documents.size === 0;
		if (isMissing && query.get('ignore_unavailable') !== 'true') {
			return failure(404, 'index_not_found_exception', `no such index [${stream}]`);
		}
		if (isMissing === false || sort['@timestamp']?.unmapped_type === 'date') {
			const now = new Date().toISOString();
			const times = [...elastic.documents.values()].map((it) => it['@timestamp'] ?? '');
			const newest = times.filter((it) => it <= now).reduce((a, b) => (a > b ? a : b), '');
			const hits = newest === '' ? [] : [{ _source: { '@timestamp': newest } }];
			return { status: 200, body: { timed_out: false, hits: { hits } } };
		}
		return failure(400, 'query_shard_exception', 'No mapping found for [@timestamp]');
	}
	return elastic;
}

interface BulkItem {
	create: { _index: string; _id: string; status: number; error?: DocumentError };
}

interface SearchRequest {
	size?: number;
	sort?: Array<{ '@timestamp'?: { order?: string; unmapped_type?: string } }>;
	query?: { range?: { '@timestamp'?: { lte?: string } } };
}

function failure(status: number, type: string, reason: string): Reply {
	return { status, body: { error: { root_cause: [{ type, reason }], type, reason }, status } };
}

function reasonOf({ status, body }: Reply): string {
	const { error } = (body ?? {}) as { error?: DocumentError | string };
	return typeof error === 'object' ? `${error.type}: ${error.reason}` : `${status}: ${error ?? ''}`;
}

/** The ID in an action; undefined if it is not a creation with an ID of at most 512 bytes. */
function idOf(line?: string): string | undefined {
	const { create } = (parse(line) ?? {}) as { create?: { _id?: string } };
	return create?._id && Buffer.byteLength(create._id) <= 512 ? create._id : undefined;
}

function parse(line?: string): object | undefined {
	try {
		const value: unknown = JSON.parse(line ?? '');
		return typeof value === 'object' && value !== null ? value : undefined;
	} catch {
		return undefined;
	}
}
