import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalSentinel, startLocalSentinel } from '../../../dev/receivers/sentinel';

const RECORD = { TimeGenerated: '2026-11-01T08:15:30.1234567Z', userId: 'user-1' };

describe('The local Sentinel', () => {
	let sentinel: LocalSentinel;
	let token: string;

	beforeAll(async () => {
		sentinel = await startLocalSentinel();
		const { body } = await requestToken();
		token = String(body.access_token);
	});

	afterAll(async () => await sentinel.stop());

	async function requestToken(change: Record<string, string> = {}) {
		const { accessTokenUrl, clientId, clientSecret, scope } = sentinel.credentials[0]?.data ?? {};
		const fields = {
			grant_type: 'client_credentials',
			client_id: String(clientId),
			client_secret: String(clientSecret),
			scope: String(scope),
			...change,
		};
		const body = new URLSearchParams(fields);
		const response = await fetch(String(accessTokenUrl), { method: 'POST', body });
		return { status: response.status, body: (await response.json()) as Record<string, unknown> };
	}

	async function send(
		body: string | Buffer,
		{ version = '2023-01-01', stream = sentinel.settings.sentinelStream, headers = {} } = {},
	) {
		const { sentinelUrl, sentinelRuleId } = sentinel.settings;
		const path = `dataCollectionRules/${sentinelRuleId}/streams/${stream}?api-version=${version}`;
		const response = await fetch(`${sentinelUrl}/${path}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
			body,
		});
		return response.status;
	}

	test.each([
		[{ scope: 'https://management.azure.com/.default' }, 400, 'invalid_scope'],
		[{ client_secret: 'wrong' }, 401, 'invalid_client'],
		[{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
	])('refuses a token for %j', async (change, status, error) => {
		expect(await requestToken(change as Record<string, string>)).toMatchObject({
			status,
			body: { error },
		});
	});

	test('takes a list of records, also compressed', async () => {
		const before = sentinel.records.length;
		expect(await send(JSON.stringify([RECORD]))).toBe(204);
		const headers = { 'content-encoding': 'gzip' };
		expect(await send(gzipSync(JSON.stringify([RECORD])), { headers })).toBe(204);
		expect(sentinel.records.slice(before)).toEqual([RECORD, RECORD]);
	});

	const large = JSON.stringify([{ ...RECORD, message: 'x'.repeat(1024 * 1024) }]);

	test.each<[string, string | Buffer, Parameters<typeof send>[1], number]>([
		['an object', JSON.stringify(RECORD), {}, 400],
		['lines', `${JSON.stringify(RECORD)}\n${JSON.stringify(RECORD)}`, {}, 400],
		['an empty list', '[]', {}, 400],
		['a record without a time', '[{"userId":"a"}]', {}, 400],
		['another version', JSON.stringify([RECORD]), { version: '2021-11-01' }, 400],
		['another stream', JSON.stringify([RECORD]), { stream: 'Custom-Other_CL' }, 400],
		['another token', JSON.stringify([RECORD]), { headers: { authorization: 'Bearer x' } }, 401],
		['text', JSON.stringify([RECORD]), { headers: { 'content-type': 'text/plain' } }, 415],
		['more than 1 MB', large, {}, 413],
		[
			'more than 1 MB before it was compressed',
			gzipSync(large),
			{ headers: { 'content-encoding': 'gzip' } },
			413,
		],
	])('refuses %s', async (_what, body, options, status) => {
		const before = sentinel.records.length;
		expect(await send(body, options)).toBe(status);
		expect(sentinel.records).toHaveLength(before);
	});

	test('notices values that Azure Monitor would cut', async () => {
		await send(JSON.stringify([{ ...RECORD, message: '語'.repeat(22_000) }]));
		expect(sentinel.tooLong).toEqual(['message']);
	});

	test('can be down', async () => {
		sentinel.isDown = true;
		expect(await send(JSON.stringify([RECORD]))).toBe(503);
		sentinel.isDown = false;
	});
});
