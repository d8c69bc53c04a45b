import type { AuditEvent } from '../../shared/model/event';
import { formatTimestamp, type Instant } from '../../shared/model/instant';
import { jsonText } from '../../shared/model/json';
import type { Window } from '../../shared/model/window';
import { CSV_HEADER, csvLine } from './csv';
import { gzip } from './gzip';

export const FORMATS = ['csv', 'json', 'ndjson'] as const;

export type ExportFormat = (typeof FORMATS)[number];

export const MIME_TYPES: Record<ExportFormat, string> = {
	csv: 'text/csv',
	json: 'application/json',
	ndjson: 'application/x-ndjson',
};

const BYTE_ORDER_MARK = '\uFEFF';

export interface ExportOptions {
	format: ExportFormat;
	/** A byte order mark before the first line, by which Excel knows UTF-8; CSV only. */
	includeBom: boolean;
	gzip: boolean;
}

/**
 * The bytes of the file, page by page: no more than one page is in memory. The events are as the API
 * sent them, the digits of their numbers included.
 *
 * @param onEvents is called with how many events each page adds to the file
 */
export async function* exportBytes(
	pages: AsyncIterable<AuditEvent[]>,
	options: ExportOptions,
	onEvents: (count: number) => void,
): AsyncGenerator<Uint8Array> {
	const bytes = encode(textOf(pages, options, onEvents));
	yield* options.gzip ? gzip(bytes) : bytes;
}

async function* textOf(
	pages: AsyncIterable<AuditEvent[]>,
	{ format, includeBom }: ExportOptions,
	onEvents: (count: number) => void,
): AsyncGenerator<string> {
	if (format === 'csv') yield (includeBom ? BYTE_ORDER_MARK : '') + CSV_HEADER;
	let between = '[\n';
	for await (const events of pages) {
		onEvents(events.length);
		if (format === 'json') {
			yield between + events.map(jsonText).join(',\n');
			between = ',\n';
		} else {
			const line = format === 'csv' ? csvLine : (event: AuditEvent) => `${jsonText(event)}\n`;
			yield events.map(line).join('');
		}
	}
	if (format === 'json') yield between === '[\n' ? '[]\n' : '\n]\n';
}

async function* encode(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
	for await (const text of texts) yield Buffer.from(text, 'utf8');
}

/** A name that says what is in the file, and that every file system takes. */
export function exportFileName({ from, to }: Window, { format, gzip }: ExportOptions): string {
	return `signicat-audit_${compact(from)}_${compact(to)}.${format}${gzip ? '.gz' : ''}`;
}

/** `2026-11-01T08:15:30.1234567Z` as `20261101T081530Z`. */
function compact(instant: Instant): string {
	return `${formatTimestamp(instant).slice(0, 19).replace(/[-:]/g, '')}Z`;
}
