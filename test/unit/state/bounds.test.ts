import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
	MAX_EMITTED,
	MAX_VALUES,
	pruneState,
	trimEmitted,
	trimValues,
} from '../../../nodes/SignicatAuditTrigger/state/bounds';
import { startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import {
	fromMilliseconds,
	MILLISECOND,
	MINUTE,
	toMilliseconds,
} from '../../../nodes/shared/model/instant';
import { remembering } from './remembering';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);

describe('trimEmitted', () => {
	test('forgets what lies before the overlap, and nothing that lies in it', () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: -400_000, max: 400_000 }), { maxLength: 50 }),
				fc.bigInt({ min: -5n * MINUTE, max: MINUTE }),
				(times, shift) => {
					const emitted = new Map(times.map((time, i) => [`hash${i}`, NOW_MS + time]));
					const before = { ...startAt(NOW, 'key'), overlapFrom: NOW + shift, emitted };
					const { state, overlapTruncated } = trimEmitted(before);
					const first = toMilliseconds(state.overlapFrom);
					const kept = [...emitted].filter(([, time]) => time >= first).map(([hash]) => hash);
					expect([...state.emitted.keys()].sort()).toEqual(kept.sort());
					expect(overlapTruncated).toBe(false);
				},
			),
		);
	});

	test('shortens the overlap where it holds too many events, and remembers all that is left in it', () => {
		const { state, overlapTruncated } = trimEmitted(remembering(5000, NOW_MS, 2));
		expect(overlapTruncated).toBe(true);
		expect(state.emitted.size).toBe(MAX_EMITTED);
		const first = toMilliseconds(state.overlapFrom);
		const inOverlap = [...remembering(5000, NOW_MS, 2).emitted].filter(([, time]) => time >= first);
		expect([...state.emitted]).toEqual(inOverlap);
	});

	test('does not cut through the events of one millisecond', () => {
		// Fifty events a millisecond: the bound lies in the midst of one of them.
		const crowded = remembering(5001, 0, 1);
		const emitted = new Map(
			[...crowded.emitted].map(([hash, i]) => [hash, NOW_MS + Math.floor(i / 50)]),
		);
		const { state } = trimEmitted({ ...startAt(NOW, 'key'), emitted });
		const first = toMilliseconds(state.overlapFrom);
		expect(state.overlapFrom % MILLISECOND).toBe(0n);
		expect(state.emitted.size).toBeLessThanOrEqual(MAX_EMITTED);
		expect(state.emitted.size).toBeGreaterThan(MAX_EMITTED - 50);
		expect([...emitted.values()].filter((time) => time >= first)).toHaveLength(state.emitted.size);
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
		emitted: new Map([['AAAAAAAA', NOW_MS]]),
		knownValues: new Set(['BBBBBBBB']),
	};

	test('keeps the events of New Event, and the values of the others', () => {
		expect(pruneState(state, { keepsValues: false })).toEqual({
			state: { ...state, knownValues: new Set() },
			valuesTruncated: false,
		});
		expect(pruneState(state, { keepsValues: true })).toEqual({
			state: { ...state, emitted: new Map() },
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
