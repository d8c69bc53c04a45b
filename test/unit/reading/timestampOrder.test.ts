import { describe, expect, test } from '@jest/globals';
import { isBefore, isPlainUtc, tiesInOrder } from '../../../nodes/shared/reading/timestampOrder';
import type { AuditEvent } from '../../../nodes/shared/model/event';

const eventsWith = (...timestamps: unknown[]) =>
	timestamps.map((timestamp, id) => ({ cursor: `c${id}`, timestamp }) as AuditEvent);

describe('isPlainUtc', () => {
	test.each([
		'2026-11-01T12:00:00Z',
		'2026-11-01T12:00:00.1Z',
		'2026-11-01T12:00:00.1234567Z',
		// Its order as text is that of its time, whatever time that is.
		'2026-13-01T12:00:00Z',
	])('accepts %j', (text) => {
		expect(isPlainUtc(text)).toBe(true);
	});

	test.each([
		'',
		'2026-11-01T12:00Z',
		'2026-11-01T12:00:0Z',
		'+002026-11-01T12:00:00Z',
		'20261101T120000.1234567Z',
		'2026-11-01 12:00:00Z',
		'2026-11-01t12:00:00Z',
		'2026-11-01T12:00:00z',
		'2026-11-01T12:00:00.12',
		'2026-11-01T12:00:00+00:00',
		1793534400000,
		null,
		undefined,
		['2026-11-01T12:00:00Z'],
	])('does not accept %j', (value) => {
		expect(isPlainUtc(value)).toBe(false);
	});
});

describe('isBefore', () => {
	test.each([
		['2026-11-01T12:00:00Z', '2026-11-01T12:00:01Z'],
		['2026-11-01T12:00:00Z', '2026-11-01T12:00:00.1Z'],
		['2026-11-01T12:00:00.19Z', '2026-11-01T12:00:00.2Z'],
		['2026-11-01T12:00:00.2Z', '2026-11-01T12:00:00.21Z'],
	])('%s comes before %s', (early, late) => {
		expect(isBefore(early, late)).toBe(true);
		expect(isBefore(late, early)).toBe(false);
	});

	test('nothing comes before itself', () => {
		expect(isBefore('2026-11-01T12:00:00.1Z', '2026-11-01T12:00:00.1Z')).toBe(false);
	});
});

describe('tiesInOrder', () => {
	const [early, middle, late] = [0, 1, 2].map((second) => `2026-11-01T12:00:0${second}Z`);

	test.each([
		['one event', [late], []],
		['events from new to old', [late, middle, early], []],
		['events of one time', [late, late, middle, early, early, early], [1, 4, 5]],
		['no events', [], undefined],
		['an event that is newer than the one before', [late, early, middle], undefined],
		['a timestamp that cannot be compared, at the start', ['odd', middle, early], undefined],
		['a timestamp that cannot be compared, in the middle', [late, null, early], undefined],
		['a timestamp that cannot be compared, at the end', [late, middle, 7], undefined],
	])('%s', (_what, timestamps, ties) => {
		expect(tiesInOrder(eventsWith(...timestamps))).toEqual(ties);
	});
});
