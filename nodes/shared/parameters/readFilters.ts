import type { INodeProperties } from 'n8n-workflow';
import type { Condition } from '../model/conditions';
import { filtersProperty } from './filters';
import { InvalidParameterError } from './invalidParameter';
import { readRecord } from './read';
import { MAX_TEXT_LENGTH, readName } from './readText';
import { extractValue } from './resourceLocator';

/** The label of each filter by its name, which is the name of a field of an event. */
const FILTERS: ReadonlyMap<string, string> = new Map(
	(filtersProperty.options as INodeProperties[]).map(({ name, displayName }) => [
		name,
		displayName,
	]),
);

const FILTER_NAMES = new Set(FILTERS.keys());

/** How many values the list of a filter or a condition may have. */
export const MAX_LIST_LENGTH = 1_000;

/**
 * Reads each filter as a condition: `eq`, or `in` for a list of values.
 *
 * @throws InvalidParameterError naming the filter
 */
export function readFilters(filters: unknown, { ignoreEmpty }: { ignoreEmpty: boolean }) {
	const chosen = readRecord('Filters', filters, { keys: FILTER_NAMES });
	return [...FILTERS].flatMap(([field, label]): Condition[] => {
		if (!(field in chosen)) return [];
		const name = `Filters > ${label}`;
		const values = readValues(name, extractValue(chosen[field]));
		const distinct = [...new Set(values.filter((value) => value !== ''))];
		const isComplete = distinct.length > 0 && values.every((value) => value !== '');
		if (!isComplete && !ignoreEmpty) {
			throw new InvalidParameterError(
				name,
				distinct.length > 0 ? 'one of the values is empty' : 'must not be empty',
				{
					description:
						"Without this filter, more events would match than intended. If the value comes from an expression, check the names in the expression; otherwise enter a value or remove the filter. To skip empty filters, add the 'Ignore Empty Filters' option.",
				},
			);
		}
		const [first] = distinct;
		if (first === undefined) return [];
		return [
			distinct.length === 1
				? { field, operator: 'eq', value: first }
				: { field, operator: 'in', value: distinct },
		];
	});
}

/** Each value as text; empty if it has none. */
function readValues(name: string, value: unknown): string[] {
	if (!Array.isArray(value)) return [isEmptyObject(value) ? '' : readValue(name, value)];
	if (value.length > MAX_LIST_LENGTH) {
		throw new InvalidParameterError(
			name,
			`more than ${MAX_LIST_LENGTH.toLocaleString('en-US')} values`,
			{ description: 'Use fewer values, or split them across several executions.' },
		);
	}
	return value.map((element) => readValue(name, element));
}

function readValue(name: string, value: unknown): string {
	return readName(name, value, {
		advice: `Enter text of at most ${MAX_TEXT_LENGTH} characters, or a list of such values.`,
	});
}

function isEmptyObject(value: unknown): boolean {
	return (
		typeof value === 'object' &&
		value !== null &&
		Object.getPrototypeOf(value) === Object.prototype &&
		Object.keys(value).length === 0
	);
}
