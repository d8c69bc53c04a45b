import { isRecord, readBody } from '../answer.mjs';
import { CannotTell, couldNotTell, doesNotHold, holds, judge } from '../outcome.mjs';
import { listNames, typeOf } from '../shape.mjs';

/** The documented fields of an event, and the JSON types each can have besides null. */
const FIELDS = {
	cursor: ['string'],
	accountId: ['string'],
	organizationId: ['string'],
	timestamp: ['string'],
	serviceName: ['string'],
	message: ['string'],
	sandbox: ['boolean'],
	userId: ['string'],
	messageId: ['string'],
	referenceId: ['string'],
	ipAddress: ['string'],
	traceId: ['string'],
	eventType: ['string'],
	clientId: ['string'],
	jwtId: ['string'],
	expiresAt: ['string'],
	data: ['object', 'list', 'string', 'integer', 'number', 'boolean'],
	indexedData: ['object'],
	mayHaveMoreData: ['boolean'],
};

/** @type {import('../facts.mjs').Fact[]} */
export const eventFacts = [
	{
		id: 'event-required',
		anchor: 'audit-log-optional',
		states: 'Every event has a cursor and a timestamp; any other field can be missing or null',
		async check(evidence) {
			const broken = await evidence.brokenEntries();
			if (broken > 0) return doesNotHold(`${broken} entries lack a cursor or a timestamp`);
			const events = await evidence.sample();
			const count = (isSo) =>
				Object.keys(FIELDS).flatMap((name) => {
					const times = events.filter((one) => isSo(one, name)).length;
					return times > 0 ? [`${name} ${times}`] : [];
				});
			const missing = count((one, name) => !Object.hasOwn(one, name)).join(', ') || 'none';
			const empty = count((one, name) => one[name] === null).join(', ') || 'none';
			return holds(`of ${events.length} events, missing in: ${missing}; null in: ${empty}`);
		},
	},
	{
		id: 'event-fields',
		anchor: 'audit-log-optional',
		states: 'An event has the documented fields and no others',
		async check(evidence) {
			const names = new Set((await evidence.sample()).flatMap((one) => Object.keys(one)));
			const others = [...names].filter((name) => !Object.hasOwn(FIELDS, name)).sort();
			return others.length === 0
				? holds(`${names.size} fields, all of them documented`)
				: doesNotHold(`not documented: ${listNames(others)}`);
		},
	},
	{
		id: 'event-types',
		anchor: 'audit-log-optional',
		states: 'The documented fields have the documented types',
		async check(evidence) {
			const events = await evidence.sample();
			const differing = Object.entries(FIELDS).flatMap(([name, types]) => {
				const present = events.map((one) => one[name] ?? null).filter((value) => value !== null);
				const others = new Set(present.map(typeOf).filter((type) => !types.includes(type)));
				return others.size > 0 ? [`${name}: ${[...others].join(' or ')}`] : [];
			});
			const values = events.flatMap(({ indexedData }) =>
				isRecord(indexedData) ? Object.values(indexedData) : [],
			);
			const others = new Set(values.map(typeOf).filter((type) => type !== 'string'));
			if (others.size > 0) differing.push(`in indexedData: ${[...others].join(' or ')}`);
			return judge(differing.length === 0, differing.join(', ') || 'all as documented');
		},
	},
	{
		id: 'cursor-unique',
		anchor: 'cursor-identity',
		states: 'No two events have the same cursor',
		async check(evidence) {
			const cursors = (await evidence.sample()).map(({ cursor }) => cursor);
			if (cursors.length < 2) throw new CannotTell('the log holds one event');
			const distinct = new Set(cursors).size;
			const lengths = cursors.map(({ length }) => length);
			const range = `${Math.min(...lengths)} to ${Math.max(...lengths)} characters long`;
			return judge(
				distinct === cursors.length,
				`${distinct} cursors for ${cursors.length} events, ${range}`,
			);
		},
	},
	{
		id: 'cursor-stable',
		anchor: 'cursor-identity',
		states: 'An event has the same cursor each time it is listed',
		async check(evidence) {
			const before = (await evidence.sample()).map(({ cursor }) => cursor);
			const after = new Set((await evidence.secondSample()).map(({ cursor }) => cursor));
			const again = before.filter((cursor) => after.has(cursor)).length;
			const found = `${again} of ${before.length} cursors came again`;
			if (again === before.length) return holds(found);
			return again === 0
				? doesNotHold(found)
				: couldNotTell(`${found}; events may have come in between`);
		},
	},
	{
		id: 'may-have-more-data',
		anchor: 'may-have-more-data',
		states: 'mayHaveMoreData: the listed event is cut short, the item is whole',
		async check(evidence) {
			const events = await evidence.sample();
			const listed = events.find(({ mayHaveMoreData }) => mayHaveMoreData === true);
			if (!listed) throw new CannotTell(`it is not set in any of ${events.length} events`);
			const item = readBody(await evidence.item(listed.cursor), 'the item');
			const grown = ['data', 'indexedData', 'message'].filter(
				(name) => sizeOf(item[name]) > sizeOf(listed[name]),
			);
			const flag = `its mayHaveMoreData is ${JSON.stringify(item.mayHaveMoreData === true)}`;
			return judge(
				grown.length > 0,
				`the item has ${grown.length > 0 ? `more ${grown.join(', ')}` : 'no more data'}; ${flag}`,
			);
		},
	},
];

function sizeOf(value) {
	return JSON.stringify(value ?? null).length;
}
