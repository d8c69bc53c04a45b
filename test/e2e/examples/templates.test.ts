import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exampleNames, readExample } from '../../../dev/examples';
import type { RunningN8n } from '../../../dev/n8n';
import { TestBed } from '../support/testBed';

describe('The nodes of the example workflows, in a real n8n', () => {
	let bed: TestBed;
	let newest: Map<string, number>;

	beforeAll(async () => {
		bed = await TestBed.open('templates');
		newest = await newestVersions(await bed.startN8n());
	});
	afterAll(async () => await bed?.close());

	async function newestVersions(n8n: RunningN8n): Promise<Map<string, number>> {
		const versions = new Map<string, number>();
		for (const { name, version } of await n8n.nodeTypes()) {
			versions.set(name, Math.max(versions.get(name) ?? 0, ...[version].flat()));
		}
		return versions;
	}

	test.each(exampleNames)('of %s have the newest version', (name) => {
		const { nodes } = readExample(name);
		expect(nodes.map((node) => [node.name, node.typeVersion])).toEqual(
			nodes.map((node) => [node.name, newest.get(node.type)]),
		);
	});
});
