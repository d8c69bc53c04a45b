import { InvalidParameterError } from './invalidParameter';
import { readSwitch } from './read';
import { checkEnds, lostValue, plainText } from './readText';
import { isEmpty } from './valueKind';
import { MAX_LIST_LENGTH } from './readFilters';
import { MAX_JSON_LENGTH, readJson } from './readJson';
import { readNumber } from './readNumber';

export const VALUE_TYPES = ['string', 'number', 'boolean', 'json'] as const;

type ValueType = (typeof VALUE_TYPES)[number];

interface ValueOptions {
	field: string;
	valueType: ValueType;
	/** Whether the operator expects several values. */
	isList: boolean;
	/** Whether it is a regular expression, in which leading and trailing spaces matter. */
	isExpression: boolean;
	/** Whether to skip empty values in a list. */
	ignoreEmpty: boolean;
}

/** Whether a condition has no value: empty, or an empty list. */
export function isEmptyValue(value: unknown): boolean {
	return isEmpty(value) || (Array.isArray(value) && value.length === 0);
}

/**
 * Reads the value of a condition.
 *
 * @returns a JSON value
 * @throws InvalidParameterError for a value of another type, and for one that JSON would change
 */
export function readConditionValue(value: unknown, options: ValueOptions): unknown {
	const { field, valueType, isList, ignoreEmpty } = options;
	if (!isList) return readSingle(value, options);
	if (valueType === 'json') {
		const list = readSingle(value, options);
		if (Array.isArray(list) && list.length > 0) return list;
		throw new InvalidParameterError(field, "'One Of' and 'Not One Of' require a list", {
			description: 'Enter a JSON array, for example ["nbid", "mobileid"].',
		});
	}
	const parts = listOf(field, value);
	const values = parts.filter((part) => !isEmpty(part));
	if (values.length === 0 || (values.length < parts.length && !ignoreEmpty)) {
		throw new InvalidParameterError(
			field,
			values.length === 0 ? 'must not be empty' : 'one of the values is empty',
			{
				description:
					'Enter at least one value; separate several values with commas. If the value comes from an expression, check the names in the expression.',
			},
		);
	}
	if (values.length > MAX_LIST_LENGTH) {
		throw new InvalidParameterError(
			field,
			`more than ${MAX_LIST_LENGTH.toLocaleString('en-US')} values`,
			{ description: 'Use fewer values.' },
		);
	}
	return values.map((part) => readSingle(part, options));
}

/** Several values: a list, a JSON array, or comma-separated text. */
function listOf(field: string, value: unknown): unknown[] {
	if (Array.isArray(value)) return value;
	const text = plainText(field, typeof value === 'boolean' ? String(value) : value, {
		advice: 'Enter comma-separated values or a JSON array.',
		maxLength: MAX_JSON_LENGTH,
	}).trim();
	if (text.startsWith('[')) return readJson(field, text) as unknown[];
	return text.split(',').filter((part) => part.trim() !== '');
}

function readSingle(value: unknown, { field, valueType, isExpression }: ValueOptions): unknown {
	switch (valueType) {
		case 'string':
			return readString(field, value, { isExpression });
		case 'number':
			return readNumber(field, value);
		case 'boolean':
			return readSwitch(field, value, { fallback: false });
		case 'json':
			return readJson(field, value);
	}
}

function readString(
	field: string,
	value: unknown,
	{ isExpression }: Pick<ValueOptions, 'isExpression'>,
): string {
	const text = plainText(field, typeof value === 'boolean' ? String(value) : value, {
		advice: "Enter shorter text, or set 'Value Type' to 'JSON' for objects and lists.",
		maxLength: 10_000,
	});
	const lost = lostValue(text.trim());
	if (lost !== undefined) {
		throw new InvalidParameterError(field, `expected text but got ${lost}`, {
			description:
				"Check the expression: it may need to select a field of the value that it returns. To compare with exactly this text, set 'Value Type' to 'JSON' and put it in quotes.",
		});
	}
	if (isExpression) return text.replace(/^[\r\n]+|[\r\n]+$/g, '');
	checkEnds(field, text.trim());
	return text.trim();
}
