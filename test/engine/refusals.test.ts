import '../trigger-model/instantSleep';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { type AuditApi, type Fault, type FaultOptions, startAuditApi } from '../../dev/audit-api';
import { startClock, stopClock } from '../trigger-model/clock';
import { credentialFor, type CredentialStore, runAudit, RunningTrigger } from './engine';

type Operation = [on: FaultOptions['on'] & string, parameters: INodeParameters];

const list = (mode: string, value: string) => ({ __rl: true, mode, value });

const QUERY: INodeParameters = {
	resource: 'event',
	operation: 'getAll',
	returnAll: true,
	period: 'last30Days',
};

const OPERATIONS: Operation[] = [
	['query', QUERY],
	['item', { resource: 'event', operation: 'get' }],
	['metadata', { resource: 'metadata', operation: 'get' }],
	[
		'properties',
		{
			resource: 'property',
			operation: 'getAll',
			target: list('name', 'Default'),
			serviceName: list('name', 'Broker'),
		},
	],
];

describe('Unexpected responses', () => {
	let api: AuditApi;
	let credential: CredentialStore;

	beforeAll(async () => {
		api = await startAuditApi({ eventCount: 30 });
	});
	afterAll(async () => await api.stop());
	beforeEach(() => {
		stopClock(Date.now());
		api.reset();
		credential = credentialFor(api);
	});
	afterEach(startClock);

	const run = async (parameters: INodeParameters, onError?: 'continueRegularOutput') => {
		const cursor = String(api.events[0]?.cursor);
		return await runAudit(credential, { parameters: { cursor, ...parameters }, onError });
	};
	const sent = (operation: string) =>
		api.requests.filter((one) => one.operation === operation).length;

	describe.each(OPERATIONS)('%s', (on, parameters) => {
		const invalid: Array<[string, Fault]> = [
			['a code', { status: 403, code: 'invalid_token' }],
			[
				'a header',
				{ status: 403, headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } },
			],
			['a code of a 400', { status: 400, code: 'invalid_token' }],
			[
				'a code of a 200',
				{ kind: 'response', text: '{"status":403,"title":"No","code":"invalid_token"}' },
			],
		];

		test.each(invalid)(
			'renews a token once if it is reported as invalid by %s',
			async (_name, fault) => {
				api.fail(fault, { on });
				const { error, items } = await run(parameters);
				expect(error).toBeUndefined();
				expect(items.length).toBeGreaterThan(0);
				expect([sent('token'), sent(on)]).toEqual([2, 2]);
			},
		);

		test.each(invalid)(
			'and reports it if the new one is refused as well: %s',
			async (_name, fault) => {
				api.fail(fault, { on, times: Infinity });
				const { error } = await run(parameters);
				expect(error?.message).toBe('Signicat did not accept the access token');
				expect([sent('token'), sent(on)]).toEqual([2, 2]);
			},
		);

		test('requests no other token after a plain 403', async () => {
			api.fail({ status: 403 }, { on, times: Infinity });
			const { error } = await run(parameters);
			expect(error?.message).toBe('The API client lacks permission to read the audit log');
			expect([sent('token'), sent(on)]).toEqual([1, 1]);
		});

		test('shows the content and trace ID of a problem document with status 200', async () => {
			const problem = {
				title: 'No such thing',
				detail: 'Ask again',
				code: 'odd',
				traceId: 'trace-7',
			};
			api.fail({ kind: 'response', text: JSON.stringify(problem) }, { on, times: Infinity });
			const { error } = await run(parameters);
			expect(error?.message).toBe('The request to Signicat could not be completed');
			expect(error?.description).toContain('Signicat says: No such thing. Ask again.');
			expect(error?.description).not.toContain('Base URL');
			expect(error?.context.traceId).toBe('trace-7');
			expect(sent(on)).toBe(1);
		});

		test.each<[string, Fault]>([
			['with its own status', { kind: 'problem200' }],
			['with a code', { kind: 'response', text: '{"code":"service_unavailable","title":"x"}' }],
			['from a gateway', { kind: 'response', text: '{"error":"upstream_timeout"}' }],
		])('retries after a transient problem document: %s', async (_name, fault) => {
			api.fail(fault, { on });
			const { error } = await run(parameters);
			expect(error).toBeUndefined();
			expect(sent(on)).toBe(2);
		});

		test('takes an HTML page as a sign of a wrong Base URL', async () => {
			api.fail({ kind: 'status200Html' }, { on, times: Infinity });
			const { error } = await run(parameters);
			expect(error?.message).toBe('Signicat returned a truncated or non-JSON response');
			expect(error?.description).toContain('Base URL');
			expect(sent(on)).toBe(5);
		});
	});

	test.each(OPERATIONS.slice(1))('%s: reports an empty response', async (on, parameters) => {
		for (const fault of [{ kind: 'noContent' }, { kind: 'response', text: '' }] as Fault[]) {
			api.reset();
			api.fail(fault, { on, times: Infinity });
			expect((await run(parameters)).error?.message).toBe('Signicat returned an empty response');
			api.clearFaults();
			api.fail(fault, { on });
			expect((await run(parameters)).error).toBeUndefined();
		}
	});

	test('204 for a query means no events, immediately', async () => {
		api.fail({ kind: 'noContent' }, { on: 'query' });
		const { error, items } = await run(QUERY);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(0);
		expect(sent('query')).toBe(1);
	});

	test.each(['', '  \n', 'null'])('200 with the body %j is requested once more', async (text) => {
		api.fail({ kind: 'response', text }, { on: 'query' });
		expect((await run(QUERY)).items).toHaveLength(30);
		api.fail({ kind: 'response', text }, { on: 'query', times: 2 });
		const { error, items } = await run(QUERY);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(0);
	});

	test('a poll without events is one request if the response is 204', async () => {
		const trigger = new RunningTrigger(credential, { event: 'newEvent' });
		await trigger.poll();
		const before = sent('query');
		api.fail({ kind: 'noContent' }, { on: 'query' });
		expect(await trigger.poll()).toEqual([]);
		expect(sent('query')).toBe(before + 1);
	});

	test('an unknown cursor is reported, with the trace ID', async () => {
		const { error } = await run({ resource: 'event', operation: 'get', cursor: 'unknown' });
		expect(error?.message).toBe('No event with this cursor exists in this account');
		expect(error?.description).toMatch(/Trace ID for Signicat support: \S+/);
		expect(error?.description).not.toContain('Base URL');
		api.fail({ status: 404, body: 'html' }, { on: 'item' });
		const elsewhere = await run({ resource: 'event', operation: 'get', cursor: 'unknown' });
		expect(elsewhere.error?.description).toContain('Base URL');
	});

	test('a token response without a token does not affect the credential', async () => {
		api.fail({ kind: 'response', text: '{"error":"try later"}' }, { on: 'token' });
		expect((await run(QUERY)).error).toBeUndefined();
		credential.token = { access_token: null };
		expect((await run(QUERY)).error).toBeUndefined();
	});

	test('a missing token endpoint is not reported as a wrong client', async () => {
		api.fail({ status: 404, body: 'html' }, { on: 'token', times: Infinity });
		const { error } = await run(QUERY);
		expect(error?.message).toBe('There is no Signicat token endpoint at this address');
		expect(error?.description).toContain('Base URL');
	});
});

