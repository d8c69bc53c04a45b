import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
	MAX_STRAYS,
	MAX_UNDATED,
	MAX_VALUES,
	trimEmitted,
} from '../../../nodes/SignicatAuditTrigger/state/bounds';
import { keyOf } from '../../../nodes/SignicatAuditTrigger/state/eventKey';
import { EventSet } from '../../../nodes/SignicatAuditTrigger/state/eventSet';
import {
	type PollState,
	shortHash,
	startAt,
} from '../../../nodes/SignicatAuditTrigger/state/pollState';
import { parseState, serializeState } from '../../../nodes/SignicatAuditTrigger/state/storedState';
import {
	earlier,
	fromMilliseconds,
	MILLISECOND,
	MINUTE,
} from '../../../nodes/shared/model/instant';
import { instants } from '../support/arbitraries';
import { eventsAt, remembering } from './remembering';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);
const NOON = serializeState(startAt(NOW, '')).watermark;
const LATER = { from: serializeState(startAt(NOW + MINUTE, '')).watermark, settled: NOON };
const LARGEST_STATE = 1_000_000;

const times = fc.integer({ min: 0, max: Date.UTC(2058, 0) });
const hashes = fc.string({ minLength: 1, maxLength: 40 }).map(shortHash);

const states: fc.Arbitrary<PollState> = fc
	.record({
		key: fc.string(),
		watermark: instants,
		overlapFrom: instants,
		emitted: fc.array(fc.record({ ms: times, hash: fc.integer({ min: 0, max: 2 ** 32 - 1 }) })),
		undated: fc.array(fc.tuple(hashes, times)),
		knownValues: fc.array(hashes),
		isVerified: fc.boolean(),
		toLearn: fc.option(fc.record({ from: instants, to: instants }), { nil: undefined }),
		spanMs: fc.option(fc.integer({ min: 1, max: 5_183_998_000 }), { nil: undefined }),
		reread: fc.option(fc.record({ from: instants, settled: instants }), { nil: undefined }),
	})
	.map(({ emitted, undated, knownValues, isVerified, toLearn, spanMs, reread, ...rest }) => ({
		...rest,
		phase: !isVerified ? 'clockUnverified' : toLearn ? 'learning' : 'ready',
		// Reading again ends at the watermark, too.
		...(isVerified &&
			!toLearn &&
			reread && { reread: { ...reread, from: earlier(reread.from, rest.watermark) } }),
		emitted: EventSet.of(emitted),
		undated: new Map(undated),
		knownValues: new Set(knownValues),
		// What is to be learned ends at the watermark at the latest.
		...(toLearn && {
			toLearn: {
				from: earlier(toLearn.from, rest.watermark),
				to: earlier(toLearn.to, rest.watermark),
			},
		}),
		...(spanMs !== undefined && { windowHint: fromMilliseconds(spanMs) }),
	}))
	.map((state) => state as PollState);

/** What n8n does with a state between two polls. */
const stored = (state: PollState): unknown => JSON.parse(JSON.stringify(serializeState(state)));

const size = (state: PollState) => JSON.stringify(serializeState(state)).length;

const phase = 'learning' as const;

