import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Digest, digestOf as selected } from '../../../nodes/SignicatAudit/digest/digest';
import { EventCounter } from '../../../nodes/SignicatAudit/digest/eventCounter';
import {
	columnsOf,
	compareValues,
	GROUP_KEYS,
	isGroupKey,
} from '../../../nodes/SignicatAudit/digest/groupBy';
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

/** Fields, day and hour, and a property with values that are not text. */
const keys = fc.uniqueArray(fc.constantFrom(...GROUP_KEYS, 'sandbox'), {
	minLength: 1,
	maxLength: 3,
});

interface Options {
	/** Names of Group By; any other one is a property. */
	groupBy: string[];
	topN?: number;
	minimumCount?: number;
	maxGroups?: number;
	maxValuesLength?: number;
	previous?: AuditEvent[];
}

const columnsFor = (groupBy: string[]) =>
	columnsOf(
		groupBy.filter(isGroupKey),
		groupBy.filter((name) => !isGroupKey(name)),
	);

function digestOf(list: AuditEvent[], options: Options): Digest {
	const { groupBy, topN = 1000, minimumCount, maxGroups, maxValuesLength, previous } = options;
	const count = (counted: AuditEvent[]) => {
		const columns = columnsFor(groupBy);
		const clock = zoneClock(ZONE);
		const counter = new EventCounter({ columns, clock, maxGroups, maxValuesLength });
		for (const event of counted) counter.add(event);
		return counter;
	};
	return selected(count(list), {
		topN,
		minimumCount,
		...(previous && { previous: count(previous) }),
	});
}

/** The keys in the order of the columns. */
const inOrder = (groupBy: string[]) => columnsFor(groupBy).map(({ name }) => name);

/** What the counter should tell apart, computed in another way. */
function keyOf(event: AuditEvent, key: string): unknown {
	if (key !== 'day' && key !== 'hour') return (event as Record<string, unknown>)[key] ?? null;
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
					const id = JSON.stringify(inOrder(groupBy).map((key) => keyOf(event, key)));
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
			belowMinimum: 0,
			isTruncated: false,
			counted: 0,
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

	test('leaves groups that are too small to the rest, and says how many', () => {
		fc.assert(
			fc.property(events, keys, fc.integer({ min: 1, max: 6 }), (list, groupBy, minimumCount) => {
				const whole = digestOf(list, { groupBy });
				const digest = digestOf(list, { groupBy, minimumCount });
				const small = whole.groups.filter(({ count }) => count < minimumCount);
				expect(digest.groups).toEqual(whole.groups.slice(0, whole.groups.length - small.length));
				expect(digest.belowMinimum).toBe(small.length);
				expect(digest.other?.groups ?? 0).toBe(small.length);
				const sum = entriesOf(digest).reduce((total, { count }) => total + count, 0);
				expect(sum).toBe(list.length);
			}),
		);
	});

	test('holds no more than its limit of characters, however long values are', () => {
		const list = Array.from({ length: 10 }, (_, i) => ({
			cursor: 'c',
			timestamp: '2026-11-01T00:00:00Z',
			userId: `${i}${'x'.repeat(90)}`,
		}));
		// Each with its brackets and quotes: 95 characters.
		const digest = digestOf([...list, ...list], { groupBy: ['userId'], maxValuesLength: 475 });
		expect(digest.groups.map(({ count }) => count)).toEqual([2, 2, 2, 2, 2]);
		expect(digest).toMatchObject({ isTruncated: true, counted: 5, other: { count: 10 } });
	});
});

