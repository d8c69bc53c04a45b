import { describe, expect, test } from '@jest/globals';
import {
	countPoll,
	earlierPresent,
	followSkew,
	ignoreSmallSkew,
	isPlausibleSkew,
	isSameSkew,
	measureSkew,
	newCandidate,
} from '../../../nodes/SignicatAuditTrigger/polling/clockSkew';
import { fromMilliseconds, SECOND } from '../../../nodes/shared/model/instant';
import type { FetchPage, PageQuery } from '../../../nodes/shared/model/page';
import { MAX_WINDOW } from '../../../nodes/shared/model/window';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);
const MAX_WINDOW_MS = Number(MAX_WINDOW / 1_000_000n);

/** A server whose clock differs by so many ms, and the queries that it got. */
function serverWith(skewMs: number | undefined) {
	const queries: PageQuery[] = [];
	const fetchPage: FetchPage = async (query) => {
		queries.push(query);
		const serverTime = skewMs === undefined ? undefined : NOW_MS + skewMs;
		return { events: [], next: null, serverTime };
	};
	return { fetchPage, queries };
}

describe('a skew', () => {
	test('is the same as another one that differs by less than two seconds', () => {
		expect([1999, 2000, -1999, -2000].map((ms) => isSameSkew(500, 500 + ms))).toEqual([
			true,
			false,
			true,
			false,
		]);
	});

	test('is plausible up to the length of the longest window, in either direction', () => {
		const skews = [MAX_WINDOW_MS, MAX_WINDOW_MS + 1, -MAX_WINDOW_MS, -MAX_WINDOW_MS - 1];
		expect(skews.map(isPlausibleSkew)).toEqual([true, false, true, false]);
	});

	test('counts from two seconds ahead, and always where it is behind', () => {
		expect([0, 1999, 2000, -1].map(ignoreSmallSkew)).toEqual([0, 0, 2000, -1]);
	});

	test('is remembered only where the clocks differ', () => {
		expect([1999, 2000, -1999, -2000].map(followSkew)).toEqual([
			{},
			{ clockSkewMs: 2000 },
			{},
			{ clockSkewMs: -2000 },
		]);
	});

	test('is counted in each poll that measures it', () => {
		const first = newCandidate(5000, NOW_MS);
		expect(first).toEqual({ skewMs: 5000, sinceMs: NOW_MS, polls: 1 });
		expect(countPoll(countPoll(first))).toEqual({ skewMs: 5000, sinceMs: NOW_MS, polls: 3 });
	});

	test('is measured with a request for one event of a second', async () => {
		const { fetchPage, queries } = serverWith(-7000);
		expect(await measureSkew(fetchPage, NOW, () => NOW_MS)).toBe(-7000);
		expect(queries).toEqual([
			{ window: { from: NOW - SECOND, to: NOW }, conditions: [], pageSize: 1 },
		]);
		expect(await measureSkew(serverWith(undefined).fetchPage, NOW, () => NOW_MS)).toBeUndefined();
	});
});

test.each([
	['n8n\u2019s where the server is ahead', 60_000, 0],
	['the server\u2019s where it is behind', -60_000, -60_000],
	['n8n\u2019s where the server tells no time', undefined, 0],
	['n8n\u2019s where the server cannot be right', -MAX_WINDOW_MS - 1000, 0],
])('the earlier present is %s', async (_what, skewMs, expected) => {
	const present = await earlierPresent(serverWith(skewMs).fetchPage, () => NOW_MS);
	expect(present).toBe(NOW + fromMilliseconds(expected));
});
