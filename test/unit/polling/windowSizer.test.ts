import { describe, expect, test } from '@jest/globals';
import {
	DAY,
	fromMilliseconds,
	type Instant,
	later,
	MILLISECOND,
	SECOND,
} from '../../../nodes/shared/model/instant';
import {
	densityHint,
	isShortest,
	WindowSizer,
} from '../../../nodes/SignicatAuditTrigger/polling/windowSizer';
import { MAX_WINDOW } from '../../../nodes/shared/model/window';

const FROM = fromMilliseconds(Date.UTC(2026, 0, 1));
const UNTIL = FROM + 60n * DAY;

const lengthOf = ({ from, to }: { from: Instant; to: Instant }) => to - from;

describe('the length of the windows of a poll', () => {
	test.each([200, 5000, 20_000, 1_000_000])(
		'with room for %d events, it grows after a window that held next to nothing, however little room is left',
		(capacity) => {
			const sizer = new WindowSizer(capacity, 2n * MILLISECOND);
			let from = FROM;
			let before = 0n;
			for (let read = 0; read < 6; read++) {
				const window = sizer.next({ from: from, to: UNTIL }, 1);
				expect(lengthOf(window)).toBeGreaterThanOrEqual(before * 8n);
				before = lengthOf(window);
				sizer.onComplete(window, { read: read % 2, oldest: window.from });
				from = window.to;
			}
			expect(before).toBeGreaterThan(10n * SECOND);
		},
	);

	test('grows towards what was too dense, and does not go past it at once', () => {
		const sizer = new WindowSizer(20_000, undefined);
		const given = sizer.next({ from: FROM, to: UNTIL }, 20_000);
		const dense = given.to - DAY;
		sizer.onAbandoned(given, { read: 100_000, oldest: dense });
		let from = FROM;
		let windows = 0;
		for (; dense - from > 8n * 3600n * SECOND; windows++) {
			const window = sizer.next({ from: from, to: UNTIL }, 600);
			expect(window.to).toBeLessThanOrEqual(dense);
			sizer.onComplete(window, { read: 0, oldest: window.to });
			from = window.to;
		}
		expect(windows).toBeLessThan(12);
	});

	test.each([
		['nothing about the time', 0n],
		['that they lie close together', 1000n],
		['that they lie far apart', 2n],
	])(
		'gets a quarter shorter each time that it was too dense, also for the next poll, where the events show %s',
		(_what, part) => {
			const sizer = new WindowSizer(20_000, undefined);
			let window = sizer.next({ from: FROM, to: UNTIL }, 20_000);
			let windows = 0;
			for (; !isShortest(window); windows++) {
				const oldest = part === 0n ? window.to : window.to - lengthOf(window) / part;
				sizer.onAbandoned(window, { read: 1000, oldest });
				const shorter = sizer.next({ from: FROM, to: UNTIL }, 20_000);
				const most = later((lengthOf(window) * 3n) / 4n, 2n * MILLISECOND);
				expect(lengthOf(shorter)).toBeLessThanOrEqual(most);
				expect(sizer.hint(FROM)).toBeLessThanOrEqual(most);
				window = shorter;
			}
			expect(windows).toBeLessThan(100);
		},
	);

	test('follows the pace of what was counted, for as many events as there is room for', () => {
		const sizer = new WindowSizer(5000, undefined);
		const whole = { from: FROM, to: FROM + 5n * DAY };
		sizer.onComplete(whole, { read: 1000, oldest: FROM });
		expect(lengthOf(sizer.next({ from: whole.to, to: UNTIL }, 5000))).toBe(25n * DAY);
		expect(lengthOf(sizer.next({ from: whole.to, to: UNTIL }, 1000))).toBe(5n * DAY);
	});

	test.each([
		['as an earlier poll found it, in proportion to the room', 10n * SECOND, 2500, 5n * SECOND],
		['no shorter than for a tenth of a batch', 10n * SECOND, 0, SECOND],
		['no longer than for a batch', 10n * SECOND, 1_000_000, 10n * SECOND],
		['in whole milliseconds', 10n * SECOND + 1n, 5000, 10n * SECOND],
		['two milliseconds at least', 1n, 5000, 2n * MILLISECOND],
		['no longer than a query may ask for', 90n * DAY, 5000, MAX_WINDOW],
	])('is %s', (_what, known, budget, expected) => {
		const sizer = new WindowSizer(5000, known);
		expect(lengthOf(sizer.next({ from: FROM, to: FROM + 100n * DAY }, budget))).toBe(expected);
	});

	test('ends where nothing more is to be read', () => {
		const sizer = new WindowSizer(5000, undefined);
		expect(sizer.next({ from: FROM, to: FROM + 1n }, 5000)).toEqual({ from: FROM, to: FROM + 1n });
	});

	test('is at most sixteen times that of the one before', () => {
		const sizer = new WindowSizer(5000, SECOND);
		sizer.onComplete({ from: FROM, to: FROM + SECOND }, { read: 0, oldest: FROM });
		expect(lengthOf(sizer.next({ from: FROM, to: UNTIL }, 5000))).toBe(16n * SECOND);
	});

	test('goes three quarters of the way to what was too dense, and does not learn from what lies before', () => {
		const sizer = new WindowSizer(5000, undefined);
		const dense = FROM + 80n * SECOND;
		sizer.onAbandoned({ from: FROM, to: FROM + 100n * SECOND }, { read: 5000, oldest: dense });
		const first = sizer.next({ from: FROM, to: UNTIL }, 5000);
		expect(lengthOf(first)).toBe(60n * SECOND);
		sizer.onComplete(first, { read: 1, oldest: FROM });
		// 5,000 events took 20 seconds.
		expect(sizer.next({ from: first.to, to: UNTIL }, 5000).to).toBe(dense);
		expect(sizer.hint(first.to)).toBe(20n * SECOND);
		// Behind it, it is as long as the half of what was not dense, at most.
		const last = { from: first.to, to: dense };
		sizer.onComplete(last, { read: 2500, oldest: FROM });
		expect(lengthOf(sizer.next({ from: dense, to: UNTIL }, 5000))).toBe(40n * SECOND);
	});

	test('is as long for the next poll as a batch took where it was too dense', () => {
		const sizer = new WindowSizer(5000, undefined);
		const window = { from: FROM, to: FROM + 100n * SECOND };
		sizer.onAbandoned(window, { read: 20_000, oldest: FROM + 80n * SECOND });
		expect(sizer.hint(FROM + 60n * SECOND)).toBe(5n * SECOND);
	});

	test('is no longer than half of what was not too dense', () => {
		const sizer = new WindowSizer(5000, undefined);
		const from = FROM + 1n;
		sizer.onAbandoned(
			{ from, to: FROM + 100n * SECOND },
			{ read: 500, oldest: FROM + 40n * SECOND },
		);
		// All the way to what is dense would be 40 seconds.
		expect(sizer.next({ from: FROM + 39n * SECOND, to: UNTIL }, 5000).to).toBe(FROM + 40n * SECOND);
		expect(sizer.next({ from, to: UNTIL }, 5000).to).toBe(FROM + 30n * SECOND);
		expect(sizer.hint(from)).toBeLessThanOrEqual(30n * SECOND);
	});
});

