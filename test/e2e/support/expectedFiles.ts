import { execFileSync } from 'node:child_process';
import { expect } from '@jest/globals';
import type { AuditEvent } from '../../../dev/audit-api';

export const FORMATS = ['ndjson', 'json', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

export const COLUMNS = [
	...['timestamp', 'serviceName', 'eventType', 'message', 'userId', 'clientId', 'ipAddress'],
	...['referenceId', 'traceId', 'messageId', 'sandbox', 'accountId', 'organizationId', 'jwtId'],
	...['expiresAt', 'cursor', 'indexedData', 'data'],
] as const;

/** The table that a reader of the CSV file should get. */
export function tableOf(events: readonly AuditEvent[]): string[][] {
	const rows = events.map((event) =>
		COLUMNS.map((column) => cellOf((event as Record<string, unknown>)[column])),
	);
	return [[...COLUMNS], ...rows];
}

function cellOf(value: unknown): string {
	if (value === undefined || value === null) return '';
	if (typeof value !== 'string') {
		return typeof value === 'object' ? JSON.stringify(value) : `${value as number | boolean}`;
	}
	// Wherever a cell or a line could end, an apostrophe precedes what would be a formula.
	const isFormula = (text: string) =>
		['=', '+', '-', '@', '|'].includes(text.trimStart().charAt(0));
	return value
		.split(/([,;\t|\r\n])/)
		.map((part, index, parts) => {
			const isEnd = index % 2 === 1;
			const begins = index === 0 && part === '' && isFormula(parts.slice(1).join(''));
			return begins || (!isEnd && isFormula(part)) ? `'${part}` : part;
		})
		.join('');
}

/** RFC 4180, with quotes wherever a reader could end a cell, whatever separator it expects. */
function csvText(rows: string[][]): string {
	const quote = (cell: string) =>
		/[",;|\t\r\n]|^ | $/.test(cell) ? `"${cell.split('"').join('""')}"` : cell;
	return rows.map((row) => `${row.map(quote).join(',')}\r\n`).join('');
}

/** The whole file. */
export function textOf(format: Format, listed: readonly AuditEvent[]): string {
	const objects = listed.map((event) => JSON.stringify(event));
	if (format === 'csv') return csvText(tableOf(listed));
	if (format === 'ndjson') return objects.map((line) => `${line}\n`).join('');
	return listed.length === 0 ? '[]\n' : `[\n${objects.join(',\n')}\n]\n`;
}

/** Rows with the values of the cells that contain JSON: what is escaped in them depends on the separator. */
export function withParsedJson(rows: string[][]): unknown[][] {
	return rows.map((row) =>
		row.map((cell, index) =>
			// The last two columns; elsewhere, a name may look like JSON.
			index >= row.length - 2 && cell.startsWith('{') ? JSON.parse(cell) : cell,
		),
	);
}

const PYTHON = `import csv, json, sys
rows = csv.reader(open(0, encoding="utf-8", newline=""), delimiter=sys.argv[1])
print(json.dumps(list(rows)))`;

/** Rows as Python's csv module reads them. */
export function readCsv(bytes: Buffer, separator = ','): string[][] {
	const output = execFileSync('python3', ['-c', PYTHON, separator], {
		input: bytes,
		maxBuffer: 1e9,
	});
	return JSON.parse(output.toString()) as string[][];
}

/** Shows where two files begin to differ, which a comparison of all their bytes would not. */
export function expectBytes(actual: Buffer, expected: Buffer): void {
	const at = actual.findIndex((byte, index) => byte !== expected[index]);
	const from = Math.max(0, (at === -1 ? Math.min(actual.length, expected.length) : at) - 60);
	const around = (bytes: Buffer) => bytes.subarray(from, from + 120).toString();
	if (!actual.equals(expected)) expect(around(actual)).toBe(around(expected));
	expect(actual.length).toBe(expected.length);
	expect(actual.equals(expected)).toBe(true);
}
