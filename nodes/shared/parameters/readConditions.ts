import { type Condition, type Filtering, isKnownOperator } from '../reading/conditions';
import { InvalidParameterError, readChoice } from './invalid';
import { readName } from './locator';

/** The filters by a field of the event, each an `eq` condition. */
const FILTER_FIELDS = [
	'clientId',
	'eventType',
	'ipAddress',
	'messageId',
	'referenceId',
	'serviceName',
	'traceId',
	'userId',
] as const;

export interface FilterValues {
	filters: unknown;
	conditions: unknown;
	applyFiltersIn?: unknown;
}

/**
 * The conditions that the filter parameters stand for, in a stable order.
 *
 * @throws InvalidParameterError naming the field
 */
export function readConditions({ filters, conditions, applyFiltersIn }: FilterValues): Condition[] {
	const chosen = asRecord(filters);
	const simple = FILTER_FIELDS.flatMap((field) => {
		const value = readName(chosen[field]);
		return value === '' ? [] : [{ field, operator: 'eq', value }];
	});
	const list = asRecord(conditions).condition;
	const further = (Array.isArray(list) ? list : []).map((one, index) =>
		readCondition(asRecord(one), `Conditions > Condition ${index + 1}`),
	);
	const all = [...simple, ...further];
	if (applyFiltersIn === 'n8n') all.forEach(checkLocalOperator);
	return all;
}

/** @throws InvalidParameterError */
export function readApplyFiltersIn(value: unknown): Filtering['applyFiltersIn'] {
	const chosen = value === undefined ? 'signicat' : value;
	return readChoice('Apply Filters In', chosen, ['signicat', 'n8n']);
}

function readCondition(values: Record<string, unknown>, place: string): Condition {
	const field = readName(values.field);
	if (field === '') {
		throw new InvalidParameterError(
			`${place} > Field`,
			'it is empty',
			'Choose a field, or remove the condition.',
		);
	}
	const operator = readOperator(values, place);
	const valueType = String(values.valueType ?? 'string');
	const isList = operator === 'in' || operator === 'nin';
	const parse = (one: unknown) => readValue(one, valueType, `${place} > Value`);
	if (!isList || valueType === 'json') {
		const value = parse(values.value);
		if (isList && !Array.isArray(value)) {
			throw new InvalidParameterError(
				`${place} > Value`,
				'One Of and Not One Of need a list',
				'Enter a JSON list, for example ["nbid", "mobileid"].',
			);
		}
		return { field, operator, value };
	}
	const parts = listOf(values.value);
	if (parts.length === 0) {
		throw new InvalidParameterError(
			`${place} > Value`,
			'it is empty',
			'Enter at least one value; several with commas between them.',
		);
	}
	return { field, operator, value: parts.map(parse) };
}

/** Several values: a list, a JSON list, or text with commas between them. */
function listOf(value: unknown): unknown[] {
	if (Array.isArray(value)) return value;
	const text = String(value ?? '').trim();
	const json = text.startsWith('[') ? parseJson(text) : undefined;
	if (Array.isArray(json)) return json;
	return text.split(',').filter((part) => part.trim() !== '');
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function readOperator(values: Record<string, unknown>, place: string): string {
	const operator = String(values.operator ?? 'eq');
	if (operator === 'custom') {
		const custom = String(values.customOperator ?? '').trim();
		if (custom !== '') return custom;
		throw new InvalidParameterError(
			`${place} > Custom Operator`,
			'it is empty',
			'Enter the operator as Signicat calls it, or choose one from the list.',
		);
	}
	if (isKnownOperator(operator)) return operator;
	throw new InvalidParameterError(
		`${place} > Operator`,
		`"${operator}" is not in the list`,
		'Choose Custom, and enter it as Custom Operator.',
	);
}

function readValue(value: unknown, valueType: string, field: string): unknown {
	const refuse = (problem: string, description: string): never => {
		throw new InvalidParameterError(field, problem, description);
	};
	const trimmed = typeof value === 'string' ? value.trim() : value;
	switch (valueType) {
		case 'string':
			return typeof value === 'object' && value !== null
				? refuse('it is not text', 'Set Value Type to JSON for objects and lists.')
				: String(trimmed ?? '');
		case 'number': {
			const number = trimmed === '' ? NaN : Number(trimmed);
			return ['string', 'number'].includes(typeof trimmed) && Number.isFinite(number)
				? number
				: refuse('it is not a number', 'Enter a number such as 42 or 0.5, or change Value Type.');
		}
		case 'boolean': {
			const name = String(trimmed).toLowerCase();
			return name === 'true' || name === 'false'
				? name === 'true'
				: refuse('it is neither true nor false', 'Enter true or false, or change Value Type.');
		}
		case 'json':
			if (typeof value !== 'string') return value;
			return (
				parseJson(value) ??
				(value.trim() === 'null'
					? null
					: refuse(
							'it is not valid JSON',
							'Enter JSON, for example ["a", "b"], {"key": 1} or "text" with its quotes, or change Value Type.',
						))
			);
		default:
			return refuse(
				`the Value Type "${valueType}" is not one of the options`,
				'Use string, number, boolean or json.',
			);
	}
}

function checkLocalOperator({ field, operator, value }: Condition): void {
	const where = `Conditions > ${field}`;
	if (!isKnownOperator(operator)) {
		throw new InvalidParameterError(
			where,
			`n8n cannot evaluate the operator "${operator}"`,
			'Set Apply Filters In to Signicat, or choose an operator from the list.',
		);
	}
	if (operator === 'regex' && !isRegularExpression(String(value))) {
		throw new InvalidParameterError(
			where,
			'it is not a regular expression',
			'Check its brackets and backslashes.',
		);
	}
}

function isRegularExpression(text: string): boolean {
	try {
		new RegExp(text);
		return true;
	} catch {
		return false;
	}
}

function asRecord(value: unknown): Record<string, unknown> {
	return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
