import { describe, expect, test } from '@jest/globals';
import type { PollSettings } from '../../../nodes/SignicatAuditTrigger/polling/pollSettings';
import { readNewest } from '../../../nodes/SignicatAuditTrigger/polling/readNewest';
import {
	fromMilliseconds,
	HOUR,
	type Instant,
	MILLISECOND,
	SECOND,
} from '../../../nodes/shared/model/instant';
import type { FetchPage } from '../../../nodes/shared/model/page';
import { type LogShape, MemoryLog, PLAIN_LOG } from '../support/memoryLog';
import { pollSettings } from '../support/polls';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);
const WINDOW = { from: NOW - HOUR, to: NOW };

const SETTINGS = pollSettings(() => NOW_MS, {
	allowedLateness: 0n,
	deadlineMs: NOW_MS + 30_000,
});

/** One event per second, the newest one a second ago; every other one is of the Broker. */
function logOf(count: number, shape: Partial<LogShape> = {}) {
	const entries = Array.from({ length: count }, (_, sequence) => ({
		at: NOW - BigInt(count - sequence) * SECOND,
		sequence,
		fields: { serviceName: sequence % 2 === 0 ? 'Broker' : 'other' },
	}));
	return new MemoryLog(entries, { ...PLAIN_LOG, ...shape });
}

const newestFirst = (count: number, from = 0) =>
	Array.from({ length: count - from }, (_, place) => `c${count - 1 - place}`);

const cursors = ({ events }: { events: Array<{ cursor: string }> }) =>
	events.map(({ cursor }) => cursor);

describe('the newest events', () => {
	test('are those of the whole window, newest first', async () => {
		const found = await readNewest(logOf(10, { pageCap: 3 }).fetchPage, WINDOW, {
			settings: SETTINGS,
		});
		expect(cursors(found)).toEqual(newestFirst(10));
		expect(found).toMatchObject({
			read: 10,
			from: WINDOW.from,
			to: NOW,
			newest: NOW - SECOND,
			skewMs: undefined,
		});
	});

	test('are none of an empty log', async () => {
		const found = await readNewest(logOf(0).fetchPage, WINDOW, { settings: SETTINGS });
		expect(found).toEqual({ events: [], read: 0, from: WINDOW.from, to: NOW });
	});

	test.each(['signicat', 'n8n'] as const)(
		'are those that match, with filters applied in %s',
		async (applyFiltersIn) => {
			const settings: PollSettings = {
				...SETTINGS,
				conditions: [{ field: 'serviceName', operator: 'eq', value: 'Broker' }],
				applyFiltersIn,
			};
			const found = await readNewest(logOf(4).fetchPage, WINDOW, { settings });
			expect(cursors(found)).toEqual(['c2', 'c0']);
			const isHere = applyFiltersIn === 'n8n';
			expect(found.read).toBe(isHere ? 4 : 2);
			expect(found.newest).toBe(NOW - (isHere ? 1n : 2n) * SECOND);
		},
	);

	test('come with the skew by the first header', async () => {
		const log = logOf(4, { pageCap: 1 });
		let nowMs = NOW_MS;
		const fetchPage: FetchPage = async (...request) => {
			nowMs += 1000;
			const isFirst = log.requests === 0;
			const page = await log.fetchPage(...request);
			return { ...page, serverTime: isFirst ? undefined : NOW_MS - 5000 };
		};
		const settings = { ...SETTINGS, now: () => nowMs };
		const { skewMs } = await readNewest(fetchPage, WINDOW, { settings, isEnough: () => false });
		expect(skewMs).toBe(-7000);
	});

	test('are read until they are enough, without anything ahead', async () => {
		const log = logOf(10, { pageCap: 2 });
		const told: Array<[Instant, Instant]> = [];
		const found = await readNewest(log.fetchPage, WINDOW, {
			settings: SETTINGS,
			isEnough: (...times) => told.push(times) === 3,
		});
		expect(told).toEqual([2n, 4n, 6n].map((oldest) => [NOW - oldest * SECOND, NOW - SECOND]));
		expect(cursors(found)).toEqual(newestFirst(10, 4));
		expect(log.requests).toBe(3);
		// There may be more in the oldest millisecond.
		expect(found.from).toBe(NOW - 6n * SECOND + MILLISECOND);
	});

	test('are complete where the first page is the last one, enough or not', async () => {
		const found = await readNewest(logOf(2).fetchPage, WINDOW, {
			settings: SETTINGS,
			isEnough: () => true,
		});
		expect(found.from).toBe(WINDOW.from);
		// A page with nothing behind it is not known to be the last one.
		const more = await readNewest(logOf(2, { emptyEnd: true }).fetchPage, WINDOW, {
			settings: SETTINGS,
			isEnough: () => true,
		});
		expect(more.from).toBe(NOW - 2n * SECOND + MILLISECOND);
	});

	test('are never enough before there is any', async () => {
		const log = logOf(3, { emptyPages: true });
		const { events } = await readNewest(log.fetchPage, WINDOW, {
			settings: SETTINGS,
			isEnough: () => true,
		});
		expect(events).toHaveLength(3);
	});

	test('end with the time of the poll', async () => {
		const log = logOf(10, { pageCap: 2 });
		let nowMs = NOW_MS;
		const fetchPage: FetchPage = async (...request) => {
			nowMs += 1000;
			return await log.fetchPage(...request);
		};
		const settings = { ...SETTINGS, deadlineMs: NOW_MS + 2000, now: () => nowMs };
		const found = await readNewest(fetchPage, WINDOW, { settings, isEnough: () => false });
		expect(cursors(found)).toEqual(newestFirst(10, 6));
		expect(found.from).toBe(NOW - 4n * SECOND + MILLISECOND);
	});

	test.each([
		['before the window', WINDOW.from - 1n],
		['at its end', NOW],
		['in a form that cannot be read', undefined],
	])('do not end where an event has a time %s', async (_where, odd) => {
		const shown = (at: Instant | undefined) =>
			at === undefined ? 'soon' : new Date(Number(at / MILLISECOND)).toISOString();
		const pages = [
			{ events: [{ cursor: 'a', timestamp: shown(NOW - SECOND) }], next: '1' },
			{ events: [{ cursor: 'b', timestamp: shown(odd) }], next: '2' },
			{ events: [], next: null },
		];
		const told: Array<[Instant, Instant]> = [];
		const found = await readNewest(
			async (_query, next) => pages[Number(next ?? 0)] ?? { events: [], next: null },
			WINDOW,
			{ settings: SETTINGS, isEnough: (...times) => told.push(times) < 0 },
		);
		expect(new Set(told.flat())).toEqual(new Set([NOW - SECOND]));
		expect(found.newest).toBe(NOW - SECOND);
	});

	test('may lie at the beginning of the window', async () => {
		const log = new MemoryLog([{ at: WINDOW.from, sequence: 0 }]);
		const { newest } = await readNewest(log.fetchPage, WINDOW, { settings: SETTINGS });
		expect(newest).toBe(WINDOW.from);
	});
});
