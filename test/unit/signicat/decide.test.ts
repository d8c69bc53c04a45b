import { describe, expect, test } from '@jest/globals';
import {
	askedWaitMs,
	decide,
	locate,
	type RetryState,
	type Where,
} from '../../../nodes/shared/signicat/decide';
import type { Failure } from '../../../nodes/shared/signicat/failure';
import { inspectFailure } from '../../../nodes/shared/signicat/inspectFailure';
import { ACTION_RETRY, POLL_RETRY } from '../../../nodes/shared/signicat/retryPolicy';

const FIRST: Where = { operation: 'queryFirstPage', pageSize: 1000 };
const NEXT: Where = { operation: 'queryNextPage', pageSize: 1000 };
const SMALL: Where = { operation: 'queryFirstPage', pageSize: 10 };
const EVENT: Where = { operation: 'event' };
const METADATA: Where = { operation: 'metadata' };
const PROPERTIES: Where = { operation: 'properties' };
const PLACES = { FIRST, NEXT, EVENT, METADATA, PROPERTIES, SMALL };

const state = (changes: Partial<RetryState> = {}): RetryState => ({
	retry: ACTION_RETRY,
	faults: 1,
	rateLimits: 1,
	waitedMs: 0,
	timeouts: 1,
	canRenew: true,
	now: 0,
	...changes,
});

const status = (code: number, changes: Partial<Failure> = {}): Failure => ({
	...inspectFailure({ response: { status: code } }, 0),
	...changes,
});
const of = (kind: Failure['kind'], changes: Partial<Failure> = {}): Failure => ({
	kind,
	problem: { invalidParams: [] },
	...changes,
});

/** What follows in each place, in the order of PLACES. */
const follows = (failure: Failure, changes: Partial<RetryState> = {}) =>
	Object.values(PLACES).map((where) => decide(locate(failure, where), where, state(changes)).do);

const all = (step: string) => Array(6).fill(step) as string[];

describe('locate', () => {
	const kindIn = (where: Where, failure: Failure) => locate(failure, where).kind;

	test('an event that is not found has an unknown cursor', () => {
		expect(kindIn(EVENT, status(404))).toBe('unknownCursor');
		expect(kindIn(EVENT, status(410))).toBe('other');
		expect([METADATA, PROPERTIES, FIRST].map((where) => kindIn(where, status(404)))).toEqual(
			Array(3).fill('notFound'),
		);
	});

	test('a token endpoint that is not found says nothing about an event or a page', () => {
		const failure = status(404, { isTokenRequest: true });
		expect([kindIn(EVENT, failure), kindIn(NEXT, failure)]).toEqual(['notFound', 'notFound']);
	});

	test('a token that is called invalid is one that was not accepted', () => {
		expect(kindIn(NEXT, status(400, { isTokenInvalid: true }))).toBe('unauthorized');
	});
});

