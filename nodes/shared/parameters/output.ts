import type { INodeProperties } from 'n8n-workflow';
import type { LogFormatSettings, Output } from '../formats/eventJson';
import { DEFAULT_OUTCOME_RULE } from '../formats/outcome';
import { InvalidParameterError } from './invalidParameter';
import { outcomeOptionsFor, readOutcome } from './outcome';
import { readChoice, readSwitch } from './read';
import { readNames } from './readNames';

type Format = Output['format'];

const OUTPUT_FORMATS = ['simplified', 'raw', 'selectedFields', 'ecs', 'ocsf', 'cef'] as const;

const WITH_OUTCOME: Format[] = ['ecs', 'ocsf', 'cef'];
const WITH_ORIGINAL: Format[] = ['ecs', 'ocsf'];

const FIELDS_LABEL = 'Output Field Names or IDs';

/** Each of them is a key of every item, and is looked up in every event. */
const MAX_OUTPUT_FIELDS = 100;

/** A format for log tools: an AI agent gains nothing by it, and pays for its length. */
const notForAgents = { show: { '@tool': [false] } };

/** What an event looks like in an item. Options has the rest (`outcomeOptions`, `includeOriginalOption`). */
export const outputProperties: INodeProperties[] = [
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		default: 'simplified',
		description: 'What each event looks like',
		options: [
			{
				name: 'CEF',
				value: 'cef',
				description: 'One line of text in the Common Event Format, for example for syslog',
				displayOptions: notForAgents,
			},
			{
				name: 'ECS',
				value: 'ecs',
				description: 'A document of the Elastic Common Schema',
				displayOptions: notForAgents,
			},
			{
				name: 'OCSF',
				value: 'ocsf',
				description: 'An event of the Open Cybersecurity Schema Framework',
				displayOptions: notForAgents,
			},
			{ name: 'Raw', value: 'raw', description: 'Everything, as Signicat returns it' },
			{
				name: 'Selected Fields',
				value: 'selectedFields',
				description: 'The fields and properties that you choose, and the cursor',
			},
			{
				name: 'Simplified',
				value: 'simplified',
				description: 'The ten most useful fields',
			},
		],
	},
	{
		displayName: 'Output Field Names or IDs',
		name: 'outputFields',
		type: 'multiOptions',
		required: true,
		default: ['timestamp', 'serviceName', 'eventType', 'message', 'userId'],
		allowArbitraryValues: true,
		description:
			'Fields and properties to return. An expression can also return comma-separated names, or paths such as data.result. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		typeOptions: {
			loadOptionsMethod: 'getOutputFields',
			loadOptionsDependsOn: ['filters.serviceName', 'filters.eventType'],
		},
		displayOptions: { show: { output: ['selectedFields'] } },
	},
];

/** For Options. */
export const includeOriginalOption: INodeProperties = {
	displayName: 'Include Original',
	name: 'includeOriginal',
	type: 'boolean',
	default: false,
	description:
		'Whether to include the event as Signicat returned it, as text, in event.original (ECS) or raw_data (OCSF)',
	displayOptions: { show: { '/output': WITH_ORIGINAL } },
};

/** For Options, sorted by label. */
export const outcomeOptions = outcomeOptionsFor({ show: { '/output': WITH_OUTCOME } });

export interface OutputValues {
	output: unknown;
	outputFields: unknown;
	/** The node's Options. */
	options: Record<string, unknown>;
}

/**
 * Ignores what the editor does not show for the chosen output: it may be left over from another one.
 *
 * @throws InvalidParameterError naming the field
 */
export function readOutput({ output, outputFields, options }: OutputValues): Output {
	const format = readChoice('Output', output, {
		choices: OUTPUT_FORMATS,
		fallback: 'simplified',
	});
	return {
		format,
		fields: format === 'selectedFields' ? readFields(outputFields) : [],
		...readLogFormatSettings(options, {
			hasOutcome: WITH_OUTCOME.includes(format),
			hasOriginal: WITH_ORIGINAL.includes(format),
		}),
	};
}

/**
 * Reads how the formats for log tools translate an event, as far as the chosen format knows such an option.
 *
 * @param options the node's Options
 * @throws InvalidParameterError naming the option
 */
export function readLogFormatSettings(
	options: Record<string, unknown>,
	{ hasOutcome, hasOriginal }: { hasOutcome: boolean; hasOriginal: boolean },
): LogFormatSettings {
	return {
		outcome: hasOutcome ? readOutcome(options) : DEFAULT_OUTCOME_RULE,
		includeOriginal:
			hasOriginal && readSwitch('Include Original', options.includeOriginal, { fallback: false }),
		readAt: new Date().toISOString(),
	};
}

function readFields(value: unknown): string[] {
	const advice = "Choose at least one field, or set 'Output' to 'Simplified'.";
	const fields = readNames(FIELDS_LABEL, value, { advice, max: MAX_OUTPUT_FIELDS });
	if (fields.length > 0) return fields;
	throw new InvalidParameterError(FIELDS_LABEL, 'must not be empty', { description: advice });
}
