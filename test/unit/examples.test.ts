import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { INode } from 'n8n-workflow';
import { EXAMPLES_DIR, exampleNames, readExample, SETTINGS_NODE } from '../../dev/examples';

const STICKY = 'n8n-nodes-base.stickyNote';
const WHITE = 7;

/** Nodes that send something to a service outside n8n, which can be unavailable. */
const SENDERS = ['slack', 'emailSend', 'ftp', 's3', 'httpRequest'].map(
	(name) => `n8n-nodes-base.${name}`,
);

/** Names that n8n gives to new nodes; the ones of an example say what the node does there. */
const DEFAULT_NAMES =
	/^(when clicking.*|schedule trigger|slack|send email|http request|edit fields|if|filter|switch|code|ftp|s3|data table|merge|loop over items|signicat audit( trigger)?|ai agent|on form submission|error trigger|stop and error|remove duplicates|aggregate|split out|sticky note.*)\d*$/i;

/** What n8n's template library asks of a workflow, and what our readers need beside it. */
describe.each(exampleNames)('examples/%s', (name) => {
	const folder = path.join(EXAMPLES_DIR, name);
	const workflow = readExample(name);
	const nodes = workflow.nodes.filter(({ type }) => type !== STICKY);
	const notes = workflow.nodes.filter(({ type }) => type === STICKY);
	const overviews = notes.filter((note) => (note.parameters.color ?? 1) === 1);
	const sections = notes.filter((note) => note.parameters.color === WHITE);
	const textOf = (note?: INode) => String(note?.parameters.content ?? '');

	test('has a name that says what it does, with what', () => {
		expect(workflow.name).toMatch(/^[A-Z][^.]{20,90}$/);
		expect(workflow.name).toContain('Signicat');
	});

	test('has one yellow overview note at the top left, and white notes for its sections', () => {
		expect(overviews).toHaveLength(1);
		expect(sections).toHaveLength(notes.length - 1);
		const [overview] = overviews;
		const words = wordsIn(textOf(overview));
		expect(words).toBeGreaterThanOrEqual(100);
		expect(words).toBeLessThanOrEqual(300);
		expect(textOf(overview)).toContain('### How it works');
		expect(textOf(overview)).toContain('### Setup');
		const left = Math.min(...workflow.nodes.map(({ position }) => position[0]));
		const top = Math.min(...workflow.nodes.map(({ position }) => position[1]));
		expect(overview?.position).toEqual([left, top]);
		if (nodes.length >= 4) expect(sections.length).toBeGreaterThanOrEqual(1);
	});

	test.each(sections.map((note) => [note.name, note] as const))(
		'the section note "%s" is short and covers two nodes or more',
		(_name, note) => {
			expect(wordsIn(textOf(note))).toBeLessThan(50);
			expect(nodes.filter((node) => isOver(note, node)).length).toBeGreaterThanOrEqual(2);
		},
	);

	test('is a whole job: four nodes or more, each named for what it does, without code', () => {
		expect(nodes.length).toBeGreaterThanOrEqual(4);
		expect(nodes.map((node) => node.name).filter((it) => DEFAULT_NAMES.test(it))).toEqual([]);
		expect(nodes.filter(({ type }) => /\.(code|function|functionItem)$/.test(type))).toEqual([]);
		expect(nodes.some(({ type }) => type.startsWith('n8n-nodes-signicat-audit.'))).toBe(
			name !== 'error-workflow',
		);
	});

	test('has what differs from place to place in one node, with placeholders', () => {
		expect(nodes.filter((node) => node.name === SETTINGS_NODE)).toHaveLength(1);
		const text = JSON.stringify(workflow);
		expect(text).not.toMatch(/localhost|127\.0\.0\.1/);
		expect(text).not.toMatch(/"(pinData|meta|versionId|webhookUrl)":/);
		const ids = nodes.flatMap(({ credentials = {} }) => Object.entries(credentials));
		expect(ids.map(([, { id }]) => id)).toEqual(ids.map(([type]) => type));
		expect(workflow.settings).toMatchObject({ executionOrder: 'v1' });
	});

	test('tries again what can be unavailable, and says elsewhere what failed nevertheless', () => {
		const senders = nodes.filter(({ type }) => SENDERS.includes(type));
		expect(senders.filter(({ retryOnFail }) => !retryOnFail).map((node) => node.name)).toEqual([]);
		if (name === 'error-workflow') return;
		const withErrorOutput = nodes.filter(({ onError }) => onError === 'continueErrorOutput');
		expect(withErrorOutput.length).toBeGreaterThanOrEqual(1);
		for (const node of withErrorOutput) {
			const outputs = workflow.connections[node.name]?.main ?? [];
			expect([node.name, outputs.at(-1)?.length]).toEqual([node.name, expect.any(Number)]);
			expect(outputs.length).toBeGreaterThanOrEqual(2);
		}
	});

	test('every connection leads from a node to a node', () => {
		const known = new Set(workflow.nodes.map((node) => node.name));
		expect(known.size).toBe(workflow.nodes.length);
		const ends = Object.entries(workflow.connections).flatMap(([from, byType]) => [
			from,
			...Object.values(byType).flatMap((outputs) =>
				outputs.flatMap((targets) => (targets ?? []).map((target) => target.node)),
			),
		]);
		expect(ends.filter((end) => !known.has(end))).toEqual([]);
	});

	test('has a page and a picture', () => {
		const page = readFileSync(path.join(folder, 'README.md'), 'utf8');
		expect(page.split('\n')[0]).toBe(`# ${workflow.name}`);
		const headings = page.split('\n').filter((line) => line.startsWith('## '));
		expect(headings).toEqual(['## How it works', '## Set up', '## Change it']);
		expect(page).toContain('](canvas.png)');
		expect(page).toContain('](workflow.json)');
		expect(wordsIn(page)).toBeGreaterThanOrEqual(150);
		expect(existsSync(path.join(folder, 'canvas.png'))).toBe(true);
	});
});

test('the workflows have different names', () => {
	const names = exampleNames.map((name) => readExample(name).name);
	expect(new Set(names).size).toBe(names.length);
});

function wordsIn(text: string): number {
	return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** Whether the middle of a node lies on a note. n8n draws a node 100 pixels wide and high. */
function isOver(note: INode, node: INode): boolean {
	const { width = 240, height = 160 } = note.parameters as { width?: number; height?: number };
	const [left, top] = note.position;
	const x = node.position[0] + 50;
	const y = node.position[1] + 50;
	return x > left && x < left + Number(width) && y > top && y < top + Number(height);
}
