import type { Condition } from '../model/conditions';
import { InvalidParameterError } from './invalidParameter';
import { readSwitch } from './read';
import { readJson } from './readJson';
import { readList } from './readList';
import { readNumber } from './readNumber';
import { checkEnds, lostValue, plainText } from './readText';
import { isEmpty } from './valueKind';
import { typeOfValue, type ValueType } from './valueType';

interface ValueOptions {
	/** The field's label in the editor. */
	place: string;
	/** What the value is compared with, and how. */
	comparison: Pick<Condition, 'field' | 'operator'>;
	/** Undefined if it follows from the comparison and the value. */
	valueType: ValueType | undefined;
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
	const { place, comparison, valueType, ignoreEmpty } = options;
	if (comparison.operator !== 'in' && comparison.operator !== 'nin') {
		return readSingle(value, options);
	}
	if (valueType === 'json') {
		const list = readJson(place, value);
		if (Array.isArray(list) && list.length > 0) return list;
		throw new InvalidParameterError(place, "'One Of' and 'Not One Of' require a list", {
			description: 'Enter a JSON array, for example ["nbid", "mobileid"].',
		});
	}
	const parts = readList(place, value);
	const values = parts.filter((part) => !isEmpty(part));
	if (values.length === 0 || (values.length < parts.length && !ignoreEmpty)) {
		throw new InvalidParameterError(
			place,
			values.length === 0 ? 'must not be empty' : 'one of the values is empty',
			{
				description:
					'Enter at least one value; separate several values with commas. If the value comes from an expression, check the names in the expression.',
			},
		);
	}
	return values.map((part) => readSingle(part, options));
}

function readSingle(value: unknown, { place, comparison, valueType }: ValueOptions): unknown {
	switch (valueType ?? typeOfValue(value, comparison)) {
		case 'string':
			return readString(place, value, { isExpression: comparison.operator === 'regex' });
		case 'number':
			return readNumber(place, value);
		case 'boolean':
			return readSwitch(place, value, { fallback: false });
		case 'json':
			return readJson(place, value);
	}
}

function readString(
	place: string,
	value: unknown,
	{ isExpression }: { isExpression: boolean },
): string {
	const text = plainText(place, typeof value === 'boolean' ? String(value) : value, {
		advice:
			"Enter shorter text. For several values, choose the operator 'One Of'; for an object or a list, set 'Value Type' to 'JSON'.",
		maxLength: 10_000,
	});
	const lost = lostValue(text.trim());
	if (lost !== undefined) {
		throw new InvalidParameterError(place, `expected text but got ${lost}`, {
			description:
				"Check the expression: it may need to select a field of the value that it returns. To compare with exactly this text, set 'Value Type' to 'JSON' and put it in quotes.",
		});
	}
	// In a regular expression, spaces at the ends matter.
	if (isExpression) return text.replace(/^[\r\n]+|[\r\n]+$/g, '');
	checkEnds(place, text.trim());
	return text.trim();
}
