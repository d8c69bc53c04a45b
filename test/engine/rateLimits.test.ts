import { LOG_FILE, readLog, settledLog } from './logToFile';
import '../trigger-model/instantSleep';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuditApi, type Fault, startAuditApi } from '../../dev/audit-api';
import { startClock, stopClock } from '../trigger-model/clock';
import { credentialFor, runAudit } from './engine';

const START = Date.UTC(2026, 10, 1, 12);
const MINUTE_MS = 60_000;

describe('A quota', () => {
	let api: AuditApi;
	/** How far n8n's clock is ahead of the server's. */
	let aheadMs: number;

	beforeEach(async () => {
		aheadMs = 0;
		stopClock(START);
		api = await startAuditApi({ eventCount: 1200, now: () => new Date(Date.now() - aheadMs) });
	});
	afterEach(async () => {
		await api.stop();
		startClock();
	});
	afterAll(() => rmSync(path.dirname(LOG_FILE), { recursive: true, force: true }));

	const read = async (maxConcurrency?: number, pageSize = 100) => {
		const parameters = {
			resource: 'event',
			operation: 'getAll',
			returnAll: true,
			period: 'last30Days',
			options: { pageSize, maxConcurrency },
		};
		const result = await runAudit(credentialFor(api), { parameters });
		return { ...result, tookMs: Date.now() - START };
	};
	const queries = () => api.requests.filter(({ operation }) => operation === 'query');
	const refused = () => queries().filter(({ status }) => status === 429).length;

	test.each([429, 500, 503])(
		'that is not used up does not turn a %i into a wait for its refill',
		async (status) => {
			const headers = { 'RateLimit-Remaining': '900', 'RateLimit-Reset': '3600' };
			api.fail({ status, headers }, { on: 'query', skip: 3 });
			const { items, error, tookMs } = await read(1);
			expect(error).toBeUndefined();
			expect(items).toHaveLength(1200);
			expect(tookMs).toBeLessThan(5_000);
		},
	);

	test('that is reported by the code of a 403 delays requests, too', async () => {
		api.fail(
			{ status: 403, code: 'rate_limit_exceeded', retryAfter: '30' },
			{ on: 'query', skip: 3 },
		);
		const { items, error, tookMs } = await read(1);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1200);
		expect(tookMs).toBeGreaterThanOrEqual(30_000);
	});

	describe.each([1, 4])('with %i requests at a time', (maxConcurrency) => {
		test.each([
			'retryAfter',
			'retryAfterDate',
			'rateLimitReset',
			'xRateLimitReset',
			'xRateLimitResetEpoch',
			'nothing',
		] as const)(
			'delays requests until they succeed, and everything is returned: %s',
			async (announce) => {
				api.configure({ quota: { requests: 8, perMs: MINUTE_MS, announce } });
				const { items, error, tookMs } = await read(maxConcurrency);
				expect(error).toBeUndefined();
				expect(items.map(({ json }) => json.cursor)).toEqual(
					api.events.map(({ cursor }) => cursor),
				);
				expect(tookMs).toBeLessThan(6 * MINUTE_MS);
				// If it is announced, only a few requests more than those already sent are refused.
				expect(refused()).toBeLessThanOrEqual(announce === 'nothing' ? 40 : 4 * maxConcurrency);
			},
		);

		test.each([-120_000, 120_000])(
			'that is announced as a date works although n8n\u2019s clock is %i ms ahead',
			async (ms) => {
				aheadMs = ms;
				api.configure({ quota: { requests: 8, perMs: MINUTE_MS, announce: 'retryAfterDate' } });
				const { error, items } = await read(maxConcurrency);
				expect(error).toBeUndefined();
				expect(items).toHaveLength(1200);
				expect(refused()).toBeLessThanOrEqual(4 * maxConcurrency);
			},
		);
	});

	test('refuses no more requests than it did with four at a time, and is used up less often', async () => {
		const quota = { requests: 12, perMs: MINUTE_MS, announce: 'retryAfter' as const };
		api.configure({ quota });
		const { error, items } = await read(undefined, 20);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1200);
		const timesUsedUp = Math.floor((queries().length - refused()) / quota.requests);
		expect(timesUsedUp).toBeGreaterThanOrEqual(4);
		// All four were refused each time.
		expect(refused()).toBeLessThanOrEqual(4 * timesUsedUp);
	});

	test('is logged, with the duration of the wait', async () => {
		const before = readLog().length;
		api.configure({ quota: { requests: 8, perMs: MINUTE_MS, announce: 'retryAfter' } });
		await read(1);
		expect((await settledLog()).slice(before)).toMatch(
			/Signicat is receiving too many requests; waiting \d\d seconds before the next request/,
		);
	});

	test.each<[string, Fault]>([
		['Retry-After: 0', { status: 429, retryAfter: '0' }],
		['a date in the past', { status: 429, retryAfter: new Date(START - 9000).toUTCString() }],
		['a reset now', { status: 429, headers: { 'X-RateLimit-Reset': String(START / 1000) } }],
		['400 digits', { status: 429, retryAfter: '9'.repeat(400) }],
		['a negative number', { status: 429, retryAfter: '-5' }],
		['not a number', { status: 429, headers: { 'RateLimit-Reset': 'NaN' } }],
	])(
		'that stays used up gets fewer and fewer requests, and is reported: %s',
		async (_name, fault) => {
			api.fail(fault, { on: 'query', times: Infinity });
			const { error, tookMs } = await read(4);
			expect(error?.message).toBe('Signicat is receiving too many requests');
			expect(error?.description).not.toMatch(/Infinity|NaN/);
			expect(queries().length).toBeLessThan(16);
			expect(tookMs).toBeGreaterThan(2 * MINUTE_MS);
			expect(tookMs).toBeLessThanOrEqual(4 * MINUTE_MS);
			const at = queries().map((one) => one.at);
			const waits = at.slice(1).map((one, index) => one - (at[index] ?? 0));
			expect(Math.min(...waits)).toBeGreaterThanOrEqual(500);
		},
	);

	test.each<[string, Fault, number]>([
		['Retry-After', { status: 429, retryAfter: '3600' }, 3600],
		['a reset', { status: 429, headers: { 'X-Rate-Limit-Reset': '1800' } }, 1800],
		['Retry-After of a 503', { status: 503, retryAfter: '900' }, 900],
	])(
		'with a wait beyond the time limit is reported immediately: %s',
		async (_name, fault, seconds) => {
			api.fail(fault, { on: 'query', times: Infinity });
			const { error } = await read(1);
			expect(queries()).toHaveLength(1);
			expect(error?.description).toContain(`Signicat asks clients to wait ${seconds} seconds.`);
			expect(error?.context.retryAfterMs).toBe(seconds * 1000);
		},
	);

	test('of an hour does not override a short Retry-After', async () => {
		const headers = { 'X-RateLimit-Reset': '3600' };
		api.fail({ status: 429, retryAfter: '2', headers }, { on: 'query' });
		const { error, items, tookMs } = await read(1);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1200);
		expect(tookMs).toBeLessThan(5000);
	});

	test('of the token endpoint delays requests, too', async () => {
		api.fail({ status: 429, code: 'too_many_requests' }, { on: 'token', times: 6 });
		const { error, items } = await read(1);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1200);
	});

	test('that is used up again after some pages gets the full time limit again', async () => {
		api.fail({ status: 429, retryAfter: '100' }, { on: 'query', skip: 2, times: 2 });
		api.fail({ status: 429, retryAfter: '100' }, { on: 'query', skip: 3, times: 2 });
		const { error, items } = await read(1);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1200);
	});
});
