import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { IBinaryData } from 'n8n-workflow';
import { createCredential, TestBed } from '../support/testBed';
import { auditNode, startedByHand } from '../support/workflows';

const MINUTE = 60_000;

/** Characters after which a spreadsheet may look for a formula. */
const BEFORE = [
	'',
	' ',
	'\u00a0',
	'\u0000',
	'\u200b',
	'\u2060',
	'\ufeff',
	'\u{e0041}',
	'"',
	"'",
	"''",
	'""',
];
const BETWEEN = [',', ';', '\t', '|', '\n', '\r\n', '\r', '\u2028', ';;', ';"', '";', ';\t', '";"'];
const FORMULAS = ['=1+1', '+1+1', '-1-1', '@SUM(1)', '\uff1d1+1', '|1', "=cmd|' /C calc'!A0"];

const MESSAGES = [
	...BEFORE.flatMap((before) => FORMULAS.map((formula) => before + formula)),
	...BETWEEN.flatMap((between) => FORMULAS.map((formula) => `x${between}${formula}${between}y`)),
	...BETWEEN.flatMap((between) => BEFORE.map((before) => `x${between}${before}=1+1;y`)),
];

const SEPARATORS = [
	[',', 44],
	[';', 59],
	['tab', 9],
	['|', 124],
] as const;

/** What the node can separate columns by, as LibreOffice counts it. */
const OWN_SEPARATORS = [
	['comma', ',', 44],
	['semicolon', ';', 59],
	['tab', '\t', 9],
] as const;

const READ = `import csv, json, sys
rows = csv.reader(open(sys.argv[1], encoding="utf-8", newline=""), delimiter=sys.argv[2])
print(json.dumps(list(rows)))`;

/** The apostrophes that were added against formulas. */
const FORMULA =
	/(^|[,;|\t-\r\u2028])'(?=(?:(?![\t-\r])[\s\p{C}\p{Default_Ignorable_Code_Point}"'])*[=+\-@|\uff1d])/gu;

/** A file from a packed node in a real n8n, in the programs that people open it with. */
describe('An exported CSV file', () => {
	let bed: TestBed;
	const files: Record<string, string> = {};

	beforeAll(async () => {
		bed = await TestBed.open('spreadsheets');
		const api = await bed.startApi({ events: [] });
		const first = Date.parse('2026-10-01T00:00:00Z');
		api.append(
			...MESSAGES.map((message, index) => ({
				message,
				userId: message,
				indexedData: { Note: message },
				data: { list: [message, message] },
				timestamp: new Date(first + index * MINUTE).toISOString(),
			})),
		);
		const n8n = await bed.startN8n();
		const nodes = OWN_SEPARATORS.map(([separator]) =>
			auditNode(
				separator,
				{
					resource: 'event',
					operation: 'export',
					period: 'custom',
					from: '2026-10-01T00:00:00Z',
					to: '2026-10-02T00:00:00Z',
					format: 'csv',
					options: { order: 'oldestFirst', separator, propertyColumns: 'Note' },
				},
				{ executeOnce: true },
			),
		);
		const execution = await n8n.runWorkflow(startedByHand('Export', ...nodes), {
			credentials: [await createCredential(n8n, api)],
		});
		expect(execution.data.resultData.error?.message).toBeUndefined();
		for (const [separator] of OWN_SEPARATORS) {
			const [item] = execution.data.resultData.runData[separator]?.[0]?.data?.main?.[0] ?? [];
			const file = path.join(bed.folder, `${separator}.csv`);
			await writeFile(file, await n8n.binary(item?.binary?.data as IBinaryData));
			files[separator] = file;
		}
	});
	afterAll(async () => await bed?.close());

	/** Has LibreOffice open the file, evaluate what it takes for a formula, and save it as `format`. */
	async function opened(
		source: string,
		separator: number,
		format: 'fods' | 'csv',
	): Promise<string> {
		const filter = `CSV:${separator},34,76,1,,0,false,true,false,false,false,0,true`;
		const out = path.join(bed.folder, `${format}-${separator}`);
		execFileSync(
			'soffice',
			[
				`-env:UserInstallation=${pathToFileURL(path.join(bed.folder, 'libreoffice')).href}`,
				'--headless',
				`--infilter=${filter}`,
				'--convert-to',
				format === 'csv' ? 'csv:Text - txt - csv (StarCalc):44,34,76' : format,
				'--outdir',
				out,
				source,
			],
			{ stdio: 'ignore', timeout: 2 * MINUTE },
		);
		return path.join(out, `${path.basename(source, '.csv')}.${format}`);
	}

	const read = (source: string, separator = ',') =>
		JSON.parse(
			execFileSync('python3', ['-c', READ, source, separator], { maxBuffer: 1e9 }).toString(),
		) as string[][];

	const column = (rows: string[][], name: string) =>
		rows.slice(1).map((row) => row[rows[0]?.indexOf(name) ?? -1] ?? '');

	describe.each(OWN_SEPARATORS)('with the separator %s', (name, own, ownCode) => {
		const fileName = () => files[name] ?? '';

		test('contains every text when Python reads it, except for the apostrophes against formulas', () => {
			const rows = read(fileName(), own);
			for (const one of ['message', 'userId', 'Note']) {
				expect(column(rows, one).map((cell) => cell.replace(FORMULA, '$1'))).toEqual(MESSAGES);
			}
			const data = column(rows, 'data').map((cell) => JSON.parse(cell) as unknown);
			expect(data).toEqual(MESSAGES.map((message) => ({ list: [message, message] })));
		});

		test.each(SEPARATORS)(
			'has no formula in LibreOffice if the separator is %s',
			async (_name, code) => {
				const sheet = await readFile(await opened(fileName(), code, 'fods'), 'utf8');
				expect(sheet.match(/<table:table-row/g)?.length).toBeGreaterThanOrEqual(MESSAGES.length);
				expect(sheet.match(/table:formula="[^"]*"/g)).toBeNull();
			},
		);

		test('has the same rows after LibreOffice has saved it', async () => {
			const saved = read(await opened(fileName(), ownCode, 'csv'));
			// LibreOffice has one kind of line break within a cell, and no NUL.
			const plain = (rows: string[][]) =>
				rows.map((row) => row.map((cell) => cell.replace(/\r\n?/g, '\n').replaceAll('\0', '')));
			for (const one of ['message', 'Note']) {
				expect(column(plain(saved), one)).toEqual(column(plain(read(fileName(), own)), one));
			}
		});
	});

	test.each(SEPARATORS)(
		'would have one without the apostrophe, if the separator is %s',
		async (_name, code) => {
			const plain = path.join(bed.folder, 'plain.csv');
			const separator = String.fromCharCode(code);
			await writeFile(plain, `a${separator}"b"${separator}=1+1${separator}c\r\n`);
			const sheet = await readFile(await opened(plain, code, 'fods'), 'utf8');
			expect(sheet).toContain('table:formula="of:=1+1"');
		},
	);
});
