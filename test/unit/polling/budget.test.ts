import { describe, expect, test } from '@jest/globals';
import { Budget } from '../../../nodes/SignicatAuditTrigger/polling/budget';
import type { PlacedEvent } from '../../../nodes/SignicatAuditTrigger/polling/placement';
import { MAX_STRAYS } from '../../../nodes/SignicatAuditTrigger/state/bounds';
import { keyOf } from '../../../nodes/SignicatAuditTrigger/state/eventKey';
import { fromMilliseconds, MILLISECOND, SECOND } from '../../../nodes/shared/model/instant';

const START = fromMilliseconds(Date.UTC(2026, 10, 1, 12));
const WINDOW = { from: START, to: START + SECOND };

/** An event of a size, so many milliseconds into the window. */
function placed(ms: number, size: number): PlacedEvent {
	const at = START + BigInt(ms) * MILLISECOND;
	return {
		event: { cursor: `${ms}`, timestamp: '', message: 'x'.repeat(size) },
		key: keyOf({ cursor: `${ms}`, timestamp: '' }, at),
		isDated: true,
		place: { at, earliest: at, latest: at, isStray: false },
	};
}

const sizeOf = ({ message }: { message?: string | null }) => message?.length ?? 0;

const open = (capacity: number, total?: number) =>
	new Budget({ capacity, ...(total !== undefined && { maxSize: { total, sizeOf } }) });

const cursors = (events: PlacedEvent[]) => events.map(({ event }) => event.cursor);

describe('the budget of a poll', () => {
	test('takes whole windows for as long as there is room', () => {
		const budget = open(5);
		const events = [placed(1, 10), placed(2, 10)];
		expect(budget.take(events, WINDOW)).toEqual({ events, end: WINDOW.to });
		expect(budget.left).toBe(3);
		expect(budget.isUsedUp).toBe(false);
	});

	test('ends with as many events as there is room for', () => {
		const budget = open(2);
		const { events, end } = budget.take([placed(1, 1), placed(2, 1), placed(3, 1)], WINDOW);
		expect(cursors(events)).toEqual(['1', '2']);
		expect(end).toBe(START + 3n * MILLISECOND);
		expect(budget.isUsedUp).toBe(true);
	});

	test('ends with as large events as there is room for', () => {
		const budget = open(100, 25);
		const { events, end } = budget.take([placed(1, 10), placed(2, 10), placed(3, 10)], WINDOW);
		expect(cursors(events)).toEqual(['1', '2']);
		expect(end).toBe(START + 3n * MILLISECOND);
		// Five more would fit, but the next poll begins with the event that did not.
		expect(budget.isUsedUp).toBe(true);
	});

	test('counts the size of earlier windows', () => {
		const budget = open(100, 25);
		budget.take([placed(1, 10), placed(2, 10)], WINDOW);
		expect(budget.isUsedUp).toBe(false);
		const { events } = budget.take([placed(3, 5), placed(4, 1)], WINDOW);
		expect(cursors(events)).toEqual(['3']);
		expect(budget.isUsedUp).toBe(true);
	});

	test('is used up with exactly the size that there is room for', () => {
		const budget = open(100, 20);
		const { end } = budget.take([placed(1, 10), placed(2, 10)], WINDOW);
		expect(end).toBe(WINDOW.to);
		expect(budget.isUsedUp).toBe(true);
	});

	test('reads on where a millisecond did not fit whole', () => {
		const budget = open(2, 1000);
		const { events, end } = budget.take([placed(1, 1), placed(2, 1), placed(2, 2)], WINDOW);
		expect(cursors(events)).toEqual(['1']);
		expect(end).toBe(START + 2n * MILLISECOND);
		expect(budget.left).toBe(1);
		expect(budget.isUsedUp).toBe(false);
	});

	test('ends with as many events as there is room for, however small they are', () => {
		const events = [1, 2, 3, 4].map((ms) => placed(ms, 10));
		expect(cursors(open(1, 1000).take(events, WINDOW).events)).toEqual(['1']);
		expect(cursors(open(1, 25).take(events, WINDOW).events)).toEqual(['1']);
	});

	test('covers no more than the window', () => {
		const window = { from: START, to: START + MILLISECOND / 2n };
		const events = [placed(0, 1), placed(0, 1), placed(0, 1)];
		expect(open(1).take(events, window)).toEqual({ events, end: window.to });
	});

	test.each([
		['as many of them as may be remembered', MAX_STRAYS, 0n, MAX_STRAYS + 1],
		['one more', MAX_STRAYS + 1, 0n, MAX_STRAYS + 3],
		['one more, which all happened before the end', MAX_STRAYS + 1, 1n, MAX_STRAYS + 2],
	])(
		'takes the whole window where too many events may come again in the next one: %s',
		(_what, count, before, expected) => {
			const latest = START + 2n * MILLISECOND - before;
			const strays = Array.from({ length: count }, () => ({
				...placed(0, 1),
				place: { at: START, earliest: START, latest, isStray: true },
			}));
			const { events } = open(count + 1).take([...strays, placed(1, 1), placed(2, 1)], WINDOW);
			expect(events).toHaveLength(expected);
		},
	);

	test('takes at least the events of one millisecond, however large they are', () => {
		const budget = open(100, 5);
		const { events, end } = budget.take([placed(1, 10), placed(1, 10), placed(2, 1)], WINDOW);
		expect(cursors(events)).toEqual(['1', '1']);
		expect(end).toBe(START + 2n * MILLISECOND);
		expect(budget.isUsedUp).toBe(true);
	});
});
