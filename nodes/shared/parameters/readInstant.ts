import { tryToParseDateTime } from 'n8n-workflow';
import { fromMilliseconds, type Instant, parseTimestamp } from '../model/instant';
import { InvalidParameterError } from './invalidParameter';
import { checkTimeZone } from './timeZone';
import { isDateTime, isEmpty } from './valueKind';

/** No range starts earlier. Signicat was founded in 2006. */
export const MIN_INSTANT: Instant = fromMilliseconds(Date.UTC(2000, 0, 1));

/** The first instant whose year does not fit into the four digits of ISO 8601. */
const YEAR_10000: Instant = fromMilliseconds(Date.UTC(10_000, 0, 1));

/** March 1973. A smaller number is probably not meant as milliseconds since 1970, but as seconds, for example. */
const MIN_MILLISECONDS = 1e11;

/** No spelling of a date and time is longer, in UTF-16 code units. */
const MAX_LENGTH = 100;

/**
 * Reads a date-time that was entered or comes from an expression: ISO 8601 text, a Luxon DateTime, a
 * Date, or milliseconds since 1970.
 *
 * @param options `timeZone`: IANA name, for text that names no time zone
 * @returns undefined if the value is empty
 * @throws InvalidParameterError for anything else, and for an instant later than the year 9999
 */
export function readInstant(
	field: string,
	value: unknown,
	{ timeZone }: { timeZone: string },
): Instant | undefined {
	if (isEmpty(value)) return undefined;
	const instant = parseInstant(value, timeZone);
	if (instant !== undefined && instant < YEAR_10000) return instant;
	throw new InvalidParameterError(
		field,
		instant === undefined ? 'not a valid date and time' : 'later than the year 9999',
		{
			description:
				'Use ISO 8601, for example 2026-11-01T00:00:00Z, or an expression such as {{ $now.minus(1, "day") }}. Numbers are read as milliseconds since 1970.',
		},
	);
}

/**
 * The same for an instant that has to be given, and lies between the year 2000 and the present.
 *
 * @param options `nowMs`: the present in ms since 1970; without it, the instant may lie in the future
 * @throws InvalidParameterError
 */
export function readPastInstant(
	field: string,
	value: unknown,
	{ nowMs, timeZone }: { nowMs?: number; timeZone: string },
): Instant {
	const instant = readInstant(field, value, { timeZone });
	const problem =
		instant === undefined
			? 'must not be empty'
			: instant < MIN_INSTANT
				? 'before the year 2000'
				: nowMs !== undefined && instant >= fromMilliseconds(nowMs)
					? 'must be in the past'
					: undefined;
	if (instant !== undefined && problem === undefined) return instant;
	throw new InvalidParameterError(field, problem ?? '', {
		description:
			'Enter a date and time in the past, not before the year 2000, for example 2026-11-01T00:00:00Z.',
	});
}

function parseInstant(value: unknown, timeZone: string): Instant | undefined {
	if (typeof value === 'number') {
		return value > MIN_MILLISECONDS ? instantOf(value) : undefined;
	}
	if (isDateTime(value)) {
		return instantOf('toMillis' in value ? value.toMillis() : value.getTime());
	}
	return typeof value === 'string' ? parseText(value.trim(), timeZone) : undefined;
}

const LOCAL_DATE_TIME =
	/^(\d{4})-(\d\d)-(\d\d)(?:[Tt ]\d\d:\d\d(?::\d\d(?:[.,](\d{1,9})\d*)?)?(?:[Zz]|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?(?:\[[\w/+-]+\])?)?$/;

function parseText(text: string, timeZone: string): Instant | undefined {
	if (text.length > MAX_LENGTH) return undefined;
	// With a time zone, every digit is read; n8n's own parser stops at milliseconds.
	const exact = parseTimestamp(text);
	if (exact !== undefined) return exact;
	// n8n's parser accepts too much: it reads "0" as 1 January 2000 and 30 February as 2 March, and some
	// spellings in the time zone of the server.
	const match = LOCAL_DATE_TIME.exec(text);
	if (!match || !isInCalendar(match.slice(1, 4).map(Number))) return undefined;
	checkTimeZone(timeZone);
	try {
		const instant = instantOf(tryToParseDateTime(text, timeZone).toMillis());
		const furtherDigits = (match[4] ?? '').padEnd(9, '0').slice(3);
		return instant === undefined ? undefined : instant + BigInt(furtherDigits);
	} catch {
		return undefined;
	}
}

function instantOf(milliseconds: unknown): Instant | undefined {
	return typeof milliseconds === 'number' && Number.isFinite(milliseconds)
		? fromMilliseconds(milliseconds)
		: undefined;
}

function isInCalendar([year = 0, month = 0, day = 0]: number[]): boolean {
	// Not with the constructor, which reads the years 0 to 99 as 1900 to 1999.
	const date = new Date(0);
	date.setUTCFullYear(year, month - 1, day);
	return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
