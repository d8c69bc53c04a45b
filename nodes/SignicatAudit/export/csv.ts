import { jsonText, writtenNumber } from '../../shared/model/json';
import type { AuditEvent } from '../../shared/model/event';
import { csvJson, csvSafe } from './csvFormulas';

/** The columns of a CSV file, always the same: the most useful ones come first. */
export const CSV_COLUMNS = [
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
	'indexedData',
	'data',
] as const;

const LINE_END = '\r\n';

export const CSV_HEADER = CSV_COLUMNS.join(',') + LINE_END;

/** What a parser could read as the end of a cell or line, and spaces that it could trim. */
const NEEDS_QUOTES = /[",;|\p{Cc}\p{Zl}\p{Zp}]|^\s|\s$/u;

/** Cells that are safe for every parser, which most are: a fast path. */
const PLAIN = /^\w(?:[\w .:/@+=-]*[\w.:/@+=-])?$/;

/** One event as a line of CSV (RFC 4180). Objects and lists are JSON within their cell. */
export function csvLine(event: AuditEvent): string {
	return (
		CSV_COLUMNS.map((column) => {
			const number = writtenNumber(event, column);
			return number ?? csvCell(event[column]);
		}).join(',') + LINE_END
	);
}

/** A cell, in quotes if a parser could end it early, whatever separator that parser expects. */
export function csvCell(value: unknown): string {
	if (value === undefined || value === null) return '';
	if (typeof value === 'string' && PLAIN.test(value)) return value;
	const text = plainCell(value);
	return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function plainCell(value: unknown): string {
	if (typeof value === 'string') return csvSafe(value);
	return typeof value === 'object' ? csvJson(jsonText(value)) : String(value);
}
