import { execFileSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { CSV_COLUMNS } from '../../nodes/SignicatAudit/export/csv';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { present } from '../support/present';
import { credentialFor, type CredentialStore, runAudit } from './engine';

const exporting = (parameters: INodeParameters = {}): INodeParameters => ({
	resource: 'event',
	operation: 'export',
	period: 'custom',
	from: '2026-10-01T00:00:00Z',
	to: '2026-10-31T00:00:00Z',
	...parameters,
});

const PYTHON = `import csv, json, sys
print(json.dumps(list(csv.reader(open(0, encoding="utf-8", newline="")))))`;

/** Rows as Python's csv module reads them. */
function readCsv(bytes: Buffer): string[][] {
	const output = execFileSync('python3', ['-c', PYTHON], { input: bytes, maxBuffer: 1e9 });
	return JSON.parse(output.toString()) as string[][];
}

describe('Event: Export to File', () => {
	let api: AuditApi;
	let credential: CredentialStore;

	beforeAll(async () => {
		const span = { from: '2026-10-01T00:00:00Z', to: '2026-10-31T00:00:00Z' };
		api = await startAuditApi({ eventCount: 4200, span });
	});
	afterAll(async () => await api.stop());
	beforeEach(() => {
		api.reset();
		credential = credentialFor(api);
	});

	async function exported(parameters: INodeParameters = {}) {
		const { items, error } = await runAudit(credential, { parameters: exporting(parameters) });
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		const { json, binary } = present(items[0]);
		const file = binary?.[String(parameters.binaryPropertyName ?? 'data')];
		return { json, file, bytes: Buffer.from(file?.data ?? '', 'base64') };
	}

	/** The events as they are listed; a file does not contain what only Get returns. */
	async function listed(): Promise<unknown[]> {
		const { items } = await runAudit(credential, {
			parameters: { ...exporting(), operation: 'getAll', returnAll: true, output: 'raw' },
		});
		expect(items).toHaveLength(api.events.length);
		return items.map(({ json }) => json);
	}

	const linesOf = (bytes: Buffer) =>
		bytes
			.toString()
			.trimEnd()
			.split('\n')
			.map((line) => JSON.parse(line) as unknown);

	test('NDJSON contains every event of the range, one per line, as the API sends them', async () => {
		const { json, file, bytes } = await exported();
		expect(linesOf(bytes)).toEqual(await listed());
		expect(bytes.toString().endsWith('\n')).toBe(true);
		expect(json).toEqual({
			count: 4200,
			from: '2026-10-01T00:00:00.0000000Z',
			to: '2026-10-31T00:00:00.0000000Z',
			fileName: 'signicat-audit_20261001T000000Z_20261031T000000Z.ndjson',
		});
		expect(file).toMatchObject({ mimeType: 'application/x-ndjson', fileName: json.fileName });
		expect(api.violations).toEqual([]);
	});

	test('JSON is one list', async () => {
		const { bytes } = await exported({ format: 'json' });
		expect(JSON.parse(bytes.toString())).toEqual(await listed());
	});

	test('oldest first is the reverse order', async () => {
		const { bytes } = await exported({ options: { order: 'oldestFirst' } });
		expect(linesOf(bytes)).toEqual((await listed()).reverse());
	});

	test('gzip contains the same bytes, compressed', async () => {
		const { bytes: plain } = await exported();
		const { bytes, file } = await exported({ options: { gzip: true } });
		expect(gunzipSync(bytes).equals(plain)).toBe(true);
		expect(bytes.length).toBeLessThan(plain.length / 2);
		expect(file).toMatchObject({ mimeType: 'application/gzip' });
		expect(file?.fileName).toMatch(/\.ndjson\.gz$/);
	});

	test('another CSV reader gets the values of the events', async () => {
		const { bytes } = await exported({ format: 'csv' });
		const [header, ...rows] = readCsv(bytes);
		expect(header).toEqual([...CSV_COLUMNS]);
		const expected = (await listed()).map((event) =>
			CSV_COLUMNS.map((column) => {
				const value = (event as Record<string, unknown>)[column];
				if (value === null || value === undefined) return '';
				return typeof value === 'object' ? JSON.stringify(value) : String(value);
			}),
		);
		// What a spreadsheet would run is preceded by an apostrophe, or escaped in JSON; nothing else differs.
		const plain = rows.map((row) =>
			row.map((cell) =>
				/^[{[]/.test(cell)
					? JSON.stringify(JSON.parse(cell))
					: cell.replace(/(?<=[,;|\t\r\n])'(?=\s*[=+\-@|])|^'(?=\s*[=+\-@\t\r\n|])/g, ''),
			),
		);
		expect(plain).toEqual(expected);
		for (const cell of rows.flat()) expect(cell).not.toMatch(/^\s*[=+@]/);
	});

	test('a byte order mark is at the start of CSV files, and only there', async () => {
		const options = { includeBom: true };
		const { bytes } = await exported({ format: 'csv', options });
		expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
		const { bytes: lines } = await exported({ options });
		expect(lines[0]).toBe('{'.charCodeAt(0));
	});

	test.each([
		['ndjson', ''],
		['json', '[]\n'],
		['csv', `${CSV_COLUMNS.join(',')}\r\n`],
	])('a range without events results in an empty %s file', async (format, content) => {
		const { json, bytes } = await exported({ format, filters: { userId: 'nobody' } });
		expect(json.count).toBe(0);
		expect(bytes.toString()).toBe(content);
	});

	test('the file has the requested name, without a path', async () => {
		const { json, file } = await exported({ options: { fileName: '../log/audit.ndjson' } });
		expect(json.fileName).toBe('log-audit.ndjson');
		expect(file?.fileName).toBe('log-audit.ndjson');
	});

	test('a name that some file systems reject is changed, and a compressed file ends in .gz', async () => {
		const fileName = `con.\u202e\r\n${'x'.repeat(5000)}.ndjson. `;
		const { json, file } = await exported({ options: { fileName, gzip: true } });
		expect(json.fileName).toBe(`_con. ${'x'.repeat(255 - 16)}.ndjson.gz`);
		expect(file?.fileName).toBe(json.fileName);
	});

	test('the file can be in another field', async () => {
		const { file } = await exported({ binaryPropertyName: 'log' });
		expect(file?.fileExtension).toBe('ndjson');
	});

	test.each([{ gzip: false }, { gzip: true }])(
		'a permanent fault in the middle of the range fails the node, with %j',
		async (options) => {
			api.fail({ status: 403 }, { on: 'query', skip: 2, times: Infinity });
			const { error, items } = await runAudit(credential, { parameters: exporting({ options }) });
			expect(error?.message).toBe('The API client lacks permission to read the audit log');
			expect(items).toEqual([]);
		},
	);
});

describe('Event: Export to File of what JavaScript cannot represent', () => {
	const TIME = '2026-10-01T12:00:00.1234567Z';
	const NUMBERS = '[7615917337495251231,1e400,-0,1.0,1E2,0.1000000000000000055511151231257827]';
	const DEEP = `${'{"a":['.repeat(2_500)}7615917337495251231${']}'.repeat(2_500)}`;
	const LINES = [
		`{"cursor":"c1","timestamp":"${TIME}","data":{"id":7615917337495251231,"list":${NUMBERS}}}`,
		`{"cursor":"c2","timestamp":"${TIME}","message":";=1+1","indexedData":{"x":1e5}}`,
		`{"cursor":"c3","timestamp":"${TIME}","data":${DEEP}}`,
		`{"cursor":"c4","timestamp":"${TIME}","data":{"__proto__":-1e400,"text":"\u2028\\ud83d 1e400"}}`,
	];
	let api: AuditApi;

	beforeAll(async () => (api = await startAuditApi({ events: [] })));
	afterAll(async () => await api.stop());

	async function run(parameters: INodeParameters) {
		api.reset();
		api.fail(
			{ kind: 'response', text: `{"data":[${LINES.join(',')}],"next":null}` },
			{ on: 'query' },
		);
		const { items, error } = await runAudit(credentialFor(api), {
			parameters: exporting(parameters),
		});
		expect(error).toBeUndefined();
		return items;
	}

	const textOf = async (format: string) => {
		const [item] = await run({ format });
		return Buffer.from(item?.binary?.data?.data ?? '', 'base64').toString();
	};

	test('NDJSON contains every digit of every number, at any depth', async () => {
		const lines = (await textOf('ndjson')).split('\n');
		expect(lines.pop()).toBe('');
		expect(lines.map((line, index) => line === LINES[index])).toEqual(LINES.map(() => true));
	});

	test('JSON does, too', async () => {
		expect((await textOf('json')) === `[\n${LINES.join(',\n')}\n]\n`).toBe(true);
	});

	test('CSV does, too', async () => {
		const rows = readCsv(Buffer.from(await textOf('csv')));
		const data = rows.map((row) => row[CSV_COLUMNS.indexOf('data')]);
		expect(data[1]).toBe(`{"id":7615917337495251231,"list":${NUMBERS}}`);
		expect(data[3] === DEEP).toBe(true);
		expect(rows[2]?.[CSV_COLUMNS.indexOf('message')]).toBe(";'=1+1");
	});

	test('Get Many returns inexact numbers as text, and no item that is too deep for n8n', async () => {
		const items = await run({ operation: 'getAll', returnAll: true, output: 'raw' });
		const [first, , third] = items.map(({ json }) => json);
		expect(first?.data).toEqual({
			id: '7615917337495251231',
			list: ['7615917337495251231', '1e400', -0, 1, 100, '0.1000000000000000055511151231257827'],
		});
		const text = JSON.stringify(third);
		expect(structuredClone(third)).toEqual(third);
		expect(text).toContain('7615917337495251231');
		expect(text.length).toBeGreaterThan(DEEP.length);
	});

	test('Summarize counts by deep values and inexact numbers', async () => {
		const events = [
			`{"cursor":"c1","timestamp":"${TIME}","userId":7615917337495251231}`,
			`{"cursor":"c2","timestamp":"${TIME}","userId":7615917337495251230}`,
			`{"cursor":"c3","timestamp":"${TIME}","userId":${DEEP}}`,
		];
		api.reset();
		api.fail(
			{ kind: 'response', text: `{"data":[${events.join(',')}],"next":null}` },
			{ on: 'query' },
		);
		const { items, error } = await runAudit(credentialFor(api), {
			parameters: { ...exporting(), operation: 'summarize', groupBy: ['userId'] },
		});
		expect(error).toBeUndefined();
		const groups = items[0]?.json.groups as Array<{ userId: string; count: number }>;
		expect(groups.map(({ count }) => count)).toEqual([1, 1, 1]);
		expect(groups.map(({ userId }) => userId).slice(0, 2)).toEqual([
			'7615917337495251230',
			'7615917337495251231',
		]);
		expect(groups[2]?.userId === DEEP).toBe(true);
	});
});
