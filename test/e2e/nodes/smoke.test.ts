import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunningN8n } from '../../../dev/n8n';
import { TestBed } from '../support/testBed';

describe('the packed package in a real n8n', () => {
	let bed: TestBed;
	let n8n: RunningN8n;

	beforeAll(async () => {
		bed = await TestBed.open('smoke');
		n8n = await bed.startN8n();
	});

	afterAll(async () => await bed?.close());

	test('both nodes are available, the action node also as a tool', async () => {
		const ours = (await n8n.nodeTypes())
			.map(({ name }) => name)
			.filter((name) => name.startsWith('n8n-nodes-signicat'));

		expect(ours.sort()).toEqual([
			'n8n-nodes-signicat-audit.signicatAudit',
			'n8n-nodes-signicat-audit.signicatAuditTool',
			'n8n-nodes-signicat-audit.signicatAuditTrigger',
		]);
	});

	test('the credential is available to both nodes', async () => {
		const types = await n8n.credentialTypes();
		const ours = types.find(({ name }) => name === 'signicatOAuth2Api');

		expect(ours?.supportedNodes).toEqual(
			expect.arrayContaining([
				'n8n-nodes-signicat-audit.signicatAudit',
				'n8n-nodes-signicat-audit.signicatAuditTrigger',
			]),
		);
	});
});
