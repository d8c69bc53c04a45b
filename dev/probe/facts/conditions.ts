import {
	type Condition,
	matchesAll,
	type Operator,
	OPERATORS,
} from '../../../nodes/shared/model/conditions';
import type { Evidence } from '../evidence';
import { CannotTell, type Checks, couldNotTell, doesNotHold, holds, type Outcome } from '../fact';
import { describe, isRefused, type ProbeResponse, readPage } from '../response';
import { QUERYABLE_FIELDS } from './events';

const MADE_UP = 'probe';

/** How the API orders texts is not known, so what comes is only compared for being equal, if at all. */
const COMPARED_AS: Partial<Record<Operator, Operator[]>> = {
	gt: ['ne'],
	gte: [],
	lt: ['ne'],
	lte: [],
};

/** A value of each type besides text and, with `in`, lists. */
const VALUES: Record<string, Condition[]> = {
	boolean: [{ field: 'sandbox', operator: 'eq', value: true }],
	number: [{ field: 'serviceName', operator: 'eq', value: 1 }],
	null: [{ field: 'userId', operator: 'eq', value: null }],
};

export const conditionChecks: Checks = {
	...forEach('operator', OPERATORS, checkOperator),
	...forEach('field', QUERYABLE_FIELDS, checkField),
	'field-property': checkProperty,
	...forEach('value', Object.keys(VALUES), checkValue),
};

function forEach<Name extends string>(
	part: string,
	names: readonly Name[],
	check: (evidence: Evidence, name: Name) => Promise<Outcome>,
): Checks {
	return Object.fromEntries(
		names.map((name) => [`${part}-${name}`, (evidence: Evidence) => check(evidence, name)]),
	);
}

async function checkOperator(evidence: Evidence, operator: Operator) {
	const events = await evidence.sampleOrNone();
	const name = events.find(({ serviceName }) => serviceName)?.serviceName ?? MADE_UP;
	const isList = operator === 'in' || operator === 'nin';
	const pattern = `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
	const value = operator === 'regex' ? pattern : isList ? [name] : name;
	const as = (one: Operator) => ({ field: 'serviceName', operator: one, value });
	const compared = (COMPARED_AS[operator] ?? [operator]).map(as);
	return await checkCondition(evidence, as(operator), { part: 'operator', compared });
}

async function checkField(evidence: Evidence, field: string) {
	const events = await evidence.sampleOrNone();
	const values = events.map((event) => event[field]).filter((value) => (value ?? '') !== '');
	// The rarest is the least likely to match by chance.
	const value = values.at(-1) ?? (field === 'sandbox' ? true : MADE_UP);
	return await checkCondition(evidence, { field, operator: 'eq', value }, { part: 'field' });
}

async function checkProperty(evidence: Evidence) {
	const events = await evidence.sample();
	const properties = events.flatMap(({ indexedData }) => Object.entries(indexedData ?? {}));
	const [field, value] = properties.find(([, text]) => text !== '') ?? [];
	if (field === undefined) throw new CannotTell('no event has indexedData');
	const condition = { field, operator: 'eq', value };
	const expected = { part: 'field' as const, compared: [condition] };
	const bare = await checkCondition(evidence, condition, expected);
	if (bare.verdict !== 'does not hold') return bare;
	const withPrefix = { ...condition, field: `indexedData.${field}` };
	const { verdict, found } = await checkCondition(evidence, withPrefix, expected);
	return doesNotHold(`${bare.found}; as indexedData.<key>: ${verdict}, ${found}`);
}

async function checkValue(evidence: Evidence, type: string) {
	const response = await evidence.query({ ...(await evidence.range()), and: VALUES[type] }, 1);
	if (isRefused(response)) return judgeRefusal(response, 'value');
	readPage(response);
	return holds('accepted');
}

/**
 * Requests one event with one condition.
 *
 * @param part what the fact is about
 * @param compared the conditions that what comes has to meet
 */
async function checkCondition(
	evidence: Evidence,
	condition: Condition,
	{ part, compared = [condition] }: { part: 'field' | 'operator'; compared?: Condition[] },
): Promise<Outcome> {
	const body = { ...(await evidence.range()), and: [condition] };
	const response = await evidence.query(body, 1);
	if (isRefused(response)) return judgeRefusal(response, part);
	const found = await evidence.searchFrom(response, { body });
	const [event] = found.events;
	if (event && !matchesAll(compared, event)) {
		return doesNotHold('accepted, but an event came that does not match');
	}
	if (!event && !found.isComplete) {
		return couldNotTell('accepted; the pages read were empty, and more are left');
	}
	const sample = await evidence.sampleOrNone();
	// Whether a text is before or after another one is the API's business.
	const isOrder = condition.operator === 'gt' || condition.operator === 'lt';
	if (!event && !isOrder && sample.some((one) => matchesAll(compared, one))) {
		return doesNotHold('accepted, but nothing came although the log holds a match');
	}
	const isChosen = event !== undefined && event.cursor !== sample[0]?.cursor;
	if (!isChosen && !(await evidence.tellsUnknown(part))) {
		return couldNotTell(`accepted, but so is an unknown ${part}`);
	}
	return holds(event ? 'accepted, and what came matches' : 'accepted; no event to compare it with');
}

/** A refusal because of another part of the condition says nothing of this one. */
function judgeRefusal(response: ProbeResponse, part: string) {
	const params = response.failure?.problem.invalidParams ?? [];
	const blamed = ['field', 'operator', 'value'].filter((one) =>
		params.some(({ name }) => name.toLowerCase().includes(one)),
	);
	const failure = describe(response);
	if (blamed.length !== 1) return doesNotHold(`${failure}, not said because of what`);
	const verdict = blamed[0] === part ? doesNotHold : couldNotTell;
	return verdict(`${failure} because of the ${blamed[0]}`);
}
