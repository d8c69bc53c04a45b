import { fieldValue } from '../../shared/model/conditions';
import type { AuditEvent } from '../../shared/model/event';
import { jsonText, writtenNumber } from '../../shared/model/json';
import { csvJson, csvSafe } from './csvFormulas';

/** The columns that every file has: the most useful ones come first. */
const FIRST_COLUMNS = [
	'timestamp',
	'serviceName',
	'eventType',
	'message',
	'userId',
	'clientId',
	'ipAddress',
	'referenceId',
	'traceId',
	'messageId',
	'sandbox',
	'accountId',
	'organizationId',
	'jwtId',
	'expiresAt',
	'cursor',
] as const satisfies ReadonlyArray<keyof AuditEvent>;

/** The last ones, which contain JSON. */
const LAST_COLUMNS = ['indexedData', 'data'] as const satisfies ReadonlyArray<keyof AuditEvent>;

/** All of them. The columns of properties are before `indexedData`. */
export const CSV_COLUMNS = [...FIRST_COLUMNS, ...LAST_COLUMNS] as const;

export type Separator = ',' | ';' | '\t';

export interface CsvOptions {
	separator: Separator;
	/** Properties with a column of their own, by their names or paths. None is one of CSV_COLUMNS. */
	propertyColumns: readonly string[];
}

const LINE_END = '\r\n';

/** What a parser could read as the end of a cell or line, and spaces that it could trim. */
const NEEDS_QUOTES = /[",;|\p{Cc}\p{Zl}\p{Zp}]|^\s|\s$/u;

/** Cells that are safe for every parser, which most are: a fast path. */
const PLAIN = /^\w(?:[\w .:/@+=-]*[\w.:/@+=-])?$/;

/**
 * A table of events as CSV (RFC 4180, with any separator).
 *
 * @returns the header, and what makes an event a line. Objects and lists are JSON within their cell.
 */
export function csvTable({ separator, propertyColumns }: CsvOptions): {
	header: string;
	line(event: AuditEvent): string;
} {
	const ofField = (name: (typeof CSV_COLUMNS)[number]) => (event: AuditEvent) =>
		writtenNumber(event, name) ?? csvCell(event[name], separator);
	const cells = [
		...FIRST_COLUMNS.map(ofField),
		...propertyColumns.map(
			(name) => (event: AuditEvent) => csvCell(fieldValue(event, name), separator),
		),
		...LAST_COLUMNS.map(ofField),
	];
	const names = [...FIRST_COLUMNS, ...propertyColumns, ...LAST_COLUMNS];
	return {
		header: names.map((name) => csvCell(name, separator)).join(separator) + LINE_END,
		line: (event) => cells.map((cell) => cell(event)).join(separator) + LINE_END,
	};
}

/**
 * A cell, in quotes if a parser could end it early, whatever separator that parser expects.
 *
 * @param separator what separates the cells of this file
 */
export function csvCell(value: unknown, separator: Separator): string {
	if (value === undefined || value === null) return '';
	if (typeof value === 'string' && PLAIN.test(value)) return value;
	const text = safeText(value, separator);
	return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function safeText(value: unknown, separator: Separator): string {
	if (typeof value === 'string') return csvSafe(value);
	return typeof value === 'object' ? csvJson(jsonText(value), separator) : String(value);
}