describe('A server that repeats the request', () => {
	const SECRETS = ['plain-secret-0123456789', 'p%41+ s/e&c=r"e\\t', 'æøå€-secret'];
	const FAULTS: Array<[string, Fault, FaultOptions['on']]> = [
		['400', { status: 400 }, 'query'],
		['401', { status: 401 }, 'query'],
		['403', { status: 403 }, 'query'],
		['403 for the token', { status: 403, code: 'invalid_token' }, 'query'],
		['404', { status: 404 }, 'item'],
		['500', { status: 500 }, 'query'],
		['a problem with 200', { kind: 'problem200' }, 'query'],
		['text', { status: 502, body: 'text' }, 'query'],
		['400 to the token', { status: 400 }, 'token'],
		['401 to the token', { status: 401 }, 'token'],
		['503 to the token', { status: 503 }, 'token'],
	];

	beforeEach(() => stopClock(Date.now()));
	afterEach(startClock);

	test.each(SECRETS)(
		'does not get the token or the secret into stored data: %s',
		async (clientSecret) => {
			const api = await startAuditApi({ eventCount: 3, clientSecret });
			try {
				for (const [, fault, on] of FAULTS) {
					for (const onError of [undefined, 'continueRegularOutput'] as const) {
						api.reset();
						api.configure({ echo: true });
						const credential = credentialFor(api);
						api.fail(fault, { on, times: Infinity });
						const parameters =
							on === 'item' ? { resource: 'event', operation: 'get', cursor: 'c' } : QUERY;
						const { error, run, items } = await runAudit(credential, { parameters, onError });
						const token = (credential.token as { access_token?: string } | undefined)?.access_token;
						const stored = [
							JSON.stringify([run, items, error, error?.context]),
							error?.message,
							error?.description,
							error?.stack,
						].join('\n');
						for (const secret of [clientSecret, token ?? clientSecret]) {
							for (const form of [
								secret,
								encodeURIComponent(secret),
								JSON.stringify(secret).slice(1, -1),
								new URLSearchParams({ a: secret }).toString().slice(2),
								Buffer.from(secret).toString('base64').replace(/=+$/, ''),
							]) {
								expect(stored.includes(form)).toBe(false);
							}
						}
						if (!onError) expect(error?.message).toBeDefined();
					}
				}
			} finally {
				await api.stop();
			}
		},
		60_000,
	);

	test('a description has a limited length, however much a server sends', async () => {
		const api = await startAuditApi({ eventCount: 3 });
		try {
			const invalidParams = Array.from({ length: 10_000 }, (_one, index) => ({
				name: `parameter ${index}`,
				reason: 'r'.repeat(1000),
			}));
			api.fail({ status: 400, detail: 'd'.repeat(1e6), invalidParams }, { on: 'query' });
			const { error, run } = await runAudit(credentialFor(api), { parameters: QUERY });
			expect(error?.description?.length).toBeLessThanOrEqual(4000);
			expect(error?.description).toMatch(/And 99\d\d more\./);
			expect(JSON.stringify(run).length).toBeLessThan(30_000);
		} finally {
			await api.stop();
		}
	});
});
