/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-dangerous-functions -- reads the files with other tools */
import { execFileSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { CSV_COLUMNS } from '../../nodes/shared/output/csv';
import { type AuditApi, startAuditApi } from '../audit-api';
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
		const { json, binary } = items[0] ?? { json: {} };
		const file = binary?.[String(parameters.binaryPropertyName ?? 'data')];
		return { json, file, bytes: Buffer.from(file?.data ?? '', 'base64') };
	}

	/** As the list gives them: what only Get gives is not in the file. */
	async function listed(): Promise<unknown[]> {
		const { items } = await runAudit(credential, {
			parameters: { ...exporting(), operation: 'getAll', returnAll: true, simplify: false },
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

	test('NDJSON holds every event of the range, one a line, as the API sends them', async () => {
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

	test('oldest first is the reverse', async () => {
		const { bytes } = await exported({ options: { order: 'oldestFirst' } });
		expect(linesOf(bytes)).toEqual((await listed()).reverse());
	});

	test('gzip gives the same bytes, packed', async () => {
		const { bytes: plain } = await exported();
		const { bytes, file } = await exported({ options: { gzip: true } });
		expect(gunzipSync(bytes).equals(plain)).toBe(true);
		expect(bytes.length).toBeLessThan(plain.length / 2);
		expect(file).toMatchObject({ mimeType: 'application/gzip' });
		expect(file?.fileName).toMatch(/\.ndjson\.gz$/);
	});

	test('CSV is read by another reader as what the events hold', async () => {
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
		// What a spreadsheet would run has an apostrophe before it; nothing else differs.
		const plain = rows.map((row) => row.map((cell) => cell.replace(/^'(?=\s*[=+\-@\t\r\n|])/, '')));
		expect(plain).toEqual(expected);
		for (const cell of rows.flat()) expect(cell).not.toMatch(/^\s*[=+@]/);
	});

	test('a byte order mark comes first in CSV, and only there', async () => {
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
	])('a range without events gives an empty %s file', async (format, content) => {
		const { json, bytes } = await exported({ format, filters: { userId: 'nobody' } });
		expect(json.count).toBe(0);
		expect(bytes.toString()).toBe(content);
	});

	test('the file has the name that was asked for, and no path', async () => {
		const { json, file } = await exported({ options: { fileName: '../log/audit.ndjson' } });
		expect(json.fileName).toBe('..-log-audit.ndjson');
		expect(file?.fileName).toBe('..-log-audit.ndjson');
	});

	test('the file can go into another field', async () => {
		const { file } = await exported({ binaryPropertyName: 'log' });
		expect(file?.fileExtension).toBe('ndjson');
	});

	test.each([{ gzip: false }, { gzip: true }])(
		'a fault that stays in the middle of the range fails the node, with %j',
		async (options) => {
			api.fail({ status: 403 }, { on: 'query', skip: 2, times: Infinity });
			const { error, items } = await runAudit(credential, { parameters: exporting({ options }) });
			expect(error?.message).toBe('This client may not read the audit log');
			expect(items).toEqual([]);
		},
	);
});
