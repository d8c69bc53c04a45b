import { describe, expect, test } from '@jest/globals';
import { endState, type PollProgress } from '../../../nodes/SignicatAuditTrigger/polling/endState';
import { PollMemory } from '../../../nodes/SignicatAuditTrigger/polling/pollMemory';
import type { PollSettings } from '../../../nodes/SignicatAuditTrigger/polling/pollSettings';
import { ServerClock } from '../../../nodes/SignicatAuditTrigger/polling/serverClock';
import { MAX_STRAYS } from '../../../nodes/SignicatAuditTrigger/state/bounds';
import { keyOf } from '../../../nodes/SignicatAuditTrigger/state/eventKey';
import { startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import {
	fromMilliseconds,
	HOUR,
	type Instant,
	MILLISECOND,
	MINUTE,
	SECOND,
	toMilliseconds,
} from '../../../nodes/shared/model/instant';
import { BOUNDARY_OVERLAP } from '../../../nodes/shared/model/window';
import { eventsAt } from '../state/remembering';
import { pollSettings } from '../support/polls';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);
/** From here on, events may still arrive late: five minutes, and what clocks that agree may differ by. */
const LATE_FROM = NOW - 5n * MINUTE - 2n * SECOND;

const START = { ...startAt(NOW - MINUTE, 'key'), overlapFrom: NOW - HOUR };

const SETTINGS = pollSettings(() => NOW_MS, { deadlineMs: NOW_MS + 1 });

/** The end of a poll that read everything up to now, but for what is changed. */
function endOf({
	emittedAt = [],
	settings = {},
	...changes
}: Partial<Omit<PollProgress, 'settings'>> & {
	emittedAt?: Instant[];
	settings?: Partial<PollSettings>;
} = {}) {
	const emitted = eventsAt(emittedAt.map(toMilliseconds));
	return endState({
		start: START,
		settings: { ...SETTINGS, ...settings },
		clock: new ServerClock(() => NOW_MS, START),
		memory: new PollMemory({ emitted, undated: new Map() }),
		watermark: NOW,
		from: NOW - BOUNDARY_OVERLAP,
		hasProgressed: true,
		...changes,
	});
}

const timesOf = ({ state }: ReturnType<typeof endOf>) =>
	[...state.emitted].map(({ ms }) => fromMilliseconds(ms));

describe('where the next poll begins', () => {
	test('is where events may still arrive late', () => {
		const { state, overlapTruncated } = endOf();
		expect(state).toMatchObject({ watermark: NOW, overlapFrom: LATE_FROM });
		expect(overlapTruncated).toBe(false);
	});

	test('is where it stopped while it catches up', () => {
		const from = NOW - 30n * MINUTE;
		expect(endOf({ watermark: NOW - 29n * MINUTE, from }).state.overlapFrom).toBe(from);
	});

	test('is a little before the watermark where no event arrives late', () => {
		const watermark = NOW - 10n * SECOND;
		const { state } = endOf({ watermark, settings: { allowedLateness: 0n } });
		expect(state).toMatchObject({ watermark, overlapFrom: watermark - BOUNDARY_OVERLAP });
	});

	test('is never before the beginning of this one', () => {
		const start = { ...START, overlapFrom: NOW - 2n * MINUTE };
		expect(endOf({ start }).state.overlapFrom).toBe(start.overlapFrom);
	});

	describe('if there was not even time for the overlap', () => {
		const from = NOW - 3n * MINUTE;
		const stuck = { watermark: START.watermark, from, settings: { deadlineMs: NOW_MS } };
		const reread = { from: NOW - 4n * MINUTE, settled: LATE_FROM - MINUTE };
		const resumed = { ...START, reread };

		test('is where it stopped, and the overlap is what it was', () => {
			expect(endOf(stuck)).toMatchObject({
				state: {
					watermark: START.watermark,
					overlapFrom: LATE_FROM,
					reread: { from, settled: LATE_FROM },
				},
				overlapTruncated: false,
			});
		});

		test.each([
			['there is time left', { ...stuck, settings: {} }],
			['it has read nothing', { ...stuck, hasProgressed: false }],
			['it has read the overlap', { ...stuck, from: START.watermark }],
		])('is the overlap if %s', (_when, changes) => {
			const { state } = endOf(changes);
			expect(state).toMatchObject({ overlapFrom: LATE_FROM, reread: undefined });
		});

		test('is still as old as for the first of several polls', () => {
			expect(endOf({ ...stuck, start: resumed }).state).toMatchObject({
				overlapFrom: reread.settled,
				reread: { from, settled: reread.settled },
			});
		});

		test('is where the one before stopped if this one has read nothing', () => {
			const failed = { ...stuck, start: resumed, from: reread.from, hasProgressed: false };
			expect(endOf(failed).state.reread).toEqual(reread);
		});

		test('is the overlap as it was for the first poll once one has read it all', () => {
			const { state } = endOf({ ...stuck, start: resumed, from: START.watermark });
			expect(state).toMatchObject({ overlapFrom: reread.settled, reread: undefined });
		});
	});
});

