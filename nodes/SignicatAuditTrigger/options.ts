import type { INodeProperties } from 'n8n-workflow';
import {
	applyFiltersInOption,
	ignoreEmptyFiltersOption,
	matchOption,
} from '../shared/parameters/filters';
import { includeOriginalOption, outcomeOptions } from '../shared/parameters/output';

export const DEFAULT_LATE_MINUTES = 5;
export const MAX_LATE_MINUTES = 30 * 24 * 60;
export const DEFAULT_LOOKBACK_HOURS = 24;
export const MAX_LOOKBACK_DAYS = 3650;
export const DEFAULT_LEARN_DAYS = 30;
export const MAX_SETTLING_SECONDS = 86_400;
export const DEFAULT_CAPACITY = 50_000;

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
				'Number of days before activation to learn from. Event types or values that appear in these days do not start the workflow.',
			displayOptions: { show: { '/event': ['newEventType', 'newValue'] } },
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
				'Approximate maximum number of events per poll. The rest follows in later polls. A poll also ends with its time, or at 64 MB of events.',
		},
		matchOption,
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
			displayName: 'Start Date',
			name: 'startDate',
			type: 'dateTime',
			default: '',
			placeholder: 'e.g. 2026-11-01T00:00:00Z',
			description:
				"Date and time to start from, in the past. Uses the workflow's time zone if none is given.",
			displayOptions: { show: { '/event': ['newEvent'], startFrom: ['date'] } },
		},
		{
			displayName: 'Start From',
			name: 'startFrom',
			type: 'options',
			default: 'now',
			description: 'Where to start when the workflow is first activated',
			displayOptions: { show: { '/event': ['newEvent'] } },
			options: [
				{
					name: 'Date',
					value: 'date',
					description: "Also events from before activation (see 'Start Date')",
				},
				{ name: 'Now', value: 'now', description: 'Only events after activation' },
				{
					name: 'Lookback',
					value: 'lookback',
					description: "Also events from the last hours before activation (see 'Lookback Hours')",
				},
			],
		},
	],
};
