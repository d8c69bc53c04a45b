import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maxOf, PageTimes, slackFor } from '../../../nodes/shared/reading/pageTimes';
import {
	formatTimestamp,
	fromMilliseconds,
	type Instant,
	SECOND,
} from '../../../nodes/shared/model/instant';
import type { AuditEvent } from '../../../nodes/shared/model/event';
import { runs } from '../../support/seed';

const START = fromMilliseconds(Date.UTC(2026, 10, 1));
const WINDOW = { from: START, to: START + 10n * SECOND };

type Time = Instant | undefined;

const instant = (second: number) => START + BigInt(second) * SECOND;

/** A page of events at these times; an event without one has a timestamp that cannot be read. */
const pageOf = (times: readonly Time[]) =>
	times.map(
		(time, id): AuditEvent => ({
			cursor: `c${id}`,
			timestamp: time === undefined ? 'odd' : formatTimestamp(time),
		}),
	);

const timesOf = (times: readonly Time[], window = WINDOW) => new PageTimes(pageOf(times), window);

const seconds = fc.integer({ min: 0, max: 9 }).map(instant);
const inOrder = fc
	.array(seconds, { maxLength: 30 })
	.map((times) => [...times].sort((a, b) => (a > b ? -1 : 1)));
const withOddOnes = fc.array(fc.option(seconds, { nil: undefined, freq: 4 }), { maxLength: 30 });
const pages = fc.oneof<fc.Arbitrary<Time[]>[]>(inOrder, withOddOnes);

const isKnown = (time: Time) => time !== undefined;
const never = (time: Time) => time === undefined;

