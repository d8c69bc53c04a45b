import type { INodeProperties } from 'n8n-workflow';
import { MAX_GROUPS } from '../../digest/eventCounter';
import { readingOptions } from '../../parameters/query';

/** The parameters of Summarize, after those of the range and the filters. */
export const summaryProperties: INodeProperties[] = [
	{
		displayName: 'Group By',
		name: 'groupBy',
		type: 'multiOptions',
		default: ['serviceName', 'eventType'],
		description:
			"Fields to group by. Events with the same values form one group. Days and hours use the workflow's time zone.",
		options: [
			{ name: 'Client ID', value: 'clientId' },
			{ name: 'Day', value: 'day' },
			{ name: 'Event Type', value: 'eventType' },
			{ name: 'Hour', value: 'hour' },
			{ name: 'IP Address', value: 'ipAddress' },
			{ name: 'Service Name', value: 'serviceName' },
			{ name: 'User ID', value: 'userId' },
		],
	},
	{
		displayName: 'Group By Property Names or IDs',
		name: 'groupByProperties',
		type: 'multiOptions',
		default: [],
		allowArbitraryValues: true,
		description:
			'Properties to group by as well, such as Idp or Result. An expression can also return comma-separated names, or paths such as data.result. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		typeOptions: {
			loadOptionsMethod: 'getOutputFields',
			loadOptionsDependsOn: ['filters.serviceName', 'filters.eventType'],
		},
	},
	{
		displayName: 'Emit',
		name: 'emit',
		type: 'options',
		default: 'oneItem',
		description: 'How to return the groups',
		options: [
			{
				name: 'One Item',
				value: 'oneItem',
				description: 'A single item with all groups, and as text, Slack message and HTML',
			},
			{
				name: 'One Item per Group',
				value: 'itemPerGroup',
				description: 'An item for each group, to filter or to loop over; none without events',
			},
		],
	},
	readingOptions(
		{
			displayName: 'Compare With',
			name: 'compareWith',
			type: 'options',
			default: 'nothing',
			description:
				"Counts to compare with. For 'Previous Week', for example, the previous period is the week before. It is read after the period itself.",
			options: [
				{ name: 'Nothing', value: 'nothing' },
				{ name: 'Previous Period', value: 'previousPeriod' },
			],
		},
		{
			displayName: 'Message Formats',
			name: 'forms',
			type: 'multiOptions',
			default: ['text', 'slack', 'html'],
			description:
				'Which ready-made messages to return with the counts. If not set: all of them, or none if an AI agent calls the node.',
			options: [
				{ name: 'HTML', value: 'html', description: 'For an email' },
				{ name: 'Slack', value: 'slack', description: "In Slack's mrkdwn" },
				{ name: 'Text', value: 'text', description: 'Plain text' },
			],
			displayOptions: { show: { '/emit': ['oneItem'] } },
		},
		{
			displayName: 'Minimum Count',
			name: 'minimumCount',
			type: 'number',
			default: 1,
			typeOptions: { minValue: 1 },
			description:
				'Number of events that a group must have to be listed, in either period if compared. The other groups are combined into one entry.',
		},
		{
			displayName: 'Top N',
			name: 'topN',
			type: 'number',
			default: 10,
			typeOptions: { minValue: 1, maxValue: MAX_GROUPS },
			description:
				"Maximum number of groups to list, largest first. The remaining groups are combined into one entry. If not set, 'One Item per Group' returns all groups.",
		},
	),
];
