import { describe, expect, test } from '@jest/globals';
import { PageTimes } from '../../../nodes/shared/reading/pageTimes';
import { type Disorder, SeriesOrder } from '../../../nodes/shared/reading/seriesOrder';
import { formatTimestamp, fromMilliseconds, SECOND } from '../../../nodes/shared/model/instant';

const START = fromMilliseconds(Date.UTC(2026, 10, 1));
const WINDOW = { from: START, to: START + 1000n * SECOND };

const instant = (second: number) => START + BigInt(second) * SECOND;

/** From a second down to another one. */
const down = (from: number, to: number) =>
	Array.from({ length: from - to + 1 }, (_one, index) => from - index);

/** Notes pages of events at these seconds, and says up to which one everything has come. */
function seriesOf(state: Disorder = { disorder: 'none' }) {
	const order = new SeriesOrder(state);
	let oldest: bigint | undefined;
	const read = (...seconds: number[]) => {
		const events = seconds.map((second, id) => ({
			cursor: `c${id}`,
			timestamp: formatTimestamp(instant(second)),
		}));
		const times = new PageTimes(events, WINDOW);
		order.note(times, oldest);
		const all = [oldest, times.oldest].filter((time) => time !== undefined);
		oldest = all.length > 0 ? all.reduce((a, b) => (a < b ? a : b)) : undefined;
		return order.settled === undefined ? undefined : Number((order.settled - START) / SECOND);
	};
	return { state, read };
}

describe('The order of a series', () => {
	test('says that everything newer than the last few events has come', () => {
		const { state, read } = seriesOf();
		expect(read(...down(40, 31))).toBe(34);
		expect(read(...down(30, 21))).toBe(24);
		expect(read()).toBe(24);
		expect(state.disorder).toBe('none');
	});

	test('relies on a single event of a small page', () => {
		expect(seriesOf().read(9, 8)).toBe(8);
		expect(seriesOf().read(...down(9, 1))).toBe(1);
	});

	test('takes more events into account as soon as any was out of order', () => {
		const { state, read } = seriesOf();
		expect(read(...down(60, 31))).toBe(34);
		expect(read(30, 28, 29, ...down(27, 15))).toBe(22);
		expect(state.disorder).toBe('some');
		// Together with those of the page before.
		expect(read(14, 13)).toBe(20);
	});

	test('says nothing before so many events have come', () => {
		const { read } = seriesOf({ disorder: 'some' });
		expect(read(60, 59, 58)).toBeUndefined();
		expect(read(57, 56, 55, 54)).toBeUndefined();
		expect(read(53)).toBe(60);
		expect(read(52)).toBe(59);
	});

	test('says nothing from an event on that is far from where it belongs', () => {
		const { state, read } = seriesOf();
		expect(read(...down(100, 80))).toBe(83);
		expect(read(...down(70, 51), 75)).toBeUndefined();
		expect(state.disorder).toBe('much');
		expect(read(...down(40, 1))).toBeUndefined();
	});

	test('says nothing where an event is newer than all of the page before', () => {
		const { state, read } = seriesOf();
		read(...down(70, 61));
		expect(read(...down(80, 71))).toBeUndefined();
		expect(state.disorder).toBe('much');
	});

	test('says nothing any more, also where some of the events that follow are in order', () => {
		const { state, read } = seriesOf({ disorder: 'much' });
		expect(read(...down(70, 51), 52)).toBeUndefined();
		expect(state.disorder).toBe('much');
	});

	test('judges by a page of eight events', () => {
		const { state, read } = seriesOf();
		read(...down(70, 63));
		read(...down(80, 71));
		expect(state.disorder).toBe('much');
	});

	test('an event as new as the page before, or as what was whole, is not far off', () => {
		for (const newest of [70, 66]) {
			const { state, read } = seriesOf();
			expect(read(...down(70, 61))).toBe(64);
			// It shows that more events are needed.
			expect(read(newest, 60)).toBeUndefined();
			expect(state.disorder).toBe('some');
		}
	});

	test('does not judge by a page of a few events', () => {
		const { state, read } = seriesOf();
		read(...down(70, 64));
		read(...down(80, 71));
		expect(state.disorder).toBe('some');
	});

	test('an event newer than the last one of the page before is out of order', () => {
		const { state, read } = seriesOf();
		read(...down(70, 61));
		read(61, 60);
		expect(state.disorder).toBe('none');
		read(61, 59);
		expect(state.disorder).toBe('some');
	});

	test('an event newer than what was said to be whole is far from where it belongs', () => {
		const { state, read } = seriesOf({ disorder: 'some' });
		expect(read(...down(70, 50))).toBe(60);
		read(60, 49);
		expect(state.disorder).toBe('some');
		read(61, 48);
		expect(state.disorder).toBe('much');
	});

	test('is known to all series of a reading', () => {
		const state: Disorder = { disorder: 'none' };
		const [one, other] = [seriesOf(state), seriesOf(state)];
		expect(one.read(...down(40, 31))).toBe(34);
		other.read(...down(5, 1), ...down(20, 6));
		expect(state.disorder).toBe('much');
		expect(one.read(...down(30, 21))).toBeUndefined();
	});
});
