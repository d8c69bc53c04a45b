import { describe, expect, test } from '@jest/globals';
import type { PlacedEvent } from '../../../nodes/SignicatAuditTrigger/polling/placement';
import { Poll } from '../../../nodes/SignicatAuditTrigger/polling/poll';
import type { PollSettings } from '../../../nodes/SignicatAuditTrigger/polling/pollSettings';
import { ServerClock } from '../../../nodes/SignicatAuditTrigger/polling/serverClock';
import { Source } from '../../../nodes/SignicatAuditTrigger/polling/source';
import { keyOf } from '../../../nodes/SignicatAuditTrigger/state/eventKey';
import { type ReadyState, startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import {
	fromMilliseconds,
	type Instant,
	MINUTE,
	SECOND,
} from '../../../nodes/shared/model/instant';
import { BOUNDARY_OVERLAP, MAX_WINDOW, type Window } from '../../../nodes/shared/model/window';
import { pollSettings } from '../support/polls';

const START_MS = Date.UTC(2026, 10, 1, 12);
const START = fromMilliseconds(START_MS);
const NOW_MS = START_MS + 100_000;

/** Windows of ten seconds, as an earlier poll has found. */
const STEADY = { ...startAt(START, 'key'), windowHint: 10n * SECOND };

/** A poll of the hundred seconds from the start on. */
function pollOf(settings: Partial<PollSettings> = {}, state: ReadyState = STEADY) {
	const all = pollSettings(() => NOW_MS, {
		allowedLateness: MINUTE,
		capacity: 50_000,
		deadlineMs: NOW_MS + 1,
		...settings,
	});
	const source = new Source(
		async () => ({ events: [], next: null }),
		new ServerClock(() => NOW_MS, state),
	);
	return new Poll(source, all, { state });
}

/** The windows that are read side by side, until no more are to be read. */
function sideBySide(poll: Poll, begun: Window[] = []): Window[] {
	for (let next = poll.nextWindow(begun); next; next = poll.nextWindow(begun)) begun.push(next);
	return begun;
}

const at = (seconds: number) => START + BigInt(seconds) * SECOND;

/** Windows that follow each other, by their ends in seconds. */
const until = (...ends: number[]): Window[] =>
	ends.map((end, place) => ({
		from: place === 0 ? START : at(ends[place - 1] ?? 0) - BOUNDARY_OVERLAP,
		to: at(end) - (place === 0 ? 0n : BigInt(place) * BOUNDARY_OVERLAP),
	}));

const whole = (read: number, events: PlacedEvent[] = []) => ({
	events,
	read,
	oldest: START,
	complete: true,
});

function placed(cursor: string, time: Instant): PlacedEvent {
	const event = { cursor, timestamp: '' };
	const place = { at: time, earliest: time, latest: time, isStray: false };
	return { event, key: keyOf(event, time), place, isDated: true };
}

describe('the windows of a poll', () => {
	test('are four side by side, each from just before the end of the one before', () => {
		const windows = sideBySide(pollOf());
		expect(windows).toHaveLength(4);
		expect(windows[0]).toEqual({ from: START, to: at(10) });
		windows.slice(1).forEach(({ from, to }, place) => {
			expect(from).toBe((windows[place]?.to ?? 0n) - BOUNDARY_OVERLAP);
			expect(to - from).toBe(10n * SECOND);
		});
		expect(sideBySide(pollOf({ sideBySide: 2 }))).toHaveLength(2);
	});

	test('are one at a time before it is known how many events they hold', () => {
		expect(sideBySide(pollOf({}, startAt(START, 'key')))).toHaveLength(1);
	});

	test('end with what is to be read', () => {
		const windows = sideBySide(pollOf({}, { ...STEADY, windowHint: 60n * SECOND }));
		expect(windows.map(({ to }) => to)).toEqual([at(60), at(100)]);
	});

	test.each([
		[4_999, 1],
		[9_999, 1],
		[10_000, 2],
		[15_000, 3],
	])('are no more than there is room for in %i events: %i', (capacity, count) => {
		expect(sideBySide(pollOf({ capacity }))).toHaveLength(count);
	});

	test('are more where the first of them bring only late events', () => {
		const state = { ...STEADY, watermark: at(10) };
		// The first window ends at the watermark, and the second one just behind it.
		expect(sideBySide(pollOf({ capacity: 10_000 }, state))).toHaveLength(3);
	});

	test('are none when the time is over, but for the first one', () => {
		const poll = pollOf({ deadlineMs: NOW_MS });
		const [first] = sideBySide(poll);
		expect(sideBySide(pollOf({ deadlineMs: NOW_MS }))).toHaveLength(1);
		if (!first) throw new Error('There is no first window');
		poll.accept(first, whole(5000));
		expect(poll.isDone).toBe(false);
		expect(sideBySide(poll)).toEqual([]);
	});

	test('are none when everything was read', () => {
		const poll = pollOf({}, { ...STEADY, windowHint: 200n * SECOND });
		expect(poll.isDone).toBe(false);
		poll.accept({ from: START, to: at(100) }, whole(5000));
		expect(poll.isDone).toBe(true);
		expect(sideBySide(poll)).toEqual([]);
		expect(pollOf({}, startAt(at(100), 'key')).isDone).toBe(true);
	});

	test('end after twenty long ones in a row without an event, not after short ones', () => {
		const isDoneAfter = (length: bigint) => {
			const start = startAt(at(100) - 40n * MAX_WINDOW, 'key');
			const poll = pollOf({}, start);
			for (let count = 0; count < 20; count++) {
				expect(poll.isDone).toBe(false);
				const from = start.watermark + BigInt(count) * length;
				poll.accept({ from, to: from + length }, whole(0));
			}
			return poll.isDone;
		};
		expect(isDoneAfter(MAX_WINDOW / 2n)).toBe(true);
		expect(isDoneAfter(MAX_WINDOW / 2n - 1n)).toBe(false);
	});

	test('end before events have settled', () => {
		expect(pollOf({ delay: 99n * SECOND }).nextWindow([])?.to).toBe(at(1));
	});

	test('go on just before what was read', () => {
		const poll = pollOf();
		poll.accept({ from: START, to: at(10) }, whole(5000));
		expect(poll.nextWindow([])?.from).toBe(at(10) - BOUNDARY_OVERLAP);
	});

	test('are shorter behind one that was too dense, and end with the time', () => {
		const reading = { events: [], read: 5000, oldest: at(8), complete: false };
		const poll = pollOf();
		poll.abandon({ from: START, to: at(10) }, reading);
		expect(poll.isDone).toBe(false);
		expect(sideBySide(poll)).toEqual([{ from: START, to: at(6) }]);
		const late = pollOf({ deadlineMs: NOW_MS });
		late.abandon({ from: START, to: at(10) }, reading);
		expect(late.isDone).toBe(true);
	});

	test('are as long for the next poll as the density of all of them says', () => {
		const poll = pollOf();
		let from = START;
		for (const { to } of until(50, 100)) {
			poll.accept({ from, to }, whole(10_000));
			from = to - BOUNDARY_OVERLAP;
		}
		poll.accept({ from, to: at(100) }, whole(0));
		const { state, caughtUp } = poll.result(undefined);
		expect(caughtUp).toBe(true);
		// 20,000 in 100 seconds are 5,000 in 25.
		expect(state.windowHint).toBe(25n * SECOND);
	});
});

describe('the events of a poll', () => {
	test('are emitted once where two windows bring them', () => {
		const poll = pollOf();
		const [a, b] = [placed('a', at(10) - 1n), placed('b', at(11))];
		poll.accept({ from: START, to: at(10) }, whole(5000, [a]));
		poll.accept({ from: at(10) - BOUNDARY_OVERLAP, to: at(20) }, whole(5000, [a, b]));
		expect(poll.result(undefined).events).toEqual([a.event, b.event]);
	});
});
