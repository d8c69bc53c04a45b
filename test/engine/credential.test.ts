import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { startClock, stopClock } from '../trigger-model/clock';
import { credentialFor, CredentialStore, runAudit } from './engine';

const SECRETS = ['p%41ss', 'a+b c', 'colon:and/slash', '"quotes"&=?', 'æøå€', '%', '100%25'];

const getMany = {
	resource: 'event',
	operation: 'getAll',
	returnAll: true,
	period: 'last30Days',
	options: { pageSize: 100 },
};

describe('The credential', () => {
	let api: AuditApi;

	beforeAll(async () => {
		api = await startAuditApi({ eventCount: 1000 });
	});
	afterAll(async () => await api.stop());
	beforeEach(() => api.reset());
	afterEach(() => startClock());

	const tokens = () => api.requests.filter(({ operation }) => operation === 'token');

	test('one token serves a whole execution and the ones after it', async () => {
		const credential = credentialFor(api);
		await runAudit(credential, { parameters: getMany });
		await runAudit(credential, { parameters: getMany });
		expect(tokens()).toHaveLength(1);
		expect(tokens()[0]?.body).toMatchObject({
			grant_type: 'client_credentials',
			scope: 'signicat-api',
		});
	});

	test('tokens that live for a second are renewed during the read', async () => {
		// The server's clock advances each time it is read, a few times per request: with more of them at a time, no
		// token would live long enough.
		let now = Date.now();
		const ageing = await startAuditApi({
			eventCount: 1000,
			now: () => new Date((now += 60)),
			behaviour: { tokenLifetimeSeconds: 1 },
		});
		try {
			const options = { pageSize: 100, maxConcurrency: 1 };
			const { items, error } = await runAudit(credentialFor(ageing), {
				parameters: { ...getMany, options },
			});
			expect(error).toBeUndefined();
			expect(items).toHaveLength(1000);
			const requested = ageing.requests.filter(({ operation }) => operation === 'token');
			expect(requested.length).toBeGreaterThan(1);
		} finally {
			await ageing.stop();
		}
	});

	test('a revoked token is renewed once for requests that run at the same time', async () => {
		const credential = credentialFor(api);
		const items = api.events.slice(0, 12).map(({ cursor }) => ({ cursor }));
		const parameters = { resource: 'event', operation: 'get', cursor: '={{ $json.cursor }}' };
		await runAudit(credential, { parameters, items });
		api.revokeTokens();
		const { items: found } = await runAudit(credential, { parameters, items });
		expect(found).toHaveLength(12);
		expect(tokens()).toHaveLength(2);
	});

	test('a token that was renewed during the read is used for the next requests, without another refusal', async () => {
		const credential = credentialFor(api);
		await runAudit(credential, { parameters: getMany });
		api.reset();
		api.revokeTokens();
		const options = { pageSize: 100, maxConcurrency: 1 };
		const { items } = await runAudit(credential, { parameters: { ...getMany, options } });
		expect(items).toHaveLength(1000);
		expect(api.requests.filter(({ status }) => status === 401)).toHaveLength(1);
		expect(tokens()).toHaveLength(1);
	});

	test('the credential is read once for many requests', async () => {
		// It is read again after five seconds.
		stopClock(Date.now());
		const credential = credentialFor(api);
		await runAudit(credential, { parameters: getMany });
		expect(api.requests.length).toBeGreaterThan(10);
		expect(credential.readings).toBe(1);
	});

	test.each(SECRETS)('the secret %s arrives unchanged', async (clientSecret) => {
		const other = await startAuditApi({ eventCount: 3, clientSecret });
		try {
			other.configure({ clientAuthentication: 'body' });
			const { items } = await runAudit(credentialFor(other), { parameters: getMany });
			expect(items).toHaveLength(3);
		} finally {
			await other.stop();
		}
	});

	test('a wrong secret is reported, and is not tried repeatedly', async () => {
		const credential = credentialFor(api, { clientSecret: 'wrong' });
		const { error } = await runAudit(credential, { parameters: getMany });
		expect(error?.message).toBe('Signicat did not accept the client ID and client secret');
		expect(tokens()).toHaveLength(1);
	});

	test('a base URL with a trailing slash works like one without', async () => {
		const credential = credentialFor(api, { baseUrl: `${api.baseUrl}/` });
		const { items } = await runAudit(credential, { parameters: getMany });
		expect(items).toHaveLength(1000);
	});

	test('account and organization are sent with every page if they are set', async () => {
		api.configure({ requireAccountId: 'a-test' });
		const fields = { accountId: 'a-test', organizationId: 'o-test' };
		const { items } = await runAudit(credentialFor(api, fields), { parameters: getMany });
		expect(items).toHaveLength(1000);
		for (const request of api.requests.filter(({ operation }) => operation === 'query')) {
			expect(request.query).toMatchObject({
				'signicat-accountId': 'a-test',
				'signicat-organizationId': 'o-test',
			});
			expect(request.headers['signicat-organizationid']).toBe('o-test');
		}
	});

	test('neither is sent if it is empty', async () => {
		await runAudit(credentialFor(api), { parameters: getMany });
		for (const request of api.requests) {
			expect(Object.keys(request.query).join()).not.toContain('signicat-');
			expect(request.headers).not.toHaveProperty('signicat-organizationid');
		}
	});

	test('every request names the package in its User-Agent', async () => {
		await runAudit(credentialFor(api), { parameters: getMany });
		for (const request of api.requests.filter(({ operation }) => operation === 'query')) {
			expect(request.headers['user-agent']).toMatch(/^n8n-nodes-signicat-audit\/\d+\.\d+\.\d+$/);
		}
	});

	test('a stored token is used after a restart of n8n', async () => {
		const before = credentialFor(api);
		await runAudit(before, { parameters: getMany });
		const after = new CredentialStore(before.fields);
		after.token = before.token;
		await runAudit(after, { parameters: getMany });
		expect(tokens()).toHaveLength(1);
	});
});
