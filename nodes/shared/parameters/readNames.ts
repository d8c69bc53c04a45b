import { InvalidParameterError } from './invalidParameter';
import { readName, type TextOptions } from './readText';

export interface NamesOptions extends TextOptions {
	/** How many different names there may be. */
	maxNames: number;
}

/**
 * Reads names from a list, or from text that separates them with commas. A name in a list may contain
 * commas. Empty names and duplicates are removed.
 *
 * @returns the names in the order given; none if the value is empty
 * @throws InvalidParameterError for anything but text or a list of texts, and for too many names
 */
export function readNames(field: string, value: unknown, options: NamesOptions): string[] {
	const { maxNames, ...text } = options;
	const list: unknown[] = Array.isArray(value)
		? value
		: readName(field, value, { ...text, maxLength: MAX_LIST_LENGTH }).split(',');
	const names = new Set<string>();
	for (const element of list) {
		const name = readName(field, element, text);
		if (name !== '') names.add(name);
		if (names.size > maxNames) {
			throw new InvalidParameterError(field, `more than ${maxNames} names`, {
				description: options.advice,
			});
		}
	}
	return [...names];
}

/** The longest text with names, in UTF-16 code units. */
const MAX_LIST_LENGTH = 50_000;
