import { type Condition, type Filtering, MATCHES } from '../model/conditions';
import { InvalidParameterError } from './invalidParameter';
import { readChoice, readRecord, readSwitch } from './read';
import { isEmpty } from './valueKind';
import { readCondition } from './readCondition';
import { readFilters } from './readFilters';

export interface FilterValues {
	filters: unknown;
	conditions: unknown;
	/** The node's Options, with Apply Filters In, Must Match and Ignore Empty Filters. */
	options?: Record<string, unknown>;
	/** Whether an AI agent calls the node. It leaves filters that it does not need empty. */
	isToolCall?: boolean;
}

/** The filter parameters as both nodes read them. */
export interface FilteringSettings extends Filtering {
	conditions: Condition[];
}

/**
 * Reads the filter parameters as conditions, in a stable order, where to evaluate them, and how many must
 * match. An empty filter or condition, for example from an expression with a typo, is rejected: without it,
 * other events would match. With Ignore Empty Filters it is skipped.
 *
 * @throws InvalidParameterError naming the field
 */
export function readFiltering(values: FilterValues): FilteringSettings {
	const { filters, conditions, options = {}, isToolCall = false } = values;
	const applyFiltersIn = readApplyFiltersIn(options.applyFiltersIn);
	const match = readMatch(options.match, applyFiltersIn);
	const reading = {
		ignoreEmpty: readSwitch('Ignore Empty Filters', options.ignoreEmptyFilters, {
			fallback: isToolCall,
		}),
		applyFiltersIn,
	};
	const isIgnored = (value: unknown) => reading.ignoreEmpty && isEmpty(value);
	const fromFilters = isIgnored(filters) ? [] : readFilters(filters, reading);
	const fromConditions = isIgnored(conditions)
		? []
		: listOf(conditions).flatMap((condition, index) =>
				readCondition(condition, `Conditions > Condition ${index + 1}`, reading),
			);
	return { conditions: [...fromFilters, ...fromConditions], applyFiltersIn, match };
}

/** @throws InvalidParameterError */
export function readApplyFiltersIn(value: unknown): Filtering['applyFiltersIn'] {
	return readChoice('Apply Filters In', value, {
		choices: ['signicat', 'n8n'],
		fallback: 'signicat',
	});
}

function readMatch(
	value: unknown,
	applyFiltersIn: Filtering['applyFiltersIn'],
): Filtering['match'] {
	const match = readChoice('Must Match', value, { choices: MATCHES, fallback: 'all' });
	if (match === 'all' || applyFiltersIn === 'n8n') return match;
	throw new InvalidParameterError(
		'Must Match',
		"'Any' requires 'Apply Filters In' to be 'This Workflow'",
		{
			description:
				"Signicat only returns events that match all filters and conditions. Change 'Apply Filters In' to 'This Workflow', or 'Must Match' to 'All'.",
		},
	);
}

const CONDITIONS = new Set(['condition']);

function listOf(conditions: unknown): unknown[] {
	const record = readRecord('Conditions', conditions, { keys: CONDITIONS });
	if (!('condition' in record)) return [];
	if (Array.isArray(record.condition)) return record.condition as unknown[];
	throw new InvalidParameterError('Conditions', '"condition" must be a list', {
		description:
			'Add conditions with the button, or use an expression that returns { "condition": [ … ] }.',
	});
}
