import { readPage } from './answer.mjs';
import { CannotTell } from './outcome.mjs';

/**
 * @typedef {object} Plan a query of two pages
 * @property {{ from: string, to: string }} range
 * @property {number} limit
 * @property {boolean} tellsBodies whether the second page differs with the body it is asked with
 */

/**
 * Plans a query whose second page ends at `from` and is not full, while the log holds older events:
 * a second page that goes on past them was not asked with this query's `from`.
 *
 * @returns {Plan}
 */
function planPages(events, range) {
	const isAlone = (i) =>
		events[i - 1].timestamp !== events[i].timestamp &&
		events[i].timestamp !== events[i + 1].timestamp;
	for (let last = 4; last < events.length - 1; last++) {
		if (!isAlone(last)) continue;
		// Leaves one or two events, whether `from` is inclusive or not, and less than a page.
		const limit = Math.floor((last + 1) / 2) + 1;
		const leftOver = last + 1 - limit;
		if (leftOver < 2 || leftOver >= limit) continue;
		return { range: { ...range, from: events[last].timestamp }, limit, tellsBodies: true };
	}
	return { range, limit: Math.ceil(events.length / 2), tellsBodies: false };
}

/** @throws CannotTell when the log is too small for a second page */
export async function collectPaging(evidence) {
	const events = await evidence.sample();
	if (events.length < 2) throw new CannotTell('the log holds one event, so there is no next page');
	const plan = planPages(events, await evidence.range());
	const body = { and: null, ...plan.range };
	const first = await evidence.search(plan.range, plan.limit);
	// By its cursor and not by its place, because an event may have come late in the meantime.
	const lastCursor = first.events.at(-1)?.cursor;
	const last = events.findIndex(({ cursor }) => cursor === lastCursor);
	return { ...plan, body, first, expected: last < 0 ? undefined : events[last + 1] };
}

/** The second page of the plan, asked with a body of its own; refusals are answers too. */
export async function followFirst(evidence, options) {
	const { first, body } = await evidence.paging();
	if (!first.next) throw new CannotTell('no next came, although the log holds more events');
	let answer = await evidence.client.follow(first.next, options);
	for (let i = 0; i < 5 && answer.status === 200; i++) {
		const page = readPage(answer, 'following next');
		if (page.events.length > 0 || !page.next) return { answer, ...page };
		answer = await evidence.client.follow(page.next, { body, ...options });
	}
	return { answer, events: [] };
}
