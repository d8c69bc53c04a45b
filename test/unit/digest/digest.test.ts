import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
	type Digest,
	EventCounter,
	GROUP_KEYS,
	type GroupKey,
} from '../../../nodes/SignicatAudit/digest/digest';
import { zoneClock } from '../../../nodes/SignicatAudit/digest/digestTime';
import { parseTimestamp } from '../../../nodes/shared/model/instant';
import type { AuditEvent } from '../../../nodes/shared/model/event';

const ZONE = 'Europe/Oslo';
const NOT_A_TIME = 'a while ago';

const text = fc.constantFrom('a', 'b', 'ab', '', 'null', 'true', '1', '["a"]', '__proto__');
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(fc.option(value), { nil: undefined });

const events = fc.array(
	fc
		.record({
			cursor: fc.constant('c'),
			timestamp: fc.oneof(
				fc
					.date({ min: new Date('2026-10-24'), max: new Date('2026-10-27'), noInvalidDate: true })
					.map((date) => date.toISOString().replace('Z', '1234Z')),
				fc.constantFrom('2026-10-25T03:00:00+02:00', '2026-10-25T01:00:00.0000000Z', NOT_A_TIME),
			),
			serviceName: maybe(text),
			eventType: maybe(text),
			userId: maybe(text),
			sandbox: maybe(fc.boolean()),
		})
		.map((event) => event as AuditEvent),
	{ maxLength: 60 },
);

const keys = fc.uniqueArray(fc.constantFrom(...GROUP_KEYS), { minLength: 1, maxLength: 3 });

interface Options {
	groupBy: GroupKey[];
	topN?: number;
	maxGroups?: number;
}

function digestOf(list: AuditEvent[], { groupBy, topN = 1000, maxGroups }: Options): Digest {
	const counter = new EventCounter({ groupBy, clock: zoneClock(ZONE), maxGroups });
	for (const event of list) counter.add(event);
	return counter.digest(topN);
}

/** What the counter should tell apart, computed in another way. */
function keyOf(event: AuditEvent, key: GroupKey): unknown {
	if (key !== 'day' && key !== 'hour') return event[key] ?? null;
	if (event.timestamp === NOT_A_TIME) return null;
	const local = new Date(event.timestamp.replace('1234Z', 'Z')).toLocaleString('sv-SE', {
		timeZone: ZONE,
	});
	return key === 'day' ? local.slice(0, 10) : `${local.slice(0, 13)}:00`;
}

const instantsOf = (list: AuditEvent[]) =>
	list.flatMap(({ timestamp }) => parseTimestamp(timestamp) ?? []).sort((a, b) => (a < b ? -1 : 1));

const entriesOf = ({ groups, other }: Digest) => [...groups, ...(other ? [other] : [])];

