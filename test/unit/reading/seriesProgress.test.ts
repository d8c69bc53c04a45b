import { describe, expect, test } from '@jest/globals';
import { SeriesProgress } from '../../../nodes/shared/reading/seriesProgress';

const OLDER = { isNew: true, isOlder: true };
const SAME_TIME = { isNew: true, isOlder: false };
const NOTHING = { isNew: false, isOlder: false };

const times = (count: number, callback: () => void) => {
	for (let turn = 0; turn < count; turn++) callback();
};

describe('The progress of a series of pages', () => {
	test('pauses longer and longer between pages that bring nothing, for a second at most', () => {
		const progress = new SeriesProgress({ idlePages: 0 });
		const pauses: number[] = [];
		times(111, () => {
			pauses.push(Math.max(0, progress.pauseMs));
			progress.countPage(NOTHING);
		});
		expect(pauses.slice(0, 13)).toEqual([...Array<number>(11).fill(0), 10, 20]);
		expect(pauses.slice(-3)).toEqual([980, 990, 1000]);
		times(10, () => progress.countPage(NOTHING));
		expect(progress.pauseMs).toBe(1000);
		progress.countPage(SAME_TIME);
		expect(progress.pauseMs).toBeLessThanOrEqual(0);
	});

	test('ends with the 500th page in a row that brings nothing, in all series together', () => {
		const shared = { idlePages: 0 };
		const [one, other] = [new SeriesProgress(shared), new SeriesProgress(shared)];
		times(499, () => one.countPage(NOTHING));
		expect(() => other.check()).not.toThrow();
		one.countPage(NOTHING);
		expect(() => other.check()).toThrow('500 pages in a row without a new event');
		other.countPage(OLDER);
		expect(() => one.check()).not.toThrow();
	});

	test('ends with the 10,000th page in a row that goes no further back', () => {
		const progress = new SeriesProgress({ idlePages: 0 });
		times(9_999, () => progress.countPage(SAME_TIME));
		expect(() => progress.check()).not.toThrow();
		progress.countPage(OLDER);
		times(9_999, () => progress.countPage(SAME_TIME));
		expect(() => progress.check()).not.toThrow();
		progress.countPage(SAME_TIME);
		expect(() => progress.check()).toThrow(
			'10000 pages in a row that went no further back in time',
		);
	});

	test('allows three fresh queries in a row', () => {
		const progress = new SeriesProgress({ idlePages: 0 });
		times(3, () => progress.countFreshQuery());
		progress.countPage(NOTHING);
		expect(progress.hasTooManyFreshQueries).toBe(false);
		progress.countFreshQuery();
		expect(progress.hasTooManyFreshQueries).toBe(true);
		progress.countPage(SAME_TIME);
		expect(progress.hasTooManyFreshQueries).toBe(false);
	});
});
