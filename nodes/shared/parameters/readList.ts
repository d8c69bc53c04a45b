import { InvalidParameterError } from './invalidParameter';
import { MAX_JSON_LENGTH, readJson } from './readJson';
import { plainText } from './readText';

/** How many values the list of a filter or a condition may have. */
const MAX_LIST_LENGTH = 1_000;

const ADVICE = 'Enter comma-separated values, or a JSON array such as ["a", "b"].';

/**
 * Reads several values: a list, a JSON array as text, or comma-separated text. A list keeps a value that
 * contains a comma in one piece. Any other value becomes a list of one. Values may be empty, because an
 * expression in the middle of a text may return nothing: "a,,b".
 *
 * @throws InvalidParameterError for text that is too long or begins like a JSON array but is none, and for
 * more values than a query can take
 */
export function readList(field: string, value: unknown): unknown[] {
	const list = typeof value === 'string' ? splitText(field, value) : asList(value);
	if (list.length <= MAX_LIST_LENGTH) return list;
	throw new InvalidParameterError(
		field,
		`more than ${MAX_LIST_LENGTH.toLocaleString('en-US')} values`,
		{ description: 'Use fewer values, or split them across several executions.' },
	);
}

function asList(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [value];
}

function splitText(field: string, value: string): unknown[] {
	const text = plainText(field, value, { advice: ADVICE, maxLength: MAX_JSON_LENGTH }).trim();
	if (text.startsWith('[')) return readJson(field, text, { advice: ADVICE }) as unknown[];
	return text.split(',');
}
