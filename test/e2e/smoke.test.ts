import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { installPackage, packPackage, startN8n, type RunningN8n } from '../n8n';

jest.setTimeout(300_000);

describe('the packed package in a real n8n', () => {
	let userFolder: string;
	let n8n: RunningN8n;

	beforeAll(async () => {
		userFolder = await mkdtemp(path.join(tmpdir(), 'n8n-smoke-'));
		const { tarball } = await packPackage(userFolder);
		await installPackage(tarball, userFolder);
		n8n = await startN8n({ userFolder });
	});

	afterAll(async () => {
		await n8n?.stop();
		await rm(userFolder, { recursive: true, force: true });
	});

	test('both nodes are there, the action node also as a tool', async () => {
		const types = await n8n.request<Array<{ name: string }>>('GET', '/types/nodes.json');
		const ours = types
			.map(({ name }) => name)
			.filter((name) => name.startsWith('n8n-nodes-signicat'));

		expect(ours.sort()).toEqual([
			'n8n-nodes-signicat-audit.signicatAudit',
			'n8n-nodes-signicat-audit.signicatAuditTool',
			'n8n-nodes-signicat-audit.signicatAuditTrigger',
		]);
	});

	test('the credential is there, and both nodes may use it', async () => {
		const types = await n8n.request<Array<{ name: string; supportedNodes?: string[] }>>(
			'GET',
			'/types/credentials.json',
		);
		const ours = types.find(({ name }) => name === 'signicatOAuth2Api');

		expect(ours?.supportedNodes).toEqual(
			expect.arrayContaining([
				'n8n-nodes-signicat-audit.signicatAudit',
				'n8n-nodes-signicat-audit.signicatAuditTrigger',
			]),
		);
	});
});
