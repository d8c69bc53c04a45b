import { describeFailure, isRefused, readPage } from '../answer.mjs';
import { CannotTell, couldNotTell, doesNotHold, holds, judge, NoAnswer } from '../outcome.mjs';
import { followFirst } from '../paging.mjs';
import { instantOf } from '../timestamp.mjs';

const ABSOLUTE = /^https?:\/\//i;

/** @type {import('../facts.mjs').Fact[]} */
export const pagingFacts = [
	{
		id: 'limit',
		anchor: 'query',
		states: 'A page holds as many events as limit allows, and not more',
		async check(evidence) {
			const { first, limit, expected } = await evidence.paging();
			const { length } = first.events;
			if (length < limit && expected) {
				return couldNotTell(`limit ${limit} gave ${length} events, although there are more`);
			}
			return judge(length <= limit, `limit ${limit} gave ${length} events`);
		},
	},
	{
		id: 'next-url',
		anchor: 'next-url',
		states: 'next is an absolute URL',
		async check(evidence) {
			const next = await firstNext(evidence);
			const kind = next.startsWith('/') ? 'a path' : next.startsWith('?') ? 'a query' : 'a name';
			return ABSOLUTE.test(next)
				? holds(`an absolute URL, with the parameters ${parametersOf(evidence, next)}`)
				: doesNotHold(`relative: ${kind}, with the parameters ${parametersOf(evidence, next)}`);
		},
	},
	{
		id: 'next-origin',
		anchor: 'next',
		states: 'next leads to the origin that was asked',
		async check(evidence) {
			const { origin } = evidence.client.resolveNext(await firstNext(evidence));
			const isSame = origin === evidence.client.origin;
			return judge(isSame, isSame ? 'the same origin' : 'another origin, where no token was sent');
		},
	},
	{
		id: 'next-account',
		anchor: 'next-account',
		states: 'next leaves the account parameters out, or repeats them',
		async check(evidence) {
			const sent = evidence.client.accountParameters;
			if (sent.length === 0) throw new CannotTell('not asked: no account parameter is set');
			const next = new URL(await firstNext(evidence), evidence.client.origin);
			const repeated = sent.filter((name) => next.searchParams.has(name));
			return holds(`${repeated.length} of ${sent.length} are repeated`);
		},
	},
	{
		id: 'next-body',
		anchor: 'next-body',
		states: 'next is followed with the same method and the same body',
		async check(evidence) {
			const { answer, events } = await second(evidence);
			if (answer.status !== 200) {
				const get = await followFirst(evidence, { method: 'GET' });
				return judgeFailure(
					answer,
					`POST ${describeFailure(answer)}, GET answered ${get.answer.status}`,
				);
			}
			const { first, expected } = await evidence.paging();
			if (events.length === 0) return couldNotTell('answered 200, but the page was empty');
			const seen = new Set(first.events.map(({ cursor }) => cursor));
			if (events.some(({ cursor }) => seen.has(cursor))) {
				return doesNotHold('events of the first page came again');
			}
			if (!expected) return holds(`${events.length} events came, none of the first page`);
			const isAdjoining = events[0].cursor === expected.cursor;
			const where = `${isAdjoining ? '' : 'not '}beginning where the first page ends`;
			return judge(isAdjoining, `${events.length} events came, ${where}`);
		},
	},
	{
		id: 'next-needs-body',
		anchor: 'next-body',
		states: 'The cursor is not the whole query: the body has to come again',
		async check(evidence) {
			const same = await second(evidence);
			readPage(same.answer, 'following next');
			const empty = await followFirst(evidence, { body: {} });
			const none = await attempt(async () => await followFirst(evidence, {}));
			const withNone = `without a body: ${none ? describe(none, same) : 'no answer'}`;
			const found = `with {}: ${describe(empty, same)}; ${withNone}`;
			if (isRefused(empty.answer)) return holds(found);
			readPage(empty.answer, 'following next with {}');
			const { tellsBodies } = await evidence.paging();
			if (!tellsBodies) return couldNotTell(`${found}; the log is too small to tell more`);
			return judge(!isSamePage(empty, same), found);
		},
	},
	{
		id: 'order',
		anchor: 'order',
		states: 'Events come newest first',
		async check(evidence) {
			const times = (await evidence.sample()).map(({ timestamp }) => instantOf(timestamp));
			if (times.includes(undefined)) throw new CannotTell('a timestamp is no ISO 8601 date-time');
			if (times.length < 2) throw new CannotTell('the log holds one event');
			const rising = times.slice(1).filter((time, i) => time > times[i]).length;
			const ties = times.slice(1).filter((time, i) => time === times[i]).length;
			const order = rising === 0 ? 'each at or before the one above it' : `${rising} out of order`;
			return judge(rising === 0, `${times.length} events, ${order}, ${ties} at the same time`);
		},
	},
];

async function firstNext(evidence) {
	const { first } = await evidence.paging();
	if (!first.next) throw new CannotTell('no next came, although the log holds more events');
	return first.next;
}

async function second(evidence) {
	const { body } = await evidence.paging();
	return await evidence.once('second page', async () => await followFirst(evidence, { body }));
}

/** Names alone: the values hold the cursor. */
function parametersOf(evidence, next) {
	return [...new URL(next, evidence.client.origin).searchParams.keys()].sort().join(', ') || 'none';
}

function describe(page, same) {
	if (page.answer.status !== 200) return describeFailure(page.answer);
	return isSamePage(page, same)
		? `the same ${page.events.length} events`
		: `${page.events.length} events instead of ${same.events.length}`;
}

function isSamePage(one, other) {
	const cursors = ({ events }) => events.map(({ cursor }) => cursor).join('\n');
	return cursors(one) === cursors(other);
}

function judgeFailure(answer, found) {
	const isAnswer = isRefused(answer) || answer.status === 404 || answer.status === 405;
	return isAnswer ? doesNotHold(found) : couldNotTell(found);
}

async function attempt(follow) {
	return await follow().catch((error) => {
		if (error instanceof NoAnswer) return undefined;
		throw error;
	});
}
