import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { IBinaryData, INode, INodeParameters } from 'n8n-workflow';
import type { AuditApi, AuditEvent } from '../../../dev/audit-api';
import { type Execution, itemsOf, type RunningN8n, type WorkflowFile } from '../../../dev/n8n';
import {
	COLUMNS,
	expectBytes,
	type Format,
	FORMATS,
	readCsv,
	tableOf,
	textOf,
	withParsedJson,
} from '../support/expectedFiles';
import { EMPTY_RANGE, RANGE, startHostileApi } from '../support/hostileLog';
import { createCredential, TestBed } from '../support/testBed';
import { auditNode, nodeOf, startedByHand } from '../support/workflows';

const MIME_TYPES: Record<Format, string> = {
	ndjson: 'application/x-ndjson',
	json: 'application/json',
	csv: 'text/csv',
};

/** The formats of log tools, and how many lines each has per event. */
const LOG_FORMATS = [
	['ecs', 1],
	['ocsf', 1],
	['cef', 1],
	['elasticsearchBulk', 2],
] as const;

const sha256Of = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');

const exporting = (name: string, parameters: INodeParameters): INode => {
	const range = { resource: 'event', operation: 'export', period: 'custom', ...RANGE };
	return auditNode(name, { ...range, ...parameters }, { executeOnce: true });
};

/** n8n's own node for hashes. */
const hashing = (name: string, parameters: INodeParameters): INode =>
	nodeOf(name, 'n8n-nodes-base.crypto', {
		parameters: { action: 'hash', type: 'SHA256', encoding: 'hex', ...parameters },
		typeVersion: 2,
	});

function fileOf(execution: Execution, nodeName: string): IBinaryData {
	const [item] = execution.data.resultData.runData[nodeName]?.[0]?.data?.main?.[0] ?? [];
	expect(item?.binary?.data).toBeDefined();
	return item?.binary?.data as IBinaryData;
}

