import { InvalidParameterError, shorten } from './invalidParameter';
import { isDateTime, isEmpty, kindOf } from './valueKind';

/**
 * How both nodes read parameters. n8n does not check values while a workflow runs, so an expression may
 * return anything.
 *
 * - An empty value (undefined, null or blank text) means the default.
 * - Any other value is read as what it says, or rejected with an error that names the field.
 */

/**
 * Reads true or false, also as text or as 1 and 0.
 *
 * @throws InvalidParameterError for anything else
 */
export function readSwitch(
	field: string,
	value: unknown,
	{ fallback }: { fallback: boolean },
): boolean {
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
			throw new InvalidParameterError(field, 'must be true or false', {
				description: 'Use true or false; yes, no, 1 and 0 are also accepted.',
			});
	}
}

export interface NumberBounds {
	min: number;
	max?: number;
	/** What an empty value means. */
	fallback: number;
}

/** Only decimal digits, no more than any bound has. "0x10" and "1e3" may mean something else. */
const WHOLE_NUMBER = /^[+-]?\d{1,16}$/;

/**
 * Reads a whole number, also as text.
 *
 * @throws InvalidParameterError for anything else, and for a number outside of the bounds
 */
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
		// Turns -0 into 0.
		return number + 0;
	}
	throw new InvalidParameterError(
		field,
		`must be a whole number ${max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`}`,
		{ description: `Enter a whole number, for example ${Math.min(max, Math.max(min, 50))}.` },
	);
}

/**
 * Reads one of several values.
 *
 * @throws InvalidParameterError for anything else
 */
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
	throw new InvalidParameterError(field, 'not one of the options', {
		description: `Use ${choices.length > 1 ? names : choices.join('')}.`,
	});
}

export interface RecordOptions {
	/** The allowed keys; any if omitted. */
	keys?: ReadonlySet<string>;
}

/**
 * Reads a collection, such as Options, which may be an expression.
 *
 * @throws InvalidParameterError for anything but an object, and for a key that is not allowed
 */
export function readRecord(
	field: string,
	value: unknown,
	{ keys }: RecordOptions = {},
): Record<string, unknown> {
	if (typeof value !== 'object' || value === null || Array.isArray(value) || isDateTime(value)) {
		throw new InvalidParameterError(field, `expected an object but got ${kindOf(value)}`, {
			description: `Add what you need with the button under '${field}', or use an expression that returns an object.`,
		});
	}
	const unknown = Object.keys(value).find((key) => keys && !keys.has(key));
	if (unknown === undefined) return value as Record<string, unknown>;
	throw new InvalidParameterError(field, `unknown key "${shorten(unknown)}"`, {
		description: `Available keys: ${[...(keys ?? [])].join(', ')}.`,
	});
}
