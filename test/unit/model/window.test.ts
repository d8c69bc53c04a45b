import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY, MILLISECOND, MINUTE, SECOND } from '../../../nodes/shared/model/instant';
import {
	BOUNDARY_OVERLAP,
	MAX_WINDOW,
	splitWindow,
	type Window,
	withOverlap,
} from '../../../nodes/shared/model/window';
import { instants } from '../support/arbitraries';

/** Windows from nothing to 400 days, whose ends lie anywhere. */
const windows: fc.Arbitrary<Window> = fc
	.tuple(
		instants,
		fc.oneof(
			fc.bigInt({ min: 0n, max: 10n * SECOND }),
			fc.bigInt({ min: 0n, max: 400n * DAY }),
			fc.bigInt({ min: -3n, max: 3n }).map((step) => MAX_WINDOW + step),
		),
	)
	.map(([from, length]) => ({ from, to: from + length }));

const longests = fc.oneof(
	fc.constant(MAX_WINDOW),
	fc.bigInt({ min: 1n, max: 60n * DAY }).map((length) => length + 10n * DAY),
);

describe('splitWindow', () => {
	test('covers the whole without a gap and without an overlap, newest first', () => {
		fc.assert(
			fc.property(windows, longests, (whole, longest) => {
				const pieces = splitWindow(whole, longest);
				expect(pieces.at(0)?.to).toBe(whole.to);
				expect(pieces.at(-1)?.from).toBe(whole.from);
				pieces.slice(1).forEach((older, index) => {
					expect(older.to).toBe(pieces[index]?.from);
				});
			}),
		);
	});

	test('makes no piece longer than the longest, and no empty one', () => {
		fc.assert(
			fc.property(windows, longests, (whole, longest) => {
				for (const { from, to } of splitWindow(whole, longest)) {
					expect(to - from <= longest).toBe(true);
					expect(to > from || whole.to === whole.from).toBe(true);
				}
			}),
		);
	});

	test('puts inner boundaries on whole seconds', () => {
		fc.assert(
			fc.property(windows, longests, (whole, longest) => {
				const inner = splitWindow(whole, longest).slice(0, -1);
				expect(inner.filter(({ from }) => from % SECOND !== 0n)).toEqual([]);
			}),
		);
	});

	test('makes no more pieces than the length asks for', () => {
		fc.assert(
			fc.property(windows, longests, (whole, longest) => {
				// Each boundary can move by less than a second to reach a whole one.
				const most = 1n + (whole.to - whole.from) / (longest - SECOND);
				expect(BigInt(splitWindow(whole, longest).length) <= most).toBe(true);
			}),
		);
	});

	test('leaves a window alone that is as long as the longest', () => {
		const whole = { from: 7n, to: 7n + MAX_WINDOW };
		expect(splitWindow(whole)).toEqual([whole]);
	});

	test('cuts windows that are even a little longer', () => {
		expect(splitWindow({ from: 7n, to: 8n + MAX_WINDOW })).toHaveLength(2);
	});

	test('comes to its end with pieces of one second', () => {
		const pieces = splitWindow({ from: 1n, to: MINUTE + 2n }, SECOND);
		expect(pieces).toHaveLength(61);
	});
});

describe('withOverlap', () => {
	test('keeps every query within 60 days', () => {
		fc.assert(
			fc.property(windows, (whole) => {
				for (const piece of splitWindow(whole)) {
					const asked = withOverlap(piece, whole);
					expect(asked.to - asked.from <= 60n * DAY).toBe(true);
				}
			}),
		);
	});

	test('reaches back behind an inner boundary, never behind the range itself', () => {
		const whole = { from: 0n, to: 2n * MAX_WINDOW };
		const boundary = 30n * DAY;
		expect(withOverlap({ from: boundary, to: whole.to }, whole)).toEqual({
			from: boundary - BOUNDARY_OVERLAP,
			to: whole.to,
		});
		expect(withOverlap({ from: 1n, to: whole.to }, whole).from).toBe(0n);
		expect(withOverlap({ from: 0n, to: boundary }, whole)).toEqual({ from: 0n, to: boundary });
	});

	test('reaches back far enough for timestamps that are cut to milliseconds', () => {
		expect(BOUNDARY_OVERLAP >= MILLISECOND).toBe(true);
	});
});
