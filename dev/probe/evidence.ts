import type { AuditEvent } from '../../nodes/shared/model/event';
import * as instant from '../../nodes/shared/model/instant';
import { MAX_EVENTS_PER_PAGE } from '../../nodes/shared/model/page';
import type { components } from '../../nodes/shared/model/schema';
import { MAX_WINDOW } from '../../nodes/shared/model/window';
import { isRecord } from '../../nodes/shared/model/json';
import { eventUrl, metadataUrl, queryUrl } from '../../nodes/shared/signicat/endpoints';
import { nextPageUrl } from '../../nodes/shared/signicat/nextPageUrl';
import type { ProbeClient, Sending, TokenResponse, TokenWay } from './client';
import { CannotTell } from './fact';
import { isRefused, type ProbeResponse, readBody, readPage } from './response';

export const SAMPLE_SIZE = 100;
const DEFAULT_RANGE = 30n * instant.DAY;
/** How many empty pages are followed before a search counts as unfinished. */
const MAX_EMPTY_PAGES = 5;
const KNOWN = { field: 'serviceName', operator: 'eq', value: 'probe' };
const UNKNOWN = { field: 'probeUnknownField', operator: 'probeunknown' };

type Range = { and: null; from: string; to: string };
type QueryBody = components['schemas']['QueryRequest'];
type Asking = { connection?: Evidence['connection']; round?: number };

/** What several facts depend on. The client remembers what was requested for it. */
export class Evidence {
	/** The attempts at a token that were made. */
	readonly tokens: Partial<Record<TokenWay, TokenResponse>> = {};

	private readonly startedAt = instant.fromMilliseconds(Date.now());

	constructor(readonly client: ProbeClient) {}

	get connection() {
		return this.client.settings.connection;
	}

	token = async (way: TokenWay) => (this.tokens[way] ??= await this.client.requestToken(way));

	/** The query as the credential test sends it: the API's own defaults, one event. */
	first = () => this.query({ and: null, from: null, to: null }, 1);

	metadata = () => this.client.send(metadataUrl(this.connection));

	item = (cursor: string) => this.client.send(eventUrl(this.connection, cursor));

	/** @throws CannotTell */
	async targets(): Promise<unknown[]> {
		const { targets } = readBody(await this.metadata(), 'metadata');
		if (!Array.isArray(targets)) throw new CannotTell('metadata has no list named targets');
		return targets;
	}

	/**
	 * The body of a query for what the sample is of, or for another length of time with the same end: that of the
	 * first response, so that every query sees the same events.
	 */
	async range(length?: instant.Duration): Promise<Range> {
		const { body } = await this.first();
		const to = instant.parseEventTime(String(isRecord(body) && body.to)) ?? this.startedAt;
		const from = to - (length ?? (await this.log()).length);
		return { and: null, from: instant.formatTimestamp(from), to: instant.formatTimestamp(to) };
	}

	/** The newest events, how many entries are none, and how long the range is that they are of. */
	async log() {
		const read = async (length: instant.Duration) => {
			return { ...(await this.search(await this.range(length), SAMPLE_SIZE)), length };
		};
		const recent = await read(DEFAULT_RANGE);
		return isEmpty(recent) ? await read(MAX_WINDOW) : recent;
	}

	/** The newest events. @throws CannotTell when there are none */
	async sample(): Promise<[AuditEvent, ...AuditEvent[]]> {
		const { events, others } = await this.log();
		const [newest, ...rest] = events;
		if (newest) return [newest, ...rest];
		if (others > 0) throw new CannotTell('no entry of the log has a cursor and a timestamp');
		throw new CannotTell('the log holds no event of the last 60 days');
	}

	/** The sample; empty also when the query is not answered. */
	sampleOrNone = () => orNone<AuditEvent>(this.sample());

	/** The response to an unknown field or operator. */
	async unknown(part: 'field' | 'operator') {
		const condition = { ...KNOWN, [part]: UNKNOWN[part] };
		return await this.query({ ...(await this.range()), and: [condition] }, 1);
	}

	/** Whether an accepted field or operator means anything: unknown ones are refused, or find nothing. */
	async tellsUnknown(part: 'field' | 'operator'): Promise<boolean> {
		const response = await this.unknown(part);
		if (isRefused(response)) return true;
		return (await this.sampleOrNone()).length > 0 && readPage(response).events.length === 0;
	}

	/** The response to a limit over the highest one, for a range of next to nothing. */
	async tooManyEvents() {
		const range = await this.range();
		const from = (await this.sampleOrNone())[0]?.timestamp ?? range.to;
		return await this.query({ ...range, from }, MAX_EVENTS_PER_PAGE + 1);
	}

	/** One page. */
	async query(
		body: QueryBody,
		limit: number,
		{ connection = this.connection, round }: Asking = {},
	) {
		const sending: Sending = { method: 'POST', headers: connection.headers, body, round };
		return await this.client.send(queryUrl(connection, limit), sending);
	}

	/** Where the nodes find the next page; undefined where they do not look, such as at another origin. */
	nextPageUrl(next: string): string | undefined {
		try {
			return nextPageUrl(this.connection, next);
		} catch {
			return undefined;
		}
	}

	async follow(next: string, sending: Sending): Promise<ProbeResponse> {
		const url = this.nextPageUrl(next);
		if (url) return await this.client.send(url, { method: 'POST', ...sending });
		throw new CannotTell('not followed: it leads to another origin, where no token is sent');
	}

	/** The first page that has events. @throws CannotTell */
	async search(body: QueryBody, limit: number) {
		return await this.searchFrom(await this.query(body, limit), { body });
	}

	/**
	 * The same from a response on: an empty page with `next` is not the end.
	 *
	 * @returns `isComplete` is false when pages are left but none of those that were read had an event
	 */
	async searchFrom(response: ProbeResponse, sending: Sending, what?: string) {
		let page = readPage(response, what);
		for (let i = 0; i < MAX_EMPTY_PAGES && page.next && page.events.length === 0; i++) {
			page = readPage(await this.follow(page.next, sending), 'following next');
		}
		return { ...page, isComplete: page.events.length > 0 || !page.next };
	}
}

export const isEmpty = ({ events, others }: { events: AuditEvent[]; others: number }) =>
	events.length + others === 0;

/** An empty list in place of one that cannot be told. */
export async function orNone<T>(list: Promise<T[]>): Promise<T[]> {
	return await list.catch((error: unknown) => {
		if (error instanceof CannotTell) return [];
		throw error;
	});
}
