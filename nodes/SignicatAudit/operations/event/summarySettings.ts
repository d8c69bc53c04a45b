import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Window } from '../../../shared/model/window';
import { InvalidParameterError, shorten } from '../../../shared/parameters/invalidParameter';
import { readChoice, readInteger, readRecord } from '../../../shared/parameters/read';
import { readNames } from '../../../shared/parameters/readNames';
import { isEmpty } from '../../../shared/parameters/valueKind';
import { zoneClock } from '../../digest/digestTime';
import type { DigestContext } from '../../digest/digestView';
import { MAX_GROUPS } from '../../digest/eventCounter';
import {
	type Column,
	columnsOf,
	GROUP_KEYS,
	type GroupKey,
	isGroupKey,
	MAX_PROPERTIES,
} from '../../digest/groupBy';
import { checkTimeZone } from '../../../shared/parameters/timeZone';
import { previousRange } from '../../parameters/previousRange';
import { isToolCall } from '../../parameters/toolCall';
import { type Form, FORMS } from './summaryJson';

const EMITS = ['oneItem', 'itemPerGroup'] as const;

const DEFAULT_TOP_N = 10;
/** With a previous period, there may be as many groups again that have ended. */
const ALL_GROUPS = 2 * MAX_GROUPS;

const DEFAULT_GROUP_BY: GroupKey[] = ['serviceName', 'eventType'];

const PROPERTIES_LABEL = 'Group By Property Names or IDs';

export interface SummarySettings {
	digestContext: DigestContext;
	topN: number;
	emit: (typeof EMITS)[number];
	forms: readonly Form[];
}

/**
 * Reads and checks what is special about Summarize.
 *
 * @param options `window`: the range to count
 * @throws InvalidParameterError naming the field
 */
export function readSummarySettings(
	context: IExecuteFunctions,
	itemIndex: number,
	{ window }: { window: Window },
): SummarySettings {
	const parameter = (name: string, fallback: IDataObject | string = ''): unknown =>
		context.getNodeParameter(name, itemIndex, fallback);
	const options = readRecord('Options', parameter('options', {}));
	const timeZone = checkTimeZone(context.getTimezone());
	const columns = readColumns(parameter('groupBy'), parameter('groupByProperties'));
	const isCompared = readCompareWith(options.compareWith, { columns });
	const emit = readChoice('Emit', parameter('emit'), { choices: EMITS, fallback: 'oneItem' });
	return {
		digestContext: {
			window,
			...(isCompared && {
				previousWindow: previousRange(parameter('period'), window, { timeZone }),
			}),
			columns,
			minimumCount: readInteger('Minimum Count', options.minimumCount, { min: 1, fallback: 1 }),
			timeZone,
			clock: zoneClock(timeZone),
		},
		topN: readInteger('Top N', options.topN, {
			min: 1,
			max: MAX_GROUPS,
			fallback: emit === 'oneItem' ? DEFAULT_TOP_N : ALL_GROUPS,
		}),
		emit,
		// An agent reads the counts; the same as text would only cost it tokens.
		forms: readForms(options.forms, { fallback: isToolCall(context) ? [] : FORMS }),
	};
}

/** @throws InvalidParameterError also if events would not be grouped at all */
function readColumns(groupBy: unknown, groupByProperties: unknown): Column[] {
	const properties = readNames(PROPERTIES_LABEL, groupByProperties, {
		advice: `Choose up to ${MAX_PROPERTIES} properties, or enter comma-separated names such as Idp, Result.`,
		max: MAX_PROPERTIES,
	});
	const isNone = Array.isArray(groupBy) && groupBy.length === 0;
	return columnsOf(isNone && properties.length > 0 ? [] : readGroupBy(groupBy), properties);
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
		{
			description: `Use one or more of ${GROUP_KEYS.join(', ')}. Properties belong in '${PROPERTIES_LABEL}'.`,
		},
	);
}

function readCompareWith(value: unknown, { columns }: { columns: readonly Column[] }): boolean {
	const choices = ['nothing', 'previousPeriod'] as const;
	const choice = readChoice('Compare With', value, { choices, fallback: 'nothing' });
	if (choice === 'nothing') return false;
	if (!columns.some(({ type }) => type === 'day' || type === 'hour')) return true;
	throw new InvalidParameterError(
		'Compare With',
		'days and hours cannot be compared with those of another period',
		{ description: "Remove Day and Hour from 'Group By', or set 'Compare With' to 'Nothing'." },
	);
}

/** Reads a list of forms, or comma-separated text. An empty list means none. */
function readForms(value: unknown, { fallback }: { fallback: readonly Form[] }): readonly Form[] {
	if (isEmpty(value)) return fallback;
	const advice = `Use one or more of ${FORMS.join(', ')}, or an empty list for none.`;
	const names = readNames('Message Formats', value, { advice, max: FORMS.length });
	const unknown = names.find((name) => !(FORMS as readonly string[]).includes(name));
	if (unknown === undefined) return FORMS.filter((form) => names.includes(form));
	throw new InvalidParameterError(
		'Message Formats',
		`"${shorten(unknown)}" is not one of the options`,
		{ description: advice },
	);
}

function asList(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [value];
}
