import { describe, expect, test } from '@jest/globals';
import { ServerClock } from '../../../nodes/SignicatAuditTrigger/polling/serverClock';
import type { ClockState } from '../../../nodes/SignicatAuditTrigger/state/clockState';
import { fromMilliseconds, type Instant } from '../../../nodes/shared/model/instant';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Given {
	/** What earlier polls have found out. */
	known?: ClockState;
	/** How far the Date header is ahead of n8n's clock, in ms. */
	header?: number;
	/** When events happened that the poll has read, in ms from n8n's clock. */
	events?: number[];
	/** In ms from n8n's clock. */
	watermark?: number;
}

function clockOf({ known = {}, header, events = [], watermark = -MINUTE }: Given): ServerClock {
	const clock = new ServerClock(() => NOW_MS, {
		...known,
		watermark: NOW + fromMilliseconds(watermark),
	});
	if (header !== undefined) clock.noteHeader(NOW_MS + header);
	for (const event of events) clock.noteEvent(NOW + fromMilliseconds(event));
	return clock;
}

/** In ms from n8n's clock. */
const ahead = (instant: Instant) => Number(instant - NOW) / 1_000_000;

function timesOf(given: Given) {
	const clock = clockOf(given);
	return [clock.surelyPast, clock.readTo, clock.latest].map(ahead);
}

describe('the time that has surely passed, the time to read to, and the latest time of all', () => {
	test.each<[string, Given, [surelyPast: number, readTo: number, latest: number]]>([
		['n8n tells it alone', {}, [0, 0, 0]],
		['the header agrees', { header: 0 }, [0, 0, 0]],
		['the header is ahead by less than it can show', { header: 1999 }, [0, 0, 0]],
		['the header is ahead', { header: HOUR }, [0, HOUR, HOUR]],
		['the header is behind', { header: -HOUR }, [-HOUR, 0, 0]],
		['the header is a little behind', { header: -1 }, [-1, 0, 0]],
		[
			'the header is as far ahead as before',
			{ known: { clockSkewMs: HOUR }, header: HOUR },
			[HOUR, HOUR, HOUR],
		],
		[
			'the header is as far behind as before',
			{ known: { clockSkewMs: -HOUR }, header: -HOUR },
			[-HOUR, 0, 0],
		],
		['the header is no longer ahead', { known: { clockSkewMs: HOUR }, header: 0 }, [0, HOUR, HOUR]],
		[
			'the server was ahead, by a second more than whole seconds show',
			{ known: { clockSkewMs: HOUR } },
			[HOUR, HOUR + SECOND, HOUR + SECOND],
		],
		['the server was behind', { known: { clockSkewMs: -HOUR } }, [-HOUR, 0, 0]],
		[
			'the server was seen ahead, and is not believed yet',
			{ known: { clockCandidate: { skewMs: HOUR, sinceMs: 0, polls: 1 } } },
			[0, HOUR + SECOND, HOUR + SECOND],
		],
		[
			'the server was seen behind, and is not believed yet',
			{ known: { clockCandidate: { skewMs: -HOUR, sinceMs: 0, polls: 1 } } },
			[0, 0, 0],
		],
		['the header is far ahead', { header: 31 * DAY }, [0, 30 * DAY, 31 * DAY]],
		[
			'the header is far ahead of what was read',
			{ header: 31 * DAY, watermark: DAY / 2 },
			[0, 30.5 * DAY, 31 * DAY],
		],
		[
			'the server was seen far ahead, and is not believed yet',
			{ known: { clockCandidate: { skewMs: 31 * DAY, sinceMs: 0, polls: 1 } } },
			[0, 30 * DAY, 30 * DAY],
		],
		[
			'the server was seen far ahead of what was read',
			{
				known: { clockCandidate: { skewMs: 31 * DAY, sinceMs: 0, polls: 1 } },
				watermark: DAY / 2,
			},
			[0, 30.5 * DAY, 30.5 * DAY],
		],
		['n8n has told it in two polls', { known: { polledAtMs: NOW_MS - MINUTE } }, [-MINUTE, 0, 0]],
		[
			'n8n has told it in two polls, and the server is ahead',
			{ known: { polledAtMs: NOW_MS - MINUTE, clockSkewMs: HOUR } },
			[HOUR - MINUTE, HOUR + SECOND, HOUR + SECOND],
		],
		[
			'an event has happened since the last poll',
			{ known: { polledAtMs: NOW_MS - MINUTE }, events: [-20_000, -10_000, -30_000] },
			[-10_000, 0, 0],
		],
		[
			'an event is in the future',
			{ known: { polledAtMs: NOW_MS - MINUTE }, events: [1] },
			[-MINUTE, 0, 0],
		],
		[
			'an event happens at this moment',
			{ known: { polledAtMs: NOW_MS - MINUTE }, events: [0] },
			[0, 0, 0],
		],
		['n8n\u2019s clock was set back', { known: { polledAtMs: NOW_MS + MINUTE } }, [0, 0, MINUTE]],
		[
			'n8n\u2019s clock was set back, and there is a header now',
			{ known: { polledAtMs: NOW_MS + MINUTE }, header: 0 },
			[0, 0, 0],
		],
	])('%s', (_what, given, expected) => {
		expect(timesOf(given)).toEqual(expected);
	});

	test('go by the first header of a poll, at the time when it came', () => {
		let now = NOW_MS;
		const clock = new ServerClock(() => now, { watermark: NOW });
		clock.noteHeader(undefined);
		now += 5 * SECOND;
		clock.noteHeader(NOW_MS + 5 * SECOND - HOUR);
		clock.noteHeader(NOW_MS + HOUR);
		expect(ahead(clock.surelyPast)).toBe(-HOUR);
		expect(ahead(clock.readTo)).toBe(0);
	});
});