describe('what a window holds', () => {
	const window = { from: FROM, to: FROM + 100n * SECOND };
	const half = FROM + 50n * SECOND;
	const sizer = new WindowSizer(5000, undefined);

	test.each([
		['twice the room', { read: 10_000, oldest: FROM, fresh: 10_000, budget: 5000 }, false],
		['more', { read: 10_001, oldest: FROM, fresh: 10_001, budget: 5000 }, true],
		['as much in its newer half', { read: 5001, oldest: half, fresh: 5001, budget: 5000 }, true],
		['half as much there', { read: 5000, oldest: half, fresh: 5000, budget: 5000 }, false],
		[
			'little where there is little room',
			{ read: 1000, oldest: FROM, fresh: 1000, budget: 1 },
			false,
		],
		['too much for little room', { read: 1001, oldest: FROM, fresh: 1001, budget: 1 }, true],
		['many that are not new', { read: 20_000, oldest: FROM, fresh: 0, budget: 5000 }, false],
		['too many that are not new', { read: 20_001, oldest: FROM, fresh: 0, budget: 5000 }, true],
		[
			'too many of them in its newer half',
			{ read: 10_001, oldest: half, fresh: 0, budget: 5000 },
			true,
		],
	])('is too dense with %s: %p', (_what, content, expected) => {
		expect(sizer.isTooDense(window, content)).toBe(expected);
	});

	test.each([
		[200, 500],
		[2000, 2000],
		[1_000_000, 5000],
	])('is meant to be a batch, with room for %i: %i', (capacity, batch) => {
		const { batchSize } = new WindowSizer(capacity, undefined);
		expect(batchSize).toBe(batch);
		expect(new WindowSizer(capacity, undefined).expected([window, window])).toBe(2 * batch);
	});

	test('is steady after half a batch, and as an earlier poll says', () => {
		const known = new WindowSizer(5000, SECOND);
		expect(known.isSteady).toBe(true);
		expect(new WindowSizer(5000, undefined).isSteady).toBe(false);
		known.onComplete(window, { read: 2499, oldest: FROM });
		expect(known.isSteady).toBe(false);
		known.onComplete(window, { read: 2500, oldest: FROM });
		expect(known.isSteady).toBe(true);
		known.onAbandoned(window, { read: 2500, oldest: half });
		expect(known.isSteady).toBe(false);
	});

	test('says how long the windows of the next poll should be, unless one can hold all', () => {
		expect(densityHint(100n * SECOND, 5000, 5000)).toBeUndefined();
		expect(densityHint(100n * SECOND, 10_000, 5000)).toBe(50n * SECOND);
		expect(densityHint(100n * SECOND, 10_000, 200)).toBe(5n * SECOND);
		expect(densityHint(1n, 10_000, 5000)).toBe(2n * MILLISECOND);
	});

	test('cannot be less than in two milliseconds', () => {
		const lengths = [2n * MILLISECOND, 2n * MILLISECOND + 1n];
		expect(lengths.map((length) => isShortest({ from: FROM, to: FROM + length }))).toEqual([
			true,
			false,
		]);
	});
});
