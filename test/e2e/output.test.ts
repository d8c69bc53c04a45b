import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { IBinaryData, IDataObject, INode, INodeParameters } from 'n8n-workflow';
import type { Page } from 'playwright-core';
import { type AuditApi, type AuditEvent, startAuditApi } from '../audit-api';
import { asListed } from '../audit-api/events';
import {
	type Editor,
	type Execution,
	installPackage,
	itemsOf,
	openEditor,
	packPackage,
	type RunningN8n,
	startN8n,
	type WorkflowFile,
} from '../n8n';

jest.setTimeout(300_000);

const TYPE = 'signicatOAuth2Api';

const RANGE = { from: '2026-10-01T00:00:00Z', to: '2026-10-31T00:00:00Z' };
const EMPTY_RANGE = { from: '2026-08-01T00:00:00Z', to: '2026-08-02T00:00:00Z' };

const FORMATS = ['ndjson', 'json', 'csv'] as const;
type Format = (typeof FORMATS)[number];

const MIME_TYPES: Record<Format, string> = {
	ndjson: 'application/x-ndjson',
	json: 'application/json',
	csv: 'text/csv',
};

/** What somebody could have put into a log to be shown to those who read it. */
const HOSTILE: ReadonlyArray<[serviceName: string, eventType: string]> = [
	['<script>alert(1)</script>', '<img src="x" onerror="alert(2)">'],
	['<!channel>', '*bold*'],
	['=1+1', '|pipe|'],
	['</td></table><h1>out', `"><svg onload='alert(3)'>`],
	['&lt;b&gt; &amp;amp;', '{{ $json }} ${7*7} %3Cscript%3E'],
	['W'.repeat(75), 'https://example.com/?'.padEnd(80, 'q')],
];

const COLUMNS = [
	...['cursor', 'timestamp', 'serviceName', 'eventType', 'message', 'userId', 'clientId'],
	...['ipAddress', 'referenceId', 'traceId', 'sandbox', 'accountId', 'organizationId'],
	...['messageId', 'jwtId', 'expiresAt', 'indexedData', 'data'],
] as const;

/** The table as its reader is to find it. */
function tableOf(events: readonly AuditEvent[]): string[][] {
	const rows = events.map((event) =>
		COLUMNS.map((column) => cellOf((event as Record<string, unknown>)[column])),
	);
	return [[...COLUMNS], ...rows];
}

function cellOf(value: unknown): string {
	if (value === undefined || value === null) return '';
	if (typeof value !== 'string') {
		return typeof value === 'object' ? JSON.stringify(value) : `${value as number | boolean}`;
	}
	// What would be a formula wherever a cell or a line could end begins with an apostrophe there.
	const isFormula = (text: string) =>
		['=', '+', '-', '@', '|'].includes(text.trimStart().charAt(0));
	return value
		.split(/([,;\t|\r\n])/)
		.map((part, index, parts) => {
			const isEnd = index % 2 === 1;
			const begins = index === 0 && part === '' && isFormula(parts.slice(1).join(''));
			return begins || (!isEnd && isFormula(part)) ? `'${part}` : part;
		})
		.join('');
}

