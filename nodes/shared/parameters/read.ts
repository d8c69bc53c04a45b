import { InvalidParameterError } from './invalidParameter';

/**
 * How each kind of parameter is read, by both nodes. n8n checks none of this while a workflow runs: an
 * expression may put anything in the place of anything.
 *
 * - An optional value that is empty is its default: not there, null, or blank text.
 * - Anything else is read as what it says, or refused by an error that names the field.
 */

/** The longest text of a name, an ID or the like, in UTF-16 code units. */
export const MAX_TEXT_LENGTH = 2_000;

/** Whether a value stands for none: not there, null, or blank text. */
export function isEmpty(value: unknown): boolean {
	return (
		value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
	);
}

/** @throws InvalidParameterError unless `value` says true or false, or is empty */
export function readSwitch(field: string, value: unknown, fallback: boolean): boolean {
	if (isEmpty(value)) return fallback;
	if (typeof value === 'boolean') return value;
	const word = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
	switch (word.length > 10 ? '' : word.trim().toLowerCase()) {
		case 'true':
		case 'yes':
		case '1':
			return true;
		case 'false':
		case 'no':
		case '0':
			return false;
		default:
			throw new InvalidParameterError(
				field,
				'must be true or false',
				'Use true or false; yes, no, 1 and 0 are also accepted.',
			);
	}
}

export interface NumberBounds {
	min: number;
	max?: number;
	/** What an empty value stands for. */
	fallback: number;
}

/** Decimal digits alone, not more than any bound has: "0x10" and "1e3" may be meant otherwise. */
const WHOLE_NUMBER = /^[+-]?\d{1,16}$/;

/** @throws InvalidParameterError unless `value` is a whole number within the bounds, or empty */
export function readInteger(
	field: string,
	value: unknown,
	{ min, max = Number.MAX_SAFE_INTEGER, fallback }: NumberBounds,
): number {
	if (isEmpty(value)) return fallback;
	const text = typeof value === 'string' || typeof value === 'bigint' ? `${value}`.trim() : '';
	const number = WHOLE_NUMBER.test(text) ? Number(text) : value;
	if (
		typeof number === 'number' &&
		Number.isSafeInteger(number) &&
		number >= min &&
		number <= max
	) {
		// Without the sign of a negative zero.
		return number + 0;
	}
	throw new InvalidParameterError(
		field,
		`must be a whole number ${max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`}`,
		`Enter a whole number, for example ${Math.min(max, Math.max(min, 50))}.`,
	);
}

/** @throws InvalidParameterError unless `value` is one of the choices, or empty */
export function readChoice<Choice extends string>(
	field: string,
	value: unknown,
	{ choices, fallback }: { choices: readonly Choice[]; fallback: Choice },
): Choice {
	if (isEmpty(value)) return fallback;
	const name = typeof value === 'string' ? value.trim() : value;
	const chosen = choices.find((choice) => choice === name);
	if (chosen !== undefined) return chosen;
	const names = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
	throw new InvalidParameterError(
		field,
		'not one of the options',
		`Use ${choices.length > 1 ? names : choices.join('')}.`,
	);
}

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
			options.advice,
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
		throw new InvalidParameterError(field, problem, description);
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

/** What a value is, in words for an error: never the value itself. */
export function kindOf(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	if (value === undefined || value === null) return 'an empty value';
	if (typeof value === 'boolean') return 'a boolean';
	if (typeof value === 'number' || typeof value === 'bigint') return 'a number';
	if (typeof value === 'string') return 'text';
	return isDateTime(value) ? 'a date and time' : 'an object';
}

/** A Date, or a DateTime of Luxon's, of whichever copy of that library. */
export function isDateTime(value: unknown): value is Date | { toMillis(): number } {
	return (
		value instanceof Date ||
		Object.prototype.toString.call(value) === '[object Date]' ||
		(typeof value === 'object' &&
			value !== null &&
			'toMillis' in value &&
			typeof value.toMillis === 'function')
	);
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
export function readName(field: string, value: unknown, advice: string): string {
	const name = readText(field, extractValue(value), { advice });
	const isDate = WAS_DATE_TIME.test(name);
	if (!isDate && !WAS_OBJECT.test(name)) return name;
	throw new InvalidParameterError(
		field,
		`expected text but got ${isDate ? 'a date and time' : 'an object'}`,
		'Check the expression: it may need to select a field of the value that it returns.',
	);
}

/** @throws InvalidParameterError where there is no name, too */
export function readRequiredName(field: string, value: unknown, advice: string): string {
	const name = readName(field, value, advice);
	if (name !== '') return name;
	throw new InvalidParameterError(field, 'must not be empty', advice);
}

/** What is in a resource locator; anything else as it is. */
export function extractValue(value: unknown): unknown {
	const isLocator =
		typeof value === 'object' &&
		value !== null &&
		'mode' in value &&
		Object.keys(value).every((key) => LOCATOR_KEYS.has(key));
	return isLocator ? (value as { value?: unknown }).value : value;
}

const LOCATOR_KEYS = new Set([
	'__rl',
	'__regex',
	'mode',
	'value',
	'cachedResultName',
	'cachedResultUrl',
]);

/**
 * The values of a collection, such as Options. One that is an expression may be anything.
 *
 * @param known the names that may be in it; where left out, any
 * @throws InvalidParameterError for what is no object, or holds a name that does not exist
 */
export function readRecord(
	field: string,
	value: unknown,
	known?: ReadonlySet<string>,
): Record<string, unknown> {
	if (typeof value !== 'object' || value === null || Array.isArray(value) || isDateTime(value)) {
		throw new InvalidParameterError(
			field,
			`expected an object but got ${kindOf(value)}`,
			`Add what you need with the button under '${field}', or use an expression that returns an object.`,
		);
	}
	const unknown = Object.keys(value).find((name) => known && !known.has(name));
	if (unknown === undefined) return value as Record<string, unknown>;
	throw new InvalidParameterError(
		field,
		`unknown key "${shorten(unknown)}"`,
		`Available keys: ${[...(known ?? [])].join(', ')}.`,
	);
}

/** A name that somebody typed, short enough and plain enough for an error. */
export function shorten(text: string): string {
	const start = text.slice(0, 40).replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');
	return text.length > 40 ? `${start}…` : start;
}
