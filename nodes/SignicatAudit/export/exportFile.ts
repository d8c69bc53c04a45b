import { jsonText } from '../../shared/model/json';
import { formatTimestamp, type Instant } from '../../shared/model/instant';
import type { Window } from '../../shared/model/window';
import type { AuditEvent } from '../../shared/model/event';
import { CSV_HEADER, csvLine } from './csv';

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
 * The bytes of the file, page by page: nothing is held but the page at hand. The events are as the API
 * sent them, the digits of their numbers included.
 *
 * @param onEvents is told how many events each page adds to the file
 */
export async function* exportBytes(
	pages: AsyncIterable<AuditEvent[]>,
	options: ExportOptions,
	onEvents: (count: number) => void,
): AsyncGenerator<Uint8Array> {
	const bytes = encode(textOf(pages, options, onEvents));
	yield* options.gzip ? compress(bytes) : bytes;
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

async function* compress(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	const stream = new CompressionStream('gzip');
	const writer = stream.writable.getWriter();
	const write = async () => {
		for await (const chunk of chunks) await writer.write(chunk);
		await writer.close();
	};
	let failure: { cause: unknown } | undefined;
	const writing = write().catch(async (cause: unknown) => {
		failure = { cause };
		await writer.abort(cause).catch(() => undefined);
	});
	const reader = stream.readable.getReader();
	try {
		for (;;) {
			const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
			if (done) break;
			yield value as Uint8Array;
		}
	} finally {
		await reader.cancel().catch(() => undefined);
		await writing;
	}
	if (failure) throw failure.cause;
}

/** A name that says what is in the file, and that every file system takes. */
export function exportFileName({ from, to }: Window, { format, gzip }: ExportOptions): string {
	return `signicat-audit_${compact(from)}_${compact(to)}.${format}${gzip ? '.gz' : ''}`;
}

/** `2026-11-01T08:15:30.1234567Z` as `20261101T081530Z`. */
function compact(instant: Instant): string {
	return `${formatTimestamp(instant).slice(0, 19).replace(/[-:]/g, '')}Z`;
}
