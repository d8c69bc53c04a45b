import type { INodeProperties } from 'n8n-workflow';
import { InvalidParameterError } from '../shared/parameters/invalidParameter';
import { EVENT_TYPE, type WatchedFields } from './polling/watchedFields';

export const EVENTS = ['newEvent', 'newEventType', 'newValue'] as const;

export type TriggerEvent = (typeof EVENTS)[number];

export const EMITS = ['itemPerEvent', 'oneItemPerPoll'] as const;

export type Emit = (typeof EMITS)[number];

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
		displayName: 'Fields',
		name: 'fields',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. userId,ipAddress',
		description:
			'Names of one to three fields or properties, separated by commas. With several, each new combination of their values triggers. The trigger remembers 20,000 combinations and forgets those that have not appeared for the longest time.',
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
