import { describe, expect, test } from '@jest/globals';
import { read } from '../support/projectFiles';

/** One for each thing that can go wrong; a block that is taken away is a promise that is taken back. */
const PROMISES = 31;

const [, promises = ''] = read('docs/trigger.md').split('\n## Delivery guarantees\n');

/** `- **Label:** text`, on one line or more */
function entryOf(block: string, label: string): string {
	const [, text = ''] = block.split(`\n- **${label}:** `);
	return (text.split(/\n- |\n\n/)[0] ?? '').replace(/\s+/g, ' ').trim();
}

const blocks = promises
	.split(/^### /m)
	.slice(1)
	.map((block) => ({
		what: (block.split('\n')[0] ?? '').trim(),
		byDefault: entryOf(block, 'In-memory engine'),
		durable: entryOf(block, 'Durable cursors'),
		leftToN8n: entryOf(block, 'Left to n8n'),
		tests: entryOf(block, 'Tests'),
	}));

/** `[name](../file): "a test", "another one"; [name](../file): "a third one"` */
function testsIn(entry: string): Array<[file: string, name: string]> {
	return entry.split('; ').flatMap((part) => {
		const file = /\]\(\.\.\/([^)]+)\)/.exec(part)?.[1] ?? '';
		const names = [...part.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);
		return names.map((name): [string, string] => [file, name]);
	});
}

describe('What docs/trigger.md says that the trigger promises', () => {
	test('is said of both engines, and of n8n', () => {
		expect(blocks).toHaveLength(PROMISES);
		expect(
			blocks.filter(
				({ what, byDefault, durable, leftToN8n }) => !what || !byDefault || !durable || !leftToN8n,
			),
		).toEqual([]);
	});

	test.each(blocks)('is shown by tests that there are: $what', ({ tests }) => {
		const named = testsIn(tests);
		expect(named.length).toBeGreaterThan(0);
		expect(named.filter(([file, name]) => !read(file).includes(name))).toEqual([]);
	});
});