describe('the columns of a digest', () => {
	const event = {
		cursor: 'c',
		timestamp: '2026-11-01T12:34:56Z',
		userId: 'u',
		message: 'm',
		indexedData: {
			Result: 'failure',
			count: 7,
			userId: 'hidden',
			clientId: 'hidden',
			list: ['a', 1],
		},
		data: { result: { code: false } },
	} as unknown as AuditEvent;

	const groupBy = (keysOf: Parameters<typeof columnsOf>[0], properties: string[]) => {
		const columns = columnsOf(keysOf, properties);
		const counter = new EventCounter({ columns, clock: zoneClock('UTC') });
		counter.add(event);
		const [group] = selected(counter, { topN: 1 }).groups;
		return Object.fromEntries(columns.map(({ key }, index) => [key, group?.values[index]]));
	};

	test.each([
		['a property', 'Result', 'failure'],
		['a field that Group By does not offer', 'message', 'm'],
		['a path', 'data.result.code', false],
		['an object, as JSON', 'data.result', '{"code":false}'],
		['a list, as JSON', 'list', '["a",1]'],
		['what is not there', 'data.nothing.else', null],
		['what every object has', 'toString', null],
	])('can be %s', (_what, name, value) => {
		expect(groupBy([], [name])).toEqual({ [name]: value });
	});

	test('are those of Group By where a property is called the same', () => {
		const columns = columnsOf(['userId'], ['userId', 'clientId', 'Result']);
		expect(columns.map(({ type, key }) => `${type} ${key}`)).toEqual([
			'field userId',
			'field clientId',
			'property Result',
		]);
	});

	test('have the field once that is named among the properties, too', () => {
		expect(groupBy(['userId'], ['userId'])).toEqual({ userId: 'u' });
		expect(groupBy(['day'], ['userId', 'Result'])).toEqual({
			day: '2026-11-01',
			userId: 'u',
			Result: 'failure',
		});
	});

	test('of a field that is missing have no property of that name instead', () => {
		expect(groupBy(['clientId'], [])).toEqual({ clientId: null });
	});

	test.each([
		...['count', 'firstAt', 'lastAt', 'other', 'groups', 'previousCount', 'change'],
		...['changePercent', 'isNew', 'isEnded', 'from', 'to', 'previousFrom', 'previousTo'],
		...['day', 'hour', '__proto__'],
	])('have another key for a property that is called %s', (name) => {
		expect(columnsOf([], [name]).map(({ key }) => key)).toEqual([`property.${name}`]);
	});

	test('have different keys, whatever properties are called', () => {
		const columns = columnsOf(['day'], ['property.count', 'count', 'count', 'day', 'property.day']);
		const used = columns.map(({ key }) => key);
		expect(new Set(used).size).toBe(used.length);
		expect(used).toEqual([
			'day',
			'property.count',
			'property.property.count',
			'property.day',
			'property.property.day',
		]);
	});
});

describe('the values of two groups', () => {
	test.each([
		[['a'], ['b']],
		[['B'], ['a']],
		[[10], [9]],
		[
			['a', 'b'],
			['a', 'c'],
		],
		[
			['a', null],
			['b', null],
		],
		[['z'], [null]],
		[
			['a', 'z'],
			['a', null],
		],
		// Equal as text.
		[
			[1, 'a'],
			['1', 'b'],
		],
		[
			['1', 'a'],
			[1, 'b'],
		],
	])('are sorted as text: %j before %j', (first, second) => {
		expect(compareValues(first, second)).toBe(-1);
		expect(compareValues(second, first)).toBe(1);
	});

	test('are in no order if they are equal', () => {
		expect(compareValues(['a', null, 1], ['a', null, 1])).toBe(0);
		expect(compareValues([1], ['1'])).toBe(0);
	});
});

