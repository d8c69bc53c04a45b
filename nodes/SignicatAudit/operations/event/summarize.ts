import type { IDataObject } from 'n8n-workflow';
import {
	type Digest,
	EventCounter,
	GROUP_KEYS,
	type GroupKey,
	MAX_GROUPS,
} from '../../digest/digest';
import { digestHtml } from '../../digest/digestHtml';
import { digestSlack } from '../../digest/digestSlack';
import { digestText } from '../../digest/digestText';
import { zoneClock } from '../../digest/digestTime';
import { type DigestContext, viewDigest } from '../../digest/digestView';
import { InvalidParameterError, shorten } from '../../../shared/parameters/invalidParameter';
import { readInteger, readRecord } from '../../../shared/parameters/read';
import { checkTimeZone } from '../../../shared/parameters/timeZone';
import { isEmpty } from '../../../shared/parameters/valueKind';
import { formatTimestamp } from '../../../shared/model/instant';
import type { Operation } from '../operation';
import { readWithProgress } from '../readWithProgress';
import { rangeAndFilterProperties, readingOptions, readQuery } from '../../parameters/query';

const DEFAULT_TOP_N = 10;
const DEFAULT_GROUP_BY: GroupKey[] = ['serviceName', 'eventType'];

/** Event: Summarize – counts of the events of a range by group, in one item. */
export const eventSummarize: Operation = {
	resource: 'event',
	option: {
		name: 'Summarize',
		value: 'summarize',
		description: 'Count events, grouped by the fields you choose',
		action: 'Summarize events',
	},
	properties: [
		...rangeAndFilterProperties,
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
				{ name: 'Sandbox', value: 'sandbox' },
				{ name: 'Service Name', value: 'serviceName' },
				{ name: 'User ID', value: 'userId' },
			],
		},
		readingOptions({
			displayName: 'Top N',
			name: 'topN',
			type: 'number',
			default: DEFAULT_TOP_N,
			typeOptions: { minValue: 1, maxValue: MAX_GROUPS },
			description:
				'Maximum number of groups to list, largest first. The remaining groups are combined into one entry.',
		}),
	],

	prepare(context, itemIndex) {
		const options = readRecord('Options', context.getNodeParameter('options', itemIndex, {}));
		const query = readQuery(context, itemIndex);
		const groupBy = readGroupBy(context.getNodeParameter('groupBy', itemIndex, ''));
		const topN = readInteger('Top N', options.topN, {
			min: 1,
			max: MAX_GROUPS,
			fallback: DEFAULT_TOP_N,
		});
		const timeZone = checkTimeZone(context.getTimezone());
		const digestContext: DigestContext = {
			window: query.window,
			groupBy,
			timeZone,
			clock: zoneClock(timeZone),
		};
		return async (client) => {
			const counter = new EventCounter(digestContext);
			const pages = readWithProgress(context, client, {
				...query,
				// A count does not depend on the order; this is the one in which the API sends events.
				order: 'newestFirst',
				buffering: { pages: 2 * query.maxConcurrency },
			});
			for await (const events of pages) for (const event of events) counter.add(event);
			return [{ json: summaryOf(counter.digest(topN), digestContext) }];
		};
	},
};

/**
 * The JSON of the item. If there are more groups than Top N, the last entry of `groups` combines the
 * remaining ones: `{ other: true, groups, count, firstAt, lastAt }`. So the counts always add up to `total`.
 */
function summaryOf(digest: Digest, context: DigestContext): IDataObject {
	const { total, groups, other } = digest;
	const view = viewDigest(digest, context);
	return {
		from: formatTimestamp(context.window.from),
		to: formatTimestamp(context.window.to),
		total,
		groups: [
			...groups.map(({ values, ...totals }) => ({
				...Object.fromEntries(context.groupBy.map((key, index) => [key, values[index]])),
				...totals,
			})),
			...(other ? [{ other: true, ...other }] : []),
		],
		...(view.note !== undefined && { note: view.note }),
		text: digestText(view),
		slack: digestSlack(view),
		html: digestHtml(view),
	};
}

/** Reads a list of keys, or comma-separated text. Duplicates are removed. */
function readGroupBy(parameter: unknown): GroupKey[] {
	if (isEmpty(parameter)) return DEFAULT_GROUP_BY;
	const list: unknown[] = typeof parameter === 'string' ? parameter.split(',') : asList(parameter);
	const names = list
		.map((value) => (typeof value === 'string' ? value.trim() : String(value ?? 'null')))
		.filter((name) => name !== '');
	const unknown = names.find((name) => !isGroupKey(name));
	if (names.length > 0 && unknown === undefined) return [...new Set(names.filter(isGroupKey))];
	throw new InvalidParameterError(
		'Group By',
		unknown === undefined ? 'must not be empty' : `"${shorten(unknown)}" is not one of the options`,
		{ description: `Use one or more of ${GROUP_KEYS.join(', ')}.` },
	);
}

function asList(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [value];
}

function isGroupKey(name: string): name is GroupKey {
	return (GROUP_KEYS as readonly string[]).includes(name);
}
