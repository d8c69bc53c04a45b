import type { INodeProperties, IPollFunctions } from 'n8n-workflow';
import type { Output } from '../shared/formats/eventJson';
import type { Condition } from '../shared/model/conditions';
import { DAY, type Duration, HOUR, MINUTE, SECOND } from '../shared/model/instant';
import { applyFiltersInOption, ignoreEmptyFiltersOption } from '../shared/parameters/filters';
import { readChoice, readInteger, readRecord } from '../shared/parameters/read';
import { readFiltering } from '../shared/parameters/readConditions';
import { includeOriginalOption, outcomeOptions, readOutput } from '../shared/parameters/output';
import { CREDENTIAL_TYPE } from '../shared/signicat/context';
import { shortHash } from './state/pollState';

const DEFAULT_LATE_MINUTES = 5;
const MAX_LATE_MINUTES = 30 * 24 * 60;
const DEFAULT_LOOKBACK_HOURS = 24;
const MAX_LOOKBACK_DAYS = 3650;
const DEFAULT_LEARN_DAYS = 30;
const MAX_SETTLING_SECONDS = 86_400;
const DEFAULT_CAPACITY = 5000;
/** In characters, of 6 bits each. */
const KEY_LENGTH = 16;

export const triggerOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		applyFiltersInOption,
		ignoreEmptyFiltersOption,
		includeOriginalOption,
		{
			displayName: 'Late Arrival Minutes',
			name: 'lateArrivalMinutes',
			type: 'number',
			default: DEFAULT_LATE_MINUTES,
			typeOptions: { minValue: 0, maxValue: MAX_LATE_MINUTES },
			description:
				'How many minutes after its timestamp an event may still appear in the audit log. Each poll reads this window again and skips events that it has already returned.',
		},
		{
			displayName: 'Learn Days',
			name: 'learnDays',
			type: 'number',
			default: DEFAULT_LEARN_DAYS,
			typeOptions: { minValue: 1, maxValue: MAX_LOOKBACK_DAYS },
			description:
				'Number of days before activation to learn event types from. Event types from these days do not start the workflow.',
			displayOptions: { show: { '/event': ['newEventType'] } },
		},
		{
			displayName: 'Lookback Hours',
			name: 'lookbackHours',
			type: 'number',
			default: DEFAULT_LOOKBACK_HOURS,
			typeOptions: { minValue: 1, maxValue: 24 * MAX_LOOKBACK_DAYS },
			description: 'Number of hours before activation to start from',
			displayOptions: { show: { '/event': ['newEvent'], startFrom: ['lookback'] } },
		},
		{
			displayName: 'Max Events per Poll',
			name: 'maxEventsPerPoll',
			type: 'number',
			default: DEFAULT_CAPACITY,
			typeOptions: { minValue: 1 },
			description:
				'Approximate maximum number of events per poll. The rest follows in later polls.',
		},
		...outcomeOptions,
		{
			displayName: 'Settling Seconds',
			name: 'settlingSeconds',
			type: 'number',
			default: 0,
			typeOptions: { minValue: 0, maxValue: MAX_SETTLING_SECONDS },
			description:
				'Number of seconds to hold back the newest events, so that events that arrive out of order can be sorted',
		},
		{
			displayName: 'Start From',
			name: 'startFrom',
			type: 'options',
			default: 'now',
			description: 'Where to start when the workflow is first activated',
			displayOptions: { show: { '/event': ['newEvent'] } },
			options: [
				{ name: 'Now', value: 'now', description: 'Only events after activation' },
				{
					name: 'Lookback',
					value: 'lookback',
					description: "Also events from before activation (see 'Lookback Hours')",
				},
			],
		},
	],
};

export interface TriggerSettings {
	event: 'newEvent' | 'newEventType';
	output: Output;
	conditions: Condition[];
	applyFiltersIn: 'signicat' | 'n8n';
	/** Identifies what the trigger watches: a stored state with another key belongs to other settings. */
	key: string;
	/** As in PollSettings. */
	allowedLateness: Duration;
	delay: Duration;
	capacity: number;
	startFrom: 'now' | 'lookback';
	/** How far before the activation to start, with Start From set to Lookback. */
	lookback: Duration;
	/** How far before the activation to learn event types. */
	learningPeriod: Duration;
}

/** @throws InvalidParameterError naming the field */
export async function readSettings(context: IPollFunctions): Promise<TriggerSettings> {
	const parameter = (name: string, fallback: object | string | boolean): unknown =>
		context.getNodeParameter(name, fallback as object);
	const options = readRecord('Options', parameter('options', {}));
	const event = readChoice('Trigger On', parameter('event', 'newEvent'), {
		choices: ['newEvent', 'newEventType'],
		fallback: 'newEvent',
	});
	const startFrom = readChoice('Start From', options.startFrom, {
		choices: ['now', 'lookback'],
		fallback: 'now',
	});
	const { conditions, applyFiltersIn } = readFiltering({
		filters: parameter('filters', {}),
		conditions: parameter('conditions', {}),
		options,
	});
	return {
		event,
		startFrom,
		conditions,
		applyFiltersIn,
		output: readOutput({
			output: parameter('output', ''),
			outputFields: parameter('outputFields', ''),
			options,
		}),
		key: await stateKey(context, event, conditions),
		...readTimes(options, { event, startFrom }),
		capacity: readInteger('Max Events per Poll', options.maxEventsPerPoll, {
			min: 1,
			fallback: DEFAULT_CAPACITY,
		}),
	};
}

/** Ignores options that the editor does not show for the chosen event: they may be left over from another. */
function readTimes(
	options: Record<string, unknown>,
	{ event, startFrom }: Pick<TriggerSettings, 'event' | 'startFrom'>,
): Pick<TriggerSettings, 'allowedLateness' | 'delay' | 'lookback' | 'learningPeriod'> {
	const isLookback = event === 'newEvent' && startFrom === 'lookback';
	const lookbackHours = readInteger(
		'Lookback Hours',
		isLookback ? options.lookbackHours : undefined,
		{ min: 1, max: 24 * MAX_LOOKBACK_DAYS, fallback: DEFAULT_LOOKBACK_HOURS },
	);
	const learnDays = readInteger(
		'Learn Days',
		event === 'newEventType' ? options.learnDays : undefined,
		{ min: 1, max: MAX_LOOKBACK_DAYS, fallback: DEFAULT_LEARN_DAYS },
	);
	const lateMinutes = readInteger('Late Arrival Minutes', options.lateArrivalMinutes, {
		min: 0,
		max: MAX_LATE_MINUTES,
		fallback: DEFAULT_LATE_MINUTES,
	});
	const settlingSeconds = readInteger('Settling Seconds', options.settlingSeconds, {
		min: 0,
		max: MAX_SETTLING_SECONDS,
		fallback: 0,
	});
	return {
		allowedLateness: BigInt(lateMinutes) * MINUTE,
		delay: BigInt(settlingSeconds) * SECOND,
		lookback: BigInt(lookbackHours) * HOUR,
		learningPeriod: BigInt(learnDays) * DAY,
	};
}

/** A one-way hash of what the trigger watches, so that the state contains no client ID. */
async function stateKey(
	context: IPollFunctions,
	event: string,
	conditions: readonly Condition[],
): Promise<string> {
	const { baseUrl, clientId, accountId, organizationId } =
		await context.getCredentials(CREDENTIAL_TYPE);
	return shortHash(
		JSON.stringify([baseUrl, clientId, accountId, organizationId, event, conditions]),
		KEY_LENGTH,
	);
}
