import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
	MAX_UNDATED,
	MAX_VALUES,
	pruneState,
	trimEmitted,
	trimValues,
} from '../../../nodes/SignicatAuditTrigger/state/bounds';
import { EventSet } from '../../../nodes/SignicatAuditTrigger/state/eventSet';
import {
	MAX_PACKED_EVENTS,
	MAX_PACKED_LENGTH,
	packedLength,
} from '../../../nodes/SignicatAuditTrigger/state/packedEvents';
import { startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import {
	fromMilliseconds,
	MILLISECOND,
	MINUTE,
	toMilliseconds,
} from '../../../nodes/shared/model/instant';
import { eventsAt, remembering } from './remembering';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);

describe('trimEmitted', () => {
	test('forgets what lies before the overlap, and nothing that lies in it', () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: -400_000, max: 400_000 }), { maxLength: 50 }),
				fc.array(fc.integer({ min: -400_000, max: 400_000 }), { maxLength: 50 }),
				fc.bigInt({ min: -5n * MINUTE, max: MINUTE }),
				(dated, undatedTimes, shift) => {
					const emitted = eventsAt(dated.map((time) => NOW_MS + time));
					const undated = new Map(undatedTimes.map((time, i) => [`hash${i}`, NOW_MS + time]));
					const before = { ...startAt(NOW, 'key'), overlapFrom: NOW + shift, emitted, undated };
					const { state, overlapTruncated } = trimEmitted(before);
					const first = toMilliseconds(state.overlapFrom);
					expect([...state.emitted]).toEqual([...emitted].filter(({ ms }) => ms >= first));
					const kept = [...undated].filter(([, time]) => time >= first).map(([name]) => name);
					expect([...state.undated.keys()].sort()).toEqual(kept.sort());
					expect(overlapTruncated).toBe(false);
				},
			),
		);
	});

	test.each([
		['half a millisecond', 0.5, 160_000],
		['2 ms', 2, 160_000],
		['16 s', 16_384, 100_000],
	])(
		'shortens the overlap where it holds too many events, %s apart, and remembers all that is left in it',
		(_what, step, atLeast) => {
			const crowded = remembering(170_000, NOW_MS, step);
			const { state, overlapTruncated } = trimEmitted(crowded);
			expect(overlapTruncated).toBe(true);
			expect(state.emitted.size).toBeLessThanOrEqual(MAX_PACKED_EVENTS);
			expect(state.emitted.size).toBeGreaterThan(0.98 * atLeast);
			expect(packedLength(state.emitted)).toBeLessThanOrEqual(MAX_PACKED_LENGTH);
			const first = toMilliseconds(state.overlapFrom);
			expect(state.emitted.first).toBeGreaterThanOrEqual(first);
			expect(state.emitted.size).toBe(crowded.emitted.since(first).size);
		},
	);

	test('does not cut through the events of one millisecond', () => {
		// Fifty events a millisecond: the bound lies in the midst of one of them.
		const emitted = eventsAt(
			Array.from({ length: 160_001 }, (_, i) => NOW_MS + Math.floor(i / 50)),
		);
		const { state } = trimEmitted({ ...startAt(NOW, 'key'), emitted });
		expect(state.overlapFrom).toBe(NOW + MILLISECOND);
		expect(state.emitted.size).toBe(160_001 - 50);
	});

	test('forgets the oldest events without a time where there are too many of them', () => {
		const undated = new Map(
			Array.from({ length: MAX_UNDATED + 1 }, (_, i) => [
				`hash${i}`,
				NOW_MS + Math.floor((MAX_UNDATED - i + 49) / 50),
			]),
		);
		const { state, overlapTruncated } = trimEmitted({ ...startAt(NOW, 'key'), undated });
		expect(overlapTruncated).toBe(true);
		expect(state.overlapFrom).toBe(NOW + MILLISECOND);
		// The oldest one came last.
		expect([...state.undated.keys()].sort()).toEqual([...undated.keys()].slice(0, -1).sort());
	});

	test('leaves the rest of the state, and the state that it was given, as they are', () => {
		const before = {
			...remembering(10, NOW_MS - 600_000, 1),
			overlapFrom: NOW,
			knownValues: new Set(['AAAAAAAA']),
			windowHint: MINUTE,
		};
		const { state } = trimEmitted(before);
		expect(state).toMatchObject({
			key: 'key',
			knownValues: before.knownValues,
			windowHint: MINUTE,
		});
		expect(state.emitted.size).toBe(0);
		expect(before.emitted.size).toBe(10);
	});
});

describe('trimValues', () => {
	const names = (count: number) => Array.from({ length: count }, (_, i) => `value${i}`);

	test('keeps all the values that fit', () => {
		const known = new Set(names(MAX_VALUES));
		expect(trimValues(known)).toEqual({ known, truncated: false });
	});

	test('forgets those that were not seen for the longest time where there are too many', () => {
		const { known, truncated } = trimValues(new Set(names(MAX_VALUES + 3)));
		expect(truncated).toBe(true);
		expect([...known]).toEqual(names(MAX_VALUES + 3).slice(3));
	});
});

describe('pruneState', () => {
	const state = {
		...startAt(NOW, 'key'),
		emitted: eventsAt([NOW_MS]),
		undated: new Map([['AAAAAAAA', NOW_MS]]),
		knownValues: new Set(['BBBBBBBB']),
	};

	test('keeps the events of New Event, and the values of the others', () => {
		expect(pruneState(state, { keepsValues: false })).toEqual({
			state: { ...state, knownValues: new Set() },
			valuesTruncated: false,
		});
		expect(pruneState(state, { keepsValues: true })).toEqual({
			state: { ...state, emitted: EventSet.NONE, undated: new Map() },
			valuesTruncated: false,
		});
	});

	test('says where values had to be forgotten', () => {
		const knownValues = new Set(Array.from({ length: MAX_VALUES + 1 }, (_, i) => `value${i}`));
		const pruned = pruneState({ ...state, knownValues }, { keepsValues: true });
		expect(pruned.valuesTruncated).toBe(true);
		expect(pruned.state.knownValues.size).toBe(MAX_VALUES);
	});
});
