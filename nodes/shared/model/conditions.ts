import { areEqual, compare } from './compare';
import type { RegexMatcher } from './regexMatcher';
import { parseExpression } from './regularExpression';
import type { AuditEvent } from './event';
import { ownValue } from './ownValue';

/** A condition of a query, as the API expects it (docs/api.md#conditions). */
export interface Condition {
	field: string;
	operator: string;
	/** Any JSON value; a list for `in` and `nin`. */
	value: unknown;
}

/**
 * The operators that can also be evaluated here. Their names come from a related Signicat API
 * (docs/api.md#operators).
 */
export const OPERATORS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'regex'] as const;

export type Operator = (typeof OPERATORS)[number];

export function isKnownOperator(operator: string): operator is Operator {
	return (OPERATORS as readonly string[]).includes(operator);
}

export const MATCHES = ['all', 'any'] as const;

/** Which events to return, and who filters them. */
export interface Filtering {
	conditions: readonly Condition[];
	/** Where to evaluate the conditions: in the API, or here on everything that it returns. */
	applyFiltersIn: 'signicat' | 'n8n';
	/**
	 * How many conditions an event must match: all of them (default), or at least one. The API only knows
	 * "all" (docs/api.md#conditions), so `any` is only for conditions that are evaluated here.
	 */
	match?: (typeof MATCHES)[number];
}

/** The conditions to send to the API, and whether an event that it returns matches the others. */
export function splitFilters({ conditions, applyFiltersIn, match }: Filtering): {
	remote: readonly Condition[];
	matches: (event: AuditEvent) => boolean;
} {
	if (applyFiltersIn === 'signicat') return { remote: conditions, matches: () => true };
	const matchesHere = match === 'any' ? matchesAny : matchesAll;
	return { remote: [], matches: (event) => matchesHere(conditions, event) };
}

/** Evaluates conditions here, because the API may not support an operator or a field. */
export function matchesAll(conditions: readonly Condition[], event: AuditEvent): boolean {
	return conditions.every((condition) => matches(condition, event));
}

/** Whether an event matches at least one condition. Without conditions, every event matches. */
export function matchesAny(conditions: readonly Condition[], event: AuditEvent): boolean {
	return conditions.length === 0 || conditions.some((condition) => matches(condition, event));
}

function matches(condition: Condition, event: AuditEvent): boolean {
	const { field, operator, value } = condition;
	const actual = fieldValue(event, field);
	switch (operator as Operator) {
		case 'eq':
			return areEqual(actual, value);
		case 'ne':
			return !areEqual(actual, value);
		case 'in':
			return asList(value).some((element) => areEqual(actual, element));
		case 'nin':
			return !asList(value).some((element) => areEqual(actual, element));
		case 'regex':
			return typeof actual === 'string' && (matcherOf(condition)?.test(actual) ?? false);
		case 'gt':
			return compareField(event, condition, actual) > 0;
		case 'gte':
			return compareField(event, condition, actual) >= 0;
		case 'lt':
			return compareField(event, condition, actual) < 0;
		case 'lte':
			return compareField(event, condition, actual) <= 0;
		default:
			// Other operators are rejected before the first request. If one gets here, no event matches.
			return false;
	}
}

/** @param actual the value of the field, as `fieldValue` finds it */
function compareField(event: AuditEvent, { field, value }: Condition, actual: unknown): number {
	// In the same order as fieldValue.
	const isProperty =
		ownValue(event, field) === undefined && ownValue(event.indexedData, field) !== undefined;
	return compare(actual, value, { isProperty });
}

/** The regular expressions of conditions, compiled once. */
const matchers = new WeakMap<Condition, RegexMatcher>();

/** @returns undefined for an expression that is not supported; those are rejected before the first request */
function matcherOf(condition: Condition): RegexMatcher | undefined {
	const known = matchers.get(condition);
	if (known) return known;
	const parsed = parseExpression(condition.value);
	if (!('matcher' in parsed)) return undefined;
	matchers.set(condition, parsed.matcher);
	return parsed.matcher;
}

/**
 * Finds the value of a field by its name: a field of the event, else a property in `indexedData`, else
 * a path with dots such as `data.result`.
 */
export function fieldValue(event: AuditEvent, field: string): unknown {
	const value = ownValue(event, field);
	if (value !== undefined) return value;
	const indexed = ownValue(event.indexedData, field);
	if (indexed !== undefined) return indexed;
	return field
		.split('.')
		.reduce<unknown>(
			(parent, key) => (parent === undefined ? parent : ownValue(parent, key)),
			event,
		);
}

function asList(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [value];
}