describe('the stored state', () => {
	test('has the fields of its version, whatever they are called here', () => {
		const state: PollState = {
			...startAt(NOW, 'key'),
			phase: 'clockUnverified',
			emitted: EventSet.of([
				{ ms: 1000, hash: 1 },
				{ ms: 1003, hash: 2 ** 32 - 1 },
			]),
			undated: new Map([['AAAAAAAA', 36]]),
			knownValues: new Set(['BBBBBBBB', 'CCCCCCCC']),
			toLearn: { from: NOW - MINUTE, to: NOW },
			windowHint: MINUTE,
			clockSkewMs: 1,
			clockCandidate: { skewMs: 2, sinceMs: 3, polls: 4 },
			polledAtMs: 5,
		};
		expect(stored(state)).toEqual({
			version: 2,
			key: 'key',
			watermark: '2026-11-01T12:00:00.0000000Z',
			overlapFrom: '2026-11-01T12:00:00.0000000Z',
			emitted: { count: 2, firstMs: 1000, gapBits: 1, packed: 'AAAAAf////+g' },
			undated: 'AAAAAAAA00000010',
			knownTypes: 'BBBBBBBBCCCCCCCC',
			toLearn: { from: '2026-11-01T11:59:00.0000000Z', to: '2026-11-01T12:00:00.0000000Z' },
			isUnchecked: true,
			clockAheadMs: 1,
			clockCandidate: { aheadMs: 2, sinceMs: 3, polls: 4 },
			polledAtMs: 5,
			spanMs: 60_000,
		});
		expect(parseState(stored(state))).toEqual(state);
	});

	test('is the same after it was stored and read', () => {
		fc.assert(
			fc.property(states, (state) => {
				const again = parseState(stored(state));
				expect(again).toEqual(state);
				expect([...(again?.undated ?? [])]).toEqual([...state.undated]);
				expect([...(again?.knownValues ?? [])]).toEqual([...state.knownValues]);
			}),
		);
	});

	test('is stored in the same words after it was read', () => {
		fc.assert(
			fc.property(states, (state) => {
				const first = stored(state);
				const again = parseState(first);
				expect(again && stored(again)).toEqual(first);
			}),
		);
	});

	test.each([
		['before 1970', Date.UTC(1901, 0, 1)],
		['in the first year of all', Date.parse('0001-01-01T00:00:00Z')],
		['after 2059', Date.UTC(2060, 0, 1)],
		['at the end of the calendar', Date.parse('9999-12-31T23:59:59.999Z')],
	])('still knows every event without a time where one of them may be %s', (_what, odd) => {
		const undated = new Map([
			['AAAAAAAA', NOW_MS],
			['BBBBBBBB', odd],
			['CCCCCCCC', NOW_MS + 1],
		]);
		const again = parseState(stored({ ...startAt(NOW, 'key'), undated }));
		expect([...(again?.undated.keys() ?? [])]).toEqual(['AAAAAAAA', 'BBBBBBBB', 'CCCCCCCC']);
		expect(again?.undated.get('CCCCCCCC')).toBe(NOW_MS + 1);
	});

	test('holds a window hint of at least a millisecond', () => {
		const again = parseState(stored({ ...startAt(NOW, 'key'), windowHint: 1n }));
		expect(again?.windowHint).toBe(MILLISECOND);
	});

	test.each([0.1, 2, 600, 20_000])(
		'is below 1 MB with all the events that it may remember, %d ms apart',
		(step) => {
			const crowded = remembering(200_000, NOW_MS, step);
			const { state } = trimEmitted({ ...crowded, key: 'k'.repeat(24) });
			const undated = new Map(
				Array.from({ length: MAX_UNDATED + MAX_STRAYS }, (_, i) => [shortHash(`${i}`), NOW_MS]),
			);
			const whole = { ...state, phase, undated, toLearn: { from: 1n, to: NOW } };
			expect(size({ ...whole, windowHint: MINUTE })).toBeLessThan(LARGEST_STATE);
		},
	);

	test.each([
		['500 a second', 500, 900_000],
		['100 a second', 100, 190_000],
		['10 a second', 10, 21_000],
		['an event a minute', 1 / 60, 400],
	])('of five minutes with %s takes as little as the docs say', (_what, perSecond, most) => {
		expect(size(remembering(300 * perSecond, NOW_MS, 1000 / perSecond))).toBeLessThan(most);
	});

	test('is below 165 kB with all the values that it may know', () => {
		const knownValues = new Set(Array.from({ length: MAX_VALUES }, (_, i) => shortHash(`${i}`)));
		expect(knownValues.size).toBe(MAX_VALUES);
		const full = { ...startAt(NOW, 'key'), phase, knownValues, toLearn: { from: 1n, to: NOW } };
		expect(size({ ...full, windowHint: MINUTE })).toBeLessThan(165_000);
	});

	test.each([
		['nothing', undefined],
		['null', null],
		['a text', 'state'],
		['an empty object', {}],
		['a list', []],
		['no watermark', { ...serializeState(startAt(NOW, 'key')), watermark: undefined }],
		['a watermark that is no time', { ...serializeState(startAt(NOW, 'key')), watermark: 'soon' }],
	])('is no state where n8n holds %s', (_what, value) => {
		expect(parseState(value)).toBeUndefined();
	});

	test.each([
		['another version', { version: 1 }],
		['events that cannot be read', { emitted: 'AAAA' }],
		['no version', { version: undefined }],
		['no overlap', { overlapFrom: null }],
	])(
		'goes on at its watermark, and looks at nothing behind it, where it has %s',
		(_what, broken) => {
			const whole = {
				...startAt(NOW, 'key'),
				overlapFrom: NOW - MINUTE,
				emitted: eventsAt([NOW_MS]),
			};
			expect(parseState({ ...serializeState(whole), ...broken })).toEqual(startAt(NOW, ''));
		},
	);

	test('does without what is missing from it', () => {
		const { version, key, watermark, overlapFrom } = serializeState(startAt(NOW, 'key'));
		expect(parseState({ version, key, watermark, overlapFrom })).toStrictEqual(startAt(NOW, 'key'));
	});

	test.each([
		['a key', { key: 5 }, startAt(NOW, '')],
		['a window hint', { spanMs: '60000' }, startAt(NOW, 'key')],
		['a window hint of a moment', { spanMs: 0.5 }, startAt(NOW, 'key')],
		['times of events', { undated: 'AAAAAAAA--------' }, startAt(NOW, 'key')],
		['events', { undated: 5 }, startAt(NOW, 'key')],
		['what to read again', { reread: 'all' }, startAt(NOW, 'key')],
		['a time to read again from', { reread: { from: 5, settled: NOON } }, startAt(NOW, 'key')],
		['a time to read again up to', { reread: { from: NOON } }, startAt(NOW, 'key')],
		['a time to read again that is yet to come', { reread: LATER }, startAt(NOW, 'key')],
	])('does without %s that cannot be read', (_what, broken, expected) => {
		expect(parseState({ ...serializeState(startAt(NOW, 'key')), ...broken })).toStrictEqual(
			expected,
		);
	});

	test('is read up to what it may remember, the newest of it', () => {
		const names = (count: number) => Array.from({ length: count }, (_, i) => shortHash(`${i}`));
		const values = names(MAX_VALUES + 1);
		const undated = names(MAX_UNDATED + MAX_STRAYS + 1);
		const again = parseState(
			stored({
				...startAt(NOW, 'key'),
				knownValues: new Set(values),
				undated: new Map(undated.map((name) => [name, NOW_MS])),
			}),
		);
		expect([...(again?.knownValues ?? [])]).toEqual(values.slice(1));
		expect([...(again?.undated.keys() ?? [])]).toEqual(undated.slice(1));
	});

	test.each([
		['both ends', { from: '', to: '' }],
		['the beginning', { to: '2026-11-01T12:00:00.0000000Z' }],
		['the end', { from: '2026-11-01T11:00:00.0000000Z' }],
		['all', 'yesterday'],
	])('has nothing left to learn where %s of it is missing', (_what, toLearn) => {
		const state = { ...serializeState(startAt(NOW, 'key')), toLearn };
		expect(parseState(state)).toStrictEqual(startAt(NOW, 'key'));
	});

	test('names cursors by a hash, and holds none of them', () => {
		const cursor = 'AbCdEfGh+/==secret';
		const { name } = keyOf({ cursor, timestamp: '' }, undefined);
		const undated = new Map([[name, NOW_MS]]);
		expect(JSON.stringify(stored({ ...startAt(NOW, 'key'), undated }))).not.toContain('AbCdEfGh');
	});
});
