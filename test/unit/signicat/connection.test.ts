import { describe, expect, test } from '@jest/globals';
import { NodeOperationError } from 'n8n-workflow';
import { readConnection } from '../../../nodes/shared/signicat/connection';
import type { ApiContext } from '../../../nodes/shared/signicat/context';

const connect = async (fields: object) =>
	await readConnection({
		getCredentials: async () => fields,
		getNode: () => ({ name: 'Signicat Audit' }),
	} as unknown as ApiContext);

describe('readConnection', () => {
	test.each([undefined, '', ' ', 'https://api.signicat.com', ' https://api.signicat.com// '])(
		'leads to Signicat with the base URL %p',
		async (baseUrl) => {
			expect(await connect({ baseUrl })).toEqual({
				baseUrl: 'https://api.signicat.com',
				query: {},
				headers: {},
			});
		},
	);

	test('keeps a path and a port', async () => {
		const { baseUrl } = await connect({ baseUrl: 'https://proxy.example:8443/signicat/' });
		expect(baseUrl).toBe('https://proxy.example:8443/signicat');
	});

	test.each(['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'])(
		'goes unencrypted to this machine: %s',
		async (baseUrl) => {
			expect((await connect({ baseUrl })).baseUrl).toBe(baseUrl);
		},
	);

	test.each([
		'http://api.signicat.com',
		'http://localhost.evil.example',
		'http://127.0.0.1.evil.example',
		'http://0.0.0.0',
		'ftp://api.signicat.com',
		'javascript:alert(1)',
		'api.signicat.com',
		'https://',
		'https://user@api.signicat.com',
		'https://user:word@api.signicat.com',
		'https://api.signicat.com?x=1',
	])('sends no token to %s', async (baseUrl) => {
		await expect(connect({ baseUrl })).rejects.toThrow(NodeOperationError);
		await expect(connect({ baseUrl })).rejects.toMatchObject({
			message: expect.stringContaining('Base URL'),
			description: expect.stringContaining('https://api.signicat.com'),
		});
	});

	test('carries the account and the organization only where they are filled in', async () => {
		const both = { accountId: ' a-1 ', organizationId: 'o-1' };
		expect(await connect(both)).toMatchObject({
			query: { 'signicat-accountId': 'a-1', 'signicat-organizationId': 'o-1' },
			headers: { 'Signicat-OrganizationId': 'o-1' },
		});
		const { query, headers } = await connect({ accountId: 'a-1', organizationId: ' ' });
		expect([query, headers]).toEqual([{ 'signicat-accountId': 'a-1' }, {}]);
	});
});