describe('an unexpected skew', () => {
	test.each([
		[undefined, undefined, undefined],
		[undefined, 1999, undefined],
		[undefined, 2000, 2000],
		[undefined, -2000, -2000],
		[HOUR, HOUR + 1999, undefined],
		[HOUR, 0, -HOUR],
	])('beside one of %p is that of %p ms: %p', (clockSkewMs, header, expected) => {
		expect(clockOf({ known: { clockSkewMs }, header }).unexpectedSkewMs).toBe(expected);
	});
});

describe('what is remembered about the clocks', () => {
	const candidate = (skewMs: number, polls: number, ago: number) => ({
		skewMs,
		sinceMs: NOW_MS - ago,
		polls,
	});
	const nextState = (given: Given) =>
		JSON.parse(JSON.stringify(clockOf(given).nextState())) as ClockState;
	/** Seen in two polls, the first of them ten minutes ago. */
	const nearly = (skewMs: number) => ({ clockCandidate: candidate(skewMs, 2, 10 * MINUTE) });

	test('without a header is when the poll began, and what was known', () => {
		expect(nextState({})).toEqual({ polledAtMs: NOW_MS });
		const known = { clockSkewMs: HOUR, clockCandidate: candidate(0, 1, MINUTE) };
		expect(nextState({ known: { ...known, polledAtMs: 5 } })).toEqual({
			...known,
			polledAtMs: NOW_MS,
		});
		expect(clockOf({}).nextState()).toStrictEqual({ polledAtMs: NOW_MS });
	});

	test('is nothing where they agree, and the latest skew where that is as expected', () => {
		expect(nextState({ header: 1000, known: { polledAtMs: 5, ...nearly(HOUR) } })).toEqual({});
		expect(nextState({ header: HOUR + 1000, known: { clockSkewMs: HOUR } })).toEqual({
			clockSkewMs: HOUR + 1000,
		});
	});

	test('is how often another skew was seen, and since when', () => {
		expect(nextState({ header: HOUR, known: { clockSkewMs: -HOUR } })).toEqual({
			clockSkewMs: -HOUR,
			clockCandidate: candidate(HOUR, 1, 0),
		});
		const known = { clockCandidate: candidate(HOUR, 1, MINUTE) };
		expect(nextState({ header: HOUR + 1000, known })).toEqual({
			clockCandidate: candidate(HOUR, 2, MINUTE),
		});
		expect(nextState({ header: -HOUR, known })).toEqual({
			clockCandidate: candidate(-HOUR, 1, 0),
		});
		// n8n's clock was set back.
		const later = { clockCandidate: candidate(HOUR, 1, -1) };
		expect(nextState({ header: HOUR, known: later })).toEqual({
			clockCandidate: candidate(HOUR, 1, 0),
		});
		const atOnce = { clockCandidate: candidate(HOUR, 1, 0) };
		expect(nextState({ header: HOUR, known: atOnce })).toEqual({
			clockCandidate: candidate(HOUR, 2, 0),
		});
	});

	test('is a skew behind n8n that was seen three times in ten minutes', () => {
		expect(nextState({ header: -HOUR, known: nearly(-HOUR) })).toEqual({ clockSkewMs: -HOUR });
		for (const [polls, ago] of [
			[1, 10 * MINUTE],
			[2, 10 * MINUTE - 1],
		] as const) {
			const known = { clockCandidate: candidate(-HOUR, polls, ago) };
			expect(nextState({ header: -HOUR, known })).toEqual({
				clockCandidate: candidate(-HOUR, polls + 1, ago),
			});
		}
	});

	test.each([
		[HOUR, HOUR / 2, false],
		[HOUR, HOUR / 2 + 1, true],
		[HOUR, HOUR + 2000, true],
		[HOUR, HOUR + 2001, false],
		[-HOUR, -HOUR / 2, true],
		[-HOUR, -HOUR / 2 + 1, false],
		[-HOUR, 2000, false],
		[-HOUR, 2001, true],
	])('is a skew of %i ms where an event at %i ms shows it: %p', (header, event, isFollowed) => {
		const { clockSkewMs } = nextState({ header, known: nearly(header), events: [event] });
		expect(clockSkewMs).toBe(isFollowed ? header : undefined);
	});

	test('is no skew ahead of n8n that no event shows', () => {
		expect(nextState({ header: HOUR, known: nearly(HOUR) })).toEqual({
			clockCandidate: candidate(HOUR, 3, 10 * MINUTE),
		});
	});

	test('asks for an event where a poll does not read that far', () => {
		const header = 31 * DAY;
		const given = { header, known: nearly(header) };
		expect(clockOf(given).proofWindow).toEqual({
			from: NOW + fromMilliseconds(DAY),
			to: NOW + fromMilliseconds(header),
		});
		expect(clockOf({ header }).proofWindow).toBeUndefined();
		expect(clockOf({ known: nearly(header) }).proofWindow).toBeUndefined();
		const near = 30 * DAY;
		expect(clockOf({ header: near, known: nearly(near) }).proofWindow).toBeUndefined();
	});
});
