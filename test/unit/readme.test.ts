import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

const read = (file: string) => readFileSync(path.join(__dirname, '../..', file), 'utf8');

const [, promises = ''] = read('README.md').split('### What the trigger promises');
const rows = promises
	.split('\n')
	.filter((line) => line.startsWith('|'))
	.slice(2)
	.map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
	// Up to the next table.
	.filter((cells) => cells.length === 7)
	.map(([, what = '', byDefault, durable, , tests = '']) => ({ what, byDefault, durable, tests }));

/** `[name](file): "a test", "another one"; [name](file): "a third one"` */
function testsIn(cell: string): Array<[file: string, name: string]> {
	return cell.split('; ').flatMap((part) => {
		const file = /\]\(([^)]+)\)/.exec(part)?.[1] ?? '';
		const names = [...part.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);
		return names.map((name): [string, string] => [file, name]);
	});
}

describe('What the README says that the trigger promises', () => {
	test('is said of both engines', () => {
		expect(rows.length).toBeGreaterThan(10);
		expect(rows.filter(({ byDefault, durable }) => !byDefault || !durable)).toEqual([]);
	});

	test.each(rows)('is shown by tests that there are: $what', ({ tests }) => {
		const named = testsIn(tests);
		expect(named.length).toBeGreaterThan(0);
		expect(named.filter(([file, name]) => !read(file).includes(name))).toEqual([]);
	});
});
