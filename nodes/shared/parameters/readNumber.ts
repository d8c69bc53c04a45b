import { parseNumber } from '../model/exactNumber';
import { InvalidParameterError } from './invalidParameter';

/** Longer than any number that is held exactly. */
const MAX_NUMBER_LENGTH = 400;

/**
 * A number, or text that is one, held exactly.
 *
 * @throws InvalidParameterError for anything else, and for a number with too many digits
 */
export function readNumber(field: string, value: unknown): number {
	const number = typeof value === 'number' ? exactNumber(field, value) : fromText(field, value);
	if (number !== undefined) return number;
	throw new InvalidParameterError(field, 'not a number', {
		description: "Enter a number such as 42 or 0.5, or change 'Value Type'.",
	});
}

function fromText(field: string, value: unknown): number | undefined {
	if (typeof value !== 'string' && typeof value !== 'bigint') return undefined;
	const text = String(value).trim();
	const parsed = text.length > MAX_NUMBER_LENGTH ? undefined : parseNumber(text);
	if (parsed && !parsed.isExact) throw inexactNumber(field);
	return parsed?.number;
}

/**
 * A number that an expression returns; undefined for NaN. Beyond 2^53 its last digits may be lost
 * already, so it is refused there.
 *
 * @throws InvalidParameterError
 */
export function exactNumber(field: string, number: number): number | undefined {
	if (Number.isNaN(number)) return undefined;
	if (!Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number))) {
		throw inexactNumber(field);
	}
	// Without the sign of a negative zero, which JSON does not keep.
	return number + 0;
}

/** The error for a number that cannot be held to its last digit. */
export function inexactNumber(field: string): InvalidParameterError {
	return new InvalidParameterError(field, 'contains a number with too many digits to be exact', {
		description:
			"It would be compared with a different number. Enter it as text: set 'Value Type' to 'String', or put it in quotes in JSON.",
	});
}
