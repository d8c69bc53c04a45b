import type { Condition } from '../model/conditions';
import { EVENT_FIELDS } from '../model/eventFields';
import { readChoice } from './read';
import { isEmpty } from './valueKind';

export const VALUE_TYPES = ['string', 'number', 'boolean', 'json'] as const;

export type ValueType = (typeof VALUE_TYPES)[number];

/**
 * @returns undefined if no type is chosen
 * @throws InvalidParameterError
 */
export function readValueType(field: string, value: unknown): ValueType | undefined {
	if (isEmpty(value)) return undefined;
	return readChoice<ValueType>(field, value, { choices: VALUE_TYPES, fallback: 'string' });
}

const ORDER_OPERATORS: ReadonlySet<string> = new Set(['gt', 'gte', 'lt', 'lte']);

/** Plain decimal notation. Text such as "007" or "1e3" may be an ID. */
const PLAIN_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * The type of a value for which none is chosen. A field of the event has a known type. What a property holds
 * is unknown, so the value decides: a number or a boolean, which only an expression or a JSON array can
 * return, keeps its type, and text stays text. "Greater Than" and "Less Than" take a plain number as one.
 */
export function typeOfValue(
	value: unknown,
	{ field, operator }: Pick<Condition, 'field' | 'operator'>,
): ValueType {
	if (operator === 'regex') return 'string';
	const known = EVENT_FIELDS.get(field);
	if (known) return known;
	if (typeof value === 'number') return 'number';
	if (typeof value === 'boolean') return 'boolean';
	const isNumber = typeof value === 'string' && PLAIN_NUMBER.test(value.trim());
	return isNumber && ORDER_OPERATORS.has(operator) ? 'number' : 'string';
}
