import type { IExecuteFunctions } from 'n8n-workflow';
import type { AuditClient } from '../../../shared/signicat/client';
import { storeBinaryFile } from '../../../shared/n8n/binaryFile';
import {
	exportBytes,
	exportFileName,
	type ExportOptions,
	FORMATS,
	MIME_TYPES,
} from '../../export/exportFile';
import { readFileName } from '../../export/fileName';
import { readChoice, readRecord, readSwitch } from '../../../shared/parameters/read';
import { plainText, readRequiredName } from '../../../shared/parameters/readText';
import { formatTimestamp } from '../../../shared/model/instant';
import type { Operation } from '../operation';
import { readWithProgress } from '../readWithProgress';
import {
	orderOption,
	rangeAndFilterProperties,
	readingOptions,
	readQuery,
} from '../../parameters/query';

/** Event: Export to File – the events of a range as a file of any size. */
export const eventExport: Operation = {
	resource: 'event',
	option: {
		name: 'Export to File',
		value: 'export',
		description: 'Write all events in a period to a file',
		action: 'Export events to file',
		// An AI agent only receives the JSON of a tool's output, not the file.
		displayOptions: { show: { '@tool': [false] } },
	},
	properties: [
		...rangeAndFilterProperties,
		{
			displayName: 'Format',
			name: 'format',
			type: 'options',
			default: 'ndjson',
			description: 'File format',
			options: [
				{ name: 'CSV', value: 'csv', description: 'A table for spreadsheets' },
				{ name: 'JSON', value: 'json', description: 'A single JSON array' },
				{
					name: 'NDJSON',
					value: 'ndjson',
					description: 'One JSON object per line, for log tools and archives',
				},
			],
		},
		{
			displayName: 'Put Output File in Field',
			name: 'binaryPropertyName',
			type: 'string',
			default: 'data',
			required: true,
			placeholder: 'e.g. data',
			description: 'The name of the output binary field to put the file in',
		},
		readingOptions(
			orderOption,
			{
				displayName: 'File Name',
				name: 'fileName',
				type: 'string',
				default: '',
				placeholder: 'e.g. audit-log.ndjson',
				description: 'Name of the file. Defaults to a name that contains the time range.',
			},
			{
				displayName: 'Gzip',
				name: 'gzip',
				type: 'boolean',
				default: false,
				description: 'Whether to compress the file with gzip',
			},
			{
				displayName: 'Include BOM',
				name: 'includeBom',
				type: 'boolean',
				default: false,
				description:
					'Whether to start the CSV file with a byte order mark, so that Excel detects UTF-8',
				displayOptions: { show: { '/format': ['csv'] } },
			},
		),
	],

	prepare(context, itemIndex) {
		const options = readRecord('Options', context.getNodeParameter('options', itemIndex, {}));
		const query = readQuery(context, itemIndex);
		const file: ExportOptions = {
			format: readChoice('Format', context.getNodeParameter('format', itemIndex, 'ndjson'), {
				choices: FORMATS,
				fallback: 'ndjson',
			}),
			includeBom: readSwitch('Include BOM', options.includeBom, { fallback: false }),
			gzip: readSwitch('Gzip', options.gzip, { fallback: false }),
		};
		const field = readField(context, itemIndex);
		const requestedName = plainText('File Name', options.fileName, {
			advice: 'Enter a name such as audit-log.ndjson.',
			maxLength: 10_000,
		});
		const fileName = readFileName(requestedName, file) ?? exportFileName(query.window, file);

		return async (client) => {
			let count = 0;
			const write = (observedClient: AuditClient) => {
				const pages = readWithProgress(context, observedClient, {
					...query,
					buffering: { pages: 2 * query.maxConcurrency },
				});
				return exportBytes(pages, file, (events) => (count += events));
			};
			const mimeType = file.gzip ? 'application/gzip' : MIME_TYPES[file.format];
			const binary = await storeBinaryFile(context, client, { write, fileName, mimeType });
			const { from, to } = query.window;
			const json = { count, from: formatTimestamp(from), to: formatTimestamp(to), fileName };
			return [{ json, binary: { [field]: binary } }];
		};
	},
};

function readField(context: IExecuteFunctions, itemIndex: number): string {
	const field: unknown = context.getNodeParameter('binaryPropertyName', itemIndex, 'data');
	return readRequiredName('Put Output File in Field', field, {
		advice: 'Enter a name such as data.',
	});
}
