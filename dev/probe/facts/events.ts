import { SAMPLE_SIZE } from '../evidence';
import { CannotTell, type Checks, couldNotTell, doesNotHold, holds, judge } from '../fact';
import { readBody } from '../response';
import { listNames, typeOf } from '../shape';

/** The documented fields of an event that a condition can name. All but one are texts. */
export const QUERYABLE_FIELDS = [
	...['serviceName', 'eventType', 'userId', 'clientId', 'ipAddress', 'messageId', 'referenceId'],
	...['traceId', 'message', 'sandbox', 'accountId', 'organizationId', 'jwtId'],
];

/** The types of all documented fields. Each can be null or missing besides. */
const FIELDS: Record<string, string> = {
	cursor: 'string',
	timestamp: 'string',
	...Object.fromEntries(QUERYABLE_FIELDS.map((name) => [name, 'string'])),
	sandbox: 'boolean',
	expiresAt: 'string',
	data: 'any',
	indexedData: 'object',
	mayHaveMoreData: 'boolean',
};

export const eventChecks: Checks = {
	async 'event-required'(evidence) {
		const { others } = await evidence.log();
		if (others > 0) return doesNotHold(`${others} entries lack a cursor or a timestamp`);
		const events = await evidence.sample();
		const count = (value: null | undefined) =>
			Object.keys(FIELDS)
				.map((name) => `${name} ${events.filter((one) => one[name] === value).length}`)
				.filter((text) => !text.endsWith(' 0'))
				.join(', ') || 'none';
		const found = `missing in: ${count(undefined)}; null in: ${count(null)}`;
		return holds(`of ${events.length} events, ${found}`);
	},
	async 'event-fields'(evidence) {
		const names = new Set((await evidence.sample()).flatMap((one) => Object.keys(one)));
		const others = [...names].filter((name) => !Object.hasOwn(FIELDS, name)).sort();
		if (others.length > 0) return doesNotHold(`not documented: ${listNames(others)}`);
		return holds(`${names.size} fields, all of them documented`);
	},
	async 'event-types'(evidence) {
		const events = await evidence.sample();
		const otherTypes = (values: unknown[], expected: string) =>
			[...new Set(values.map(typeOf))].filter((type) => type !== expected).join(' or ');
		const differing = Object.entries(FIELDS).flatMap(([name, expected]) => {
			const present = events.map((one) => one[name]).filter((value) => value != null);
			const others = expected === 'any' ? '' : otherTypes(present, expected);
			return others ? [`${name}: ${others}`] : [];
		});
		const indexed = events.flatMap((one) => Object.values(one.indexedData ?? {}));
		const others = otherTypes(indexed, 'string');
		if (others) differing.push(`in indexedData: ${others}`);
		return judge(differing.length === 0, differing.join(', ') || 'all as documented');
	},
	async 'cursor-unique'(evidence) {
		const cursors = (await evidence.sample()).map(({ cursor }) => cursor);
		const { length } = cursors;
		if (length < 2) throw new CannotTell('the log holds one event');
		const distinct = new Set(cursors).size;
		const lengths = cursors.map((cursor) => cursor.length);
		const range = `${Math.min(...lengths)} to ${Math.max(...lengths)} characters long`;
		return judge(distinct === length, `${distinct} cursors for ${length} events, ${range}`);
	},
	async 'cursor-stable'(evidence) {
		const { length } = await evidence.sample();
		const body = await evidence.range();
		const second = await evidence.query(body, SAMPLE_SIZE, { round: 2 });
		const { events } = await evidence.searchFrom(second, { body, round: 2 });
		const cursors = new Set(events.map(({ cursor }) => cursor));
		const again = (await evidence.sample()).filter(({ cursor }) => cursors.has(cursor)).length;
		const found = `${again} of ${length} cursors came again`;
		if (again > 0 && again < length) {
			return couldNotTell(`${found}; events may have come in between`);
		}
		return judge(again === length, found);
	},
	async 'may-have-more-data'(evidence) {
		const events = await evidence.sample();
		const listed = events.find(({ mayHaveMoreData }) => mayHaveMoreData === true);
		if (!listed) throw new CannotTell(`it is not set in any of ${events.length} events`);
		const item = readBody(await evidence.item(listed.cursor), 'the item');
		const sizeOf = (value: unknown) => JSON.stringify(value ?? null).length;
		const grown = ['data', 'indexedData', 'message'].filter(
			(name) => sizeOf(item[name]) > sizeOf(listed[name]),
		);
		const flag = `its mayHaveMoreData is ${item.mayHaveMoreData === true}`;
		const more = grown.length > 0 ? `more ${grown.join(', ')}` : 'no more data';
		return judge(grown.length > 0, `the item has ${more}; ${flag}`);
	},
};