describe('a digest', () => {
	test('has the groups, the counts and the times of an independent count', () => {
		fc.assert(
			fc.property(events, keys, (list, groupBy) => {
				const recount = new Map<string, AuditEvent[]>();
				for (const event of list) {
					const id = JSON.stringify(groupBy.map((key) => keyOf(event, key)));
					recount.set(id, [...(recount.get(id) ?? []), event]);
				}
				const digest = digestOf(list, { groupBy });
				expect(digest).toMatchObject({ total: list.length, isTruncated: false });
				expect(digest.other).toBeUndefined();
				expect(digest.groups).toHaveLength(recount.size);
				for (const { values, count, firstAt, lastAt } of digest.groups) {
					const members = recount.get(JSON.stringify(values)) ?? [];
					expect(count).toBe(members.length);
					const times = instantsOf(members);
					expect(parseTimestamp(firstAt ?? '')).toBe(times[0]);
					expect(parseTimestamp(lastAt ?? '')).toBe(times.at(-1));
					const sent = [...members.map(({ timestamp }) => timestamp), null];
					expect(sent).toContain(firstAt);
					expect(sent).toContain(lastAt);
				}
			}),
		);
	});

	test('adds up to the total, however few groups are listed or remembered', () => {
		const few = fc.integer({ min: 1, max: 6 });
		fc.assert(
			fc.property(events, keys, few, few, (list, groupBy, topN, maxGroups) => {
				const digest = digestOf(list, { groupBy, topN, maxGroups });
				const entries = entriesOf(digest);
				expect(entries.reduce((sum, { count }) => sum + count, 0)).toBe(list.length);
				expect(digest.groups.length).toBeLessThanOrEqual(Math.min(topN, maxGroups));
				const times = entries
					.flatMap(({ firstAt, lastAt }) => [firstAt, lastAt])
					.flatMap((at) => parseTimestamp(at ?? '') ?? [])
					.sort((a, b) => (a < b ? -1 : 1));
				const all = instantsOf(list);
				expect([times[0], times.at(-1)]).toEqual([all[0], all.at(-1)]);
			}),
		);
	});

	test('lists the largest first and the rest as one, and what it lists does not depend on Top N', () => {
		fc.assert(
			fc.property(events, keys, fc.integer({ min: 1, max: 8 }), (list, groupBy, topN) => {
				const whole = digestOf(list, { groupBy });
				const { groups, other } = digestOf(list, { groupBy, topN });
				expect(groups).toEqual(whole.groups.slice(0, topN));
				const counts = whole.groups.map(({ count }) => count);
				expect(counts).toEqual([...counts].sort((a, b) => b - a));
				expect(other?.groups ?? 0).toBe(Math.max(0, whole.groups.length - topN));
			}),
		);
	});

	test('is the same in whatever order the events come', () => {
		const shuffled = events.chain((list) =>
			fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
		);
		fc.assert(
			fc.property(shuffled, keys, ([list, other], groupBy) => {
				const plain = ({ groups }: Digest) =>
					groups.map(({ values, count, firstAt, lastAt }) => ({
						values,
						count,
						first: parseTimestamp(firstAt ?? ''),
						last: parseTimestamp(lastAt ?? ''),
					}));
				expect(plain(digestOf(other, { groupBy }))).toEqual(plain(digestOf(list, { groupBy })));
			}),
		);
	});

	test('has its first time not after its last', () => {
		fc.assert(
			fc.property(events, keys, fc.integer({ min: 1, max: 3 }), (list, groupBy, topN) => {
				for (const { firstAt, lastAt } of entriesOf(digestOf(list, { groupBy, topN }))) {
					if (firstAt === null || lastAt === null) {
						expect([firstAt, lastAt]).toEqual([null, null]);
					} else {
						const [first, last] = [parseTimestamp(firstAt), parseTimestamp(lastAt)];
						expect(first !== undefined && last !== undefined && first <= last).toBe(true);
					}
				}
			}),
		);
	});

	test('of no events is empty', () => {
		expect(digestOf([], { groupBy: ['day'] })).toEqual({
			total: 0,
			groups: [],
			isTruncated: false,
		});
	});

	test('puts groups of one size in the order of their values, what is missing last', () => {
		const list = ['b', null, 'a', '', 'B'].map((userId) => ({
			cursor: 'c',
			timestamp: '2026-11-01T00:00:00Z',
			userId,
		}));
		const { groups } = digestOf(list, { groupBy: ['userId'] });
		expect(groups.map(({ values }) => values[0])).toEqual(['', 'B', 'a', 'b', null]);
	});

	test('keeps the timestamps as they were sent, all digits of them', () => {
		const list = ['2026-11-01T00:00:00.0000002Z', '2026-11-01T00:00:00.0000001Z'];
		const { groups } = digestOf(
			list.map((timestamp) => ({ cursor: 'c', timestamp })),
			{ groupBy: ['day'] },
		);
		expect(groups[0]).toEqual({
			values: ['2026-11-01'],
			count: 2,
			firstAt: '2026-11-01T00:00:00.0000001Z',
			lastAt: '2026-11-01T00:00:00.0000002Z',
		});
	});

	test('counts the hour that a time change repeats as one', () => {
		const list = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T02:30:00Z'];
		const { groups } = digestOf(
			list.map((timestamp) => ({ cursor: 'c', timestamp })),
			{ groupBy: ['hour'] },
		);
		expect(groups.map(({ values, count }) => [values[0], count])).toEqual([
			['2026-10-25 02:00', 2],
			['2026-10-25 03:00', 1],
		]);
	});

	test('tells 10,000 groups apart and counts the events of further ones together', () => {
		const list = Array.from({ length: 10_005 }, (_, i) => ({
			cursor: 'c',
			timestamp: '2026-11-01T00:00:00Z',
			userId: `user-${i}`,
		}));
		const last = list.at(-1) as AuditEvent;
		const digest = digestOf([...list, last, last], { groupBy: ['userId'], topN: 10_000 });
		expect(digest.groups).toHaveLength(10_000);
		expect(digest).toMatchObject({
			total: 10_007,
			other: { groups: 1, count: 7 },
			isTruncated: true,
		});
	});
});
