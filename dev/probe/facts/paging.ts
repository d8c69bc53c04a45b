import type { AuditEvent } from '../../../nodes/shared/model/event';
import { timeOf } from '../../../nodes/shared/model/identity';
import type { Sending } from '../client';
import type { Evidence } from '../evidence';
import {
	CannotTell,
	type Checks,
	couldNotTell,
	doesNotHold,
	holds,
	judge,
	NoResponse,
} from '../fact';
import { describe, isMissing, isRefused, readPage } from '../response';

export const pagingChecks: Checks = {
	async limit(evidence) {
		const { first, limit, expected } = await paging(evidence);
		const { length } = first.events;
		if (length < limit && expected) {
			return couldNotTell(`limit ${limit} gave ${length} events, although there are more`);
		}
		return judge(length <= limit, `limit ${limit} gave ${length} events`);
	},
	async 'next-url'(evidence) {
		const { next, parameters } = await firstNext(evidence);
		const found = `with the parameters ${parameters.sort().join(', ') || 'none'}`;
		if (/^https?:\/\//i.test(next)) return holds(`an absolute URL, ${found}`);
		const kind = next.startsWith('/') ? 'a path' : next.startsWith('?') ? 'a query' : 'a name';
		return doesNotHold(`relative: ${kind}, ${found}`);
	},
	async 'next-origin'(evidence) {
		const isSame = evidence.nextPageUrl((await firstNext(evidence)).next) !== undefined;
		return judge(isSame, 'the same origin', 'another origin, where no token was sent');
	},
	async 'next-account'(evidence) {
		const sent = Object.keys(evidence.connection.query);
		if (sent.length === 0) throw new CannotTell('not asked: no account parameter is set');
		const { parameters } = await firstNext(evidence);
		const repeated = sent.filter((name) => parameters.includes(name));
		return holds(`${repeated.length} of ${sent.length} are repeated`);
	},
	async 'next-body'(evidence) {
		const { response, events } = await followFirst(evidence);
		if (response.status !== 200) {
			const get = await followFirst(evidence, { method: 'GET' });
			const found = `POST ${describe(response)}, GET answered ${get.response.status}`;
			const isNo = isRefused(response) || isMissing(response);
			return isNo ? doesNotHold(found) : couldNotTell(found);
		}
		const { first, expected } = await paging(evidence);
		if (events.length === 0) return couldNotTell('answered 200, but the page was empty');
		const seen = new Set(first.events.map(({ cursor }) => cursor));
		if (events.some(({ cursor }) => seen.has(cursor))) {
			return doesNotHold('events of the first page came again');
		}
		if (!expected) return holds(`${events.length} events came, none of the first page`);
		const isAdjoining = events[0]?.cursor === expected.cursor;
		const where = `${isAdjoining ? '' : 'not '}beginning where the first page ends`;
		return judge(isAdjoining, `${events.length} events came, ${where}`);
	},
	async 'next-needs-body'(evidence) {
		const same = await followFirst(evidence);
		readPage(same.response, 'following next');
		const compare = ({ response, events, cursors }: typeof same) => {
			if (response.status !== 200) return describe(response);
			if (cursors === same.cursors) return `the same ${events.length} events`;
			return `${events.length} events instead of ${same.events.length}`;
		};
		const empty = await followFirst(evidence, { body: {} });
		const withNone = await followFirst(evidence, {}).then(compare, (error: unknown) => {
			if (error instanceof NoResponse) return 'no answer';
			throw error;
		});
		const found = `with {}: ${compare(empty)}; without a body: ${withNone}`;
		if (isRefused(empty.response)) return holds(found);
		readPage(empty.response, 'following next with {}');
		const { tellsBodies } = await paging(evidence);
		if (!tellsBodies) return couldNotTell(`${found}; the log is too small to tell more`);
		return judge(empty.cursors !== same.cursors, found);
	},
	async order(evidence) {
		const times = (await evidence.sample()).map((event) => {
			const time = timeOf(event);
			if (time !== undefined) return time;
			throw new CannotTell('a timestamp is no ISO 8601 date-time');
		});
		if (times.length < 2) throw new CannotTell('the log holds one event');
		const steps = times.slice(1).map((time, i) => time - (times[i] ?? time));
		const rising = steps.filter((step) => step > 0n).length;
		const ties = steps.filter((step) => step === 0n).length;
		const order = rising === 0 ? 'each at or before the one above it' : `${rising} out of order`;
		return judge(rising === 0, `${times.length} events, ${order}, ${ties} at the same time`);
	},
};

/** The first page of a query with two pages. @throws CannotTell when the log is too small for these */
async function paging(evidence: Evidence) {
	const events = await evidence.sample();
	if (events.length < 2) throw new CannotTell('the log holds one event, so there is no next page');
	const { from, limit } = planPages(events);
	const range = { ...(await evidence.range()), ...(from && { from }) };
	const first = await evidence.search(range, limit);
	// By its cursor and not by its place, because an event may have come late in the meantime.
	const lastCursor = first.events.at(-1)?.cursor;
	const last = events.findIndex(({ cursor }) => cursor === lastCursor);
	const expected = last < 0 ? undefined : events[last + 1];
	return { range, limit, first, expected, tellsBodies: from !== undefined };
}

/**
 * Plans a query whose second page ends at `from` and is not full, while the log has older events: a second
 * page that goes on past them was not requested with this query's `from`. Without a `from`, the second page
 * does not tell with which body it was requested.
 */
function planPages(events: AuditEvent[]): { from?: string; limit: number } {
	for (let last = 4; last < events.length - 1; last++) {
		const [before, from, after] = events.slice(last - 1, last + 2).map((one) => one.timestamp);
		// Leaves one or two events, whether `from` is inclusive or not, and less than a page.
		const limit = Math.floor((last + 1) / 2) + 1;
		const remaining = last + 1 - limit;
		const isAlone = before !== from && from !== after;
		if (isAlone && remaining >= 2 && remaining < limit) return { from, limit };
	}
	return { limit: Math.ceil(events.length / 2) };
}

/** `next` of the first page, and the names of its parameters: their values contain the cursor. */
async function firstNext(evidence: Evidence) {
	const { next } = (await paging(evidence)).first;
	if (!next) throw new CannotTell('no next came, although the log holds more events');
	const { baseUrl } = evidence.connection;
	if (!URL.canParse(next, baseUrl)) throw new CannotTell('next is no URL');
	return { next, parameters: [...new URL(next, baseUrl).searchParams.keys()] };
}

/** The second page, requested as the nodes do it, or with another body; refusals are responses too. */
async function followFirst(evidence: Evidence, given?: Sending) {
	const { next } = await firstNext(evidence);
	const sending = given ?? { body: (await paging(evidence)).range };
	const response = await evidence.follow(next, sending);
	if (response.status !== 200) return { response, events: [], cursors: '' };
	const { events } = await evidence.searchFrom(response, sending, 'following next');
	return { response, events, cursors: events.map(({ cursor }) => cursor).join('\n') };
}
