import type { AuditEvent } from '../../shared/model/event';
import { jsonText } from '../../shared/model/json';
import { csvTable, type CsvOptions } from './csv';

export interface FormatOptions extends CsvOptions {
	/** A byte order mark before the first line, by which Excel knows UTF-8; CSV only. */
	includeBom: boolean;
}

/** The text of a file: what comes first, what each event becomes, what stands between two, what comes last. */
interface Writer {
	begin: string;
	line(event: AuditEvent): string;
	between: string;
	end: string;
	/** The whole file if there are no events; `begin` and `end` unless set. */
	empty?: string;
}

interface FileFormat {
	/** Of the file name, without gzip. */
	extension: string;
	mimeType: string;
	writer(options: FormatOptions): Writer;
}

const BYTE_ORDER_MARK = '\uFEFF';

const FILE_FORMATS = {
	csv: {
		extension: 'csv',
		mimeType: 'text/csv',
		writer({ includeBom, ...options }) {
			const { header, line } = csvTable(options);
			const begin = (includeBom ? BYTE_ORDER_MARK : '') + header;
			return { begin, line, between: '', end: '' };
		},
	},
	json: {
		extension: 'json',
		mimeType: 'application/json',
		writer: () => ({ begin: '[\n', line: jsonText, between: ',\n', end: '\n]\n', empty: '[]\n' }),
	},
	ndjson: {
		extension: 'ndjson',
		mimeType: 'application/x-ndjson',
		writer: () => lines(jsonText),
	},
} satisfies Record<string, FileFormat>;

export type ExportFormat = keyof typeof FILE_FORMATS;

export const FORMATS = Object.keys(FILE_FORMATS) as ExportFormat[];

export function fileFormat(format: ExportFormat): FileFormat {
	return FILE_FORMATS[format];
}

function lines(text: (event: AuditEvent) => string): Writer {
	return { begin: '', line: (event) => `${text(event)}\n`, between: '', end: '' };
}