/** RFC 4180, with quotes where a reader could end a cell, whatever separator it expects. */
function csvText(rows: string[][]): string {
	const quote = (cell: string) =>
		/[",;|\t\r\n]|^ | $/.test(cell) ? `"${cell.split('"').join('""')}"` : cell;
	return rows.map((row) => `${row.map(quote).join(',')}\r\n`).join('');
}

function textOf(format: Format, listed: readonly AuditEvent[]): string {
	const objects = listed.map((event) => JSON.stringify(event));
	if (format === 'csv') return csvText(tableOf(listed));
	if (format === 'ndjson') return objects.map((line) => `${line}\n`).join('');
	return listed.length === 0 ? '[]\n' : `[\n${objects.join(',\n')}\n]\n`;
}

const PYTHON = `import csv, json, sys
print(json.dumps(list(csv.reader(open(0, encoding="utf-8", newline="")))))`;

/** Rows as Python's csv module reads them. */
function readCsv(bytes: Buffer): string[][] {
	const output = execFileSync('python3', ['-c', PYTHON], { input: bytes, maxBuffer: 1e9 });
	return JSON.parse(output.toString()) as string[][];
}

/** In a page: the contrast of each text with what is behind it, as WCAG has it. */
const CONTRASTS = `(() => {
	const parts = (color) => color.match(/[\\d.]+/g).map(Number);
	const luminance = (color) => {
		const [red, green, blue] = parts(color).slice(0, 3)
			.map((part) => part / 255)
			.map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4));
		return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
	};
	const behind = (element) => {
		const color = element ? getComputedStyle(element).backgroundColor : 'rgb(255, 255, 255)';
		return parts(color)[3] === 0 ? behind(element.parentElement) : color;
	};
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	const contrasts = [];
	while (walker.nextNode()) {
		if (walker.currentNode.data.trim() === '') continue;
		const element = walker.currentNode.parentElement;
		const both = [luminance(getComputedStyle(element).color), luminance(behind(element))];
		contrasts.push((Math.max(...both) + 0.05) / (Math.min(...both) + 0.05));
	}
	return contrasts;
})()`;

/** Says where two files part, which a comparison of all their bytes would not. */
function expectBytes(actual: Buffer, expected: Buffer): void {
	const at = actual.findIndex((byte, index) => byte !== expected[index]);
	const from = Math.max(0, (at === -1 ? Math.min(actual.length, expected.length) : at) - 60);
	const around = (bytes: Buffer) => bytes.subarray(from, from + 120).toString();
	if (!actual.equals(expected)) expect(around(actual)).toBe(around(expected));
	expect(actual.length).toBe(expected.length);
	expect(actual.equals(expected)).toBe(true);
}

const node = (name: string, type: string, parameters: INodeParameters): INode => ({
	id: name.replace(/\W+/g, '-'),
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters,
	credentials: type.includes('signicat') ? { [TYPE]: { id: '', name: '' } } : {},
	executeOnce: true,
});

const audit = (name: string, parameters: INodeParameters): INode =>
	node(name, 'n8n-nodes-signicat-audit.signicatAudit', {
		resource: 'event',
		period: 'custom',
		...RANGE,
		...parameters,
	});

const exporting = (name: string, parameters: INodeParameters): INode =>
	audit(name, { operation: 'export', ...parameters });

const summarizing = (name: string, parameters: INodeParameters): INode =>
	audit(name, { operation: 'summarize', ...parameters });

/** All nodes in one row, so that one execution gives all the output there is to look at. */
function inSequence(name: string, ...nodes: INode[]): WorkflowFile {
	const all = [node('Start', 'n8n-nodes-base.manualTrigger', {}), ...nodes];
	const connections: WorkflowFile['connections'] = {};
	all.slice(1).forEach((next, index) => {
		const from = all[index]?.name ?? '';
		connections[from] = { main: [[{ node: next.name, type: 'main', index: 0 }]] };
	});
	return { name, nodes: all, connections, settings: { executionOrder: 'v1', timezone: 'UTC' } };
}

function fileOf(execution: Execution, nodeName: string): IBinaryData {
	const [item] = execution.data.resultData.runData[nodeName]?.[0]?.data?.main?.[0] ?? [];
	expect(item?.binary?.data).toBeDefined();
	return item?.binary?.data as IBinaryData;
}

describe('What the packed package puts out, in a real n8n', () => {
	let folder: string;
	let tarball: string;
	let api: AuditApi;
	/** What a query gives, newest first: computed from what the Audit API holds, not asked of it. */
	let listed: AuditEvent[];

	beforeAll(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'n8n-e2e-output-'));
		api = await startAuditApi({ eventCount: 2500, span: RANGE });
		api.append(
			...HOSTILE.map(([serviceName, eventType], index) => ({
				serviceName,
				eventType,
				message: `=HYPERLINK("${serviceName}")`,
				timestamp: `2026-10-${10 + index}T12:34:56.789012${index}Z`,
			})),
		);
		listed = api.events.map(asListed);
		({ tarball } = await packPackage(folder));
	});

	afterAll(async () => {
		await api?.stop();
		await rm(folder, { recursive: true, force: true });
		expect(api.violations).toEqual([]);
	});

	async function start(name: string, env: Record<string, string> = {}): Promise<RunningN8n> {
		const userFolder = path.join(folder, name);
		await installPackage(tarball, userFolder);
		return await startN8n({ userFolder, env });
	}

	async function run(n8n: RunningN8n, workflow: WorkflowFile): Promise<Execution> {
		const { clientId, clientSecret, baseUrl } = api;
		const credential = await n8n.createCredential(TYPE, { clientId, clientSecret, baseUrl });
		const execution = await n8n.runWorkflow(workflow, { credentials: [credential] });
		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(execution.status).toBe('success');
		return execution;
	}

	describe('with binary data in the file system, as n8n has it by default', () => {
		let n8n: RunningN8n;
		let execution: Execution;

		beforeAll(async () => {
			n8n = await start('filesystem');
			execution = await run(
				n8n,
				inSequence(
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
					exporting('oldest first', { options: { order: 'oldestFirst' } }),
					exporting('oldest first csv', {
						format: 'csv',
						// Many requests, which could leave something behind in n8n.
						options: { order: 'oldestFirst', pageSize: 100 },
					}),
					summarizing('Summarize', { options: { topN: 1000 } }),
					summarizing('Summarize nothing', EMPTY_RANGE),
				),
			);
		});
		afterAll(async () => await n8n?.stop());

		const download = async (nodeName: string): Promise<Buffer> =>
			await n8n.binary(fileOf(execution, nodeName));

		describe('Export to File', () => {
			test.each(FORMATS)('the %s file is, byte for byte, what the log holds', async (format) => {
				expectBytes(await download(format), Buffer.from(textOf(format, listed)));
			});

			test.each(FORMATS)('the %s file is the same within gzip', async (format) => {
				const packed = await download(`${format} gzip`);
				expectBytes(gunzipSync(packed), Buffer.from(textOf(format, listed)));
				expect(packed.length).toBeLessThan(gunzipSync(packed).length / 2);
			});

			test.each(FORMATS)('the item and the %s file say what is in the file', async (format) => {
				for (const gzip of [false, true]) {
					const name = `${format}${gzip ? ' gzip' : ''}`;
					const fileName = `signicat-audit_20261001T000000Z_20261031T000000Z.${format}${gzip ? '.gz' : ''}`;
					expect(itemsOf(execution, name)).toEqual([
						{
							count: listed.length,
							from: '2026-10-01T00:00:00.0000000Z',
							to: '2026-10-31T00:00:00.0000000Z',
							fileName,
						},
					]);
					const file = fileOf(execution, name);
					expect(file.id).toMatch(/^filesystem/);
					expect(file).toMatchObject({
						fileName,
						mimeType: gzip ? 'application/gzip' : MIME_TYPES[format],
						bytes: (await download(name)).length,
					});
				}
			});

			test('the CSV file is read by another reader as the same rows', async () => {
				expect(readCsv(await download('csv'))).toEqual(tableOf(listed));
			});

			test('a byte order mark changes nothing but the first three bytes', async () => {
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
				'a range without events gives an empty %s file, which n8n hands out',
				async (format, content) => {
					expect(itemsOf(execution, `${format} empty`)).toEqual([
						expect.objectContaining({ count: 0 }),
					]);
					expectBytes(await download(`${format} empty`), Buffer.from(content));
					expectBytes(gunzipSync(await download(`${format} empty gzip`)), Buffer.from(content));
				},
			);

			test('oldest first is exactly the reverse', async () => {
				const reversed = [...listed].reverse();
				expectBytes(await download('oldest first'), Buffer.from(textOf('ndjson', reversed)));
				expectBytes(await download('oldest first csv'), Buffer.from(textOf('csv', reversed)));
			});

			test('n8n has nothing to warn of', () => {
				expect(n8n.log).not.toMatch(/MaxListeners|unhandled|deprecat.*signicat/i);
			});
		});

		describe('Summarize', () => {
			interface Group {
				serviceName: string | null;
				eventType: string | null;
				count: number;
				firstAt: string;
				lastAt: string;
			}

			/** Counted over what the Audit API holds, whose timestamps are in order as text. */
			function counted(): Group[] {
				const groups = new Map<string, Group>();
				for (const { serviceName = null, eventType = null, timestamp } of api.events) {
					const id = JSON.stringify([serviceName, eventType]);
					const group = groups.get(id) ?? {
						serviceName,
						eventType,
						count: 0,
						firstAt: timestamp,
						lastAt: timestamp,
					};
					group.count++;
					if (timestamp < group.firstAt) group.firstAt = timestamp;
					if (timestamp > group.lastAt) group.lastAt = timestamp;
					groups.set(id, group);
				}
				return [...groups.values()];
			}

			const byId = (groups: Group[]) =>
				new Map(groups.map((it) => [JSON.stringify([it.serviceName, it.eventType]), it]));

			const summaryOf = (nodeName: string) =>
				itemsOf(execution, nodeName)[0] as IDataObject & { groups: Group[]; html: string };

			test('the figures are those of an independent count', () => {
				const summary = summaryOf('Summarize');
				expect(summary.total).toBe(api.events.length);
				expect(byId(summary.groups)).toEqual(byId(counted()));
				expect(summary.groups).toHaveLength(counted().length);
				const counts = summary.groups.map(({ count }) => count);
				expect(counts).toEqual([...counts].sort((a, b) => b - a));
			});

			describe('its HTML in a browser, in the width of a mail', () => {
				const MAIL_WIDTH = 600;
				let editor: Editor;
				let page: Page;
				const dialogs: string[] = [];
				const requests: string[] = [];

				beforeAll(async () => {
					editor = await openEditor(n8n, {
						viewport: { width: MAIL_WIDTH, height: 900 },
						scale: 2,
					});
					page = editor.page;
					page.on('dialog', (dialog) => {
						dialogs.push(dialog.message());
						void dialog.dismiss();
					});
					page.on('request', (request) => requests.push(request.url()));
				});
				afterAll(async () => await editor?.close());

				const show = async (html: string) =>
					await page.setContent(`<!doctype html><body style="margin:0">${html}</body>`, {
						waitUntil: 'networkidle',
					});

				/** The cells as they are read, row by row, headings left out. */
				const rows = async (): Promise<string[][]> => {
					const lines = await page.locator('tr', { has: page.locator('td') }).all();
					return await Promise.all(
						lines.map(async (line) => await line.locator('td').allInnerTexts()),
					);
				};

				test('a page that runs its scripts would be noticed', async () => {
					await show('<img src="x:y" onerror="alert(1)"><script>alert(2)</script>');
					expect(dialogs.sort()).toEqual(['1', '2']);
					dialogs.length = 0;
					requests.length = 0;
				});

				test('every group is a row with its names as they are in the log, and none of them runs', async () => {
					const { html, groups } = summaryOf('Summarize');
					await show(html);
					const minute = (timestamp: string) => timestamp.slice(0, 16).replace('T', ' ');
					const expected = groups.map(({ serviceName, eventType, count, firstAt, lastAt }) => [
						serviceName ?? '(none)',
						eventType ?? '(none)',
						count.toLocaleString('en-US'),
						[...new Set([minute(firstAt), minute(lastAt)])].join(' – '),
					]);
					const shown = await rows();
					expect(shown).toEqual(expected);
					for (const names of HOSTILE) {
						expect(shown).toContainEqual([...names, '1', expect.any(String)]);
					}
					expect(await page.locator('table').count()).toBe(1);
					expect(await page.locator('script, img, svg, h1, b, a, iframe, link').count()).toBe(0);
					expect(dialogs).toEqual([]);
					expect(requests).toEqual([]);
				});

				test('it says how many events there are, and of which time', async () => {
					await show(summaryOf('Summarize').html);
					const total = api.events.length.toLocaleString('en-US');
					const text = await page.locator('body').innerText();
					expect(text).toContain(`Signicat audit log: ${total} events`);
					expect(text).toContain('2026-10-01 00:00 – 2026-10-31 00:00 (UTC)');
				});

				test('the table can be seen and is no wider than the mail', async () => {
					await show(summaryOf('Summarize').html);
					expect(await page.locator('table').isVisible()).toBe(true);
					const box = await page.locator('table').boundingBox();
					expect(box?.height).toBeGreaterThan(200);
					expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(MAIL_WIDTH);
					const overflow = 'document.documentElement.scrollWidth';
					expect(await page.evaluate(overflow)).toBeLessThanOrEqual(MAIL_WIDTH);
					await page.screenshot({
						path: process.env.SUMMARY_SCREENSHOT ?? path.join(folder, 'summary.png'),
						fullPage: true,
					});
				});

				test.each([
					['light', ''],
					['dark', 'body { background: #121212; color: #e8e8e8 }'],
					['dark', '* { color: #e8e8e8 !important }'],
					['dark', '* { background-color: #121212 !important }'],
					['dark', '* { background: #121212 !important; color: #e8e8e8 !important }'],
				] as const)('every text can be read in a %s mail reader with %j', async (scheme, style) => {
					const { html } = summaryOf('Summarize');
					await page.emulateMedia({ colorScheme: scheme });
					await page.setContent(`<!doctype html><style>${style}</style><body>${html}</body>`);
					const contrasts = (await page.evaluate(CONTRASTS)) as number[];
					expect(contrasts.length).toBeGreaterThan(20);
					expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5);
					await page.emulateMedia({ colorScheme: null });
				});

				test('a range without events says so, without a table', async () => {
					const summary = summaryOf('Summarize nothing');
					expect(summary).toMatchObject({ total: 0, groups: [] });
					expect(summary.text).toContain('No events');
					expect(summary.slack).toContain('No events');
					await show(summary.html);
					expect(await page.locator('body').innerText()).toContain('No events');
					expect(await page.locator('table').count()).toBe(0);
				});
			});
		});
	});

	describe('with binary data elsewhere', () => {
		const MODES = ['database', 'default'] as const;
		const instances: Partial<Record<(typeof MODES)[number], RunningN8n>> = {};

		beforeAll(async () => {
			await Promise.all(
				MODES.map(async (mode) => {
					instances[mode] = await start(mode, { N8N_DEFAULT_BINARY_DATA_MODE: mode });
				}),
			);
		});
		afterAll(async () => {
			await Promise.all(Object.values(instances).map(async (n8n) => await n8n.stop()));
		});

		async function exported(mode: (typeof MODES)[number]) {
			const n8n = instances[mode] as RunningN8n;
			const execution = await run(
				n8n,
				inSequence('Export', exporting('packed', { options: { gzip: true } })),
			);
			const file = fileOf(execution, 'packed');
			return { file, bytes: await n8n.binary(file) };
		}

		test('a file in the database holds every byte', async () => {
			const { file, bytes } = await exported('database');
			expect(file.id).toMatch(/^database:/);
			expect(file).toMatchObject({ mimeType: 'application/gzip', bytes: bytes.length });
			expectBytes(gunzipSync(bytes), Buffer.from(textOf('ndjson', listed)));
		});

		test('a file in memory, which n8n keeps within the item, holds every byte', async () => {
			const { file, bytes } = await exported('default');
			expect(file.id).toBeUndefined();
			expect(file).toMatchObject({ mimeType: 'application/gzip', bytes: bytes.length });
			expectBytes(gunzipSync(bytes), Buffer.from(textOf('ndjson', listed)));
		});
	});
});
