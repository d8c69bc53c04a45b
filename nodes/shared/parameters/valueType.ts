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

/** The only field that may hold any JSON, and paths into it. */
const ANY_JSON = /^data(?:\.|$)/;

/**
 * The type of a value for which none is chosen.
 *
 * - A field of the event has the type that Signicat documents (docs/api.md#audit-log).
 * - Properties are documented as text, so a value for one is text. "Greater Than" and "Less Than" take a plain
 *   number as one, because text has another order: "10" comes before "9".
 * - In `data`, a number or a boolean, which only an expression or a JSON array can return, keeps its type.
 */
export function typeOfValue(
	value: unknown,
	{ field, operator }: Pick<Condition, 'field' | 'operator'>,
): ValueType {
	if (operator === 'regex') return 'string';
	const documented = EVENT_FIELDS.get(field);
	if (documented) return documented;
	if (ORDER_OPERATORS.has(operator) && isNumber(value)) return 'number';
	if (ANY_JSON.test(field) && typeof value === 'number') return 'number';
	return ANY_JSON.test(field) && typeof value === 'boolean' ? 'boolean' : 'string';
}

function isNumber(value: unknown): boolean {
	return typeof value === 'string' ? PLAIN_NUMBER.test(value.trim()) : typeof value === 'number';
}
