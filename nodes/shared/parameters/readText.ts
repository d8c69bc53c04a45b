import { InvalidParameterError } from './invalidParameter';
import { extractValue } from './resourceLocator';
import { kindOf } from './valueKind';

/** The longest text of a name, an ID or the like, in UTF-16 code units. */
export const MAX_TEXT_LENGTH = 2_000;

export interface TextOptions {
	/** How to fix a value that is empty or not text. */
	advice: string;
	/** In UTF-16 code units. */
	maxLength?: number;
}

/**
 * Reads text on one line and trims it. A number becomes text.
 *
 * @returns the text; empty if the value is empty
 * @throws InvalidParameterError for anything but text, and for characters that cannot be sent
 */
export function readText(field: string, value: unknown, options: TextOptions): string {
	const text = plainText(field, value, options).trim();
	if (/[\p{Cc}\u2028\u2029]/u.test(text)) {
		throw new InvalidParameterError(
			field,
			'contains a line break, a tab or another control character',
			{ description: options.advice },
		);
	}
	checkEnds(field, text);
	return text;
}

/**
 * The same, but keeps line breaks, and spaces at both ends.
 *
 * @throws InvalidParameterError
 */
export function plainText(field: string, value: unknown, options: TextOptions): string {
	const { advice, maxLength = MAX_TEXT_LENGTH } = options;
	if (value === undefined || value === null) return '';
	const reject = (problem: string, description = advice): never => {
		throw new InvalidParameterError(field, problem, { description });
	};
	if (typeof value === 'number') {
		if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
			return reject('the number is too large to be exact', 'Enter it as text.');
		}
		return Number.isFinite(value) ? String(value) : reject('not a finite number');
	}
	if (typeof value !== 'string' && typeof value !== 'bigint') {
		return reject(`expected text but got ${kindOf(value)}`);
	}
	const text = String(value);
	if (text.length > maxLength) {
		return reject(`longer than ${maxLength.toLocaleString('en-US')} characters`);
	}
	return /\p{Surrogate}/u.test(text) ? reject('contains an incomplete character') : text;
}

/** Characters that are pasted along unseen: soft hyphen, zero-width characters, marks of text direction. */
const UNSEEN = '[\\u034F\\u00AD\\u061C\\u180E\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u206F\\uFEFF]';
const UNSEEN_END = new RegExp(`^${UNSEEN}|${UNSEEN}$`);

/**
 * Checks that a value is what it looks like: with an unseen character at an end, it equals no other value.
 *
 * @throws InvalidParameterError
 */
export function checkEnds(field: string, text: string): void {
	if (!UNSEEN_END.test(text)) return;
	throw new InvalidParameterError(field, 'begins or ends with an invisible character', {
		description:
			"Enter the value again without it. To compare with exactly this value, add a condition with the 'Value Type' 'JSON'.",
	});
}

/**
 * Text that was something else before n8n converted it: a DateTime within a collection, an invalid one,
 * and an object within text.
 */
const WAS_DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d)$/;
const WAS_INVALID_DATE = /^Invalid (?:Date|DateTime)$/;
const WAS_OBJECT = /\[object \w+\]/;

/** What a text was before n8n converted it, in words, if it cannot be meant as text. */
export function lostValue(text: string): string | undefined {
	if (WAS_OBJECT.test(text)) return 'an object';
	return WAS_INVALID_DATE.test(text) ? 'a date and time' : undefined;
}

/**
 * Reads a name or an ID: text, or a resource locator as the editor stores it.
 *
 * @returns the name; empty if there is none
 * @throws InvalidParameterError
 */
export function readName(field: string, value: unknown, options: TextOptions): string {
	const name = readText(field, extractValue(value), options);
	const lost = WAS_DATE_TIME.test(name) ? 'a date and time' : lostValue(name);
	if (lost === undefined) return name;
	throw new InvalidParameterError(field, `expected text but got ${lost}`, {
		description:
			'Check the expression: it may need to select a field of the value that it returns.',
	});
}

/** @throws InvalidParameterError also if there is no name */
export function readRequiredName(field: string, value: unknown, options: TextOptions): string {
	const name = readName(field, value, options);
	if (name !== '') return name;
	throw new InvalidParameterError(field, 'must not be empty', { description: options.advice });
}
