import { describe, expect, test } from '@jest/globals';
import { pollEvents } from '../../../nodes/SignicatAuditTrigger/polling/pollEvents';
import type { PollSettings } from '../../../nodes/SignicatAuditTrigger/polling/pollSettings';
import { type ReadyState, startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import {
	DAY,
	formatTimestamp,
	fromMilliseconds,
	HOUR,
	type Instant,
	MINUTE,
	SECOND,
} from '../../../nodes/shared/model/instant';
import type { FetchPage, PageQuery } from '../../../nodes/shared/model/page';
import { MAX_WINDOW } from '../../../nodes/shared/model/window';
import { pollSettings } from '../support/polls';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);
const DAY_MS = 86_400_000;

interface Given {
	/** When the events of the log happened; undefined for one whose time cannot be read. */
	times?: Array<Instant | undefined>;
	/** How far the Date header is ahead of n8n's clock, in ms; undefined without one. */
	header?: number;
	settings?: Partial<PollSettings>;
	/** The request that fails, from 1. */
	failsAt?: number;
	skipped?: number;
}

const FAULT = new Error('fault');

async function poll(
	state: ReadyState,
	{ times = [], header, settings, failsAt, skipped }: Given = {},
) {
	const queries: PageQuery[] = [];
	const fetchPage: FetchPage = async (query) => {
		queries.push(query);
		if (queries.length === failsAt) throw FAULT;
		const { from, to } = query.window;
		const events = times
			.filter((at) => at === undefined || (at >= from && at < to))
			.map((at, i) => ({
				cursor: `${i}`,
				timestamp: at === undefined ? 'soon' : formatTimestamp(at),
			}));
		const serverTime = header === undefined ? undefined : NOW_MS + header;
		return { events: events.slice(0, query.pageSize), next: null, serverTime, skipped };
	};
	const result = await pollEvents(
		fetchPage,
		state,
		pollSettings(() => NOW_MS, { deadlineMs: NOW_MS + 30_000, ...settings }),
	);
	return { ...result, queries, ends: queries.map(({ window }) => window.to) };
}

describe('a poll', () => {
	test('asks for nothing where no time has passed', async () => {
		const { queries, ...result } = await poll(startAt(NOW, 'key'));
		expect(queries).toEqual([]);
		expect(result).toMatchObject({
			events: [],
			covered: { from: NOW, to: NOW },
			progressed: false,
			caughtUp: true,
			failure: undefined,
		});
	});

	test('says what it covers, and what it has skipped', async () => {
		const result = await poll(startAt(NOW - HOUR, 'key'), { times: [NOW - SECOND], skipped: 2 });
		expect(result).toMatchObject({
			covered: { from: NOW - HOUR, to: NOW },
			progressed: true,
			caughtUp: true,
			skipped: 2,
		});
		expect(result.events).toHaveLength(1);
		expect(result.setBackMs).toBeUndefined();
	});

	test.each([
		[0, [NOW]],
		[1999, [NOW]],
		[2000, [NOW, NOW + 2n * SECOND]],
		[60_000, [NOW, NOW + MINUTE]],
	])(
		'asks again only where the header is ahead by more than it can show: %i ms',
		async (header, ends) => {
			expect((await poll(startAt(NOW - HOUR, 'key'), { header })).ends).toEqual(ends);
		},
	);

	test.each([
		[3_601_500, [3_601_000]],
		[3_603_000, [3_601_000, 3_603_000]],
	])('does not ask again either where the server was ahead before: %i ms', async (header, ends) => {
		const state = { ...startAt(NOW, 'key'), clockSkewMs: 3_600_000 };
		const found = await poll(state, { header });
		expect(found.ends).toEqual(ends.map((ms) => NOW + fromMilliseconds(ms)));
	});

	test('reads no further than the header says', async () => {
		const state = {
			...startAt(NOW - HOUR, 'key'),
			windowHint: MINUTE,
			clockCandidate: { skewMs: 20 * DAY_MS, sinceMs: NOW_MS, polls: 1 },
		};
		const { ends } = await poll(state, { header: 0, settings: { sideBySide: 1 } });
		expect(ends.length).toBeGreaterThan(1);
		expect(ends.at(-1)).toBe(NOW);
	});

	test('ends with its time, which is no failure', async () => {
		const state = { ...startAt(NOW - HOUR, 'key'), windowHint: MINUTE };
		const { ends, ...result } = await poll(state, { settings: { deadlineMs: NOW_MS } });
		expect(ends).toEqual([NOW - 59n * MINUTE]);
		expect(result).toMatchObject({ failure: undefined, progressed: true, caughtUp: false });
	});

	test('ends after three years of silence, and the next one goes on there', async () => {
		const start = startAt(NOW - 4000n * DAY, 'key');
		const first = await poll(start);
		expect(first.queries).toHaveLength(20);
		expect(first.caughtUp).toBe(false);
		const { watermark } = first.state;
		expect(watermark - start.watermark).toBeGreaterThan(19n * MAX_WINDOW);
		expect((await poll(first.state)).queries[0]?.window.from).toBeLessThanOrEqual(watermark);
	});

	test.each([1, 2])('goes on where silence was interrupted: %i', async (count) => {
		const start = startAt(NOW - 4000n * DAY, 'key');
		const times = Array.from({ length: count }, () => start.watermark + 10n * MAX_WINDOW);
		const { queries } = await poll(start, { times });
		expect(queries.length).toBeGreaterThan(25);
	});

	test('that fails at once leaves the state as it is', async () => {
		const state = { ...startAt(NOW + HOUR, 'key'), overlapFrom: NOW };
		expect(await poll(state, { failsAt: 1 })).toMatchObject({
			events: [],
			state,
			covered: { from: NOW, to: NOW },
			failure: FAULT,
			progressed: false,
			caughtUp: false,
			overlapTruncated: false,
			skipped: 0,
		});
	});
});

