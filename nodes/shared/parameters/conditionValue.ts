import { hasExactNumbers, parseNumber } from '../model/exactNumber';
import { InvalidParameterError } from './invalidParameter';
import { plainJson } from './plainJson';
import { isEmpty, plainText, readSwitch } from './read';
import { MAX_LIST_LENGTH } from './readFilters';

export const VALUE_TYPES = ['string', 'number', 'boolean', 'json'] as const;

type ValueType = (typeof VALUE_TYPES)[number];

const MAX_JSON_LENGTH = 100_000;
/** Longer than any number that is held exactly. */
const MAX_NUMBER_LENGTH = 400;

interface ValueOptions {
	field: string;
	valueType: ValueType;
	/** Whether the operator takes several values. */
	isList: boolean;
	/** Whether it is a regular expression, in which blanks count. */
	isExpression: boolean;
	/** Whether empty values in a list are left out. */
	ignoreEmpty: boolean;
}

/** Whether a value stands for none. */
export function isEmptyValue(value: unknown): boolean {
	return isEmpty(value) || (Array.isArray(value) && value.length === 0);
}

/**
 * The value of a condition, as JSON can hold it.
 *
 * @throws InvalidParameterError for what is of another type, or would not be sent as it is
 */
export function readConditionValue(value: unknown, options: ValueOptions): unknown {
	const { field, valueType, isList, ignoreEmpty } = options;
	if (!isList) return readSingle(value, options);
	if (valueType === 'json') {
		const list = readSingle(value, options);
		if (Array.isArray(list) && list.length > 0) return list;
		throw new InvalidParameterError(
			field,
			"'One Of' and 'Not One Of' require a list",
			'Enter a JSON array, for example ["nbid", "mobileid"].',
		);
	}
	const parts = listOf(value, field);
	const values = parts.filter((part) => !isEmpty(part));
	if (values.length === 0 || (values.length < parts.length && !ignoreEmpty)) {
		throw new InvalidParameterError(
			field,
			values.length === 0 ? 'must not be empty' : 'one of the values is empty',
			'Enter at least one value; separate several values with commas. If the value comes from an expression, check the names in the expression.',
		);
	}
	if (values.length > MAX_LIST_LENGTH) {
		throw new InvalidParameterError(
			field,
			`more than ${MAX_LIST_LENGTH.toLocaleString('en-US')} values`,
			'Use fewer values.',
		);
	}
	return values.map((part) => readSingle(part, options));
}

/** Several values: a list, a JSON list, or text with commas between them. */
function listOf(value: unknown, field: string): unknown[] {
	if (Array.isArray(value)) return value;
	const text = plainText(field, typeof value === 'boolean' ? String(value) : value, {
		advice: 'Enter comma-separated values or a JSON array.',
		maxLength: MAX_JSON_LENGTH,
	}).trim();
	if (text.startsWith('[')) return parseJson(text, field) as unknown[];
	return text.split(',').filter((part) => part.trim() !== '');
}

function readSingle(value: unknown, { field, valueType, isExpression }: ValueOptions): unknown {
	switch (valueType) {
		case 'string':
			return readString(value, field, isExpression);
		case 'number':
			return readNumber(value, field);
		case 'boolean':
			return readSwitch(field, value, false);
		case 'json':
			return typeof value === 'string' ? parseJson(value, field) : exactJson(value, field);
	}
}

function readString(value: unknown, field: string, isExpression: boolean): string {
	const text = plainText(field, typeof value === 'boolean' ? String(value) : value, {
		advice: "Enter shorter text, or set 'Value Type' to 'JSON' for objects and lists.",
		maxLength: 10_000,
	});
	return isExpression ? text.replace(/^[\r\n]+|[\r\n]+$/g, '') : text.trim();
}

function readNumber(value: unknown, field: string): number {
	const text =
		typeof value === 'string' || typeof value === 'bigint' ? String(value).trim() : undefined;
	const short = text !== undefined && text.length <= MAX_NUMBER_LENGTH ? text : '';
	const parsed = typeof value === 'number' ? exactnessOf(value) : parseNumber(short);
	if (parsed?.isExact) return parsed.number;
	if (parsed) throw inexact(field);
	throw new InvalidParameterError(
		field,
		'not a number',
		"Enter a number such as 42 or 0.5, or change 'Value Type'.",
	);
}

/** A number that an expression gives: beyond 2^53, it may be another one than was meant. */
function exactnessOf(number: number): { number: number; isExact: boolean } | undefined {
	if (!Number.isFinite(number))
		return Number.isNaN(number) ? undefined : { number, isExact: false };
	return {
		number: number + 0,
		isExact: !Number.isInteger(number) || Number.isSafeInteger(number),
	};
}

function inexact(field: string): InvalidParameterError {
	return new InvalidParameterError(
		field,
		'contains a number with too many digits to be exact',
		"It would be compared with a different number. Enter it as text: set 'Value Type' to 'String', or put it in quotes in JSON.",
	);
}

function parseJson(text: string, field: string): unknown {
	if (text.length > MAX_JSON_LENGTH) {
		throw new InvalidParameterError(
			field,
			`longer than ${MAX_JSON_LENGTH.toLocaleString('en-US')} characters`,
			'Enter shorter JSON.',
		);
	}
	const parsed = tryJson(text);
	if (!parsed) {
		throw new InvalidParameterError(
			field,
			'not valid JSON',
			`Enter JSON, for example ["a", "b"], {"key": 1} or "text" with its quotes, or change 'Value Type'.`,
		);
	}
	if (!hasExactNumbers(text)) throw inexact(field);
	return plainJson(parsed.value, field, (number) => number + 0);
}

function tryJson(text: string): { value: unknown } | undefined {
	try {
		return { value: JSON.parse(text) };
	} catch {
		return undefined;
	}
}

/** The JSON of a value that an expression gives. */
function exactJson(value: unknown, field: string): unknown {
	return plainJson(value, field, (number) => {
		const parsed = exactnessOf(number);
		if (parsed && !parsed.isExact) throw inexact(field);
		return parsed?.number;
	});
}
