import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuditApi, startAuditApi } from '../../../dev/audit-api';
import { Client, requestToken } from './client';

let api: AuditApi;
let now: Date;

beforeEach(async () => {
	now = new Date('2026-11-20T12:00:00.000Z');
	api = await startAuditApi({ eventCount: 1, now: () => now });
});

afterEach(async () => {
	expect(api.violations).toEqual([]);
	await api.stop();
});

const basic = (id: string, secret: string) => ({
	Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

describe('the token endpoint', () => {
	test('gives a token for the client id and secret in the form', async () => {
		const { status, body } = await requestToken(api);

		expect(status).toBe(200);
		expect(body).toEqual({
			access_token: expect.any(String),
			expires_in: 600,
			token_type: 'Bearer',
			scope: 'signicat-api',
		});
	});

	test('takes Basic credentials as they are, and form-encoded as RFC 6749 has them', async () => {
		const raw = basic(api.clientId, api.clientSecret);
		const encoded = basic(
			api.clientId,
			String(new URLSearchParams({ s: api.clientSecret })).slice('s='.length),
		);

		expect((await requestToken(api, {}, raw)).status).toBe(200);
		expect((await requestToken(api, {}, encoded)).status).toBe(200);
	});

	test('refuses a wrong secret, whichever way it comes', async () => {
		const inForm = await requestToken(api, { client_secret: 'wrong' });
		const inHeader = await requestToken(api, {}, basic(api.clientId, 'wrong'));

		expect([inForm.status, inHeader.status]).toEqual([401, 401]);
		expect(inForm.body).toEqual({ error: 'invalid_client', error_description: expect.any(String) });
	});

	test('refuses a client that says twice who it is', async () => {
		const both = await requestToken(
			api,
			{ client_id: api.clientId, client_secret: api.clientSecret },
			basic(api.clientId, api.clientSecret),
		);

		expect([both.status, both.body.error]).toEqual([400, 'invalid_request']);
	});

	test.each([
		[{ grant_type: 'password' }, 'unsupported_grant_type'],
		[{ scope: 'openid' }, 'invalid_scope'],
	])('refuses %j with %s', async (form, error) => {
		const refused = await requestToken(api, form);

		expect([refused.status, refused.body.error]).toEqual([400, error]);
	});

	test('can insist on one kind of client authentication', async () => {
		const header = basic(api.clientId, api.clientSecret);

		api.configure({ clientAuthentication: 'basic' });
		expect((await requestToken(api)).status).toBe(401);
		expect((await requestToken(api, {}, header)).status).toBe(200);

		api.configure({ clientAuthentication: 'body' });
		expect((await requestToken(api)).status).toBe(200);
		expect((await requestToken(api, {}, header)).status).toBe(401);
	});
});

describe('a token', () => {
	test('lives as long as it says, and no longer', async () => {
		api.configure({ tokenLifetimeSeconds: 2 });
		const client = await Client.connect(api);

		now = new Date(now.getTime() + 1999);
		expect((await client.get('/audit/query/metadata')).status).toBe(200);
		now = new Date(now.getTime() + 1);
		const { status, body } = await client.get('/audit/query/metadata');

		expect(status).toBe(401);
		expect(body).toMatchObject({ code: 'invalid_token', traceId: expect.any(String) });
	});

	test('is refused after all tokens were revoked, while a new one works', async () => {
		const before = await Client.connect(api);
		api.revokeTokens();
		const after = await Client.connect(api);

		expect((await before.get('/audit/query/metadata')).status).toBe(401);
		expect((await after.get('/audit/query/metadata')).status).toBe(200);
	});

	test('is needed for every operation', async () => {
		for (const path of ['/audit/query/metadata', '/audit/query/cursor/x', '/audit/query']) {
			expect((await fetch(`${api.baseUrl}${path}`)).status).toBe(401);
		}
	});

	test('is not written down, and neither is the secret', async () => {
		const client = await Client.connect(api);
		await client.get('/audit/query/metadata');
		const log = JSON.stringify(api.requests);

		expect(log).not.toContain(client.token);
		expect(log).not.toContain(JSON.stringify(api.clientSecret));
		expect(api.requests).toMatchObject([
			{ operation: 'token', body: { client_id: api.clientId, client_secret: '[redacted]' } },
			{ operation: 'metadata', headers: { authorization: 'Bearer' }, token: 1 },
		]);
	});
});

describe('access', () => {
	test('is refused with 403 everywhere when the client lacks the permission', async () => {
		const client = await Client.connect(api);
		api.configure({ permission: false });

		expect((await client.get('/audit/query/metadata')).status).toBe(403);
		expect((await client.query({})).status).toBe(403);
	});

	test('can need the account id', async () => {
		const client = await Client.connect(api);
		api.configure({ requireAccountId: 'a-test-0042' });

		expect((await client.query({})).status).toBe(403);
		expect((await client.query({}, '?signicat-accountId=a-other')).status).toBe(403);
		expect((await client.query({}, '?signicat-accountId=a-test-0042')).status).toBe(200);
	});
});