describe('a poll that has seen the header far ahead for ten minutes', () => {
	const header = 61 * DAY_MS;
	const state = {
		...startAt(NOW - HOUR, 'key'),
		clockCandidate: { skewMs: header, sinceMs: NOW_MS - 600_000, polls: 2 },
	};
	const nearHeader = NOW + 61n * DAY - MINUTE;
	const seenAgain = { clockSkewMs: undefined, clockCandidate: { skewMs: header, polls: 3 } };

	test('follows it where an event shows that it is right', async () => {
		const { state: after, queries } = await poll(state, { header, times: [nearHeader] });
		expect(after).toMatchObject({ clockSkewMs: header });
		expect(after.clockCandidate).toBeUndefined();
		expect(queries.at(-1)).toEqual({
			window: { from: NOW + 31n * DAY, to: NOW + 61n * DAY },
			conditions: [],
			pageSize: 1,
		});
	});

	test.each([
		['no event', []],
		['an event whose time cannot be read', [undefined]],
	])('does not follow it with %s', async (_what, times) => {
		const { state: after, failure } = await poll(state, { header, times });
		expect(after).toMatchObject(seenAgain);
		expect(failure).toBeUndefined();
	});

	test('looks for no event when its time is over', async () => {
		const settings = { deadlineMs: NOW_MS };
		const { queries } = await poll(state, { header, times: [nearHeader], settings });
		expect(queries.map(({ pageSize }) => pageSize)).not.toContain(1);
	});

	test('keeps what it has read where that request fails, and has not caught up', async () => {
		const whole = await poll(state, { header, times: [NOW - SECOND, nearHeader] });
		const failed = await poll(state, {
			header,
			times: [NOW - SECOND, nearHeader],
			failsAt: whole.queries.length,
		});
		expect(whole.caughtUp).toBe(true);
		expect(failed).toMatchObject({ failure: FAULT, caughtUp: false, progressed: true });
		expect(failed.events).toHaveLength(1);
		expect(failed.state).toMatchObject(seenAgain);
	});

	test('looks for no event where it has seen that too seldom', async () => {
		const seldom = { ...state, clockCandidate: { ...state.clockCandidate, polls: 1 } };
		const { queries } = await poll(seldom, { header });
		expect(queries.map(({ pageSize }) => pageSize)).not.toContain(1);
	});
});
