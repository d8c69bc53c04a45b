import { parseNumber } from './exactNumber';
import { parseEventTime } from './instant';
import { ownValue } from './ownValue';

/** A missing field equals null. Objects and lists are compared by content. */
export function areEqual(actual: unknown, expected: unknown): boolean {
	if (actual === undefined || actual === null) return expected === undefined || expected === null;
	if (typeof actual === 'object' || typeof expected === 'object') {
		return haveSameContent(actual, expected);
	}
	const order = compareTimestamps(actual, expected);
	return order === undefined ? actual === expected : order === 0;
}

/**
 * Negative, zero or positive, as for sorting; NaN where the two cannot be compared, so that no
 * comparison holds. Numbers are compared as numbers, date-times as instants, other text by its code units.
 */
export function compare(
	actual: unknown,
	expected: unknown,
	{ isProperty }: { isProperty: boolean },
): number {
	if (typeof expected === 'number') {
		const number = numberOf(actual, { isProperty });
		return number === undefined ? NaN : orderOf(number, expected);
	}
	if (typeof actual !== 'string' || typeof expected !== 'string') return NaN;
	return compareTimestamps(actual, expected) ?? orderOf(actual, expected);
}

function orderOf<T extends number | string | bigint>(left: T, right: T): number {
	return left === right ? 0 : left < right ? -1 : 1;
}

/**
 * The number in a field. All properties are text (docs/api.md#audit-log), so one may spell a number. Elsewhere,
 * only a number that a double cannot hold is text (see parseJson).
 */
function numberOf(actual: unknown, { isProperty }: { isProperty: boolean }): number | undefined {
	if (typeof actual !== 'string') return typeof actual === 'number' ? actual : undefined;
	const parsed = parseNumber(actual);
	return isProperty || parsed?.isExact === false ? parsed?.number : undefined;
}

function compareTimestamps(actual: unknown, expected: unknown): number | undefined {
	if (typeof actual !== 'string' || typeof expected !== 'string') return undefined;
	const left = parseEventTime(actual);
	const right = left === undefined ? undefined : parseEventTime(expected);
	if (left === undefined || right === undefined) return undefined;
	return orderOf(left, right);
}

/** Not recursive, because values may be nested deeper than the call stack allows. */
function haveSameContent(first: unknown, second: unknown): boolean {
	const open: Array<[unknown, unknown]> = [[first, second]];
	for (let pair = open.pop(); pair; pair = open.pop()) {
		const [left, right] = pair;
		if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
			if (left !== right) return false;
			continue;
		}
		const keys = Object.keys(left);
		if (Array.isArray(left) !== Array.isArray(right)) return false;
		if (keys.length !== Object.keys(right).length) return false;
		for (const key of keys) open.push([ownValue(left, key), ownValue(right, key)]);
	}
	return true;
}
