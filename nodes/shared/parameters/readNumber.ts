import { parseNumber } from '../model/exactNumber';
import { InvalidParameterError } from './invalidParameter';

/** No number that a double holds exactly is longer, in characters. */
const MAX_NUMBER_LENGTH = 400;

/**
 * Reads a number, also as text, that a double holds exactly.
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
 * Checks a number that an expression returns. Beyond 2^53 it may have lost digits already, so it is
 * rejected there.
 *
 * @returns undefined for NaN
 * @throws InvalidParameterError
 */
export function exactNumber(field: string, number: number): number | undefined {
	if (Number.isNaN(number)) return undefined;
	if (!Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number))) {
		throw inexactNumber(field);
	}
	// Turns -0 into 0, because JSON does not keep the sign.
	return number + 0;
}

/** The error for a number that a double cannot hold exactly. */
export function inexactNumber(field: string): InvalidParameterError {
	return new InvalidParameterError(field, 'contains a number with too many digits to be exact', {
		description:
			"It would be compared with a different number. Enter it as text: set 'Value Type' to 'String', or put it in quotes in JSON.",
	});
}