describe('The files of Export to File, in a real n8n', () => {
	let bed: TestBed;
	let api: AuditApi;
	let listed: AuditEvent[];

	beforeAll(async () => {
		bed = await TestBed.open('files');
		({ api, listed } = await startHostileApi(bed));
	});

	afterAll(async () => await bed?.close());

	async function run(n8n: RunningN8n, workflow: WorkflowFile): Promise<Execution> {
		const credentials = [await createCredential(n8n, api)];
		const execution = await n8n.runWorkflow(workflow, { credentials });
		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(execution.status).toBe('success');
		return execution;
	}

	describe('with binary data in the file system, as n8n has it by default', () => {
		let n8n: RunningN8n;
		let execution: Execution;

		beforeAll(async () => {
			n8n = await bed.startN8n({ name: 'filesystem' });
			// All nodes in sequence, so that one execution writes all the files.
			const workflow = startedByHand(
				'Output',
				...FORMATS.flatMap((format) => [
					exporting(format, { format }),
					exporting(`${format} gzip`, { format, options: { gzip: true } }),
					exporting(`${format} empty`, { format, ...EMPTY_RANGE }),
					exporting(`${format} empty gzip`, {
						format,
						...EMPTY_RANGE,
						options: { gzip: true },
					}),
				]),
				exporting('csv BOM', { format: 'csv', options: { includeBom: true } }),
				exporting('csv BOM gzip', {
					format: 'csv',
					options: { includeBom: true, gzip: true },
				}),
				exporting('csv semicolons', { format: 'csv', options: { separator: 'semicolon' } }),
				...LOG_FORMATS.map(([format]) => exporting(format, { format })),
				exporting('oldest first', { options: { order: 'oldestFirst' } }),
				exporting('oldest first csv', {
					format: 'csv',
					// Many requests, which could leave something behind in n8n.
					options: { order: 'oldestFirst', pageSize: 100 },
				}),
				// The check of docs/evidence.md, without and with a file.
				exporting('linked', {
					options: { gzip: true, previousSha256: '={{ $json.chainSha256 }}' },
				}),
				hashing('Chain', {
					value: "={{ ($json.previousSha256 ?? '') + $json.sha256 }}",
					dataPropertyName: 'actualChainSha256',
				}),
				hashing('File', {
					binaryData: true,
					binaryPropertyName: 'data',
					dataPropertyName: 'actualSha256',
				}),
			);
			execution = await run(n8n, workflow);
		});

		const download = async (nodeName: string): Promise<Buffer> =>
			await n8n.binary(fileOf(execution, nodeName));

		test.each(FORMATS)('the %s file is, byte for byte, what is in the log', async (format) => {
			expectBytes(await download(format), Buffer.from(textOf(format, listed)));
		});

		test.each(FORMATS)('the %s file has the same content with gzip', async (format) => {
			const packed = await download(`${format} gzip`);
			expectBytes(gunzipSync(packed), Buffer.from(textOf(format, listed)));
			expect(packed.length).toBeLessThan(gunzipSync(packed).length / 2);
		});

		test.each(FORMATS)(
			'the item and the metadata of the %s file describe the file',
			async (format) => {
				for (const gzip of [false, true]) {
					const name = `${format}${gzip ? ' gzip' : ''}`;
					const fileName = `signicat-audit_20261001T000000Z_20261031T000000Z.${format}${gzip ? '.gz' : ''}`;
					const bytes = await download(name);
					expect(itemsOf(execution, name)).toEqual([
						{
							count: listed.length,
							from: '2026-10-01T00:00:00.0000000Z',
							to: '2026-10-31T00:00:00.0000000Z',
							firstAt: listed.at(-1)?.timestamp,
							lastAt: listed[0]?.timestamp,
							size: bytes.length,
							sha256: sha256Of(bytes),
							chainSha256: sha256Of(sha256Of(bytes)),
							fileName,
						},
					]);
					const file = fileOf(execution, name);
					expect(file.id).toMatch(/^filesystem/);
					expect(file).toMatchObject({
						fileName,
						mimeType: gzip ? 'application/gzip' : MIME_TYPES[format],
						bytes: bytes.length,
					});
				}
			},
		);

		test('another reader gets the same rows from the CSV file', async () => {
			expect(readCsv(await download('csv'))).toEqual(tableOf(listed));
		});

		test('another reader gets the same rows from the CSV file with semicolons', async () => {
			const rows = readCsv(await download('csv semicolons'), ';');
			expect(withParsedJson(rows)).toEqual(withParsedJson(tableOf(listed)));
		});

		test.each(LOG_FORMATS)(
			'the %s file has %i line(s) per event, and the facts of its bytes',
			async (format, linesPerEvent) => {
				const bytes = await download(format);
				const lines = bytes.toString().split('\n');
				expect(lines.pop()).toBe('');
				expect(lines).toHaveLength(linesPerEvent * listed.length);
				for (const line of lines) {
					if (format === 'cef') expect(line).toMatch(/^CEF:0\|Signicat\|Audit\|/);
					else expect(JSON.parse(line)).toEqual(expect.any(Object));
				}
				expect(itemsOf(execution, format)).toEqual([
					expect.objectContaining({
						count: listed.length,
						size: bytes.length,
						sha256: sha256Of(bytes),
					}),
				]);
			},
		);

		test("n8n's Crypto node gets the same hashes", async () => {
			const [previous] = itemsOf(execution, 'oldest first csv');
			const [linked] = itemsOf(execution, 'linked');
			expect(linked?.previousSha256).toBe(previous?.chainSha256);
			expect(itemsOf(execution, 'File')).toEqual([
				{ ...linked, actualChainSha256: linked?.chainSha256, actualSha256: linked?.sha256 },
			]);
		});

		test('a byte order mark only adds the first three bytes', async () => {
			const expected = Buffer.concat([
				Buffer.from([0xef, 0xbb, 0xbf]),
				Buffer.from(textOf('csv', listed)),
			]);
			expectBytes(await download('csv BOM'), expected);
			expectBytes(gunzipSync(await download('csv BOM gzip')), expected);
		});

		test.each([
			['ndjson', ''],
			['json', '[]\n'],
			['csv', `${COLUMNS.join(',')}\r\n`],
		] as const)(
			'a range without events results in an empty %s file, which n8n serves',
			async (format, content) => {
				expect(itemsOf(execution, `${format} empty`)).toEqual([
					expect.objectContaining({ count: 0 }),
				]);
				expectBytes(await download(`${format} empty`), Buffer.from(content));
				expectBytes(gunzipSync(await download(`${format} empty gzip`)), Buffer.from(content));
			},
		);

		test('oldest first is exactly the reverse order', async () => {
			const reversed = [...listed].reverse();
			expectBytes(await download('oldest first'), Buffer.from(textOf('ndjson', reversed)));
			expectBytes(await download('oldest first csv'), Buffer.from(textOf('csv', reversed)));
		});

		test('n8n logs no warnings', () => {
			expect(n8n.log).not.toMatch(/MaxListeners|unhandled|deprecat.*signicat/i);
		});
	});

	describe('with binary data in other places', () => {
		const MODES = ['database', 'default'] as const;
		const instances: Partial<Record<(typeof MODES)[number], RunningN8n>> = {};

		beforeAll(async () => {
			await Promise.all(
				MODES.map(async (mode) => {
					const env = { N8N_DEFAULT_BINARY_DATA_MODE: mode };
					instances[mode] = await bed.startN8n({ name: mode, env });
				}),
			);
		});

		async function exported(mode: (typeof MODES)[number]) {
			const n8n = instances[mode] as RunningN8n;
			const execution = await run(
				n8n,
				startedByHand('Export', exporting('packed', { options: { gzip: true } })),
			);
			const file = fileOf(execution, 'packed');
			return { file, bytes: await n8n.binary(file) };
		}

		test('a file in the database contains every byte', async () => {
			const { file, bytes } = await exported('database');
			expect(file.id).toMatch(/^database:/);
			expect(file).toMatchObject({ mimeType: 'application/gzip', bytes: bytes.length });
			expectBytes(gunzipSync(bytes), Buffer.from(textOf('ndjson', listed)));
		});

		test('a file in memory, which n8n stores in the item, contains every byte', async () => {
			const { file, bytes } = await exported('default');
			expect(file.id).toBeUndefined();
			expect(file).toMatchObject({ mimeType: 'application/gzip', bytes: bytes.length });
			expectBytes(gunzipSync(bytes), Buffer.from(textOf('ndjson', listed)));
		});
	});
});
