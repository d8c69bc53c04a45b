import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { CSV_COLUMNS } from '../../nodes/SignicatAudit/export/csv';
import { cefLine } from '../../nodes/shared/formats/cef';
import { ecsDocument } from '../../nodes/shared/formats/ecs';
import { ocsfEvent } from '../../nodes/shared/formats/ocsf';
import type { AuditEvent } from '../../nodes/shared/model/event';
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
rows = csv.reader(open(0, encoding="utf-8", newline=""), delimiter=sys.argv[1])
print(json.dumps(list(rows)))`;

/** Rows as Python's csv module reads them. */
function readCsv(bytes: Buffer, separator = ','): string[][] {
	const output = execFileSync('python3', ['-c', PYTHON, separator], {
		input: bytes,
		maxBuffer: 1e9,
	});
	return JSON.parse(output.toString()) as string[][];
}

const sha256Of = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');

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
	async function listed(): Promise<AuditEvent[]> {
		const { items } = await runAudit(credential, {
			parameters: { ...exporting(), operation: 'getAll', returnAll: true, output: 'raw' },
		});
		expect(items).toHaveLength(api.events.length);
		return items.map(({ json }) => json as unknown as AuditEvent);
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
			firstAt: api.events.at(-1)?.timestamp,
			lastAt: api.events[0]?.timestamp,
			size: bytes.length,
			sha256: sha256Of(bytes),
			chainSha256: sha256Of(sha256Of(bytes)),
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

	test('the size and the hash are those of the file as n8n stores it', async () => {
		for (const gzip of [false, true]) {
			for (const format of ['ndjson', 'csv', 'cef']) {
				const { json, bytes } = await exported({ format, options: { gzip } });
				expect(json).toMatchObject({ count: 4200, size: bytes.length, sha256: sha256Of(bytes) });
			}
		}
	});

	test('the first and the last time do not depend on the order', async () => {
		const { json: newest } = await exported();
		const { json: oldest } = await exported({ options: { order: 'oldestFirst' } });
		expect([oldest.firstAt, oldest.lastAt]).toEqual([newest.firstAt, newest.lastAt]);
		expect(oldest.sha256).not.toBe(newest.sha256);
	});

	test('a file is linked to the one before it, whose hash may be in upper case', async () => {
		const previous = sha256Of('the night before');
		const { json } = await exported({
			options: { previousSha256: ` ${previous.toUpperCase()}\n` },
		});
		expect(json).toMatchObject({
			previousSha256: previous,
			chainSha256: sha256Of(previous + String(json.sha256)),
		});
		expect(Object.keys(json)).toEqual([
			...['count', 'from', 'to', 'firstAt', 'lastAt', 'size'],
			...['sha256', 'previousSha256', 'chainSha256', 'fileName'],
		]);
	});

	test('the first file of a chain has none before it, also where an expression finds none', async () => {
		for (const previousSha256 of ['', '={{ $json.chainSha256 }}']) {
			const { json } = await exported({ options: { previousSha256 } });
			expect(json).not.toHaveProperty('previousSha256');
			expect(json.chainSha256).toBe(sha256Of(String(json.sha256)));
		}
	});

	test.each([
		'ab'.repeat(31),
		'ab'.repeat(33),
		'g'.repeat(64),
		`0x${'a'.repeat(62)}`,
		'={{ true }}',
		'={{ ["a"] }}',
		'={{ 1 }}',
	])('a hash of the previous file that is none is refused: %s', async (previousSha256) => {
		const { error } = await runAudit(credential, {
			parameters: exporting({ options: { previousSha256 } }),
		});
		expect(error?.message).toContain("Invalid value for 'Previous SHA-256': ");
		expect(error?.description).toContain('chainSha256');
		expect(api.requests).toEqual([]);
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

	test.each([
		['comma', ','],
		['semicolon', ';'],
		['tab', '\t'],
	])('the columns of a CSV file can be separated by a %s', async (separator, character) => {
		const { bytes } = await exported({ format: 'csv', options: { separator } });
		const { bytes: plain } = await exported({ format: 'csv' });
		const rows = readCsv(bytes, character);
		expect(rows).toHaveLength(4201);
		const json = new Set([CSV_COLUMNS.indexOf('indexedData'), CSV_COLUMNS.indexOf('data')]);
		const values = (table: string[][]) =>
			table.map((row, index) =>
				row.map((cell, column) =>
					index > 0 && json.has(column) && cell !== '' ? (JSON.parse(cell) as unknown) : cell,
				),
			);
		expect(values(rows)).toEqual(values(readCsv(plain)));
		expect(bytes.toString().split('\r\n')[0]).toBe(CSV_COLUMNS.join(character));
	});

	test.each(['Idp, Result,Idp , data.result', '={{ ["Idp", "Result", "data.result"] }}'])(
		'properties have columns of their own before the JSON: %s',
		async (propertyColumns) => {
			const { bytes } = await exported({ format: 'csv', options: { propertyColumns } });
			const [header = [], ...rows] = readCsv(bytes);
			expect(header).toEqual([
				...CSV_COLUMNS.slice(0, -2),
				...['Idp', 'Result', 'data.result', 'indexedData', 'data'],
			]);
			const column = (name: string) => rows.map((row) => row[header.indexOf(name)]);
			const events = await listed();
			for (const name of ['Idp', 'Result']) {
				expect(column(name)).toEqual(events.map(({ indexedData }) => indexedData?.[name] ?? ''));
				expect(new Set(column(name)).size).toBeGreaterThan(2);
			}
		},
	);

	test.each([
		['userId', /already has a column userId/],
		['Idp,data', /already has a column data/],
		['={{ ["timestamp"] }}', /already has a column timestamp/],
		['={{ true }}', /expected text but got a boolean/],
		['={{ ({}) }}', /expected text but got an object/],
		['={{ ["a", ""] }}', /must not be empty/],
		['={{ Array.from({ length: 101 }, (_, i) => "p" + i).join() }}', /more than 100 values/],
	])('a property column that cannot be one is refused: %s', async (propertyColumns, message) => {
		const { error } = await runAudit(credential, {
			parameters: exporting({ format: 'csv', options: { propertyColumns } }),
		});
		expect(error?.message).toMatch(/^Invalid value for 'Property Columns': /);
		expect(error?.message).toMatch(message);
		expect(api.requests).toEqual([]);
	});

	test.each([';', 'Semicolon', 'pipe', '={{ 1 }}', '={{ ["comma"] }}'])(
		'a separator that is not one of the options is refused: %s',
		async (separator) => {
			const { error } = await runAudit(credential, {
				parameters: exporting({ format: 'csv', options: { separator } }),
			});
			expect(error).toMatchObject({
				message: "Invalid value for 'Separator': not one of the options",
				description: 'Use comma, semicolon or tab.',
			});
			expect(api.requests).toEqual([]);
		},
	);

	test('what is only for CSV changes nothing in another format', async () => {
		const options = { separator: 'pipe', propertyColumns: 'userId', includeBom: true };
		const { json } = await exported({ options });
		expect(json.sha256).toBe((await exported()).json.sha256);
	});

	describe('for log tools', () => {
		const success = ['success'];
		/** Matches the time of reading. */
		const readAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown as string;
		const rule = { property: 'Result', success, failure: ['failure'] };
		const options = {
			outcomeProperty: 'Result',
			outcomeSuccessValues: 'success',
			outcomeFailureValues: 'failure',
		};

		test('ECS is one document per event', async () => {
			const { file, bytes } = await exported({ format: 'ecs', options });
			const events = await listed();
			expect(linesOf(bytes)).toEqual(
				events.map((event) => ecsDocument(event, { outcome: rule, readAt })),
			);
			const outcomes = bytes.toString().match(/"outcome":"(\w+)"/g);
			expect(new Set(outcomes).size).toBe(3);
			expect(file).toMatchObject({ mimeType: 'application/x-ndjson', fileExtension: 'ndjson' });
		});

		test('OCSF is one event per event', async () => {
			const { file, bytes } = await exported({ format: 'ocsf', options });
			const events = await listed();
			expect(linesOf(bytes)).toEqual(events.map((event) => ocsfEvent(event, { outcome: rule })));
			expect(file).toMatchObject({ mimeType: 'application/x-ndjson', fileExtension: 'ndjson' });
		});

		test('CEF is one line per event', async () => {
			const { json, file, bytes } = await exported({ format: 'cef', options });
			const events = await listed();
			expect(bytes.toString()).toBe(
				events.map((event) => `${cefLine(event, { outcome: rule })}\n`).join(''),
			);
			expect(bytes.toString().match(/^CEF:0\|Signicat\|/gm)).toHaveLength(4200);
			expect(file?.mimeType).toBe('text/plain');
			expect(json.fileName).toMatch(/\.cef$/);
		});

		test('a bulk request creates each document once, however often the file is sent', async () => {
			const { file, bytes } = await exported({ format: 'elasticsearchBulk', options });
			const lines = linesOf(bytes);
			const actions = lines.filter((_line, index) => index % 2 === 0);
			const documents = lines.filter((_line, index) => index % 2 === 1);
			const events = await listed();
			expect(actions).toEqual(
				events.map(({ cursor }) => ({ create: { _id: sha256Of(String(cursor)) } })),
			);
			expect(new Set(actions.map((action) => JSON.stringify(action))).size).toBe(4200);
			expect(documents).toEqual(
				events.map((event) => ecsDocument(event, { outcome: rule, readAt })),
			);
			expect(bytes.toString().endsWith('}\n')).toBe(true);
			expect(file?.mimeType).toBe('application/x-ndjson');
		});

		test('a bulk request of no events is empty, and one of events without a cursor has IDs, too', async () => {
			const { bytes } = await exported({
				format: 'elasticsearchBulk',
				filters: { userId: 'nobody' },
			});
			expect(bytes.length).toBe(0);
			const events = [
				{ timestamp: '2026-10-01T12:00:00Z', message: 'a' },
				{ timestamp: '2026-10-01T12:00:00Z', message: 'b' },
			];
			const sent = new Set<string>();
			for (const order of ['newestFirst', 'oldestFirst']) {
				api.reset();
				const text = JSON.stringify({ data: events, next: null });
				api.fail({ kind: 'response', text }, { on: 'query' });
				const { bytes: bulk } = await exported({
					format: 'elasticsearchBulk',
					options: { order },
				});
				for (const [id] of bulk.toString().matchAll(/"_id":"[\da-f]{64}"/g)) sent.add(id);
			}
			expect(sent.size).toBe(2);
		});

		test('the original event is there where it is asked for', async () => {
			const [first] = await listed();
			for (const format of ['ecs', 'ocsf', 'elasticsearchBulk']) {
				const { bytes } = await exported({ format, options: { includeOriginal: true } });
				expect(bytes.toString().split('\n')[format === 'elasticsearchBulk' ? 1 : 0]).toContain(
					JSON.stringify(JSON.stringify(first)),
				);
			}
		});

		test('an outcome cannot be both', async () => {
			const { error } = await runAudit(credential, {
				parameters: exporting({
					format: 'cef',
					options: { ...options, outcomeFailureValues: 'Success' },
				}),
			});
			expect(error?.message).toContain("Invalid value for 'Outcome Failure Values': ");
			expect(api.requests).toEqual([]);
		});
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
		['ecs', ''],
		['ocsf', ''],
		['cef', ''],
	])('a range without events results in an empty %s file', async (format, content) => {
		const { json, bytes } = await exported({ format, filters: { userId: 'nobody' } });
		expect(json).toMatchObject({
			count: 0,
			firstAt: null,
			lastAt: null,
			size: content.length,
			sha256: sha256Of(content),
		});
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

	test.each([
		['ecs', 4],
		['ocsf', 4],
		['cef', 4],
		['elasticsearchBulk', 8],
	])('%s has a line for each event, also for one that is nested deeply', async (format, count) => {
		const lines = (await textOf(format)).split('\n');
		expect(lines.pop()).toBe('');
		expect(lines).toHaveLength(count);
		for (const line of lines) {
			if (format === 'cef') expect(line).toMatch(/^CEF:0\|.* cs6=c\d cs6Label=cursor$/);
			else expect(JSON.parse(line)).toEqual(expect.any(Object));
		}
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
