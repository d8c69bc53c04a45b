import { describe, expect, test } from '@jest/globals';
import {
	DAY,
	fromMilliseconds,
	type Instant,
	later,
	MILLISECOND,
	SECOND,
} from '../../../nodes/shared/model/instant';
import { isShortest, WindowSizer } from '../../../nodes/SignicatAuditTrigger/polling/windowSizer';

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
});
