import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keyOf } from '../../../nodes/SignicatAuditTrigger/state/eventKey';
import { type DatedKey, EventSet } from '../../../nodes/SignicatAuditTrigger/state/eventSet';
import {
	MAX_PACKED_EVENTS,
	MAX_PACKED_LENGTH,
	packedLength,
	packEvents,
	unpackEvents,
} from '../../../nodes/SignicatAuditTrigger/state/packedEvents';
import { shortHash } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import { fromMilliseconds } from '../../../nodes/shared/model/instant';

const NOW_MS = Date.UTC(2026, 10, 1, 12);

const hash = fc.oneof(
	fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1),
	fc.integer({ min: 0, max: 2 ** 32 - 1 }),
);

/** Crowded, spread, and as far apart as times can be. */
const ms = fc.oneof(
	fc.integer({ min: NOW_MS, max: NOW_MS + 5 }),
	fc.integer({ min: NOW_MS, max: NOW_MS + 300_000 }),
	fc.integer({ min: 0, max: 253_402_300_799_999 }),
);

const keys = fc.array(fc.record({ ms, hash }), { maxLength: 60 });

const textOf = (key: DatedKey) => `${key.ms} ${key.hash}`;

/** The same as texts in a Set. */
const inOrder = (some: DatedKey[]) =>
	[...new Map(some.map((key) => [textOf(key), key])).values()].sort(
		(a, b) => a.ms - b.ms || a.hash - b.hash,
	);

describe('a key of an event', () => {
	test('is its millisecond and 32 bits of a hash of its cursor', () => {
		const event = { cursor: 'cursor', timestamp: '' };
		const key = keyOf(event, fromMilliseconds(NOW_MS) + 999_900n);
		expect(key.ms).toBe(NOW_MS);
		expect(key.name).toBe(shortHash('cursor'));
		const whole = Buffer.from(shortHash('cursor'), 'base64url').readUInt32BE(0);
		expect(key.hash).toBe(whole);
		expect(key.text).toBe(`${NOW_MS} ${whole}`);
		expect(keyOf(event, undefined).text).toBe(shortHash('cursor'));
	});

	test('tells apart a million events of 2,000 seconds, as two of them share a millisecond only now and then', () => {
		const texts = new Set<string>();
		for (let i = 0; i < 1_000_000; i++) {
			texts.add(keyOf({ cursor: `cursor-${i}`, timestamp: '' }, BigInt(i) * 2_000_000n).text);
		}
		expect(texts.size).toBe(1_000_000);
	});
});

describe('a set of events', () => {
	test('holds what it was made of, and nothing else', () => {
		fc.assert(
			fc.property(keys, keys, keys, (first, more, others) => {
				const set = EventSet.of(first).with(more);
				const all = inOrder([...first, ...more]);
				expect([...set]).toEqual(all);
				expect(set.size).toBe(all.length);
				expect(set.first).toBe(all[0]?.ms);
				const texts = new Set(all.map(textOf));
				for (const key of [...all, ...others]) {
					expect(set.has(key.ms, key.hash)).toBe(texts.has(textOf(key)));
				}
			}),
		);
	});

	test('is the same where nothing is added', () => {
		const set = EventSet.of([{ ms: NOW_MS, hash: 7 }]);
		expect(set.with([])).toBe(set);
	});

	test('forgets what is older than a time', () => {
		fc.assert(
			fc.property(keys, ms, (some, from) => {
				const set = EventSet.of(some);
				expect([...set.since(from)]).toEqual([...set].filter((key) => key.ms >= from));
			}),
		);
	});
});

