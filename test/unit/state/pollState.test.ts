import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
	trimEmitted,
	MAX_EMITTED,
	MAX_TYPES,
	parseState,
	type PollState,
	serializeState,
	shortHash,
	startAt,
} from '../../../nodes/SignicatAuditTrigger/state/pollState';
import {
	earlier,
	fromMilliseconds,
	MILLISECOND,
	MINUTE,
	toMilliseconds,
} from '../../../nodes/shared/model/instant';
import { instants } from '../support/arbitraries';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);
const LARGEST_STATE = 64_000;

const hashes = fc.string({ minLength: 1, maxLength: 40 }).map(shortHash);

const states: fc.Arbitrary<PollState> = fc
	.record({
		key: fc.string(),
		watermark: instants,
		overlapFrom: instants,
		emitted: fc.array(fc.tuple(hashes, fc.integer({ min: 0, max: Date.UTC(2058, 0) }))),
		knownTypes: fc.array(hashes),
		toLearn: fc.option(fc.record({ from: instants, to: instants }), { nil: undefined }),
		spanMs: fc.option(fc.integer({ min: 1, max: 5_183_998_000 }), { nil: undefined }),
	})
	.map(({ emitted, knownTypes, toLearn, spanMs, ...rest }) => ({
		...rest,
		emitted: new Map(emitted),
		knownTypes: new Set(knownTypes),
		// What is to be learned ends at the watermark at the latest.
		...(toLearn && {
			toLearn: {
				from: earlier(toLearn.from, rest.watermark),
				to: earlier(toLearn.to, rest.watermark),
			},
		}),
		...(spanMs !== undefined && { windowHint: fromMilliseconds(spanMs) }),
	}));

/** What n8n does with a state between two polls. */
const stored = (state: PollState): unknown => JSON.parse(JSON.stringify(serializeState(state)));

const size = (state: PollState) => JSON.stringify(serializeState(state)).length;

/** A state that remembers `count` events, the first of them at `from`, `step` ms apart. */
function remembering(count: number, from: number, step: number): PollState {
	const emitted = Array.from({ length: count }, (_, i): [string, number] => [
		shortHash(`event ${i}`),
		from + i * step,
	]);
	return { ...startAt(fromMilliseconds(from), 'key'), emitted: new Map(emitted) };
}

describe('the stored state', () => {
	test('is the same after it was stored and read', () => {
		fc.assert(
			fc.property(states, (state) => {
				const again = parseState(stored(state));
				expect(again).toEqual(state);
				expect([...(again?.emitted ?? [])]).toEqual([...state.emitted]);
				expect([...(again?.knownTypes ?? [])]).toEqual([...state.knownTypes]);
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
	])('still knows every event where one of them is %s', (_what, odd) => {
		const emitted = new Map([
			['AAAAAAAA', NOW_MS],
			['BBBBBBBB', odd],
			['CCCCCCCC', NOW_MS + 1],
		]);
		const again = parseState(stored({ ...startAt(NOW, 'key'), emitted }));
		expect([...(again?.emitted.keys() ?? [])]).toEqual(['AAAAAAAA', 'BBBBBBBB', 'CCCCCCCC']);
		expect(again?.emitted.get('CCCCCCCC')).toBe(NOW_MS + 1);
	});

	test('holds a window hint of at least a millisecond', () => {
		const again = parseState(stored({ ...startAt(NOW, 'key'), windowHint: 1n }));
		expect(again?.windowHint).toBe(MILLISECOND);
	});

	test('is below 64 kB with all the cursors that it may remember', () => {
		const full = remembering(MAX_EMITTED, NOW_MS, 1);
		expect(full.emitted.size).toBe(MAX_EMITTED);
		expect(size({ ...full, toLearn: { from: 1n, to: NOW }, windowHint: MINUTE })).toBeLessThan(
			LARGEST_STATE,
		);
	});

	test('is below 64 kB with all the event types that it may know', () => {
		const knownTypes = new Set(Array.from({ length: MAX_TYPES }, (_, i) => shortHash(`${i}`)));
		expect(knownTypes.size).toBe(MAX_TYPES);
		const full = { ...startAt(NOW, 'key'), knownTypes, toLearn: { from: 1n, to: NOW } };
		expect(size({ ...full, windowHint: MINUTE })).toBeLessThan(LARGEST_STATE);
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
		['another version', { version: 2 }],
		['no version', { version: undefined }],
		['no overlap', { overlapFrom: null }],
	])(
		'goes on at its watermark, and looks at nothing behind it, where it has %s',
		(_what, broken) => {
			const whole = {
				...startAt(NOW, 'key'),
				overlapFrom: NOW - MINUTE,
				emitted: new Map([['a', 1]]),
			};
			expect(parseState({ ...serializeState(whole), ...broken })).toEqual(startAt(NOW, ''));
		},
	);

	test('does without what is missing from it', () => {
		const { version, key, watermark, overlapFrom } = serializeState(startAt(NOW, 'key'));
		expect(parseState({ version, key, watermark, overlapFrom })).toEqual(startAt(NOW, 'key'));
	});

	test('has nothing left to learn where one end of it is missing', () => {
		const state = { ...serializeState(startAt(NOW, 'key')), toLearn: { from: '', to: '' } };
		expect(parseState(state)).not.toHaveProperty('toLearn');
	});

	test('names cursors by a hash, and holds none of them', () => {
		const cursor = 'AbCdEfGh+/==secret';
		const emitted = new Map([[shortHash(cursor), NOW_MS]]);
		expect(JSON.stringify(stored({ ...startAt(NOW, 'key'), emitted }))).not.toContain('AbCdEfGh');
	});
});

describe('shortHash', () => {
	test('gives eight characters for any text, the same ones each time', () => {
		fc.assert(
			fc.property(fc.string(), (text) => {
				expect(shortHash(text)).toMatch(/^[\w-]{8}$/);
				expect(shortHash(text)).toBe(shortHash(text));
			}),
		);
	});

	test('tells 20,000 cursors apart', () => {
		const names = Array.from({ length: 20_000 }, (_, i) => shortHash(`cursor-${i}`));
		expect(new Set(names).size).toBe(20_000);
	});

	test('stays the same from one version to the next, since states are stored', () => {
		expect(shortHash('cursor')).toBe('RqTuvSDY');
	});
});

describe('startAt', () => {
	test('remembers nothing and reads nothing from before the start', () => {
		expect(startAt(NOW, 'key')).toEqual({
			key: 'key',
			watermark: NOW,
			overlapFrom: NOW,
			emitted: new Map(),
			knownTypes: new Set(),
		});
	});
});

describe('the bound of what is remembered', () => {
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
			knownTypes: new Set(['AAAAAAAA']),
			windowHint: MINUTE,
		};
		const { state } = trimEmitted(before);
		expect(state).toMatchObject({ key: 'key', knownTypes: before.knownTypes, windowHint: MINUTE });
		expect(state.emitted.size).toBe(0);
		expect(before.emitted.size).toBe(10);
	});
});
