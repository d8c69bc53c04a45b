import type { IExecuteFunctions } from 'n8n-workflow';
import type { AuditClient } from '../../../shared/signicat/client';
import { storeBinaryFile } from '../../../shared/n8n/binaryFile';
import { formatTimestamp } from '../../../shared/model/instant';
import { readChoice, readRecord } from '../../../shared/parameters/read';
import { readRequiredName } from '../../../shared/parameters/readText';
import { exportBytes, exportFileName, mimeTypeOf } from '../../export/exportFile';
import { FORMATS } from '../../export/exportFormats';
import { chainSha256, FileRecord } from '../../export/fileRecord';
import {
	orderOption,
	rangeAndFilterProperties,
	readingOptions,
	readQuery,
} from '../../parameters/query';
import type { Operation } from '../operation';
import { readWithProgress } from '../readWithProgress';
import { exportOptions, readExportOptions } from './exportOptions';

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
				{
					name: 'CEF',
					value: 'cef',
					description: 'One line per event in the Common Event Format',
				},
				{ name: 'CSV', value: 'csv', description: 'A table for spreadsheets' },
				{
					name: 'ECS',
					value: 'ecs',
					description: 'One document of the Elastic Common Schema per line',
				},
				{
					name: 'Elasticsearch Bulk',
					value: 'elasticsearchBulk',
					description: 'The body of a bulk request that creates the ECS documents',
				},
				{ name: 'JSON', value: 'json', description: 'A single JSON array' },
				{
					name: 'NDJSON',
					value: 'ndjson',
					description: 'One JSON object per line, for log tools and archives',
				},
				{
					name: 'OCSF',
					value: 'ocsf',
					description: 'One event of the Open Cybersecurity Schema Framework per line',
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
		readingOptions(orderOption, ...exportOptions),
	],

	prepare(context, itemIndex) {
		const options = readRecord('Options', context.getNodeParameter('options', itemIndex, {}));
		const query = readQuery(context, itemIndex);
		const format = readChoice('Format', context.getNodeParameter('format', itemIndex, 'ndjson'), {
			choices: FORMATS,
			fallback: 'ndjson',
		});
		const { file, fileName: requestedName, previousSha256 } = readExportOptions(format, options);
		const fileName = requestedName ?? exportFileName(query.window, file);
		const field = readField(context, itemIndex);

		return async (client) => {
			const record = new FileRecord();
			const write = (observedClient: AuditClient) => {
				const pages = readWithProgress(context, observedClient, {
					...query,
					buffering: { pages: 2 * query.maxConcurrency },
				});
				return exportBytes(pages, file, record);
			};
			const mimeType = mimeTypeOf(file);
			const binary = await storeBinaryFile(context, client, { write, fileName, mimeType });
			const { count, firstAt, lastAt, size, sha256 } = record.end();
			const { from, to } = query.window;
			const json = {
				count,
				from: formatTimestamp(from),
				to: formatTimestamp(to),
				firstAt,
				lastAt,
				size,
				sha256,
				...(previousSha256 !== undefined && { previousSha256 }),
				chainSha256: chainSha256(previousSha256 ?? '', sha256),
				fileName,
			};
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
