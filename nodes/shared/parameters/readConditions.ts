import type { Condition, Filtering } from '../model/conditions';
import { InvalidParameterError } from './invalidParameter';
import { readChoice, readRecord, readSwitch } from './read';
import { isEmpty } from './valueKind';
import { readCondition } from './readCondition';
import { readFilters } from './readFilters';

export interface FilterValues {
	filters: unknown;
	conditions: unknown;
	/** The node's Options, with Apply Filters In and Ignore Empty Filters. */
	options?: Record<string, unknown>;
	/** Whether an AI agent calls the node. It leaves filters that it does not need empty. */
	isToolCall?: boolean;
}

/**
 * Reads the filter parameters as conditions, in a stable order, and where to evaluate them. An empty
 * filter or condition, for example from an expression with a typo, is rejected: without it, every event
 * would match. With Ignore Empty Filters it is skipped.
 *
 * @throws InvalidParameterError naming the field
 */
export function readFiltering(values: FilterValues): Filtering & { conditions: Condition[] } {
	const { filters, conditions, options = {}, isToolCall = false } = values;
	const applyFiltersIn = readApplyFiltersIn(options.applyFiltersIn);
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
	return { conditions: [...fromFilters, ...fromConditions], applyFiltersIn };
}

/** @throws InvalidParameterError */
export function readApplyFiltersIn(value: unknown): Filtering['applyFiltersIn'] {
	return readChoice('Apply Filters In', value, {
		choices: ['signicat', 'n8n'],
		fallback: 'signicat',
	});
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
