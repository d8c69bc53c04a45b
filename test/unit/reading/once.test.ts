import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Once, withoutRepeats } from '../../../nodes/shared/reading/once';
import { PageTimes } from '../../../nodes/shared/reading/pageTimes';
import type { AuditEvent } from '../../../nodes/shared/model/event';
import { runs } from '../../support/seed';

/** @param at seconds past noon; undefined for a timestamp that cannot be read */
function eventAt(id: number, at: number | undefined): AuditEvent {
	const timestamp = at === undefined ? 'odd' : `2026-11-01T12:00:${String(at).padStart(2, '0')}Z`;
	return { cursor: `c${id}`, timestamp, serviceName: 'Broker', eventType: 'a', message: '' };
}

/** Each event has one timestamp, however often it comes. */
const events = fc
	.array(fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined, freq: 20 }), {
		maxLength: 40,
	})
	.map((times) => times.map((at, id) => eventAt(id, at)));

/** The events in pages: in order apart from a few, some of them several times. */
const pages = events.chain((all) =>
	fc
		.record({
			isSorted: fc.boolean(),
			again: fc.array(fc.nat(), { maxLength: 8 }),
			cuts: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 60, maxLength: 60 }),
		})
		.map(({ isSorted, again, cuts }) => {
			const list = [...all];
			if (isSorted) list.sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1));
			for (const at of again) {
				const one = list[at % Math.max(1, list.length)];
				if (one) list.splice((at * 7) % list.length, 0, one);
			}
			const cut: AuditEvent[][] = [];
			for (const size of cuts) if (list.length > 0) cut.push(list.splice(0, size));
			return cut;
		}),
);

describe('Once', () => {
	test('passes each event on once, in the order in which they come', () => {
		fc.assert(
			fc.property(pages, fc.boolean(), (some, isForwards) => {
				const once = new Once({ isForwards });
				const given = isForwards ? some.map((page) => [...page].reverse()).reverse() : some;
				const passed = given.flatMap((page) => once.pass(page));
				expect(passed).toEqual([...new Set(given.flat())]);
			}),
			{ numRuns: runs(2000) },
		);
	});

	test('looks up nothing but what has the same timestamp while events go on in time', () => {
		const once = new Once();
		const first = [eventAt(1, 9), eventAt(2, 8), eventAt(3, 8)];
		expect(once.pass(first)).toBe(first);
		expect(once.pass([eventAt(2, 8), eventAt(4, 8), eventAt(5, 7)])).toEqual([
			eventAt(4, 8),
			eventAt(5, 7),
		]);
	});

	test('remembers at least the latest events, and forgets those long before', () => {
		const once = new Once({ maxRemembered: 10 });
		const ids = Array.from({ length: 50 }, (_one, id) => id);
		for (const id of ids) expect(once.pass([eventAt(id, 55 - id)])).toHaveLength(1);
		const again = (...some: number[]) =>
			once.pass(some.map((id) => eventAt(id, 55 - id))).map(({ cursor }) => cursor);
		expect(again(...ids.slice(-10))).toEqual([]);
		expect(again(0)).toEqual(['c0']);
		expect(again(15)).toEqual(['c15']);
		// Also where times do not tell.
		for (const id of ids) expect(once.pass([eventAt(100 + id, undefined)])).toHaveLength(1);
		const odd = (id: number) => once.pass([eventAt(100 + id, undefined)]).length;
		expect(ids.slice(-10).map(odd)).toEqual(Array(10).fill(0));
		expect(ids.slice(0, 10).map(odd)).toEqual(Array(10).fill(1));
	});

	test('remembers the latest of what came in order, and no page before them', () => {
		const seconds = [9, 8, 7, 6, 5];
		const ordered = seconds.map((at) => [eventAt(2 * at, at), eventAt(2 * at + 1, at)]);
		for (const [at, isKnown] of [
			[9, false],
			[8, false],
			[7, true],
			[6, true],
			[5, true],
		] as const) {
			const once = new Once({ maxRemembered: 5 });
			for (const page of ordered) expect(once.pass([...page])).toEqual(page);
			expect(once.pass([eventAt(2 * at, at)])).toHaveLength(isKnown ? 0 : 1);
		}
	});

	test('remembers everything by default', () => {
		const once = new Once();
		const all = Array.from({ length: 59 }, (_one, id) => eventAt(id, 59 - id));
		for (const event of all) once.pass([event]);
		expect(once.pass([...all].reverse())).toEqual([]);
	});

	test('keeps a bounded number of events apart that have one timestamp', () => {
		const once = new Once({ maxRemembered: 3 });
		for (let id = 0; id < 50; id++) expect(once.pass([eventAt(id, 8)])).toHaveLength(1);
		expect(once.pass([eventAt(49, 8)])).toEqual([]);
		// Forgotten, which shows that not all of them are kept.
		expect(once.pass([eventAt(0, 8)])).toHaveLength(1);
	});
});

describe('withoutRepeats', () => {
	const window = { from: 0n, to: 10n ** 19n };

	test('leaves each event of a page once, in order or not', () => {
		fc.assert(
			fc.property(pages, (some) => {
				const page = some.flat();
				const { ties } = new PageTimes(page, window);
				expect(withoutRepeats(page, ties)).toEqual([...new Set(page)]);
			}),
			{ numRuns: runs(2000) },
		);
	});

	test('returns the list itself where nothing is repeated', () => {
		const page = [eventAt(1, 9), eventAt(2, 8), eventAt(3, 8), eventAt(4, 8), eventAt(5, 7)];
		const { ties } = new PageTimes(page, window);
		expect(ties).toEqual([2, 3]);
		expect(withoutRepeats(page, ties)).toBe(page);
	});
});
