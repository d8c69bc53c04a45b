import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { present } from '../support/present';

const ROOT = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const description = read('docs/openapi.yaml');
const facts = read('docs/api.md');

const ids = (text: string, pattern: RegExp) =>
	[...text.matchAll(pattern)].map(([, id]) => present(id));

/** The places of docs/api.md that a link can lead to: its headings, and its facts. */
function anchors(): string[] {
	const headings = ids(facts, /^#+ (.+)$/gm).map((heading) =>
		heading
			.toLowerCase()
			.replace(/[^\w -]/g, '')
			.replace(/ /g, '-'),
	);
	return [...headings, ...ids(facts, /<a id="([^"]+)">/g)];
}

function sources(folder: string): string[] {
	return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((path) => /\.(ts|mjs|yaml|md)$/.test(path))
		.map((path) => join(folder, path));
}

describe('docs/openapi.yaml', () => {
	test('matches the generated types', async () => {
		const script = join(ROOT, 'scripts/generate-types.mjs');

		await expect(promisify(execFile)(process.execPath, [script, '--check'])).resolves.toEqual({
			stdout: '',
			stderr: '',
		});
	});

	test('names the fact behind everything that is inferred', () => {
		const marks = description.match(/x-status: inferred\n\s+x-fact: [\w-]+\n/g) ?? [];

		expect(marks.length).toBeGreaterThan(10);
		expect(description.match(/^ +x-status: inferred$/gm)).toHaveLength(marks.length);
	});

	test('names only facts that docs/api.md explains', () => {
		expect(anchors()).toEqual(expect.arrayContaining(ids(description, /x-fact: ([\w-]+)/g)));
	});
});

describe('docs/api.md', () => {
	test('has each anchor once', () => {
		expect(anchors()).toEqual([...new Set(anchors())]);
	});

	test('has the anchors that code and documents refer to', () => {
		const references = ['credentials', 'nodes', 'scripts', 'dev', 'test', 'docs']
			.flatMap(sources)
			.flatMap((path) => ids(read(path), /docs\/api\.md#([\w-]+)/g).map((id) => ({ path, id })));
		const dangling = references.filter(({ id }) => !anchors().includes(id));

		expect(references.length).toBeGreaterThan(10);
		expect(dangling).toEqual([]);
		expect(anchors()).toEqual(expect.arrayContaining(ids(facts, /\]\(#([\w-]+)\)/g)));
	});

	test('names only files that exist', () => {
		const files = ids(facts, /`((?:nodes|credentials|scripts|docs)\/[\w/.-]+\.\w+)`/g);
		const present = new Set(['nodes', 'credentials', 'scripts', 'docs'].flatMap(sources));

		expect(files.length).toBeGreaterThan(10);
		expect(files.filter((file) => !present.has(file))).toEqual([]);
	});

	test('states how many facts are only inferred', () => {
		const [, count] = /(\d+) rows in all/.exec(facts) ?? [];

		expect(ids(facts, /^\| <a id="([^"]+)">/gm)).toHaveLength(Number(count));
	});
});