describe('what is remembered', () => {
	test('are the events of the overlap, and of three seconds before it', () => {
		const first = LATE_FROM - 3n * SECOND;
		expect(timesOf(endOf({ emittedAt: [first - MILLISECOND, first, NOW] }))).toEqual([first, NOW]);
	});

	test('are the events of a second before the overlap while it catches up', () => {
		const from = NOW - 30n * MINUTE;
		const emittedAt = [from - SECOND - MILLISECOND, from - SECOND];
		expect(timesOf(endOf({ emittedAt, watermark: from + SECOND, from }))).toEqual([from - SECOND]);
	});

	test('is nothing where the values of events tell them apart', () => {
		const memory = new PollMemory({
			emitted: eventsAt([NOW_MS]),
			undated: new Map([['a', NOW_MS]]),
		});
		const { state } = endOf({ memory, settings: { counts: () => true } });
		expect(state.emitted.size + state.undated.size).toBe(0);
	});

	test('is the length of a window in whole milliseconds', () => {
		expect(endOf().state.windowHint).toBeUndefined();
		const hints = [1n, MILLISECOND + 1n, 2n * SECOND];
		expect(hints.map((windowHint) => endOf({ windowHint }).state.windowHint)).toEqual([
			MILLISECOND,
			MILLISECOND,
			2n * SECOND,
		]);
	});
});

describe('events without a time', () => {
	const memoryOf = (...events: Array<{ name: string; shows?: Instant; isStray?: boolean }>) => {
		const memory = new PollMemory({ emitted: eventsAt([]), undated: new Map() });
		for (const { name, shows, isStray = true } of events) {
			const event = { cursor: name, timestamp: '' };
			const place = { at: NOW, earliest: NOW, latest: NOW + 2n * SECOND, isStray };
			memory.add({ event, key: keyOf(event, shows), place, isDated: false });
		}
		return memory;
	};
	const nameOf = (cursor: string) => keyOf({ cursor, timestamp: '' }, undefined).name;
	const remembered = (memory: PollMemory, changes = {}) => [
		...endOf({ memory, ...changes }).state.undated,
	];

	test('are remembered with the latest that it can be', () => {
		expect(remembered(memoryOf({ name: 'a', isStray: false }))).toEqual([
			[nameOf('a'), NOW_MS + 2000],
		]);
	});

	test('count as before the watermark where they were read behind it', () => {
		// Two seconds are what clocks that agree may differ by.
		const memory = memoryOf({ name: 'a' }, { name: 'b', shows: NOW + 2n * SECOND });
		expect(remembered(memory)).toEqual([
			[nameOf('a'), NOW_MS - 1],
			[nameOf('b'), NOW_MS - 1],
		]);
	});

	test('are remembered after the others where they lie in the future, and the newest of them', () => {
		const future = Array.from({ length: MAX_STRAYS + 1 }, (_, i) => ({
			name: `future ${i}`,
			shows: NOW + HOUR,
		}));
		const memory = memoryOf(...future, { name: 'a', isStray: false });
		const names = remembered(memory).map(([name]) => name);
		expect(names).toEqual([nameOf('a'), ...future.slice(1).map(({ name }) => nameOf(name))]);
	});
});
