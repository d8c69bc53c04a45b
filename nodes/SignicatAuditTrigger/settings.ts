import { createHash } from 'crypto';
import type { IDataObject, INodeProperties, IPollFunctions } from 'n8n-workflow';
import { CREDENTIAL_TYPE } from '../shared/api/context';
import { applyFiltersInOption } from '../shared/parameters/filters';
import { readApplyFiltersIn, readConditions } from '../shared/parameters/readConditions';
import { readChoice, readInteger } from '../shared/parameters/invalid';
import type { Condition } from '../shared/reading/conditions';
import { HOUR, type Instant, MINUTE, SECOND } from '../shared/reading/timestamp';

const DEFAULT_LATE_MINUTES = 5;
const MOST_LATE_MINUTES = 30 * 24 * 60;
const DEFAULT_LOOKBACK_HOURS = 24;
const DEFAULT_CAPACITY = 5000;

export const triggerOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		applyFiltersInOption,
		{
			displayName: 'Late Arrival Minutes',
			name: 'lateArrivalMinutes',
			type: 'number',
			default: DEFAULT_LATE_MINUTES,
			typeOptions: { minValue: 0, maxValue: MOST_LATE_MINUTES },
			description:
				'How many minutes after its timestamp an event may still appear in the audit log. The last minutes are read again with each poll, and events that were given before are left out.',
		},
		{
			displayName: 'Lookback Hours',
			name: 'lookbackHours',
			type: 'number',
			default: DEFAULT_LOOKBACK_HOURS,
			typeOptions: { minValue: 1 },
			description:
				'With Start From set to Lookback: how many hours before activation to begin. With New Event Type: how far back known event types are learned, 720 hours if not set.',
		},
		{
			displayName: 'Max Events per Poll',
			name: 'maxEventsPerPoll',
			type: 'number',
			default: DEFAULT_CAPACITY,
			typeOptions: { minValue: 1 },
			description:
				'About how many events one poll gives to the workflow. The rest comes with the next polls.',
		},
		{
			displayName: 'Settling Seconds',
			name: 'settlingSeconds',
			type: 'number',
			default: 0,
			typeOptions: { minValue: 0, maxValue: 86400 },
			description:
				'How many seconds the trigger stays behind the clock, so that events which come out of order are sorted',
		},
		{
			displayName: 'Start From',
			name: 'startFrom',
			type: 'options',
			default: 'now',
			description: 'What counts as new when the workflow is activated for the first time',
			displayOptions: { show: { '/event': ['newEvent'] } },
			options: [
				{ name: 'Now', value: 'now', description: 'Events after the activation' },
				{
					name: 'Lookback',
					value: 'lookback',
					description: 'Events of the last hours before the activation, too',
				},
			],
		},
	],
};

export interface TriggerSettings {
	event: 'newEvent' | 'newEventType';
	simplify: boolean;
	conditions: Condition[];
	applyFiltersIn: 'signicat' | 'n8n';
	/** What the state is made for; a state with another key belongs to other settings. */
	key: string;
	lateArrival: Instant;
	settling: Instant;
	capacity: number;
	startFrom: 'now' | 'lookback';
	/** How far to look back at activation, where it was set or is needed. */
	lookback: Instant;
	/** How far back event types are learned. */
	learnSpan: Instant;
}

const THIRTY_DAYS = 720n * HOUR;

/** @throws InvalidParameterError naming the field */
export async function readSettings(context: IPollFunctions): Promise<TriggerSettings> {
	const options = context.getNodeParameter('options', {}) as IDataObject;
	const applyFiltersIn = readApplyFiltersIn(options.applyFiltersIn);
	const conditions = readConditions({
		filters: context.getNodeParameter('filters', {}),
		conditions: context.getNodeParameter('conditions', {}),
		applyFiltersIn,
	});
	const event = readChoice('Trigger On', context.getNodeParameter('event', 'newEvent'), [
		'newEvent',
		'newEventType',
	] as const);
	const wholeNumber = (label: string, name: string, fallback: number, bounds: Bounds) =>
		readInteger(label, options[name] ?? fallback, bounds);
	const lookbackHours = wholeNumber('Lookback Hours', 'lookbackHours', DEFAULT_LOOKBACK_HOURS, {
		min: 1,
		max: 24 * 365 * 10,
	});
	const lookback = BigInt(lookbackHours) * HOUR;
	return {
		event,
		simplify: context.getNodeParameter('simplify', true) as boolean,
		conditions,
		applyFiltersIn,
		key: await stateKey(context, event, conditions),
		lateArrival:
			MINUTE *
			BigInt(
				wholeNumber('Late Arrival Minutes', 'lateArrivalMinutes', DEFAULT_LATE_MINUTES, {
					min: 0,
					max: MOST_LATE_MINUTES,
				}),
			),
		settling:
			SECOND *
			BigInt(wholeNumber('Settling Seconds', 'settlingSeconds', 0, { min: 0, max: 86400 })),
		capacity: wholeNumber('Max Events per Poll', 'maxEventsPerPoll', DEFAULT_CAPACITY, { min: 1 }),
		startFrom: readChoice('Start From', options.startFrom ?? 'now', ['now', 'lookback'] as const),
		lookback,
		learnSpan: options.lookbackHours === undefined ? THIRTY_DAYS : lookback,
	};
}

interface Bounds {
	min: number;
	max?: number;
}

/** A short name for what the trigger watches. It is one-way, so the state holds no client ID. */
async function stateKey(
	context: IPollFunctions,
	event: string,
	conditions: readonly Condition[],
): Promise<string> {
	const { baseUrl, clientId, accountId, organizationId } =
		await context.getCredentials(CREDENTIAL_TYPE);
	return createHash('sha256')
		.update(JSON.stringify([baseUrl, clientId, accountId, organizationId, event, conditions]))
		.digest('base64url')
		.slice(0, 16);
}
