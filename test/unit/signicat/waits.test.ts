import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_WAIT_MS, parseWait, readWaits } from '../../../nodes/shared/signicat/waits';

const NOW = Date.UTC(2026, 10, 1, 12);
const SECONDS = NOW / 1000;

describe('readWaits', () => {
	test.each([
		['retry-after', '7'],
		['retry-after', '6.2'],
		['retry-after', 'Sun, 01 Nov 2026 12:00:07 GMT'],
		['retry-after-ms', '7000'],
		['x-retry-after', '7'],
		['x-ratelimit-retry-after', '7'],
	])('takes %s: %s for a Retry-After', (name, value) => {
		const { retryAfterMs = 0, resetMs } = readWaits({ [name]: value }, NOW);
		expect(Math.ceil(retryAfterMs / 1000)).toBe(7);
		expect(resetMs).toBeUndefined();
	});

	test.each([
		['ratelimit-reset', '7'],
		['x-ratelimit-reset', '7'],
		['x-rate-limit-reset', '7'],
		['x-ratelimit-reset-after', '7'],
		['x-ratelimit-reset', String(SECONDS + 7)],
		['x-rate-limit-reset', String((SECONDS + 7) * 1000)],
		['x-ratelimit-reset', `${SECONDS + 6.5}`],
		['x-ratelimit-reset', '2026-11-01T12:00:07Z'],
		['x-ratelimit-reset', 'Sun, 01 Nov 2026 12:00:07 +0000'],
		['x-ratelimit-reset-requests', '7s'],
		['ratelimit', '"default";r=0;t=7'],
		['ratelimit', 'limit=10, remaining=0, reset=7'],
		['ratelimit', 'limit = 10, remaining = 0, reset = 7'],
		['ratelimit', 'reset=7, limit=10, remaining=0'],
		['ratelimit', '"minute";r=0;t=7, "day";r=950;t=80000'],
		['x-ratelimit-reset', '5, 7'],
		['x-ratelimit-reset-ms', '7000'],
		['x-ratelimit-reset-ms', '5000, 7000'],
		['x-ratelimit-reset-ms', String((SECONDS + 7) * 1000)],
	])('takes %s: %s for the time when a quota is refilled', (name, value) => {
		const { retryAfterMs, resetMs = 0 } = readWaits({ [name]: value }, NOW);
		expect(Math.ceil(resetMs / 1000)).toBe(7);
		expect(retryAfterMs).toBeUndefined();
	});

	test.each([-7_200_000, -120_000, 120_000, 7_200_000])(
		'compares dates with the date of the response, when n8n\u2019s clock is %i ms ahead of it',
		(aheadMs) => {
			const headers = {
				date: 'Sun, 01 Nov 2026 12:00:00 GMT',
				'retry-after': 'Sun, 01 Nov 2026 12:00:07 GMT',
				'x-ratelimit-reset': String(SECONDS + 9),
			};
			expect(readWaits(headers, NOW + aheadMs)).toEqual({ retryAfterMs: 7000, resetMs: 9000 });
		},
	);

	test('goes by n8n\u2019s clock where the response has no date', () => {
		expect(readWaits({ 'retry-after': 'Sun, 01 Nov 2026 12:00:07 GMT' }, NOW)).toEqual({
			retryAfterMs: 7000,
		});
		expect(readWaits({ 'x-ratelimit-reset': `${SECONDS + 7}`, date: 'soon' }, NOW)).toEqual({
			resetMs: 7000,
		});
	});

	test('takes the longest of several headers of a kind', () => {
		const headers = { 'ratelimit-reset': '3', 'x-ratelimit-reset': '9', 'x-rate-limit-reset': '5' };
		expect(readWaits(headers, NOW)).toEqual({ resetMs: 9000 });
	});

	test.each<Record<string, string>>([
		{ 'x-ratelimit-reset': '3600', 'x-ratelimit-remaining': '57' },
		{ 'ratelimit-reset': '3600', 'ratelimit-remaining': '1' },
		{ 'x-ratelimit-reset-requests': '60s', 'x-ratelimit-remaining-requests': '9' },
		{ 'x-ratelimit-reset-after': '60', 'x-ratelimit-remaining': '9' },
		{ ratelimit: 'limit=100, remaining=57, reset=3600' },
		{ ratelimit: 'remaining=57, limit=100, reset=3600' },
		{ ratelimit: 'limit = 100, remaining = 57, reset = 3600' },
		{ ratelimit: '"hour";r=57;t=3600' },
	])('does not wait for the refill of a quota that is not used up: %p', (headers) => {
		expect(readWaits(headers, NOW)).toEqual({});
	});

	test.each(['0', '', 'none', '5, 0'])('waits for one that has %j left', (left) => {
		const headers = { 'x-ratelimit-reset': '7', 'x-ratelimit-remaining': left };
		expect(readWaits(headers, NOW)).toEqual({ resetMs: 7000 });
	});

	test('reads all digits of a number', () => {
		expect(readWaits({ ratelimit: '"default";r=0;t=75' }, NOW)).toEqual({ resetMs: 75_000 });
		expect(readWaits({ 'retry-after-ms': '7000.25' }, NOW)).toEqual({ retryAfterMs: 7001 });
	});

	test.each([
		['retry-after-ms', '-7000'],
		['retry-after-ms', '7000 or so'],
		['x-ratelimit-reset-ms', '-7000'],
		['ratelimit', undefined],
		['ratelimit', {}],
		['retry-after', null],
	])('finds no wait in %s: %p', (name, value) => {
		expect(readWaits({ [name]: value }, NOW)).toEqual({});
	});

	test('leaves other headers alone', () => {
		const headers = {
			'x-ratelimit-limit': '100',
			'x-ratelimit-remaining': '0',
			'ratelimit-policy': '100;w=60',
			age: '7',
		};
		expect(readWaits(headers, NOW)).toEqual({});
	});
});

