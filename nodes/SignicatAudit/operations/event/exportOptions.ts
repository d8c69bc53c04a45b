import type { INodeProperties } from 'n8n-workflow';
import { InvalidParameterError } from '../../../shared/parameters/invalidParameter';
import { outcomeOptionsFor } from '../../../shared/parameters/outcome';
import { includeOriginalOption, readLogFormatSettings } from '../../../shared/parameters/output';
import { readChoice, readSwitch } from '../../../shared/parameters/read';
import { readNames } from '../../../shared/parameters/readNames';
import { plainText, readText } from '../../../shared/parameters/readText';
import { CSV_COLUMNS } from '../../export/csv';
import type { ExportFormat } from '../../export/exportFormats';
import type { ExportOptions } from '../../export/exportFile';
import { readFileName } from '../../export/fileName';

const SEPARATORS = { comma: ',', semicolon: ';', tab: '\t' } as const;

type SeparatorName = keyof typeof SEPARATORS;

const SEPARATOR_NAMES = Object.keys(SEPARATORS) as SeparatorName[];

const MAX_PROPERTY_COLUMNS = 100;

const WITH_OUTCOME: ExportFormat[] = ['cef', 'ecs', 'elasticsearchBulk', 'ocsf'];
const WITH_ORIGINAL: ExportFormat[] = ['ecs', 'elasticsearchBulk', 'ocsf'];

const onlyFor = (formats: ExportFormat[]) => ({ show: { '/format': formats } });

/** The Options of Export to File, besides those of reading. */
export const exportOptions: INodeProperties[] = [
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
		displayOptions: onlyFor(['csv']),
	},
	{ ...includeOriginalOption, displayOptions: onlyFor(WITH_ORIGINAL) },
	...outcomeOptionsFor(onlyFor(WITH_OUTCOME)),
	{
		displayName: 'Previous SHA-256',
		name: 'previousSha256',
		type: 'string',
		default: '',
		placeholder: 'e.g. {{ $json.chainSha256 }}',
		description:
			"The 'chainSha256' of the previous export, to link this file to it. Leave empty for the first one.",
	},
	{
		displayName: 'Property Columns',
		name: 'propertyColumns',
		type: 'string',
		default: '',
		placeholder: 'e.g. Idp, Result',
		description: 'Properties to put in columns of their own, separated by commas',
		displayOptions: onlyFor(['csv']),
	},
	{
		displayName: 'Separator',
		name: 'separator',
		type: 'options',
		default: 'comma',
		description:
			'What separates the columns. Excel expects semicolons where the comma is the decimal separator.',
		options: [
			{ name: 'Comma', value: 'comma' },
			{ name: 'Semicolon', value: 'semicolon' },
			{ name: 'Tab', value: 'tab' },
		],
		displayOptions: onlyFor(['csv']),
	},
];

/** How to write the file, what the user wants to call it, and the file that it follows. */
export interface FileSettings {
	file: ExportOptions;
	/** Undefined if no name was entered, or if nothing of it can be used. */
	fileName?: string;
	/** 64 lowercase hexadecimal digits. */
	previousSha256?: string;
}

/**
 * Ignores what the editor does not show for the format: it may be left over from another one.
 *
 * @throws InvalidParameterError naming the field
 */
export function readExportOptions(
	format: ExportFormat,
	options: Record<string, unknown>,
): FileSettings {
	const file: ExportOptions = {
		format,
		gzip: readSwitch('Gzip', options.gzip, { fallback: false }),
		...readCsvOptions(format === 'csv' ? options : {}),
		...readLogFormatSettings(options, {
			hasOutcome: WITH_OUTCOME.includes(format),
			hasOriginal: WITH_ORIGINAL.includes(format),
		}),
	};
	const requestedName = plainText('File Name', options.fileName, {
		advice: 'Enter a name such as audit-log.ndjson.',
		maxLength: 10_000,
	});
	return {
		file,
		fileName: readFileName(requestedName, file),
		previousSha256: readPreviousSha256(options.previousSha256),
	};
}

function readCsvOptions(options: Record<string, unknown>) {
	const separator = readChoice('Separator', options.separator, {
		choices: SEPARATOR_NAMES,
		fallback: 'comma',
	});
	return {
		includeBom: readSwitch('Include BOM', options.includeBom, { fallback: false }),
		separator: SEPARATORS[separator],
		propertyColumns: readPropertyColumns(options.propertyColumns),
	};
}

function readPropertyColumns(value: unknown): string[] {
	const names = readNames('Property Columns', value, {
		advice: `Enter up to ${MAX_PROPERTY_COLUMNS} names of properties, separated by commas, such as Idp, Result.`,
		max: MAX_PROPERTY_COLUMNS,
	});
	const taken = CSV_COLUMNS.find((column) => names.includes(column));
	if (taken === undefined) return names;
	throw new InvalidParameterError(
		'Property Columns',
		`every CSV file already has a column ${taken}`,
		{
			description: `Remove ${taken}. If a property has this name, enter indexedData.${taken} instead.`,
		},
	);
}

/** @returns undefined if the value is empty, as it is for the first file of a chain */
function readPreviousSha256(value: unknown): string | undefined {
	const field = 'Previous SHA-256';
	const advice =
		"Use the 'chainSha256' of the previous export, for example {{ $json.chainSha256 }}. For the first export, remove the option.";
	const text = readText(field, value, { advice });
	if (text === '') return undefined;
	if (/^[\da-f]{64}$/i.test(text)) return text.toLowerCase();
	throw new InvalidParameterError(field, 'must be 64 hexadecimal digits', { description: advice });
}
