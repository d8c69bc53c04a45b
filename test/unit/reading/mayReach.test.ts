import { describe, expect, test } from '@jest/globals';
import { mayReach } from '../../../nodes/shared/reading/mayReach';

const [NEW, OLD] = [9n, 1n];
const BOUNDARY = 5n;

/** Where events without a time may stand: `n` is a newer event, `o` an older one, `?` one without a time. */
function reached(page: string, slack: number, above?: bigint): string {
	const times = [...page].map((one) => ({ n: NEW, o: OLD, b: BOUNDARY })[one]);
	const reach = mayReach(times, { boundary: BOUNDARY, slack, above });
	return [...page].map((one, at) => (one === '?' && reach[at] ? '!' : one)).join('');
}

describe('mayReach', () => {
	test.each([
		['an event among newer ones', 'n?n', 'n!n'],
		['an event right before a newer one', '?n', '!n'],
		['an event right before one at the boundary', '?b', '!b'],
		['one a few places behind a newer one', 'no?o?', 'no!o?'],
		['one a few places before a newer one', '?o?on', '?o!on'],
		['an event exactly at the boundary counts as newer', '?oob?oo?', '?oob!oo?'],
		['others without a time do not count', 'n???o???', 'n!!!o!!!'],
	])('%s', (_what, page, expected) => {
		expect(reached(page, 2, OLD)).toBe(expected);
	});

	test('an event at the start may belong to those before the page', () => {
		expect(reached('?oo?', 2, NEW)).toBe('!oo?');
		expect(reached('?oo?', 2, BOUNDARY)).toBe('!oo?');
		expect(reached('?o?', 2, NEW)).toBe('!o!');
		expect(reached('?oo?', 2, OLD)).toBe('?oo?');
		expect(reached('?oo?', 2)).toBe('!oo?');
	});

	test('an event at the end belongs to nothing newer', () => {
		expect(reached('noo?', 2, OLD)).toBe('noo?');
	});
});
