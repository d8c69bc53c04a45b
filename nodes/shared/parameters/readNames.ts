import { InvalidParameterError } from './invalidParameter';
import { MAX_TEXT_LENGTH, plainText, readRequiredName } from './readText';
import { isEmpty } from './valueKind';

export interface NamesOptions {
	/** How to fix a value that cannot be read. */
	advice: string;
	/** How many different names there may be. */
	max: number;
}

/** How many names a list may have before the ones that occur several times are removed. */
const MAX_ENTRIES = 1_000;

/**
 * Reads several names: a list, or comma-separated text. A name with a comma needs a list.
 *
 * @returns each name once, trimmed; none if the value is empty or an empty list
 * @throws InvalidParameterError for anything else, and for an empty name in a list
 */
export function readNames(field: string, value: unknown, { advice, max }: NamesOptions): string[] {
	if (isEmpty(value)) return [];
	const entries: unknown[] = Array.isArray(value) ? value : splitNames(field, value, advice);
	if (entries.length > MAX_ENTRIES) throw tooMany(field, max);
	const names = new Set(entries.map((entry) => readRequiredName(field, entry, { advice })));
	if (names.size > max) throw tooMany(field, max);
	return [...names];
}

function splitNames(field: string, value: unknown, advice: string): string[] {
	const text = plainText(field, value, { advice, maxLength: 10 * MAX_TEXT_LENGTH });
	return text.split(',').filter((part) => part.trim() !== '');
}

function tooMany(field: string, max: number): InvalidParameterError {
	return new InvalidParameterError(field, `more than ${max.toLocaleString('en-US')} values`, {
		description: 'Use fewer values.',
	});
}
