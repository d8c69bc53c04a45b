import { type INodeProperties, tryToParseDateTime } from 'n8n-workflow';
import { DAY, fromMilliseconds, HOUR, type Instant, parseTimestamp } from '../reading/timestamp';
import type { Window } from '../reading/window';
import { InvalidParameterError } from './invalid';

const PERIODS = new Map<string, Instant>([
	['lastHour', HOUR],
	['last24Hours', DAY],
	['last7Days', 7n * DAY],
	['last30Days', 30n * DAY],
]);

/** What the API takes for `from` when it is left out (docs/api.md#range). */
const DEFAULT_SPAN = 30n * DAY;

export const rangeProperties: INodeProperties[] = [
	{
		displayName: 'Period',
		name: 'period',
		type: 'options',
		default: 'last24Hours',
		description: 'Which part of the audit log to read',
		options: [
			{ name: 'Custom', value: 'custom', description: 'Between two points in time' },
			{ name: 'Last 24 Hours', value: 'last24Hours' },
			{ name: 'Last 30 Days', value: 'last30Days' },
			{ name: 'Last 7 Days', value: 'last7Days' },
			{ name: 'Last Hour', value: 'lastHour' },
		],
	},
	{
		displayName: 'From',
		name: 'from',
		type: 'dateTime',
		default: '',
		placeholder: 'e.g. 2026-11-01T00:00:00Z',
		description:
			'The earliest events to read. Without a time zone, it is in the time zone of the workflow. If empty, 30 days before To.',
		displayOptions: { show: { period: ['custom'] } },
	},
	{
		displayName: 'To',
		name: 'to',
		type: 'dateTime',
		default: '',
		placeholder: 'e.g. 2026-12-01T00:00:00Z',
		description:
			'The end of the range: events at this time and later are left out. Without a time zone, it is in the time zone of the workflow. If empty, now.',
		displayOptions: { show: { period: ['custom'] } },
	},
];

export interface RangeValues {
	period: unknown;
	from?: unknown;
	to?: unknown;
}

/**
 * The window that the range parameters stand for, fixed from now on: "now" is taken once.
 *
 * @param timezone IANA name, for date-times without one
 * @throws InvalidParameterError naming the field
 */
export function readRange(values: RangeValues, now: number, timezone: string): Window {
	const span = PERIODS.get(String(values.period));
	if (span !== undefined) {
		const to = fromMilliseconds(now);
		return { from: to - span, to };
	}
	if (values.period !== 'custom') {
		throw new InvalidParameterError(
			'Period',
			`"${String(values.period)}" is not one of the periods`,
			`Use one of: ${[...PERIODS.keys(), 'custom'].join(', ')}.`,
		);
	}
	const to = readInstant('To', values.to, timezone) ?? fromMilliseconds(now);
	const from = readInstant('From', values.from, timezone) ?? to - DEFAULT_SPAN;
	if (from >= to) {
		throw new InvalidParameterError(
			'From',
			values.to ? 'it is not before To' : 'it is not before now',
			'Choose a From that is earlier than To.',
		);
	}
	return { from, to };
}

/**
 * Reads a date-time as people and expressions give it: ISO 8601 text, a Luxon DateTime, a Date, or
 * milliseconds since 1970. Undefined when it is empty.
 */
function readInstant(field: string, value: unknown, timezone: string): Instant | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	if (typeof value === 'string') {
		// To the last digit where it says its time zone; n8n's own reader goes to milliseconds.
		const exact = parseTimestamp(value);
		if (exact !== undefined) return exact;
	}
	try {
		if (typeof value === 'boolean' || (typeof value === 'string' && !beginsWithDate(value))) {
			throw new TypeError('not a date-time');
		}
		const milliseconds =
			typeof value === 'number'
				? value
				: tryToParseDateTime(value as string | Date, timezone).toMillis();
		// Anything before 1973 was meant as seconds, or is not a date at all.
		if (Number.isFinite(milliseconds) && milliseconds > 1e11) return fromMilliseconds(milliseconds);
	} catch {
		// Said below.
	}
	throw new InvalidParameterError(
		field,
		'it is not a date and time',
		'Use ISO 8601, for example 2026-11-01T00:00:00Z, or an expression such as {{ $now.minus(1, "day") }}.',
	);
}

/** n8n's reader takes more than dates: it makes 1 January 2000 of "0", and 2 March of 30 February. */
function beginsWithDate(text: string): boolean {
	return parseTimestamp(`${text.trim().slice(0, 10)}T00:00:00Z`) !== undefined;
}
