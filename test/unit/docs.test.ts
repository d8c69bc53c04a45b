import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { startUnverified } from '../../nodes/SignicatAuditTrigger/state/pollState';
import { serializeState } from '../../nodes/SignicatAuditTrigger/state/storedState';
import { read, ROOT } from '../support/projectFiles';

const DOCUMENTS = [
	'README.md',
	...readdirSync(path.join(ROOT, 'docs'))
		.filter((name) => name.endsWith('.md'))
		.map((name) => `docs/${name}`),
];

/** Where a sentence of a message may stand. */
const SOURCES = ['nodes', 'credentials'].flatMap((folder) =>
	readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
		.map((name) => read(path.join(folder, name)).replaceAll("\\'", "'")),
);

/** Whether one file has all of a message; `…` stands for what the code fills in. */
function isInCode(message: string): boolean {
	const parts = message
		.split('…')
		.map((part) => part.trim())
		.filter((part) => /\w/.test(part));
	return parts.length > 0 && SOURCES.some((text) => parts.every((part) => text.includes(part)));
}

const headingsOf = (text: string) =>
	[...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, one = '']) => one);

/** As GitHub makes the anchor of a heading. */
const anchorOf = (heading: string) =>
	heading
		.toLowerCase()
		.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
		.replace(/ /g, '-');

function anchorsOf(text: string): Set<string> {
	const own = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
	return new Set([...headingsOf(text).map(anchorOf), ...own]);
}

describe('docs/troubleshooting.md', () => {
	const page = read('docs/troubleshooting.md');
	const messages = [...page.matchAll(/^### (.+)$/gm)].map(([, message = '']) => message);

	test('has each message once', () => {
		expect(messages.length).toBeGreaterThan(30);
		expect(messages).toEqual([...new Set(messages)]);
	});

	test.each(messages)('is headed by a message that the code has: %s', (message) => {
		expect(isInCode(message)).toBe(true);
	});

	test.each(messages)('says why and what to do: %s', (message) => {
		const [, entry = ''] = page.split(`\n### ${message}\n`);
		const [text = ''] = entry.split(/^##/m);

		expect(text).toMatch(/\*\*Cause:\*\* \S/);
		expect(text).toMatch(/\*\*What to do:\*\* \S/);
	});

	test('has an entry for each message of a failed request', () => {
		const table = SOURCES.find((text) => text.includes('const MESSAGES')) ?? '';
		const known = [...table.matchAll(/\bmessage: (?:'([^']+)'|"([^"]+)")/g)].map(
			([, plain, quoted]) => plain ?? quoted ?? '',
		);

		expect(known.length).toBeGreaterThan(15);
		expect(known.filter((message) => !messages.includes(message))).toEqual([]);
	});
});

describe('README.md', () => {
	const page = read('README.md');

	test('is short', () => {
		const prose = page.replace(/\]\([^)]*\)/g, ']').replace(/[|*_`#-]+/g, ' ');

		expect(prose.split(/\s+/).filter((word) => /\w/.test(word)).length).toBeLessThanOrEqual(1500);
	});

	test('names messages that docs/troubleshooting.md explains', () => {
		const [, section = ''] = page.split('\n## Troubleshooting\n');
		const [text = ''] = section.split(/^## /m);
		const rows = [...text.matchAll(/^\| (.+?) +\|/gm)].map(([, message = '']) => message).slice(2);
		const explained = headingsOf(read('docs/troubleshooting.md'));

		expect(rows).toHaveLength(5);
		expect(rows.filter((message) => !explained.includes(message))).toEqual([]);
	});
});

describe.each(DOCUMENTS)('%s', (file) => {
	test('links to what there is', () => {
		const text = read(file);
		const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
			.map(([, target = '']) => target)
			.filter((target) => !/^[a-z]+:/i.test(target));
		const dangling = links.filter((target) => {
			const [name = '', anchor] = target.split('#');
			const goal = name === '' ? file : path.join(path.dirname(file), name);
			if (!existsSync(path.join(ROOT, goal))) return true;
			return anchor !== undefined && !anchorsOf(read(goal)).has(anchor);
		});

		expect(dangling).toEqual([]);
	});

	test('names only files that exist', () => {
		const named = [...read(file).matchAll(/`((?:nodes|credentials|test|docs)\/[\w./-]*)`/g)].map(
			([, name = '']) => name,
		);

		expect(named.filter((name) => !existsSync(path.join(ROOT, name)))).toEqual([]);
	});
});

describe('docs/privacy.md', () => {
	test('names everything that the state of the trigger contains', () => {
		const state = serializeState({
			...startUnverified(0n, 'key'),
			toLearn: { from: 0n, to: 0n },
			windowHint: 1n,
			clockSkewMs: 1,
			clockCandidate: { skewMs: 1, sinceMs: 1, polls: 1 },
			polledAtMs: 1,
		});
		const page = read('docs/privacy.md');

		expect(Object.keys(state).length).toBeGreaterThan(10);
		expect(Object.keys(state).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
	});
});
