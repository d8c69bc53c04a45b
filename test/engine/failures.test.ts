import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sleep } from 'n8n-workflow';
import { type AuditApi, type Fault, startAuditApi } from '../../dev/audit-api';
import { credentialFor, type CredentialStore, runAudit, type RunResult } from './engine';

const parameters = {
	resource: 'event',
	operation: 'getAll',
	returnAll: true,
	period: 'last30Days',
	output: 'simplified',
};

describe('Failures', () => {
	let api: AuditApi;
	let credential: CredentialStore;

	beforeAll(async () => {
		api = await startAuditApi({ eventCount: 1500 });
	});
	afterAll(async () => await api.stop());
	beforeEach(() => {
		api.reset();
		credential = credentialFor(api);
	});

	const queries = () => api.requests.filter(({ operation }) => operation === 'query');

	/** Everything that n8n would store or show of a failed run. */
	const everythingShown = ({ error, run }: RunResult) =>
		[JSON.stringify(run), error?.message, error?.description, error?.stack].join('\n');

	const transient: Array<[string, Fault]> = [
		['429 with Retry-After', { status: 429, retryAfter: '0' }],
		['429 without Retry-After', { status: 429 }],
		['500', { status: 500 }],
		['502 with an HTML body', { status: 502, body: 'html' }],
		['503 with an empty body', { status: 503, body: 'empty' }],
		['a dropped connection', { kind: 'drop' }],
		['a response that breaks off', { kind: 'truncate' }],
		['truncated JSON', { kind: 'truncateJson' }],
		['an HTML page in place of JSON', { kind: 'status200Html' }],
	];

	test.each(transient)(
		'%s on the second page is retried, and nothing is lost',
		async (_name, fault) => {
			api.fail(fault, { on: 'query', skip: 1 });
			const { items, error } = await runAudit(credential, { parameters });
			expect(error).toBeUndefined();
			expect(items.map(({ json }) => json.cursor)).toEqual(api.events.map(({ cursor }) => cursor));
			expect(queries()).toHaveLength(3);
		},
	);

	test('a request waits for Retry-After, in seconds and as a date', async () => {
		api.fail({ status: 429, retryAfter: '1' }, { on: 'query' });
		await runAudit(credential, { parameters });
		const [first, second] = queries();
		expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
	});

	test('a Retry-After that is too long is reported immediately, with the wait', async () => {
		api.fail({ status: 429, retryAfter: '3600' }, { on: 'query', times: Infinity });
		const { error } = await runAudit(credential, { parameters });
		expect(queries()).toHaveLength(1);
		expect(error?.message).toBe('Signicat is receiving too many requests');
		expect(error?.description).toContain('wait 3600 seconds');
	});

	test('a permanent fault is reported after five attempts', async () => {
		api.fail({ status: 503 }, { on: 'query', times: Infinity });
		const { error } = await runAudit(credential, { parameters });
		expect(queries()).toHaveLength(5);
		expect(error?.message).toBe('Signicat is temporarily unavailable');
		expect(error?.description).toContain('Tried 5 times.');
	});

	test('403 is reported as a missing permission, and is not retried', async () => {
		api.configure({ permission: false });
		const { error } = await runAudit(credential, { parameters });
		expect(error?.message).toBe('The API client lacks permission to read the audit log');
		expect(error?.description).toContain('Signicat Dashboard');
		expect(queries()).toHaveLength(1);
	});

	test("400 shows Signicat's own explanation, the parameters it names, and the trace ID", async () => {
		api.configure({ knownOperators: ['eq'] });
		const conditions = { condition: [{ field: 'serviceName', operator: 'gt', value: 'A' }] };
		const { error } = await runAudit(credential, { parameters: { ...parameters, conditions } });
		expect(error?.message).toBe('Signicat rejected the request as invalid');
		expect(error?.description).toContain('Signicat says:');
		expect(error?.description).toMatch(/operator/);
		expect(error?.description).toMatch(/Trace ID for Signicat support: \S+/);
		expect(queries()).toHaveLength(1);
	});

	test('a permanent failure ends the other requests immediately', async () => {
		const options = { pageSize: 10, maxConcurrency: 4 };
		api.fail({ kind: 'hang', ms: 60_000 }, { skip: 1, times: 3, on: 'query' });
		api.fail({ status: 403 }, { skip: 1, on: 'query' });
		const { error } = await runAudit(credential, { parameters: { ...parameters, options } });
		expect(error?.message).toBe('The API client lacks permission to read the audit log');
		expect(queries().map(({ status }) => status)).toEqual([
			200,
			'dropped',
			'dropped',
			'dropped',
			403,
		]);
	});

	test('a redirect is not followed', async () => {
		const elsewhere = await startAuditApi({ eventCount: 0 });
		try {
			const location = `${elsewhere.baseUrl}/audit/query`;
			api.fail({ kind: 'redirect', location }, { on: 'query', times: Infinity });
			const { error } = await runAudit(credential, { parameters });
			expect(error?.message).toBe('Signicat responded with a redirect');
			expect(elsewhere.requests).toHaveLength(0);
		} finally {
			await elsewhere.stop();
		}
	});

	test('the description names an address at which nothing listens', async () => {
		const gone = await startAuditApi({ eventCount: 0 });
		await gone.stop();
		const { error } = await runAudit(credentialFor(gone), { parameters });
		expect(error?.message).toBe('Could not connect to Signicat');
		expect(error?.description).toContain('ECONNREFUSED');
	});

	test.each([
		'not a url',
		'ftp://example.com',
		'http://example.com',
		'https://user:pass@example.com',
	])('the base URL %s is rejected before any request', async (baseUrl) => {
		const { error } = await runAudit(credentialFor(api, { baseUrl }), { parameters });
		expect(error?.message).toContain('Base URL');
		expect(everythingShown({ error } as RunResult)).not.toContain('user:pass');
		expect(api.requests).toHaveLength(0);
	});

	test('a failed run neither shows nor stores the secret or a token', async () => {
		const tokens: string[] = [];
		for (const fault of [{ status: 500 }, { status: 401 }, { status: 403 }] as Fault[]) {
			api.reset();
			api.fail(fault, { on: 'query', times: Infinity });
			const result = await runAudit(credential, { parameters });
			tokens.push((credential.token as { access_token: string }).access_token);
			expect(result.error).toBeDefined();
			const shown = everythingShown(result);
			for (const secret of [...tokens, api.clientSecret, 'Bearer ']) {
				expect(shown.includes(secret)).toBe(false);
			}
		}
	});

	test('Continue On Fail returns the error of a failed item, and the events of the others', async () => {
		const { items } = await runAudit(credential, {
			items: [{ limit: 1 }, { limit: 0 }, { limit: 2 }],
			onError: 'continueRegularOutput',
			parameters: { ...parameters, returnAll: false, limit: '={{ $json.limit }}' },
		});
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
			{ item: 2 },
		]);
		expect(items[1]?.json).toEqual({
			error: expect.stringContaining('Limit'),
			description: expect.stringContaining('Enter a whole number'),
		});
	});

	test('with an error output, a failed item goes there', async () => {
		const { items, errorItems } = await runAudit(credential, {
			items: [{ limit: 0 }, { limit: 2 }],
			onError: 'continueErrorOutput',
			parameters: { ...parameters, returnAll: false, limit: '={{ $json.limit }}' },
		});
		expect(items).toHaveLength(2);
		expect(errorItems).toHaveLength(1);
		expect(errorItems[0]?.json).toMatchObject({ error: expect.stringContaining('Limit') });
		expect(errorItems[0]?.pairedItem).toEqual({ item: 0 });
	});

	test('stopping the execution stops the requests', async () => {
		api.configure({ latencyMs: 20 });
		const stopLater = async (stop: () => void) => {
			while (queries().length < 3) await sleep(1);
			stop();
		};
		await runAudit(credential, {
			parameters: { ...parameters, options: { pageSize: 10 } },
			onStart: (stop) => void stopLater(stop),
		}).catch(() => undefined);
		// Requests that were already sent may still arrive.
		let sent = 0;
		while (api.open.size > 0 || sent !== api.requests.length) {
			sent = api.requests.length;
			await sleep(100);
		}
		expect(sent).toBeLessThan(20);
		await sleep(200);
		expect(api.requests).toHaveLength(sent);
	});
});
