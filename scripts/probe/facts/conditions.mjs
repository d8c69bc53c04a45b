import { blamedPart, describeFailure, isRecord, isRefused, readPage } from '../answer.mjs';
import { CannotTell, couldNotTell, doesNotHold, holds } from '../outcome.mjs';

const MADE_UP = 'probe';

/** Fields that conditions can name; the nodes offer the first eight as filters. */
const FIELDS = [
	'serviceName',
	'eventType',
	'userId',
	'clientId',
	'ipAddress',
	'messageId',
	'referenceId',
	'traceId',
	'message',
	'sandbox',
	'accountId',
	'organizationId',
	'jwtId',
];

/** The value to compare a name with, and whether an event matches. How texts are ordered is not known. */
const OPERATORS = {
	eq: { valueOf: (name) => name, matches: (one, name) => one === name },
	ne: { valueOf: (name) => name, matches: (one, name) => one !== name },
	gt: { valueOf: (name) => name, matches: (one, name) => one !== name },
	gte: { valueOf: (name) => name, matches: () => true },
	lt: { valueOf: (name) => name, matches: (one, name) => one !== name },
	lte: { valueOf: (name) => name, matches: () => true },
	in: { valueOf: (name) => [name], matches: (one, name) => one === name },
	nin: { valueOf: (name) => [name], matches: (one, name) => one !== name },
	regex: { valueOf: (name) => `^${escape(name)}$`, matches: (one, name) => one === name },
};

/** A value of each type besides text and, with `in`, lists. */
const VALUES = {
	boolean: { field: 'sandbox', value: true },
	number: { field: 'serviceName', value: 1 },
	null: { field: 'userId', value: null },
};

const operatorFacts = Object.entries(OPERATORS).map(([operator, { valueOf, ...rules }]) => ({
	id: `operator-${operator}`,
	anchor: 'operator-names',
	states: `There is an operator ${operator}`,
	async check(evidence) {
		const events = await evidence.sampleOrNone();
		const name = events.find(({ serviceName }) => serviceName)?.serviceName ?? MADE_UP;
		const isOrder = operator === 'gt' || operator === 'lt';
		return await checkCondition(evidence, {
			part: 'operator',
			condition: { field: 'serviceName', operator, value: valueOf(name) },
			matches: ({ serviceName }) => rules.matches(serviceName, name),
			// Whether a service sorts before or after another one is the API's business.
			hasMatch: !isOrder && events.some(({ serviceName }) => rules.matches(serviceName, name)),
		});
	},
}));

const fieldFacts = FIELDS.map((field) => ({
	id: `field-${field}`,
	anchor: 'field-names',
	states: `Conditions can name ${field}`,
	async check(evidence) {
		const events = await evidence.sampleOrNone();
		const values = events.map((one) => one[field]).filter((value) => (value ?? '') !== '');
		// The rarest is the least likely to match by chance.
		const value = values.at(-1) ?? (field === 'sandbox' ? true : MADE_UP);
		return await checkCondition(evidence, {
			part: 'field',
			condition: { field, operator: 'eq', value },
			matches: (one) => one[field] === value,
			hasMatch: values.length > 0,
		});
	},
}));

const propertyFact = {
	id: 'field-property',
	anchor: 'field-names',
	states: 'Conditions can name a property by its key in indexedData',
	async check(evidence) {
		const events = await evidence.sample();
		const entries = ({ indexedData }) => (isRecord(indexedData) ? Object.entries(indexedData) : []);
		const [name, value] = events.flatMap(entries).find(([, text]) => text !== '') ?? [];
		if (name === undefined) throw new CannotTell('no event has indexedData');
		const ask = async (field) =>
			await checkCondition(evidence, {
				part: 'field',
				condition: { field, operator: 'eq', value },
				matches: (one) => isRecord(one.indexedData) && one.indexedData[name] === value,
				hasMatch: true,
			});
		const bare = await ask(name);
		if (bare.verdict !== doesNotHold('').verdict) return bare;
		const prefixed = await ask(`indexedData.${name}`);
		return doesNotHold(
			`${bare.found}; as indexedData.<key>: ${prefixed.verdict}, ${prefixed.found}`,
		);
	},
};

const valueFacts = Object.entries(VALUES).map(([type, { field, value }]) => ({
	id: `value-${type}`,
	anchor: 'condition-value',
	states: `A value can be ${type === 'null' ? 'null' : `a ${type}`}`,
	async check(evidence) {
		const condition = { field, operator: 'eq', value };
		const answer = await evidence.query({ and: [condition], ...(await evidence.range()) }, 1);
		if (isRefused(answer)) return judgeRefusal(answer, 'value');
		readPage(answer);
		return holds('accepted');
	},
}));

/** @type {import('../facts.mjs').Fact[]} */
export const conditionFacts = [...operatorFacts, ...fieldFacts, propertyFact, ...valueFacts];

/**
 * Asks with one condition for one event.
 *
 * @param {object} options
 * @param {'field' | 'operator'} options.part what the fact is about
 * @param {(event: object) => boolean} options.matches
 * @param {boolean} options.hasMatch whether the log is known to hold an event that matches
 */
async function checkCondition(evidence, { part, condition, matches, hasMatch }) {
	const range = await evidence.range();
	const found = await evidence.search({ and: [condition], ...range }, 1);
	if (isRefused(found.answer)) return judgeRefusal(found.answer, part);
	readPage(found.answer);
	const [event] = found.events;
	if (event && !matches(event))
		return doesNotHold('accepted, but an event came that does not match');
	if (!event && !found.isComplete) {
		return couldNotTell('accepted; the pages read were empty, and more are left');
	}
	if (!event && hasMatch) {
		return doesNotHold('accepted, but nothing came although the log holds a match');
	}
	const [newest] = await evidence.sampleOrNone();
	const isChosen = event !== undefined && event.cursor !== newest?.cursor;
	if (!isChosen && !(await evidence.tellsUnknown(part))) {
		return couldNotTell(`accepted, but so is an unknown ${part}`);
	}
	return holds(event ? 'accepted, and what came matches' : 'accepted; no event to compare it with');
}

function judgeRefusal(answer, part) {
	const blamed = blamedPart(answer);
	const failure = describeFailure(answer);
	if (blamed === undefined) return doesNotHold(`${failure}, not said because of what`);
	return (blamed === part ? doesNotHold : couldNotTell)(`${failure} because of the ${blamed}`);
}

function escape(text) {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