describe('a digest that is compared', () => {
	const counted = (list: AuditEvent[], groupBy: string[]) => {
		const counts = new Map<string, number>();
		for (const event of list) {
			const id = JSON.stringify(inOrder(groupBy).map((key) => keyOf(event, key)));
			counts.set(id, (counts.get(id) ?? 0) + 1);
		}
		return counts;
	};

	test('has every group of both periods, with the counts of two independent counts', () => {
		fc.assert(
			fc.property(events, events, keys, (list, before, groupBy) => {
				const [now, then] = [counted(list, groupBy), counted(before, groupBy)];
				const digest = digestOf(list, { groupBy, previous: before });
				const all = new Set([...now.keys(), ...then.keys()]);
				expect(digest.groups).toHaveLength(all.size);
				for (const { values, count, comparison } of digest.groups) {
					const id = JSON.stringify(values);
					const [count2, previousCount] = [now.get(id) ?? 0, then.get(id) ?? 0];
					expect(count).toBe(count2);
					expect(comparison).toEqual({
						previousCount,
						change: count2 - previousCount,
						changePercent:
							previousCount === 0
								? null
								: Number((((count2 - previousCount) / previousCount) * 100).toFixed(1)),
						isNew: previousCount === 0,
						isEnded: count2 === 0,
					});
				}
				expect(digest.previous).toMatchObject({
					previousCount: before.length,
					change: list.length - before.length,
					isTruncated: false,
				});
				expect(digest.other).toBeUndefined();
			}),
		);
	});

	test('lists the largest first, and those that ended last, by how large they were', () => {
		fc.assert(
			fc.property(events, events, keys, (list, before, groupBy) => {
				const { groups } = digestOf(list, { groupBy, previous: before });
				const sizes = groups.map(({ count, comparison }) => [
					count,
					comparison?.previousCount ?? NaN,
				]);
				expect(sizes).toEqual([...sizes].sort(([a = 0, b = 0], [c = 0, d = 0]) => c - a || d - b));
			}),
		);
	});

	test('adds up to both totals, however few groups are listed or remembered', () => {
		const few = fc.integer({ min: 1, max: 6 });
		fc.assert(
			fc.property(
				fc.tuple(events, events),
				keys,
				fc.tuple(few, few, few),
				([list, before], groupBy, [topN, minimumCount, maxGroups]) => {
					const options = { groupBy, topN, minimumCount, maxGroups, previous: before };
					const digest = digestOf(list, options);
					const entries = entriesOf(digest);
					expect(entries.reduce((sum, { count }) => sum + count, 0)).toBe(list.length);
					const sumBefore = entries.reduce(
						(sum, { comparison }) => sum + (comparison?.previousCount ?? 0),
						0,
					);
					expect(sumBefore).toBe(before.length);
					expect(digest.groups.length).toBeLessThanOrEqual(topN);
				},
			),
		);
	});

	test('calls no group new or ended that may have been one of those not counted separately', () => {
		const few = fc.integer({ min: 1, max: 4 });
		fc.assert(
			fc.property(events, events, keys, few, (list, before, groupBy, maxGroups) => {
				const [now, then] = [counted(list, groupBy), counted(before, groupBy)];
				const { groups } = digestOf(list, { groupBy, maxGroups, previous: before });
				for (const { values, count, comparison } of groups) {
					const id = JSON.stringify(values);
					expect(count).toBe(now.get(id) ?? 0);
					if (comparison?.isNew) expect(then.has(id)).toBe(false);
					if (comparison?.isEnded) expect(now.has(id)).toBe(false);
					// What it says about the past is true, or it says that it does not know.
					if (comparison?.previousCount === null) {
						expect(comparison).toMatchObject({ change: null, changePercent: null, isNew: false });
						expect(then.size).toBeGreaterThan(maxGroups);
					} else {
						expect(comparison?.previousCount).toBe(then.get(id) ?? 0);
					}
				}
			}),
		);
	});

	const times = (userId: string, count: number) =>
		Array.from({ length: count }, () => ({
			cursor: 'c',
			timestamp: '2026-10-25T00:00:00Z',
			userId,
		}));

	test('combines a group that may go on uncounted with the others', () => {
		// Only the first group of each period is counted separately.
		const digest = digestOf([...times('first', 2), ...times('fell', 1)], {
			groupBy: ['userId'],
			maxGroups: 1,
			previous: times('fell', 5),
		});
		expect(digest.groups.map(({ values }) => values)).toEqual([['first']]);
		expect(digest.other).toMatchObject({
			groups: 1,
			count: 1,
			comparison: { previousCount: 5, change: -4 },
		});
	});

	test('has others where only the period before had more groups than can be counted', () => {
		const digest = digestOf(times('a', 3), {
			groupBy: ['userId'],
			maxGroups: 1,
			previous: [...times('a', 1), ...times('b', 2)],
		});
		expect(digest.groups.map(({ values }) => values)).toEqual([['a']]);
		expect(digest.other).toMatchObject({ groups: 1, count: 0, comparison: { previousCount: 2 } });
	});

	test('lists a group that fell or ended, and leaves out one that was always small', () => {
		const digest = digestOf([...times('fell', 3), ...times('big', 50), ...times('small', 4)], {
			groupBy: ['userId'],
			minimumCount: 5,
			previous: [...times('fell', 90), ...times('ended', 7), ...times('small', 4)],
		});
		expect(
			digest.groups.map(({ values, count, comparison }) => [
				...values,
				count,
				comparison?.previousCount,
			]),
		).toEqual([
			['big', 50, 0],
			['fell', 3, 90],
			['ended', 0, 7],
		]);
		expect(digest).toMatchObject({
			belowMinimum: 1,
			other: { groups: 1, count: 4, comparison: { previousCount: 4, change: 0 } },
		});
	});

	test('keeps a group that ended before smaller ones, with Top N', () => {
		const { groups } = digestOf([...times('a', 5), ...times('b', 4)], {
			groupBy: ['userId'],
			topN: 2,
			previous: times('ended', 900),
		});
		expect(groups.map(({ values }) => values[0])).toEqual(['a', 'ended']);
	});

	test('rounds a percentage to one decimal place', () => {
		const percent = (now: number, before: number) =>
			digestOf(times('a', now), { groupBy: ['userId'], previous: times('a', before) }).groups[0]
				?.comparison?.changePercent;
		expect([percent(4, 3), percent(1, 3), percent(3, 3), percent(999, 1000)]).toEqual([
			33.3, -66.7, 0, -0.1,
		]);
		expect([percent(17, 16), percent(15, 16), percent(9_999, 10_000)]).toEqual([6.3, -6.3, 0]);
	});
});
