import type { AuditEvent } from '../api/types';
import { SIMPLIFIED_FIELDS } from './simplify';

/** The columns of a CSV file, the same for every log: what matters most comes first. */
export const CSV_COLUMNS = [
	...SIMPLIFIED_FIELDS,
	'sandbox',
	'accountId',
	'organizationId',
	'messageId',
	'jwtId',
	'expiresAt',
	'indexedData',
	'data',
] as const;

const LINE_END = '\r\n';

export const CSV_HEADER = CSV_COLUMNS.join(',') + LINE_END;

/** One event as a line of RFC 4180; objects and lists are JSON within their cell. */
export function csvLine(event: AuditEvent): string {
	return CSV_COLUMNS.map((column) => csvCell(event[column])).join(',') + LINE_END;
}

/** Spreadsheets run a cell that begins like this as a formula, with spaces before it too. */
const FORMULA_START = /^\s*[=+\-@\t\r\n|]/;

/** A cell: text that a spreadsheet would run begins with an apostrophe, which it takes for "this is text". */
export function csvCell(value: unknown): string {
	if (value === undefined || value === null) return '';
	const plain = typeof value === 'object' ? JSON.stringify(value) : String(value);
	const text = typeof value === 'string' && FORMULA_START.test(plain) ? `'${plain}` : plain;
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
