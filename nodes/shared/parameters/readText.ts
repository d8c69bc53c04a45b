import { InvalidParameterError } from './invalidParameter';
import { extractValue } from './resourceLocator';
import { kindOf } from './valueKind';

/** The longest text of a name, an ID or the like, in UTF-16 code units. */
export const MAX_TEXT_LENGTH = 2_000;

export interface TextOptions {
	/** How it is put right where it is empty or no text. */
	advice: string;
	/** In UTF-16 code units. */
	maxLength?: number;
}

/**
 * Text on one line, without the blanks around it. A number is the text of its digits. Empty where the
 * value is empty.
 *
 * @throws InvalidParameterError for anything that is no text, or could not be sent as it is
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
	return text;
}

/**
 * The same, with line breaks and blanks as they are.
 *
 * @throws InvalidParameterError
 */
export function plainText(field: string, value: unknown, options: TextOptions): string {
	const { advice, maxLength = MAX_TEXT_LENGTH } = options;
	if (value === undefined || value === null) return '';
	const refuse = (problem: string, description = advice): never => {
		throw new InvalidParameterError(field, problem, { description });
	};
	if (typeof value === 'number') {
		if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
			return refuse('the number is too large to be exact', 'Enter it as text.');
		}
		return Number.isFinite(value) ? String(value) : refuse('not a finite number');
	}
	if (typeof value !== 'string' && typeof value !== 'bigint') {
		return refuse(`expected text but got ${kindOf(value)}`);
	}
	const text = String(value);
	if (text.length > maxLength) {
		return refuse(`longer than ${maxLength.toLocaleString('en-US')} characters`);
	}
	return /\p{Surrogate}/u.test(text) ? refuse('contains an incomplete character') : text;
}

/**
 * What is text by the time that it comes here, and was none: a DateTime, which n8n hands over as text
 * where it is inside of a collection, an invalid one, and an object in the middle of text.
 */
const WAS_DATE_TIME =
	/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d)$|^Invalid (?:Date|DateTime)$/;
const WAS_OBJECT = /\[object \w+\]/;

/**
 * A name or an ID: text, or a locator as the editor stores it. Empty where there is none.
 *
 * @throws InvalidParameterError
 */
export function readName(field: string, value: unknown, options: TextOptions): string {
	const name = readText(field, extractValue(value), options);
	const isDate = WAS_DATE_TIME.test(name);
	if (!isDate && !WAS_OBJECT.test(name)) return name;
	throw new InvalidParameterError(
		field,
		`expected text but got ${isDate ? 'a date and time' : 'an object'}`,
		{
			description:
				'Check the expression: it may need to select a field of the value that it returns.',
		},
	);
}

/** @throws InvalidParameterError where there is no name, too */
export function readRequiredName(field: string, value: unknown, options: TextOptions): string {
	const name = readName(field, value, options);
	if (name !== '') return name;
	throw new InvalidParameterError(field, 'must not be empty', { description: options.advice });
}
