import { describe, expect, test } from '@jest/globals';
import {
	boundedSkewMs,
	parseClockState,
	serializeClockState,
} from '../../../nodes/SignicatAuditTrigger/state/clockState';

const CENTURY_MS = 36_525 * 86_400_000;
const END_OF_CALENDAR_MS = 8.64e15;

const WHOLE = {
	clockAheadMs: -CENTURY_MS,
	clockCandidate: { aheadMs: CENTURY_MS, sinceMs: 0, polls: 0 },
	polledAtMs: END_OF_CALENDAR_MS,
};

describe('what is stored about the clocks', () => {
	test('is the same after it was read, within a century and the calendar', () => {
		const state = parseClockState(WHOLE);
		expect(state).toStrictEqual({
			clockSkewMs: -CENTURY_MS,
			clockCandidate: { skewMs: CENTURY_MS, sinceMs: 0, polls: 0 },
			polledAtMs: END_OF_CALENDAR_MS,
		});
		expect(serializeClockState(state)).toStrictEqual(WHOLE);
	});

	test('is nothing where nothing is known', () => {
		expect(parseClockState({})).toStrictEqual({});
		expect(serializeClockState({})).toStrictEqual({});
	});

	test.each([CENTURY_MS + 1, -CENTURY_MS - 1, NaN, '1000', null])('ignores a skew of %p', (odd) => {
		const { clockCandidate, ...rest } = WHOLE;
		const candidate = { ...clockCandidate, aheadMs: odd };
		const read = parseClockState({ ...rest, clockAheadMs: odd, clockCandidate: candidate });
		expect(read).toStrictEqual({ polledAtMs: END_OF_CALENDAR_MS });
	});

	test.each([END_OF_CALENDAR_MS + 1, -1, 0.5, NaN, '1000', null])('ignores a time of %p', (odd) => {
		const candidate = { ...WHOLE.clockCandidate, sinceMs: odd };
		const read = parseClockState({ ...WHOLE, polledAtMs: odd, clockCandidate: candidate });
		expect(read).toStrictEqual({ clockSkewMs: -CENTURY_MS });
	});

	test.each([-1, 0.5, NaN, '3', undefined])(
		'ignores a skew that was measured in %p polls',
		(odd) => {
			const clockCandidate = { ...WHOLE.clockCandidate, polls: odd };
			expect(parseClockState({ clockCandidate })).toStrictEqual({});
		},
	);
});

test('a skew is stored in whole milliseconds, and up to a century', () => {
	expect([1.9, -1.9, 1e15, -1e15].map(boundedSkewMs)).toEqual([1, -1, CENTURY_MS, -CENTURY_MS]);
});