describe('decide', () => {
	test.each([400, 404, 409, 410, 422, 451])('%i to a next page asks for a fresh query', (code) => {
		const report = 'report';
		expect(follows(status(code))).toEqual([report, 'freshQuery', report, report, report, report]);
	});

	test.each([301, 403])('%i is reported at once, everywhere', (code) => {
		expect(follows(status(code))).toEqual(all('report'));
	});

	test('401 is tried once more, although n8n has renewed the token', () => {
		expect(follows(status(401))).toEqual(all('retry'));
		expect(follows(status(401), { faults: 2 })).toEqual(all('report'));
		expect(follows(status(401, { isTokenRequest: true }))).toEqual(all('report'));
	});

	test('413 asks for a smaller page at once', () => {
		const smaller = 'smallerPage';
		const report = 'report';
		expect(follows(status(413))).toEqual([smaller, smaller, report, report, report, report]);
	});

	test.each([504, 524, 598, 599])('%i asks for a smaller page when it comes again', (code) => {
		expect(follows(status(code))).toEqual(all('retry'));
		const [first, next, ...others] = follows(status(code), { faults: 2 });
		expect([first, next]).toEqual(['smallerPage', 'smallerPage']);
		expect(others).toEqual(Array(4).fill('retry'));
	});

	test('no response in time asks for a smaller page at once, a few times', () => {
		const [first, next, ...others] = follows(of('timeout'));
		expect([first, next]).toEqual(['smallerPage', 'smallerPage']);
		expect(others).toEqual(Array(4).fill('retry'));
		expect(follows(of('timeout'), { timeouts: ACTION_RETRY.maxTimeouts })).toEqual(all('report'));
		expect(follows(of('timeout'), { faults: 2, timeouts: 2 }).slice(2)).toEqual(
			Array(4).fill('report'),
		);
	});

	test('no token in time is not a page that is too large', () => {
		expect(follows(of('timeout', { isTokenRequest: true }))).toEqual(all('retry'));
	});

	test('a page that is truncated again and again is asked for in a smaller size', () => {
		expect(follows(of('unreadable', { isTruncated: true }))).toEqual(all('retry'));
		const often = { faults: 3 };
		expect(follows(of('unreadable', { isTruncated: true }), often)[1]).toBe('smallerPage');
		expect(follows(of('unreadable'), often)[1]).toBe('retry');
	});

	test.each([500, 502, 503, 408])('%i is asked again, five times altogether', (code) => {
		expect(follows(status(code))).toEqual(all('retry'));
		expect(follows(status(code), { faults: 4 })).toEqual(all('retry'));
		const [first, next, ...others] = follows(status(code), { faults: 5 });
		expect([first, ...others]).toEqual(Array(5).fill('report'));
		// Some servers answer so where they no longer know a page.
		expect(next).toBe(code === 500 ? 'freshQuery' : 'report');
	});

	test('counts earlier requests that ran out of time only where this one did', () => {
		expect(follows(status(500), { timeouts: 99 })).toEqual(all('retry'));
	});

	test('a service that asks to wait is waited for', () => {
		const waiting = { do: 'waitForQuota', waitMs: 7000 };
		for (const asked of [{ retryAfterMs: 7000 }, { resetMs: 7000 }]) {
			expect(decide(status(503, asked), FIRST, state())).toEqual(waiting);
		}
		for (const asked of [{ retryAfterMs: 0 }, { resetMs: 0 }, { retryAfterMs: 0, resetMs: 7000 }]) {
			expect(decide(status(503, asked), FIRST, state()).do).toBe('retry');
		}
		expect(follows(of('unreadable', { retryAfterMs: 7000 }))).toEqual(all('retry'));
	});

	test('no fresh query follows once the time is over', () => {
		const over = { faults: 3, retry: { ...POLL_RETRY, deadline: 0 } };
		expect(follows(status(500), over)).toEqual(all('report'));
	});

	test('a token that is called invalid is renewed, once', () => {
		const invalid = status(403, { isTokenInvalid: true });
		expect(follows(invalid)).toEqual(all('renewToken'));
		expect(follows(invalid, { canRenew: false })).toEqual(all('report'));
		// n8n did so already.
		expect(follows(status(401, { isTokenInvalid: true }), { faults: 2 })).toEqual(all('report'));
	});

	test('no content is no events, and anything else is asked again', () => {
		const noContent = of('empty', { status: 204 });
		const [first, next, event, metadata, properties] = follows(noContent);
		expect([first, next]).toEqual(['takeAsEmpty', 'takeAsEmpty']);
		expect([event, metadata, properties]).toEqual(['retry', 'retry', 'retry']);
		expect(follows(noContent, { faults: 2 }).slice(2, 5)).toEqual(Array(3).fill('report'));
		expect(follows(of('empty', { status: 200 }))[0]).toBe('retry');
		expect(follows(of('empty', { status: 200 }), { faults: 2 })[0]).toBe('takeAsEmpty');
	});

	test('a quota is waited for as long as the retry policy allows', () => {
		const limited = of('rateLimited', { retryAfterMs: 60_000 });
		expect(decide(limited, FIRST, state())).toEqual({ do: 'waitForQuota', waitMs: 60_000 });
		expect(follows(limited, { waitedMs: 180_000 })).toEqual(all('waitForQuota'));
		expect(follows(limited, { waitedMs: 180_001 })).toEqual(all('report'));
		expect(follows(limited, { retry: POLL_RETRY })).toEqual(all('report'));
		expect(follows(limited, { faults: 99 })).toEqual(all('waitForQuota'));
	});

	test.each([400, 403])(
		'a %i whose code is about too many requests waits for the quota',
		(code) => {
			expect(follows(status(code, { kind: 'rateLimited' }))).toEqual(all('waitForQuota'));
		},
	);

	test('a wait is never shorter than the backoff, which grows and stays within half a minute and a bit', () => {
		const none = of('rateLimited', { retryAfterMs: 0 });
		const waits = Array.from({ length: 12 }, (_wait, index) => {
			const step = decide(none, FIRST, state({ rateLimits: index + 1 }));
			return 'waitMs' in step ? step.waitMs : NaN;
		});
		waits.forEach((wait, index) => {
			expect(wait).toBeGreaterThanOrEqual(Math.min(30_000, 500 * 2 ** index));
			expect(wait).toBeLessThanOrEqual(1.25 * Math.min(30_000, 500 * 2 ** index));
		});
	});

	test('of what a server asks, a reset past the retry policy does not overrule a Retry-After', () => {
		const both = (resetMs: number) => of('rateLimited', { retryAfterMs: 2000, resetMs });
		expect(askedWaitMs(both(30_000), state())).toBe(30_000);
		expect(askedWaitMs(both(240_000), state())).toBe(240_000);
		expect(askedWaitMs(both(3_600_000), state())).toBe(2000);
		expect(askedWaitMs(of('rateLimited', { resetMs: 3_600_000 }), state())).toBe(3_600_000);
	});

	test('nothing goes past a deadline', () => {
		const retry = { ...ACTION_RETRY, deadline: 100 };
		for (const failure of [status(500), of('timeout'), status(504), of('rateLimited')]) {
			expect(follows(failure, { retry })).toEqual(
				failure.kind === 'timeout'
					? ['smallerPage', 'smallerPage', ...Array(4).fill('report')]
					: all('report'),
			);
			expect(follows(failure, { retry, now: 100 })).toEqual(all('report'));
		}
	});
});
