import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INode } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { credentialFor, runAudit } from './engine';

const DIR = join(__dirname, '../../examples');
const PREFIX = 'n8n-nodes-signicat-audit.';

// The workflows in folders run as a whole in the end-to-end tests.
const files = readdirSync(DIR).filter((file) => file.endsWith('.json'));

const ours = files.flatMap((file) => {
	const { nodes } = JSON.parse(readFileSync(join(DIR, file), 'utf8')) as { nodes: INode[] };
	return nodes
		.filter(({ type }) => type.startsWith(PREFIX))
		.map((node) => [file, node.name, node] as const);
});

describe('The example workflows', () => {
	let api: AuditApi;

	beforeAll(async () => {
		api = await startAuditApi({ eventCount: 2000 });
	});
	afterAll(async () => await api.stop());

	test.each(ours)('%s: "%s" returns items', async (_file, _name, { parameters }) => {
		const items = [{ cursor: api.events[0]?.cursor }];
		const result = await runAudit(credentialFor(api), { parameters, items });
		expect(result.error).toBeUndefined();
		expect(result.items.length).toBeGreaterThan(0);
		expect(api.violations).toEqual([]);
	});
});
