import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { IBinaryData, INode, INodeParameters } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../audit-api';
import { installPackage, packPackage, type RunningN8n, startN8n } from '../n8n';

jest.setTimeout(300_000);

const TYPE = 'signicatOAuth2Api';
const MINUTE = 60_000;

/** Behind which a spreadsheet may look for a formula. */
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

const READ = `import csv, json, sys
print(json.dumps(list(csv.reader(open(sys.argv[1], encoding="utf-8", newline="")))))`;

/** What was put in against formulas, taken away. */
const FORMULA =
	/(^|[,;|\t-\r\u2028])'(?=(?:(?![\t-\r])[\s\p{C}\p{Default_Ignorable_Code_Point}"'])*[=+\-@|\uff1d])/gu;

const audit = (parameters: INodeParameters): INode => ({
	id: 'audit',
	name: 'Export',
	type: 'n8n-nodes-signicat-audit.signicatAudit',
	typeVersion: 1,
	position: [0, 0],
	parameters: { resource: 'event', operation: 'export', period: 'custom', ...parameters },
	credentials: { [TYPE]: { id: '', name: '' } },
});

const start: INode = {
	id: 'start',
	name: 'Start',
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

/** A file from a packed node in a real n8n, in the programs that people open it with. */
describe('An exported CSV file', () => {
	let folder: string;
	let api: AuditApi;
	let n8n: RunningN8n | undefined;
	let file: string;

	beforeAll(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'n8n-e2e-spreadsheets-'));
		api = await startAuditApi({ events: [] });
		const first = Date.parse('2026-10-01T00:00:00Z');
		api.append(
			...MESSAGES.map((message, index) => ({
				message,
				userId: message,
				data: { message },
				timestamp: new Date(first + index * MINUTE).toISOString(),
			})),
		);
		const { tarball } = await packPackage(folder);
		const userFolder = path.join(folder, 'n8n');
		await installPackage(tarball, userFolder);
		n8n = await startN8n({ userFolder });
		const { clientId, clientSecret, baseUrl } = api;
		const credential = await n8n.createCredential(TYPE, { clientId, clientSecret, baseUrl });
		const range = { from: '2026-10-01T00:00:00Z', to: '2026-10-02T00:00:00Z' };
		const node = audit({ ...range, format: 'csv', options: { order: 'oldestFirst' } });
		const execution = await n8n.runWorkflow(
			{
				name: 'Export',
				nodes: [start, node],
				connections: { Start: { main: [[{ node: node.name, type: 'main', index: 0 }]] } },
				settings: { executionOrder: 'v1', timezone: 'UTC' },
			},
			{ credentials: [credential] },
		);
		expect(execution.data.resultData.error?.message).toBeUndefined();
		const [item] = execution.data.resultData.runData.Export?.[0]?.data?.main?.[0] ?? [];
		file = path.join(folder, 'export.csv');
		await writeFile(file, await n8n.binary(item?.binary?.data as IBinaryData));
	});
	afterAll(async () => {
		await n8n?.stop();
		await api?.stop();
		await rm(folder, { recursive: true, force: true });
	});

	/** LibreOffice opens the file, works out formulas where it sees any, and saves it as `format`. */
	async function opened(
		source: string,
		separator: number,
		format: 'fods' | 'csv',
	): Promise<string> {
		const filter = `CSV:${separator},34,76,1,,0,false,true,false,false,false,0,true`;
		const out = path.join(folder, `${format}-${separator}`);
		execFileSync(
			'soffice',
			[
				`-env:UserInstallation=${pathToFileURL(path.join(folder, 'libreoffice')).href}`,
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

	const read = (source: string) =>
		JSON.parse(
			execFileSync('python3', ['-c', READ, source], { maxBuffer: 1e9 }).toString(),
		) as string[][];

	const column = (rows: string[][], name: string) =>
		rows.slice(1).map((row) => row[rows[0]?.indexOf(name) ?? -1] ?? '');

	test('holds every text for Python, apostrophes against formulas aside', () => {
		const rows = read(file);
		for (const name of ['message', 'userId']) {
			expect(column(rows, name).map((cell) => cell.replace(FORMULA, '$1'))).toEqual(MESSAGES);
		}
		const data = column(rows, 'data').map((cell) => JSON.parse(cell) as unknown);
		expect(data).toEqual(MESSAGES.map((message) => ({ message })));
	});

	test.each(SEPARATORS)('has no formula in LibreOffice where %s separates', async (_name, code) => {
		const sheet = await readFile(await opened(file, code, 'fods'), 'utf8');
		expect(sheet.match(/<table:table-row/g)?.length).toBeGreaterThanOrEqual(MESSAGES.length);
		expect(sheet.match(/table:formula="[^"]*"/g)).toBeNull();
	});

	test.each(SEPARATORS)(
		'would have one there otherwise, where %s separates',
		async (_name, code) => {
			const plain = path.join(folder, 'plain.csv');
			const separator = String.fromCharCode(code);
			await writeFile(plain, `a${separator}"b"${separator}=1+1${separator}c\r\n`);
			const sheet = await readFile(await opened(plain, code, 'fods'), 'utf8');
			expect(sheet).toContain('table:formula="of:=1+1"');
		},
	);

	test('has the same rows after LibreOffice has saved it', async () => {
		const saved = read(await opened(file, 44, 'csv'));
		// LibreOffice ends lines within a cell in one way, and has no NUL.
		const plain = (rows: string[][]) =>
			rows.map((row) => row.map((cell) => cell.replace(/\r\n?/g, '\n').replaceAll('\0', '')));
		expect(column(plain(saved), 'message')).toEqual(column(plain(read(file)), 'message'));
	});
});