describe('The times of a page', () => {
	test('are those of its events, its newest and its oldest one', () => {
		fc.assert(
			fc.property(pages, fc.nat(12), (all, count) => {
				const times = timesOf(all);
				const known = all.filter(isKnown);
				expect(times).toHaveLength(all.length);
				expect(all.map((_one, place) => times.at(place))).toEqual(all);
				expect(times.last(count)).toEqual(count === 0 ? [] : known.slice(-count));
				const sorted = [...known].sort((a, b) => (a < b ? -1 : 1));
				expect([times.oldest, times.newest]).toEqual([sorted[0], sorted.at(-1)]);
				expect(times.isSorted).toBe(
					known.every((time, index) => known.slice(0, index).every((before) => before >= time)),
				);
				expect(times.isElsewhere).toBe(false);
			}),
			{ numRuns: runs(500) },
		);
	});

	test('are in order where those that are known are', () => {
		expect(timesOf([instant(3), undefined, instant(3), undefined, instant(2)]).isSorted).toBe(true);
		expect(timesOf([instant(2), undefined, instant(3)]).isSorted).toBe(false);
	});

	test('tell which events may repeat the one before', () => {
		expect(timesOf([3, 2, 2, 1].map(instant)).ties).toEqual([2]);
		expect(timesOf([2, 2, 3].map(instant)).ties).toBeUndefined();
	});

	test('say how many events a query up to an instant returns again', () => {
		fc.assert(
			fc.property(pages, seconds, (all, to) => {
				const again = all.filter((time) => never(time) || (time as Instant) < to);
				expect(timesOf(all).countBefore(to)).toBe(again.length);
			}),
			{ numRuns: runs(500) },
		);
	});

	test('say which events may have come with those before the page', () => {
		expect(timesOf([5, 4, 4, 3].map(instant)).countNotBefore(instant(4))).toBe(3);
		expect(timesOf([5, 4, 4, 3].map(instant)).countNotBefore(undefined)).toBe(0);
		expect(timesOf([5, 3, 4].map(instant)).countNotBefore(instant(4))).toBe(3);
	});

	test('divide it at a boundary', () => {
		fc.assert(
			fc.property(inOrder, seconds, (all, boundary) => {
				const newer = timesOf(all).eventsFrom(boundary, undefined);
				expect(newer).toEqual(pageOf(all).slice(0, all.filter((time) => time >= boundary).length));
			}),
			{ numRuns: runs(300) },
		);
		fc.assert(
			fc.property(withOddOnes, seconds, (all, boundary) => {
				const newer = timesOf(all).eventsFrom(boundary, undefined);
				const certain = pageOf(all).filter((_one, at) => isKnown(all[at]) && all[at]! >= boundary);
				expect(newer.filter(({ timestamp }) => timestamp !== 'odd')).toEqual(certain);
			}),
			{ numRuns: runs(300) },
		);
	});

	test('keep an event without one near to events above the boundary, and only there', () => {
		const older = Array.from({ length: 30 }, () => instant(1));
		const cursors = (all: Time[], above?: Instant) =>
			timesOf(all)
				.eventsFrom(instant(5), above)
				.map(({ cursor }) => cursor);
		expect(cursors([instant(9), undefined, ...older])).toEqual(['c0', 'c1']);
		expect(cursors([instant(9), ...older, undefined])).toEqual(['c0']);
		expect(cursors([...older, undefined], instant(2))).toEqual([]);
		expect(cursors([undefined, ...older], instant(2))).toEqual([]);
		expect(cursors([undefined, ...older], instant(7))).toEqual(['c0']);
		expect(cursors([undefined, ...older])).toEqual(['c0']);
	});

	test('leave out what is far from what was asked for, and say so where that is all', () => {
		const [before, after] = [WINDOW.from - SECOND, WINDOW.to + SECOND];
		expect(timesOf([after, before]).newest).toBe(after);
		expect(timesOf([after, before]).oldest).toBe(before);
		const far = [after + 100n, before - 100n];
		const times = timesOf(far);
		expect([times.newest, times.oldest, times.at(0), times.at(1)]).toEqual(
			Array(4).fill(undefined),
		);
		expect(times.isElsewhere).toBe(true);
		const newer = timesOf([after + 100n, instant(5)]);
		expect([newer.newest, newer.at(0), newer.ties]).toEqual([instant(5), undefined, undefined]);
		expect(newer.isElsewhere).toBe(false);
		const older = timesOf([instant(5), before - 100n]);
		expect([older.oldest, older.at(1), older.ties]).toEqual([instant(5), undefined, undefined]);
		expect(timesOf([after + 100n, undefined]).isElsewhere).toBe(false);
		expect(timesOf([]).isElsewhere).toBe(false);
	});

	test('show an event that is many places behind one that is older', () => {
		const old = (count: number) => Array.from({ length: count }, () => instant(1));
		expect(timesOf([...old(8), instant(5)]).isFarOff(8)).toBe(true);
		expect(timesOf([...old(7), instant(5)]).isFarOff(8)).toBe(false);
		expect(timesOf([...old(4), undefined, ...old(4), instant(5)]).isFarOff(8)).toBe(true);
		// Eight places behind others, but next to the one that is older.
		expect(timesOf([...Array<Time>(8).fill(instant(9)), instant(1), instant(5)]).isFarOff(8)).toBe(
			false,
		);
		// Whatever is between them, and also where another one is as new.
		expect(timesOf([1, 9, 1, 1, 1, 1, 1, 1, 1, 5].map(instant)).isFarOff(8)).toBe(true);
		expect(timesOf([9, 1, 1, 1, 1, 1, 1, 1, 1, 5].map(instant)).isFarOff(8)).toBe(true);
		expect(timesOf([...old(4), undefined, ...old(3), instant(5)]).isFarOff(8)).toBe(false);
		expect(timesOf([...old(9), instant(0), instant(1)]).isFarOff(8)).toBe(false);
		// One that is older, but not by so many places.
		expect(timesOf([instant(0), ...old(9)]).isFarOff(8)).toBe(true);
		expect(timesOf([undefined, ...old(9)]).isFarOff(8)).toBe(false);
	});

	test('allow an event to be further away, the more events a page has', () => {
		const slacks = (isDisordered: boolean) =>
			[1, 9, 10, 200, 201, 500, 1000, 5000].map((events) => slackFor(events, isDisordered));
		expect(slacks(false)).toEqual([1, 1, 4, 4, 5, 10, 20, 20]);
		expect([2, 16, 17, 100, 200, 1000].map((events) => slackFor(events, true))).toEqual([
			8, 8, 9, 50, 100, 100,
		]);
		expect(timesOf([instant(1)]).undatedSlack).toBe(4);
		expect(timesOf([...Array<Time>(20).fill(instant(1)), instant(2)]).undatedSlack).toBe(11);
	});

	test('have a latest one', () => {
		expect(maxOf([instant(1), instant(3), instant(2)])).toBe(instant(3));
	});
});