describe('a packed set of events', () => {
	const packed = (set: EventSet): unknown => JSON.parse(JSON.stringify(packEvents(set)));

	test('is the same after it was unpacked, and takes as much as it says', () => {
		fc.assert(
			fc.property(
				keys.filter(({ length }) => length > 0),
				(some) => {
					const set = EventSet.of(some);
					expect(unpackEvents(packed(set))).toEqual(set);
					expect(packEvents(set).packed).toHaveLength(packedLength(set));
				},
			),
		);
	});

	test('takes 35 bits for each of 500 events a second, and holds five minutes and five seconds of them', () => {
		let at = NOW_MS;
		const random = (place: number) => keyOf({ cursor: `${place}`, timestamp: '' }, undefined).hash;
		const some = Array.from({ length: 152_500 }, (_, place) => {
			// As far apart as events are that come by themselves.
			at += -2 * Math.log((random(place) + 1) / 2 ** 32);
			return { ms: Math.floor(at), hash: random(-place - 1) };
		});
		const set = EventSet.of(some);
		expect(packedLength(set)).toBeLessThan((152_500 * 35.2) / 6);
		expect(packedLength(set)).toBeLessThan(MAX_PACKED_LENGTH);
		expect(unpackEvents(packed(set))).toEqual(set);
	});

	test.each([
		['in one millisecond', () => NOW_MS],
		['in two bursts a month apart', (place: number) => NOW_MS + (place % 2) * 2_592_000_000],
	])('takes no more where all events lie %s', (_where, at) => {
		const set = EventSet.of(
			Array.from({ length: 10_000 }, (_, place) => ({ ms: at(place), hash: place })),
		);
		expect(packedLength(set)).toBeLessThan((10_000 * 54) / 6);
		expect(unpackEvents(packed(set))).toEqual(set);
	});

	const some = EventSet.of([
		{ ms: NOW_MS, hash: 7 },
		{ ms: NOW_MS + 1000, hash: 8 },
		{ ms: NOW_MS + 1003, hash: 9 },
	]);

	const one = packEvents(EventSet.of([{ ms: NOW_MS, hash: 7 }]));
	const oneByteMore = Buffer.concat([Buffer.from(one.packed, 'base64'), Buffer.alloc(1)]).toString(
		'base64',
	);
	/** Two events of one millisecond, with these hashes in this order. */
	const base64Of = (...hashes: [number, number]) => {
		const bytes = Buffer.alloc(9);
		hashes.forEach((each, place) => bytes.writeUInt32BE(each, 4 * place));
		return bytes.toString('base64');
	};
	/** More than is ever stored, packed all the same. */
	const tooMany = (count: number, step: number) =>
		packEvents(
			EventSet.of(Array.from({ length: count }, (_, i) => ({ ms: NOW_MS + i * step, hash: i }))),
		);

	test.each<[string, unknown]>([
		['nothing', null],
		['a text', 'AAAA'],
		['no count', { count: undefined }],
		['a count of nothing', { count: 0 }],
		['nothing at all', { count: 0, packed: '' }],
		['one event too many', tooMany(MAX_PACKED_EVENTS + 1, 0.01)],
		['room for too many characters', tooMany(100_000, 2 ** 24)],
		['fewer events than it contains', { count: 2 }],
		['more events than it contains', { count: 4 }],
		['more events than are ever stored', { count: MAX_PACKED_EVENTS + 1 }],
		['a fraction of an event', { count: 2.5 }],
		['no time', { firstMs: NaN }],
		['a time before 1970', { firstMs: -1 }],
		['a time after the end of the calendar', { firstMs: 8.64e15 }],
		['too few bits of the gaps', { gapBits: 0 }],
		['too many bits of the gaps', { gapBits: 99 }],
		['no bytes', { packed: undefined }],
		['an empty text', { packed: '' }],
		['fewer bytes', { packed: packEvents(some).packed.slice(0, 16) }],
		['a byte that belongs to no event', { ...one, packed: oneByteMore }],
		['more bytes', { packed: `${packEvents(some).packed}AAAA` }],
		['far too many bytes', { packed: 'AAAA'.repeat(MAX_PACKED_LENGTH) }],
		['a space within the base64', { packed: packEvents(some).packed.replace(/^.{4}/, '$& ') }],
		[
			'the events of a millisecond in the wrong order',
			{ firstMs: NOW_MS, count: 2, gapBits: 0, packed: base64Of(8, 7) },
		],
		['an event twice', { firstMs: NOW_MS, count: 2, gapBits: 0, packed: base64Of(7, 7) }],
		['what is no base64', { packed: packEvents(some).packed.replace(/./, '%') }],
	])('is none where there is %s', (_what, broken) => {
		const value =
			typeof broken === 'object' && broken !== null ? { ...packEvents(some), ...broken } : broken;
		expect(unpackEvents(value)).toBeUndefined();
	});

	test('is read where two events of a millisecond are in order', () => {
		const packed = { firstMs: NOW_MS, count: 2, gapBits: 0, packed: base64Of(7, 8) };
		expect([...(unpackEvents(packed) ?? [])]).toEqual([
			{ ms: NOW_MS, hash: 7 },
			{ ms: NOW_MS, hash: 8 },
		]);
	});

	test('is read in bounded time, whatever is stored', () => {
		fc.assert(
			fc.property(
				fc.record({
					count: fc.nat(200),
					firstMs: fc.nat(),
					gapBits: fc.nat(60),
					packed: fc
						.uint8Array({ maxLength: 300 })
						.map((bytes) => Buffer.from(bytes).toString('base64')),
				}),
				(value) => {
					const set = unpackEvents(value);
					if (set) expect(set.size).toBe(value.count);
				},
			),
		);
	});
});
