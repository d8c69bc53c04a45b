import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type AuditApi, startAuditApi } from '../../../dev/audit-api';
import { probeFacts, runProbe } from './probe';

// Each test runs the script as a process of its own, some of them several times.
let api: AuditApi;

beforeAll(async () => {
	api = await startAuditApi({ eventCount: 200 });
});

afterEach(() => api.reset());

afterAll(async () => {
	await api.stop();
});

describe('the report to read', () => {
	test('gives each fact with its verdict, what was found and where it is explained', async () => {
		api.configure({ nextStyle: 'relative' });

		const { code, stdout } = await runProbe(api);

		expect(code).toBe(2);
		expect(stdout).toMatch(
			/ {2}does not hold +next is an absolute URL\n +relative: a path, with the parameters cursor, limit\n +docs\/api\.md#next-url \(next-url\)\n/,
		);
		expect(stdout).toMatch(/^ +1 does not hold: next-url$/m);
		expect(stdout).toMatch(/Something differs\. Please report it with the output of --json: http/);
	});

	test('says how to get an event into an empty log', async () => {
		const empty = await startAuditApi({ eventCount: 0 });
		try {
			const { code, stdout } = await runProbe(empty);

			expect(code).toBe(0);
			expect(stdout).toContain('the log holds no event of the last 60 days');
			expect(stdout).toContain('sign a test user in through the sandbox account');
		} finally {
			await empty.stop();
		}
	});
});

describe('what keeps it from running', () => {
	const expectStopped = (run: Awaited<ReturnType<typeof runProbe>>, message: RegExp) => {
		expect(run.stderr).toMatch(message);
		expect(run).toMatchObject({ code: 1, stdout: '' });
	};

	test('a wrong secret, which it does not repeat', async () => {
		const env = { SIGNICAT_CLIENT_SECRET: 'wrong+secret%' };
		const run = await runProbe(api, { env });

		expectStopped(run, /did not accept the client ID and secret: .*401 \(invalid_client\)/);
		expect(run.stderr).not.toContain('wrong+secret');
	});

	test('a missing permission', async () => {
		api.configure({ permission: false });

		expectStopped(
			await runProbe(api),
			/lacks permission to read the audit log \(403\)[^]*permission/,
		);
	});

	test('a token that is not accepted', async () => {
		api.fail({ status: 401 }, { times: Infinity });

		expectStopped(await runProbe(api), /does not accept the token/);
	});

	test('a host that cannot be reached', async () => {
		const gone = await startAuditApi({ eventCount: 1 });
		await gone.stop();

		expectStopped(await runProbe(gone), /cannot be reached: no answer came \(ECONNREFUSED\)/);
	});

	test('something else at the base URL', async () => {
		api.fail({ kind: 'status200Html' }, { on: 'any', times: Infinity });
		expectStopped(await runProbe(api), /No token came: .*200/);

		api.clearFaults();
		api.fail({ kind: 'status200Html' }, { times: Infinity });
		expectStopped(await runProbe(api), /No Audit API answers at http:\S+: .*not with JSON/);

		const env = { SIGNICAT_BASE_URL: `${api.baseUrl}/elsewhere` };
		expectStopped(await runProbe(api, { env }), /No token came: .*401/);
	});

	const badUrls = [
		['http://api.signicat.com', /is not encrypted/],
		['http://127.0.0.1.example.com', /is not encrypted/],
		['ftp://api.signicat.com', /not a plain https/],
		['https://somebody:password@api.signicat.com', /not a plain https/],
		['api.signicat.com', /not a URL/],
	] as const;

	test.each(badUrls)('%s as the base URL', async (url, message) => {
		const run = await runProbe(api, { env: { SIGNICAT_BASE_URL: url } });

		expectStopped(run, message);
		expect(run.stderr).not.toContain('password');
		expect(api.requests).toEqual([]);
	});

	test('no credentials and no terminal to ask on', async () => {
		const env = { SIGNICAT_CLIENT_SECRET: undefined };

		expectStopped(await runProbe(api, { env }), /no terminal[^]*SIGNICAT_CLIENT_SECRET/);
	});

	test('an option that there is not', async () => {
		expectStopped(await runProbe(api, { args: ['--secret=x'] }), /no such option[^]*--help/);
	});

	test('Ctrl-C', async () => {
		api.configure({ latencyMs: 5_000 });
		const isUnderWay = () => api.requests.length > 0;

		expectStopped(await runProbe(api, { interruptWhen: isUnderWay }), /^Stopped\.$/m);
	});
});

test('--help asks for nothing and sends nothing', async () => {
	const run = await runProbe(api, { args: ['--help'], env: { SIGNICAT_CLIENT_ID: undefined } });

	expect(run).toMatchObject({ code: 0, stderr: '' });
	expect(run.stdout).toContain('SIGNICAT_CLIENT_SECRET');
	expect(api.requests).toEqual([]);
});

describe('what goes wrong on the way', () => {
	test('Retry-After is waited for once, and reported', async () => {
		api.fail({ status: 429, retryAfter: '1' }, { on: 'metadata' });

		const { verdicts, found } = await probeFacts(api);

		expect(verdicts['metadata-targets']).toBe('holds');
		expect(verdicts['rate-limit']).toBe('holds');
		expect(found['rate-limit']).toBe('429 came 1 times, with Retry-After as seconds');
	});

	test('nothing more is asked after a rate limit that lasts', async () => {
		api.fail({ status: 429, retryAfter: '3600' }, { on: 'metadata' });

		const { code, differing, untold } = await probeFacts(api);

		expect({ code, differing }).toEqual({ code: 0, differing: [] });
		expect(untold).toContain('operator-eq');
		expect(api.requests.at(-1)).toMatchObject({ operation: 'metadata', status: 429 });
	});

	test('a redirect is not followed', async () => {
		const other = await startAuditApi({ eventCount: 1 });
		const location = `${other.baseUrl}/audit/query/metadata`;
		api.fail({ kind: 'redirect', location }, { on: 'metadata', times: Infinity });
		try {
			const { found, verdicts } = await probeFacts(api);

			expect(verdicts['metadata-path']).toBe('could not tell');
			expect(found['metadata-path']).toBe('answered 302, a redirect, which is not followed');
			expect(other.requests).toEqual([]);
		} finally {
			await other.stop();
		}
	});

	test('a fault costs the facts that rest on it, and no others', async () => {
		api.fail({ status: 500, body: 'html' }, { on: 'metadata', times: Infinity });
		api.fail({ kind: 'drop' }, { on: 'item', times: Infinity });

		const { code, differing, untold } = await probeFacts(api);

		expect({ code, differing }).toEqual({ code: 0, differing: [] });
		expect(untold).toEqual(
			expect.arrayContaining(['metadata-path', 'metadata-targets', 'item-path', 'unknown-cursor']),
		);
		expect(untold).not.toContain('operator-eq');
	});

	test('a token that is revoked is renewed', async () => {
		api.fail({ status: 401 }, { on: 'query', skip: 3 });

		const { code } = await probeFacts(api);

		expect(code).toBe(0);
		const tokens = api.requests.filter(({ operation }) => operation === 'token');
		expect(tokens).toHaveLength(3);
	});
});