describe('parseWait', () => {
	test.each([
		['seconds', '120', 120_000],
		['a number', 3, 3000],
		['a fraction', '6.25', 6250],
		['zero', '0', 0],
		['spaces around it', ' 5 ', 5000],
		['a list', ['5'], 5000],
		['an HTTP date', 'Sun, 01 Nov 2026 12:00:30 GMT', 30_000],
		['an HTTP date in the past', 'Sun, 01 Nov 2026 11:00:00 GMT', 0],
		['a moment in the past', SECONDS - 60, 0],
		['the first number that is a moment in seconds', '100000000', 0],
		['the first number that is a moment in milliseconds', '100000000000', 0],
		['the longest wait that can be meant', 31 * 86_400, MAX_WAIT_MS],
		['a day', '86400', MAX_WAIT_MS],
	])('reads %s', (_what, header, wait) => {
		expect(parseWait(header, NOW)).toBe(wait);
	});

	test.each([
		undefined,
		null,
		'',
		'soon',
		{},
		'-5',
		NaN,
		'NaN',
		'Infinity',
		'1e3',
		'0x10',
		'9'.repeat(400),
		'9999999999999999',
		31 * 86_400 + 1,
		'1 Nov 2026 12:00:30 GMT',
		'T 5',
		'on 2026-11-02',
		'Fri, 31 Dec 9999 23:59:59 GMT',
	])('gives undefined for %p, so that the usual wait holds', (header) => {
		expect(parseWait(header, NOW)).toBeUndefined();
	});

	test('is never negative, and never longer than an hour', () => {
		const texts = [fc.string(), fc.integer(), fc.double(), fc.date().map(String), fc.bigInt()];
		fc.assert(
			fc.property(fc.oneof(...texts), (header) => {
				const wait = parseWait(typeof header === 'bigint' ? String(header) : header, NOW) ?? 0;
				expect(wait).toBeGreaterThanOrEqual(0);
				expect(wait).toBeLessThanOrEqual(MAX_WAIT_MS);
			}),
		);
	});
});
