import type { AuditEvent } from '../../shared/model/event';
import { formatTimestamp, type Instant } from '../../shared/model/instant';
import type { Window } from '../../shared/model/window';
import { type ExportFormat, fileFormat, type FormatOptions } from './exportFormats';
import type { FileRecord } from './fileRecord';
import { gzip } from './gzip';

export interface ExportOptions extends FormatOptions {
	format: ExportFormat;
	gzip: boolean;
}

/**
 * The bytes of the file, page by page: no more than one page is in memory.
 *
 * @param record is told about each event and each byte, in the same pass
 */
export async function* exportBytes(
	pages: AsyncIterable<AuditEvent[]>,
	options: ExportOptions,
	record: FileRecord,
): AsyncGenerator<Uint8Array> {
	const bytes = encode(textOf(pages, options, record));
	for await (const chunk of options.gzip ? gzip(bytes) : bytes) {
		record.addBytes(chunk);
		yield chunk;
	}
}

async function* textOf(
	pages: AsyncIterable<AuditEvent[]>,
	options: ExportOptions,
	record: FileRecord,
): AsyncGenerator<string> {
	const { begin, line, between, end, empty } = fileFormat(options.format).writer(options);
	let before = begin;
	let isEmpty = true;
	for await (const events of pages) {
		if (events.length === 0) continue;
		record.addEvents(events);
		yield before + events.map(line).join(between);
		before = between;
		isEmpty = false;
	}
	const last = isEmpty ? (empty ?? begin + end) : end;
	if (last !== '') yield last;
}

async function* encode(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
	for await (const text of texts) yield Buffer.from(text, 'utf8');
}

export function mimeTypeOf(options: ExportOptions): string {
	return options.gzip ? 'application/gzip' : fileFormat(options.format).mimeType;
}

/** A name that says what is in the file, and that every file system takes. */
export function exportFileName({ from, to }: Window, { format, gzip }: ExportOptions): string {
	const { extension } = fileFormat(format);
	return `signicat-audit_${compact(from)}_${compact(to)}.${extension}${gzip ? '.gz' : ''}`;
}

/** `2026-11-01T08:15:30.1234567Z` as `20261101T081530Z`. */
function compact(instant: Instant): string {
	return `${formatTimestamp(instant).slice(0, 19).replace(/[-:]/g, '')}Z`;
}
