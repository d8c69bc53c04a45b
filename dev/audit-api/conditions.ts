import { toTicks } from './instant';
import { type InvalidParam, invalidParameters } from './problems';
import type { AuditEvent, QueryCondition } from './types';

export type Predicate = (event: AuditEvent) => boolean;

export const OPERATORS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'regex'];

const TIME_FIELDS = new Set(['timestamp', 'expiresAt']);
const FIELDS = new Set([
	...TIME_FIELDS,
	'cursor',
	'accountId',
	'organizationId',
	'serviceName',
	'message',
	'sandbox',
	'userId',
	'messageId',
	'referenceId',
	'ipAddress',
	'traceId',
	'eventType',
	'clientId',
	'jwtId',
	'data',
	'mayHaveMoreData',
]);

export interface Vocabulary {
	operators: readonly string[];
	hasProperty(name: string): boolean;
}

/**
 * Compiles conditions into one predicate.
 *
 * @throws ApiProblem 400 that names each field, operator and value that the API does not accept
 */
export function compileConditions(
	conditions: readonly QueryCondition[],
	vocabulary: Vocabulary,
): Predicate {
	const invalid = conditions.flatMap((condition, index) => check(condition, index, vocabulary));
	if (invalid.length > 0) throw invalidParameters(...invalid);
	const predicates = conditions.map(compile);
	return (event) => predicates.every((holds) => holds(event));
}

function check(
	{ field, operator, value }: QueryCondition,
	index: number,
	vocabulary: Vocabulary,
): InvalidParam[] {
	const at = (part: string, reason: string) => [{ name: `and[${index}].${part}`, reason }];
	if (!FIELDS.has(field) && !vocabulary.hasProperty(field)) return at('field', 'Unknown field');
	if (!vocabulary.operators.includes(operator)) return at('operator', 'Unknown operator');
	if (operator === 'in' || operator === 'nin') {
		return Array.isArray(value) ? [] : at('value', 'A list is needed');
	}
	if (operator === 'regex') {
		return isPattern(value) ? [] : at('value', 'A regular expression is needed');
	}
	if (TIME_FIELDS.has(field) && typeof value === 'string' && toTicks(value) === undefined) {
		return at('value', 'A date-time is needed');
	}
	return [];
}

function isPattern(value: unknown): value is string {
	try {
		return typeof value === 'string' && new RegExp(value) instanceof RegExp;
	} catch {
		return false;
	}
}

function compile({ field, operator, value }: QueryCondition): Predicate {
	const read = (event: AuditEvent): unknown =>
		FIELDS.has(field) ? event[field] : event.indexedData?.[field];
	const prepare = TIME_FIELDS.has(field) ? asTicks : (one: unknown) => one;
	const expected = Array.isArray(value) ? value.map(prepare) : prepare(value);
	const test = compare(operator, expected);
	return (event) => test(prepare(read(event)));
}

function asTicks(value: unknown): unknown {
	return typeof value === 'string' ? toTicks(value) : value;
}

function compare(operator: string, expected: unknown): (actual: unknown) => boolean {
	const list = Array.isArray(expected) ? expected : [expected];
	switch (operator) {
		case 'eq':
			return (actual) => isEqual(actual, expected);
		case 'ne':
			return (actual) => !isEqual(actual, expected);
		case 'in':
			return (actual) => list.some((one) => isEqual(actual, one));
		case 'nin':
			return (actual) => !list.some((one) => isEqual(actual, one));
		case 'gt':
			return (actual) => orderOf(actual, expected) > 0;
		case 'gte':
			return (actual) => orderOf(actual, expected) >= 0;
		case 'lt':
			return (actual) => orderOf(actual, expected) < 0;
		case 'lte':
			return (actual) => orderOf(actual, expected) <= 0;
		case 'regex': {
			const pattern = new RegExp(String(expected));
			return (actual) => typeof actual === 'string' && pattern.test(actual);
		}
		// An operator that only a test's own vocabulary contains: nothing matches.
		default:
			return () => false;
	}
}

function isEqual(actual: unknown, expected: unknown): boolean {
	if (actual === undefined || actual === null) return expected === undefined || expected === null;
	if (typeof actual !== 'object') return actual === expected;
	return JSON.stringify(actual) === JSON.stringify(expected);
}

/** Below, at or above 0; NaN, for which every comparison is false, if the values are not of one kind. */
function orderOf(actual: unknown, expected: unknown): number {
	if (typeof actual === 'bigint' && typeof expected === 'bigint') return sign(actual, expected);
	if (typeof actual === 'number' && typeof expected === 'number') return sign(actual, expected);
	if (typeof actual === 'string' && typeof expected === 'string') return sign(actual, expected);
	return NaN;
}

function sign<T extends bigint | number | string>(a: T, b: T): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
