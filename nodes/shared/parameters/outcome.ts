import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { DEFAULT_OUTCOME_RULE, type OutcomeRule } from '../formats/outcome';
import { InvalidParameterError } from './invalidParameter';
import { readNames } from './readNames';
import { readName } from './readText';
import { resourceLocator } from './resourceLocator';

const MAX_VALUES = 100;

/**
 * The options that say how an event tells success from failure, sorted by label.
 *
 * @param displayOptions when they are shown, for example for some formats only
 */
export function outcomeOptionsFor(displayOptions: IDisplayOptions): INodeProperties[] {
	return [
		{
			displayName: 'Outcome Failure Values',
			name: 'outcomeFailureValues',
			type: 'string',
			default: DEFAULT_OUTCOME_RULE.failure.join(', '),
			placeholder: 'e.g. failure, denied',
			description:
				"Comma-separated values of 'Outcome Property' that mean failure. Upper and lower case are the same.",
			displayOptions,
		},
		{
			...resourceLocator({
				displayName: 'Outcome Property',
				name: 'outcomeProperty',
				description:
					"Property or field that tells success from failure. Without it, the outcome is 'unknown'. The list shows the properties of the 'Service Name' and 'Event Type' in 'Filters'.",
				searchListMethod: 'getFields',
				placeholder: 'e.g. Result',
			}),
			displayOptions,
		},
		{
			displayName: 'Outcome Success Values',
			name: 'outcomeSuccessValues',
			type: 'string',
			default: DEFAULT_OUTCOME_RULE.success.join(', '),
			placeholder: 'e.g. success, completed',
			description:
				"Comma-separated values of 'Outcome Property' that mean success. Upper and lower case are the same.",
			displayOptions,
		},
	];
}

/**
 * @param options the node's Options
 * @throws InvalidParameterError naming the option
 */
export function readOutcome(options: Record<string, unknown>): OutcomeRule {
	const property = readName('Outcome Property', options.outcomeProperty, {
		advice: 'Enter the name of a property, for example Result.',
	});
	const success = readValues('Outcome Success Values', options.outcomeSuccessValues);
	const failure = readValues('Outcome Failure Values', options.outcomeFailureValues);
	if (success && failure && without(failure, success).length < failure.length) {
		throw new InvalidParameterError(
			'Outcome Failure Values',
			"has a value that is also in 'Outcome Success Values'",
			{ description: 'Remove it from one of the two. Upper and lower case are the same.' },
		);
	}
	// A value that was entered for one of the two is not a default of the other.
	const rule = {
		success: success ?? without(DEFAULT_OUTCOME_RULE.success, failure ?? []),
		failure: failure ?? without(DEFAULT_OUTCOME_RULE.failure, success ?? []),
	};
	return property === '' ? rule : { ...rule, property };
}

function without(values: readonly string[], others: readonly string[]): string[] {
	const taken = new Set(others.map((value) => value.toLowerCase()));
	return values.filter((value) => !taken.has(value.toLowerCase()));
}

/** @returns undefined if there are none */
function readValues(field: string, value: unknown): string[] | undefined {
	const values = readNames(field, value, {
		advice: 'Enter comma-separated values, for example success, completed.',
		max: MAX_VALUES,
	});
	return values.length > 0 ? values : undefined;
}
