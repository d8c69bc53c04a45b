import { describe, expect, test } from '@jest/globals';
import { PageTimes } from '../../../nodes/shared/reading/pageTimes';
import { RecentPages } from '../../../nodes/shared/reading/recentPages';
import { formatTimestamp, fromMilliseconds, SECOND } from '../../../nodes/shared/model/instant';
import type { AuditEvent } from '../../../nodes/shared/model/event';

const START = fromMilliseconds(Date.UTC(2026, 10, 1));
const WINDOW = { from: START, to: START + 1000n * SECOND };

const instant = (second: number) => START + BigInt(second) * SECOND;

const eventAt = (second: number, cursor = `c${second}`): AuditEvent => ({
	cursor,
	timestamp: formatTimestamp(instant(second)),
});

const undated = (cursor: string): AuditEvent => ({ cursor, timestamp: 'odd' });

/** Remembers pages of these events; a fresh query would begin at `resumeAt`. */
function remembered(pages: AuditEvent[][], resumeAt: number) {
	const recent = new RecentPages();
	for (const events of pages) {
		recent.add(events, new PageTimes(events, WINDOW), instant(resumeAt));
	}
	const without = (events: AuditEvent[], oldest?: number) =>
		recent.without(
			events,
			new PageTimes(events, WINDOW),
			oldest === undefined ? undefined : instant(oldest),
		);
	return { recent, without };
}

describe('Recent pages', () => {
	test('leave out what they had', () => {
		const { without } = remembered([[eventAt(9), eventAt(8)], [eventAt(7)]], 0);
		const events = [eventAt(8), eventAt(7), eventAt(6)];
		expect(without(events, 7)).toEqual([eventAt(6)]);
		const odd = [undated('a'), eventAt(9), eventAt(7, 'other')];
		expect(without(odd, 7)).toEqual([odd[0], odd[2]]);
	});

	test('leave a page as it is that has nothing of theirs', () => {
		const { without } = remembered([[eventAt(9), eventAt(8)]], 0);
		for (const events of [[eventAt(8, 'other'), eventAt(7)], [eventAt(7)], [undated('a')], []]) {
			expect(without(events, 8)).toBe(events);
		}
	});

	test('look only at events that are not older than all of theirs', () => {
		const { without } = remembered([[eventAt(9), eventAt(8)]], 0);
		// Nobody would look it up, where times are in order.
		const events = [eventAt(7, 'c9')];
		expect(without(events, 8)).toBe(events);
		expect(without([eventAt(8, 'c9')], 8)).toEqual([]);
	});

	test('are four, as long as no fresh query repeats an older one', () => {
		const pages = [99, 98, 97, 96, 95].map((second) => [eventAt(second)]);
		const repeated = [undated('c99'), undated('c98'), undated('c95')];
		expect(remembered(pages, 90).without(repeated)).toEqual([undated('c99')]);
		expect(remembered(pages, 99).without(repeated)).toEqual([undated('c99')]);
		expect(remembered(pages, 100).without(repeated)).toEqual([]);
		expect(remembered(pages.slice(1), 90).without(repeated)).toEqual([undated('c99')]);
	});

	test('are more where an event without a time may come again', () => {
		const pages = [[undated('a')], ...[98, 97, 96, 95].map((second) => [eventAt(second)])];
		expect(remembered(pages, 90).without([undated('a'), undated('c98')])).toEqual([]);
	});

	test('are few again after 100,000 events', () => {
		const pages = Array.from({ length: 110 }, (_one, page) =>
			Array.from({ length: 1000 }, (_event, id) => undated(`${page}-${id}`)),
		);
		const repeated = [0, 9, 10, 109].map((page) => undated(`${page}-7`));
		expect(remembered(pages, 0).without(repeated)).toEqual(repeated.slice(0, 2));
	});

	test('say how many of their events a fresh query repeats', () => {
		const pages = [[eventAt(9), eventAt(8)], [eventAt(7), eventAt(6), eventAt(5)], [undated('a')]];
		const { recent } = remembered(pages, 7);
		expect(recent.countBefore(instant(7))).toBe(2 + 1);
		expect(recent.countBefore(instant(5))).toBe(0 + 1);
		expect(recent.countBefore(instant(8))).toBe(3 + 1);
		expect(new RecentPages().countBefore(instant(8))).toBe(0);
	});
});
