import type { INodeProperties } from 'n8n-workflow';
import { InvalidParameterError } from '../shared/parameters/invalidParameter';
import { readNames } from '../shared/parameters/readNames';
import { EVENT_TYPE, type WatchedFields } from './polling/watchedFields';

export const EVENTS = ['newEvent', 'newEventType', 'newValue'] as const;

export type TriggerEvent = (typeof EVENTS)[number];

export const EMITS = ['itemPerEvent', 'oneItemPerPoll'] as const;

export type Emit = (typeof EMITS)[number];

export const FIELDS_LABEL = 'Field Names or IDs';

const MAX_FIELDS = 3;

export const eventProperties: INodeProperties[] = [
	{
		displayName: 'Trigger On',
		name: 'event',
		type: 'options',
		noDataExpression: true,
		default: 'newEvent',
		options: [
			{
				name: 'New Event',
				value: 'newEvent',
				description: 'Triggers for each new event in the audit log',
			},
			{
				name: 'New Event Type',
				value: 'newEventType',
				description:
					'Triggers once per previously unseen event type of a service, with its first event',
			},
			{
				name: 'New Value',
				value: 'newValue',
				description:
					'Triggers once per previously unseen value of a field, or combination of values, with its first event',
			},
		],
	},
	{
		displayName: FIELDS_LABEL,
		name: 'fields',
		type: 'multiOptions',
		required: true,
		default: ['userId', 'ipAddress'],
		allowArbitraryValues: true,
		description:
			'One to three fields or properties. With several, each new combination of their values triggers. The trigger remembers 20,000 values or combinations, and forgets those that have not appeared for the longest time. An expression can also return comma-separated names, or paths such as data.result. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		typeOptions: {
			loadOptionsMethod: 'getOutputFields',
			loadOptionsDependsOn: ['filters.serviceName', 'filters.eventType'],
		},
		displayOptions: { show: { event: ['newValue'] } },
	},
];

export const emitProperty: INodeProperties = {
	displayName: 'Emit',
	name: 'emit',
	type: 'options',
	default: 'itemPerEvent',
	description: 'How many items a poll that finds something returns',
	options: [
		{
			name: 'Item per Event',
			value: 'itemPerEvent',
			description: 'One item for each event, event type or value',
		},
		{
			name: 'One Item per Poll',
			value: 'oneItemPerPoll',
			description: 'A single item with a list of everything that the poll found',
		},
	],
};

/**
 * @returns the fields whose values an event of the trigger is about; undefined for New Event
 * @throws InvalidParameterError
 */
export function readWatchedFields(
	event: TriggerEvent,
	fields: () => unknown,
): WatchedFields | undefined {
	switch (event) {
		case 'newEvent':
			return undefined;
		case 'newEventType':
			return EVENT_TYPE;
		case 'newValue':
			return { names: readFields(fields()), countsMissing: false };
	}
}

function readFields(value: unknown): string[] {
	const advice = 'Choose one to three fields, such as userId and ipAddress.';
	const fields = readNames(FIELDS_LABEL, value, { advice, max: MAX_FIELDS });
	if (fields.length > 0) return fields;
	throw new InvalidParameterError(FIELDS_LABEL, 'must not be empty', { description: advice });
}
