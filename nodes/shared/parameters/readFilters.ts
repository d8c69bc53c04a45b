import type { INodeProperties } from 'n8n-workflow';
import type { Condition } from '../model/conditions';
import { filtersProperty } from './filters';
import { InvalidParameterError } from './invalidParameter';
import { readRecord } from './read';
import { readList } from './readList';
import { MAX_TEXT_LENGTH, readName } from './readText';

/** The filters in the order of the editor. The name of each is the name of a field of an event. */
const FILTERS = filtersProperty.options as INodeProperties[];

const FILTER_NAMES = new Set(FILTERS.map(({ name }) => name));

/**
 * Reads each filter as a condition: `eq` for one value, `in` for several. Any filter takes a list; those that
 * are multi-selects also take comma-separated text.
 *
 * @throws InvalidParameterError naming the filter
 */
export function readFilters(filters: unknown, { ignoreEmpty }: { ignoreEmpty: boolean }) {
	const chosen = readRecord('Filters', filters, { keys: FILTER_NAMES });
	return FILTERS.flatMap(({ name: field, displayName, type }): Condition[] => {
		if (!(field in chosen)) return [];
		const name = `Filters > ${displayName}`;
		const values = readValues(name, chosen[field], { isSplit: type === 'multiOptions' });
		const distinct = [...new Set(values.filter((value) => value !== ''))];
		const isComplete = distinct.length > 0 && values.every((value) => value !== '');
		if (!isComplete && !ignoreEmpty) {
			throw new InvalidParameterError(
				name,
				distinct.length > 0 ? 'one of the values is empty' : 'must not be empty',
				{
					description:
						"Without this filter, other events would match than intended. If the value comes from an expression, check the names in the expression; otherwise enter a value or remove the filter. To skip empty filters, add the 'Ignore Empty Filters' option.",
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
function readValues(name: string, value: unknown, { isSplit }: { isSplit: boolean }): string[] {
	if (isEmptyObject(value)) return [''];
	const values = isSplit || Array.isArray(value) ? readList(name, value) : [value];
	return values.map((element) => readValue(name, element));
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
