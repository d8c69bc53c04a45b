import { describe, expect, test } from '@jest/globals';
import { Placement } from '../../../nodes/SignicatAuditTrigger/polling/placement';
import { fromMilliseconds, MINUTE, SECOND } from '../../../nodes/shared/model/instant';
import type { PageTimes } from '../../../nodes/shared/reading/pageTimes';

const FROM = fromMilliseconds(Date.UTC(2026, 10, 1, 12));
const WINDOW = { from: FROM, to: FROM + MINUTE };

/** Seconds into the window, newest first; undefined for an event without a time. */
type Second = number | undefined;

/** Where the events of a window stand, in seconds into it, once all have come. */
function placed(...pages: Array<{ slack: number; seconds: Second[] }>) {
	const placement = new Placement(WINDOW);
	const places = pages.flatMap(({ slack, seconds }) => {
		placement.startPage({ undatedSlack: slack } as PageTimes);
		return seconds.map((second) =>
			placement.next(second === undefined ? undefined : FROM + BigInt(second) * SECOND),
		);
	});
	const inSeconds = (at: bigint) => Number((at - FROM) / SECOND);
	return places.map(({ at, earliest, latest, isStray }) => {
		const range = `${inSeconds(earliest)} to ${inSeconds(latest)}, at ${inSeconds(at)}`;
		return isStray ? `${range}, stray` : range;
	});
}

const exactly = (second: number) => `${second} to ${second}, at ${second}`;

describe('the place of an event', () => {
	test('is its time, or the beginning of the window', () => {
		expect(placed({ slack: 1, seconds: [59, 30, 0, -1] })).toEqual([59, 30, 0, 0].map(exactly));
	});

	test('is between its neighbours where its time cannot be read, or is not before the end', () => {
		for (const odd of [undefined, 60, 61]) {
			expect(placed({ slack: 1, seconds: [50, odd, 40, 30] })).toEqual([
				exactly(50),
				'40 to 50, at 40',
				exactly(40),
				exactly(30),
			]);
		}
	});

	test('is not bounded where it has no neighbour', () => {
		expect(placed({ slack: 1, seconds: [undefined] })).toEqual(['0 to 60, at 0, stray']);
		expect(placed({ slack: 1, seconds: [undefined, 40] })[0]).toBe('40 to 60, at 40, stray');
		expect(placed({ slack: 1, seconds: [40, undefined] })[1]).toBe('0 to 40, at 0');
	});

	test('is between the same neighbours as that of others beside it', () => {
		expect(placed({ slack: 1, seconds: [50, undefined, undefined, 40] }).slice(1, 3)).toEqual([
			'40 to 50, at 40',
			'40 to 50, at 40',
		]);
	});

	test('reaches as many neighbours as events may be out of order', () => {
		const seconds = [50, 55, 51, undefined, 40, 30, 35, 20];
		expect(placed({ slack: 1, seconds })[3]).toBe('40 to 51, at 40');
		expect(placed({ slack: 2, seconds })[3]).toBe('30 to 55, at 40');
		expect(placed({ slack: 3, seconds })[3]).toBe('30 to 55, at 40');
		expect(placed({ slack: 4, seconds })[3]).toBe('20 to 60, at 40, stray');
		// Fewer follow than may say something about it.
		expect(placed({ slack: 5, seconds })[3]).toBe('0 to 60, at 40, stray');
	});

	test('forgets neighbours that are too far away', () => {
		expect(placed({ slack: 2, seconds: [59, 50, 49, undefined, 40, 39, 1] })[3]).toBe(
			'39 to 50, at 40',
		);
	});

	test('goes by the most disorder that any page has shown', () => {
		expect(
			placed({ slack: 2, seconds: [50, 49] }, { slack: 1, seconds: [undefined, 40, 30, 20] })[2],
		).toBe('30 to 50, at 40');
	});
});
