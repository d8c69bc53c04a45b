import type { INodeProperties } from 'n8n-workflow';
import {
	DAY,
	type Duration,
	fromMilliseconds,
	HOUR,
	type Instant,
	MINUTE,
} from '../../shared/model/instant';
import type { Window } from '../../shared/model/window';
import { CALENDAR_PERIODS, calendarWindow, type Present } from './calendar';
import { InvalidParameterError } from '../../shared/parameters/invalidParameter';
import { readChoice, readInteger } from '../../shared/parameters/read';
import { MIN_INSTANT, readInstant } from '../../shared/parameters/readInstant';

const PERIODS = [
	'lastHour',
	'last24Hours',
	'last7Days',
	'last30Days',
	'last',
	...CALENDAR_PERIODS,
	'custom',
] as const;

const PERIOD_DURATIONS = {
	lastHour: HOUR,
	last24Hours: DAY,
	last7Days: 7n * DAY,
	last30Days: 30n * DAY,
} as const;

const UNITS = ['minutes', 'hours', 'days'] as const;
/** A day always has 24 hours here. */
const UNIT_DURATIONS = { minutes: MINUTE, hours: HOUR, days: DAY } as const;
const DEFAULT_AMOUNT = 24;
const DEFAULT_UNIT = 'hours';
/** Ten years in minutes. The same bound applies to larger units; no range starts before MIN_INSTANT. */
const MAX_AMOUNT = 10 * 365 * 24 * 60;

/** The duration that the API assumes if `from` is omitted (docs/api.md#range). */
const DEFAULT_DURATION: Duration = 30n * DAY;

export const rangeProperties: INodeProperties[] = [
	{
		displayName: 'Period',
		name: 'period',
		type: 'options',
		default: 'last24Hours',
		description: "Time range to read. Calendar periods use the workflow's time zone.",
		options: [
			{ name: 'Custom', value: 'custom', description: 'Set start and end' },
			{ name: 'Last 24 Hours', value: 'last24Hours' },
			{ name: 'Last 30 Days', value: 'last30Days' },
			{ name: 'Last 7 Days', value: 'last7Days' },
			{
				name: 'Last Amount of Time',
				value: 'last',
				description: 'A number of minutes, hours or days up to now',
			},
			{ name: 'Last Hour', value: 'lastHour' },
			{ name: 'Previous Month', value: 'previousMonth', description: 'The whole calendar month' },
			{ name: 'Previous Week', value: 'previousWeek', description: 'Monday to Sunday' },
			{ name: 'Today', value: 'today', description: 'From midnight to now' },
			{ name: 'Yesterday', value: 'yesterday', description: 'From midnight to midnight' },
		],
	},
	{
		displayName: 'Amount',
		name: 'amount',
		type: 'number',
		default: DEFAULT_AMOUNT,
		typeOptions: { minValue: 1, maxValue: MAX_AMOUNT },
		description: 'Number of minutes, hours or days to read, up to now',
		displayOptions: { show: { period: ['last'] } },
	},
	{
		displayName: 'Unit',
		name: 'unit',
		type: 'options',
		default: DEFAULT_UNIT,
		description: "Unit of 'Amount'. A day is always 24 hours here.",
		options: [
			{ name: 'Days', value: 'days' },
			{ name: 'Hours', value: 'hours' },
			{ name: 'Minutes', value: 'minutes' },
		],
		displayOptions: { show: { period: ['last'] } },
	},
	{
		displayName: 'From',
		name: 'from',
		type: 'dateTime',
		default: '',
		placeholder: 'e.g. 2026-11-01T00:00:00Z',
		description:
			"Start of the range (inclusive). Uses the workflow's time zone if none is given. Defaults to 30 days before 'To'.",
		displayOptions: { show: { period: ['custom'] } },
	},
	{
		displayName: 'To',
		name: 'to',
		type: 'dateTime',
		default: '',
		placeholder: 'e.g. 2026-12-01T00:00:00Z',
		description:
			"End of the range (exclusive). Uses the workflow's time zone if none is given. Defaults to now, and is never later than now.",
		displayOptions: { show: { period: ['custom'] } },
	},
];

export interface RangeValues {
	period: unknown;
	amount?: unknown;
	unit?: unknown;
	from?: unknown;
	to?: unknown;
}

export interface Range {
	window: Window;
	/** How the window differs from what was entered, as messages for the user. */
	notes: string[];
}

/**
 * Reads the range parameters as a window with fixed ends. It ends at the present at the latest and
 * starts in the year 2000 at the earliest, so that reading it takes a bounded number of requests.
 *
 * @throws InvalidParameterError naming the field
 */
export function readRange(values: RangeValues, { nowMs, timeZone }: Present): Range {
	const period = readChoice('Period', values.period, { choices: PERIODS, fallback: 'last24Hours' });
	const now = fromMilliseconds(nowMs);
	switch (period) {
		case 'custom':
			return readCustomRange(values, { now, timeZone });
		case 'last': {
			const amount = readInteger('Amount', values.amount, {
				min: 1,
				max: MAX_AMOUNT,
				fallback: DEFAULT_AMOUNT,
			});
			const unit = readChoice('Unit', values.unit, { choices: UNITS, fallback: DEFAULT_UNIT });
			return clamp({ from: now - BigInt(amount) * UNIT_DURATIONS[unit], to: now }, now);
		}
		case 'today':
		case 'yesterday':
		case 'previousWeek':
		case 'previousMonth':
			return { window: calendarWindow(period, { nowMs, timeZone }), notes: [] };
		default:
			return { window: { from: now - PERIOD_DURATIONS[period], to: now }, notes: [] };
	}
}

function readCustomRange(
	values: RangeValues,
	{ now, timeZone }: { now: Instant; timeZone: string },
): Range {
	const to = readInstant('To', values.to, { timeZone });
	const end = to ?? now;
	const from = readInstant('From', values.from, { timeZone }) ?? end - DEFAULT_DURATION;
	if (end <= MIN_INSTANT) {
		throw new InvalidParameterError('To', 'before the year 2000', {
			description: "Choose a later 'To': there are no events from before 2000.",
		});
	}
	if (from >= end || from >= now) {
		throw new InvalidParameterError(
			'From',
			to !== undefined && from >= end ? "must be earlier than 'To'" : 'must be earlier than now',
			{ description: "Choose a 'From' that is earlier than 'To'." },
		);
	}
	return clamp({ from, to: end }, now);
}

function clamp({ from, to }: Window, now: Instant): Range {
	const endsInFuture = to > now;
	const startsTooEarly = from < MIN_INSTANT;
	return {
		window: { from: startsTooEarly ? MIN_INSTANT : from, to: endsInFuture ? now : to },
		notes: [
			...(endsInFuture ? ["'To' is in the future, so only events up to now are returned"] : []),
			...(startsTooEarly
				? ['The range starts before the year 2000, so only events from 2000 onward are returned']
				: []),
		],
	};
}
