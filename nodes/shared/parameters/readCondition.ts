import { type Condition, type Filtering, isKnownOperator, OPERATORS } from '../model/conditions';
import { parseExpression } from '../model/regularExpression';
import { isEmptyValue, readConditionValue } from './readConditionValue';
import { InvalidParameterError, shorten } from './invalidParameter';
import { readChoice, readRecord } from './read';
import { readName } from './readText';
import { readValueType } from './valueType';

const PARTS = new Set(['field', 'operator', 'customOperator', 'valueType', 'value']);

interface ConditionOptions {
	ignoreEmpty: boolean;
	applyFiltersIn: Filtering['applyFiltersIn'];
}

/**
 * Reads one condition.
 *
 * @param place its name in the editor, such as "Conditions > Condition 1"
 * @returns a list of one, or an empty list if the condition is empty and empty ones are ignored
 * @throws InvalidParameterError naming the part
 */
export function readCondition(
	values: unknown,
	place: string,
	{ ignoreEmpty, applyFiltersIn }: ConditionOptions,
): Condition[] {
	const parts = readRecord(place, values, { keys: PARTS });
	const field = readName(`${place} > Field`, parts.field, {
		advice: 'Choose a field, or enter its name.',
	});
	const operator = readOperator(parts, place);
	const isEmpty = isEmptyValue(parts.value);
	if (isEmpty && ignoreEmpty) return [];
	if (field === '') {
		throw new InvalidParameterError(`${place} > Field`, 'must not be empty', {
			description: 'Choose a field, or remove the condition.',
		});
	}
	if (isEmpty) {
		throw new InvalidParameterError(`${place} > Value`, 'must not be empty', {
			description: `If the value comes from an expression, check the names in the expression. To compare with empty text, add 'Value Type', set it to 'JSON' and enter "". To skip empty conditions, add the 'Ignore Empty Filters' option.`,
		});
	}
	const value = readConditionValue(parts.value, {
		place: `${place} > Value`,
		comparison: { field, operator },
		valueType: readValueType(`${place} > Value Type`, parts.valueType),
		ignoreEmpty,
	});
	const condition = { field, operator, value };
	if (applyFiltersIn === 'n8n') checkLocalOperator(condition, place);
	return [condition];
}

function readOperator(parts: Record<string, unknown>, place: string): string {
	const operator = readChoice(`${place} > Operator`, parts.operator, {
		choices: [...OPERATORS, 'custom'],
		fallback: 'eq',
	});
	if (operator !== 'custom') return operator;
	const advice =
		'Enter the operator name as used by the Signicat API, or choose an operator from the list.';
	const field = `${place} > Custom Operator`;
	const custom = readName(field, parts.customOperator, { advice });
	if (custom !== '') return custom;
	throw new InvalidParameterError(field, 'must not be empty', { description: advice });
}

/** Checks that the condition can be evaluated in n8n, in bounded time. */
function checkLocalOperator({ operator, value }: Condition, place: string): void {
	if (!isKnownOperator(operator)) {
		throw new InvalidParameterError(
			`${place} > Custom Operator`,
			`n8n cannot evaluate the operator "${shorten(operator)}"`,
			{ description: "Set 'Apply Filters In' to 'Signicat', or choose an operator from the list." },
		);
	}
	if (operator !== 'regex') return;
	const parsed = parseExpression(value);
	if ('problem' in parsed) {
		throw new InvalidParameterError(`${place} > Value`, parsed.problem, {
			description: parsed.advice,
		});
	}
}
