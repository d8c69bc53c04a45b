import { execFileSync } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { present } from '../support/present';
import { read } from '../support/projectFiles';
import { credentialFor, runAudit } from './engine';

const COMMANDS = [...read('docs/evidence.md').matchAll(/^```sh\n([\s\S]+?)^```$/gm)].map(
	([, block = '']) => block,
);

const DAYS = ['2026-10-01', '2026-10-02', '2026-10-03', '2026-10-04'];

/** A row of the manifest: what an export returns. */
type Row = IDataObject & { fileName: string; sha256: string; chainSha256: string };

/** The commands of docs/evidence.md, over files that the node wrote. */
describe('the check in docs/evidence.md', () => {
	let api: AuditApi;
	let folder: string;
	let rows: Row[];

	beforeAll(async () => {
		const span = { from: '2026-10-01T00:00:00Z', to: '2026-10-04T00:00:00Z' };
		api = await startAuditApi({ eventCount: 300, span });
	});
	afterAll(async () => await api.stop());

	beforeEach(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'evidence-'));
		rows = [];
		for (const [index, from] of DAYS.slice(0, 3).entries()) await exportDay(from, DAYS[index + 1]);
	});
	afterEach(async () => await rm(folder, { recursive: true, force: true }));

	/** What the workflow of the page does every night. */
	async function exportDay(from = '', to = ''): Promise<void> {
		const { items, error } = await runAudit(credentialFor(api), {
			items: [rows.at(-1) ?? {}],
			parameters: {
				resource: 'event',
				operation: 'export',
				period: 'custom',
				from: `${from}T00:00:00Z`,
				to: `${to}T00:00:00Z`,
				options: { gzip: true, previousSha256: '={{ $json.chainSha256 }}' },
			},
		});
		expect(error).toBeUndefined();
		const { json, binary } = present(items[0]);
		rows.push(json as Row);
		const bytes = Buffer.from(binary?.data?.data ?? '', 'base64');
		await writeFile(path.join(folder, String(json.fileName)), bytes);
	}

	function run(commands: string, env: Record<string, string> = {}): string[] {
		const output = execFileSync('sh', ['-c', commands], {
			cwd: folder,
			env: { ...process.env, ...env },
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		return output.trimEnd().split('\n');
	}

	/** What the check says about each file, in the order of the rows. */
	async function checked(manifest: Row[], lineEnd = '\n'): Promise<string[]> {
		const lines = manifest.map(({ fileName, sha256, chainSha256 }) =>
			[fileName, sha256, chainSha256].join(','),
		);
		const text = ['fileName,sha256,chainSha256', ...lines].join(lineEnd);
		await writeFile(path.join(folder, 'manifest.csv'), text);
		const [, chainCommands = ''] = COMMANDS;
		const result = run(chainCommands).map((line) => line.split(': '));
		expect(result.map(([fileName]) => fileName)).toEqual(manifest.map(({ fileName }) => fileName));
		return result.map(([, verdict = '']) => verdict);
	}

	const GOOD = 'unchanged, linked';

	test('has the commands for a file and for the chain', () => {
		expect(COMMANDS).toHaveLength(2);
		expect(COMMANDS[0]).toContain('sha256sum "$fileName"');
		expect(COMMANDS[1]).toContain('sha256sum < "$fileName"');
	});

	test('prints the hash and the size that the item has', () => {
		for (const { fileName, sha256, size } of rows) {
			const [hashLine, sizeLine] = run(COMMANDS[0] ?? '', { fileName });
			expect(hashLine).toBe(`${sha256}  ${fileName}`);
			expect(sizeLine).toBe(`${size as number} ${fileName}`);
		}
	});

	test('finds nothing where nothing was changed', async () => {
		expect(await checked(rows)).toEqual([GOOD, GOOD, GOOD]);
		expect(await checked(rows, '\r\n')).toEqual([GOOD, GOOD, GOOD]);
		expect(rows.map(({ previousSha256 }) => previousSha256)).toEqual([
			undefined,
			rows[0]?.chainSha256,
			rows[1]?.chainSha256,
		]);
	});

	test('finds a file that was changed', async () => {
		await writeFile(path.join(folder, rows[1]?.fileName ?? ''), 'other events');
		expect(await checked(rows)).toEqual([GOOD, 'CHANGED, linked', GOOD]);
	});

	test('finds a file that was replaced together with the hash in its row', async () => {
		const [first, second, third] = rows as [Row, Row, Row];
		await rename(path.join(folder, third.fileName), path.join(folder, second.fileName));
		const replaced = { ...second, sha256: third.sha256 };
		expect((await checked([first, replaced, third])).slice(1)).toEqual([
			'unchanged, BROKEN',
			'CHANGED, BROKEN',
		]);
	});

	test('finds a row that was removed or moved, and a chain that starts anew', async () => {
		const [first, second, third] = rows as [Row, Row, Row];
		expect(await checked([first, third])).toEqual([GOOD, 'unchanged, BROKEN']);
		expect(await checked([second, first])).toEqual(['unchanged, BROKEN', 'unchanged, BROKEN']);
		rows = [];
		await exportDay(DAYS[1], DAYS[2]);
		expect(await checked([first, ...rows])).toEqual([GOOD, 'unchanged, BROKEN']);
	});

	test('shows by the last value of the chain that whoever replaced a file replaced all rows after it', async () => {
		const kept = rows.at(-1)?.chainSha256;
		api.append({ timestamp: '2026-10-01T12:00:00Z', message: 'forged' });
		rows = [];
		for (const [index, from] of DAYS.slice(0, 3).entries()) await exportDay(from, DAYS[index + 1]);
		expect(await checked(rows)).toEqual([GOOD, GOOD, GOOD]);
		expect(rows.at(-1)?.chainSha256).not.toBe(kept);
	});
});
