import { isRecord, isRefused, readBody, readPage } from './answer.mjs';
import { CannotTell } from './outcome.mjs';
import { collectPaging } from './paging.mjs';
import { collectProperties } from './properties.mjs';
import { daysBefore } from './timestamp.mjs';

const QUERY = '/audit/query';
const SAMPLE_SIZE = 100;
const HIGHEST_LIMIT = 1000;
/** How many empty pages are followed before a search counts as unfinished. */
const MOST_EMPTY_PAGES = 5;
const DEFAULT_RANGE_DAYS = 30;
/** The longest range that every version of Signicat's page allows. */
const LONGEST_RANGE_DAYS = 60;

export const UNKNOWN_FIELD = 'probeUnknownField';
export const UNKNOWN_OPERATOR = 'probeunknown';

/** What several facts rest on: asked for when first needed, and then remembered. */
export class Evidence {
	#found = new Map();

	/** @param {import('./client.mjs').ProbeClient} client */
	constructor(client) {
		this.client = client;
	}

	/** @template T @param {string} name @param {() => Promise<T>} find */
	once(name, find) {
		if (!this.#found.has(name)) this.#found.set(name, find());
		return this.#found.get(name);
	}

	/** The attempts at a token that were made, by the way they were made in. */
	tokens = {};

	token = async (way) => (this.tokens[way] ??= await this.client.requestToken(way));

	/** The query as the credential test sends it: the API's own defaults, one event. */
	firstAnswer = () => this.once('first', async () => await this.query({ from: null, to: null }, 1));

	metadataAnswer = () =>
		this.once('metadata', async () => await this.client.send(`${QUERY}/metadata`));

	/** @returns {Promise<unknown[]>} @throws CannotTell */
	targets = async () => {
		const { targets } = readBody(await this.metadataAnswer(), 'metadata');
		if (!Array.isArray(targets)) throw new CannotTell('metadata has no list named targets');
		return targets;
	};

	properties = () => this.once('properties', async () => await collectProperties(this));

	paging = () => this.once('paging', async () => await collectPaging(this));

	/** Frozen at the first answer, so that every later query sees the same events. */
	async range() {
		const { to, from } = await this.#log();
		return { from, to };
	}

	/** Events of the range, newest first. @throws CannotTell when there are none */
	async sample() {
		const { events, others } = await this.#log();
		if (events.length > 0) return events;
		if (others > 0) throw new CannotTell('no entry of the log has a cursor and a timestamp');
		throw new CannotTell(`the log holds no event of the last ${LONGEST_RANGE_DAYS} days`);
	}

	/** The sample; empty also when the query does not answer. */
	async sampleOrNone() {
		return await this.sample().catch((error) => {
			if (error instanceof CannotTell) return [];
			throw error;
		});
	}

	/** How many entries of the sample lack a cursor or a timestamp. */
	async brokenEntries() {
		return (await this.#log()).others;
	}

	/** False also when the query does not answer. */
	async isLogEmpty() {
		return await this.#log().then(
			({ events, others }) => events.length + others === 0,
			() => false,
		);
	}

	/** The sample's query once more. */
	secondSample = () =>
		this.once('second sample', async () => {
			const { events } = await this.search({ and: null, ...(await this.range()) }, SAMPLE_SIZE);
			return events;
		});

	item = (cursor) =>
		this.once(`item ${cursor}`, async () => {
			return await this.client.send(`${QUERY}/cursor/${encodeURIComponent(cursor)}`);
		});

	/** What an unknown field or operator gets. */
	unknown = (part) =>
		this.once(`unknown ${part}`, async () => {
			const condition = { field: 'serviceName', operator: 'eq', value: 'probe' };
			condition[part] = part === 'field' ? UNKNOWN_FIELD : UNKNOWN_OPERATOR;
			return await this.query({ and: [condition], ...(await this.range()) }, 1);
		});

	/** What a limit over the highest one gets, for a range of next to nothing. */
	tooManyEvents = () =>
		this.once('limit', async () => {
			const { to } = await this.range();
			const [newest] = await this.sampleOrNone();
			return await this.query({ from: newest?.timestamp ?? to, to }, HIGHEST_LIMIT + 1);
		});

	/** Whether an accepted field or operator means anything: unknown ones are refused, or find nothing. */
	async tellsUnknown(part) {
		const answer = await this.unknown(part);
		if (isRefused(answer)) return true;
		const events = await this.sampleOrNone();
		return events.length > 0 && readPage(answer).events.length === 0;
	}

	/** One page. A body that does not say `and` has no conditions. */
	async query(body, limit, options = {}) {
		const whole = { and: null, ...body };
		return await this.client.send(QUERY, {
			method: 'POST',
			query: { limit },
			body: whole,
			...options,
		});
	}

	/**
	 * The first page that holds events. An empty one with `next` is not the end.
	 *
	 * @returns {Promise<{ answer: object, events: object[], next?: string, isComplete: boolean }>}
	 *   `isComplete` is false when pages are left but none of those read held an event
	 */
	async search(body, limit) {
		let answer = await this.query(body, limit);
		if (isRefused(answer)) return { answer, events: [], isComplete: true };
		let page = readPage(answer);
		for (let i = 0; i < MOST_EMPTY_PAGES && page.next && page.events.length === 0; i++) {
			answer = await this.client.follow(page.next, { body: { and: null, ...body } });
			page = readPage(answer, 'following next');
		}
		return { answer, ...page, isComplete: page.events.length > 0 || !page.next };
	}

	#log = () =>
		this.once('log', async () => {
			const { body } = await this.firstAnswer();
			const answered = isRecord(body) && typeof body.to === 'string' ? body.to : '';
			const to = Number.isNaN(Date.parse(answered)) ? new Date().toISOString() : answered;
			for (const days of [DEFAULT_RANGE_DAYS, LONGEST_RANGE_DAYS]) {
				const range = { from: daysBefore(to, days), to };
				const { answer, events } = await this.search(range, SAMPLE_SIZE);
				const { others } = readPage(answer);
				const isEmpty = events.length + others === 0;
				if (!isEmpty || days === LONGEST_RANGE_DAYS) return { ...range, events, others };
			}
		});
}
