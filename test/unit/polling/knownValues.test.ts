import { describe, expect, test } from '@jest/globals';
import { KnownValues } from '../../../nodes/SignicatAuditTrigger/polling/knownValues';
import { EVENT_TYPE, valuesHash } from '../../../nodes/SignicatAuditTrigger/polling/watchedFields';
import { MAX_VALUES, pruneState } from '../../../nodes/SignicatAuditTrigger/state/bounds';
import { startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import { fromMilliseconds, MINUTE, SECOND } from '../../../nodes/shared/model/instant';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);

const event = (cursor: string, serviceName?: string | null, eventType?: string | null) => ({
	cursor,
	timestamp: `2026-11-01T12:00:0${cursor.slice(-1)}Z`,
	serviceName,
	eventType,
});

const knowing = (...pairs: string[][]) =>
	new KnownValues(new Set(pairs.map((pair) => valuesHash(pair))), EVENT_TYPE);

describe('new values', () => {
	test('are given once each, with their first event', () => {
		const first = event('c1', 'Broker', 'authn_response');
		const other = event('c3', 'mobileid', 'authn_response');
		const found = knowing().takeNew([first, event('c2', 'Broker', 'authn_response'), other]);
		expect(found).toEqual([
			{
				values: ['Broker', 'authn_response'],
				firstSeenAt: '2026-11-01T12:00:01Z',
				event: first,
			},
			{
				values: ['mobileid', 'authn_response'],
				firstSeenAt: '2026-11-01T12:00:03Z',
				event: other,
			},
		]);
	});

	test('are none that are known', () => {
		const known = knowing(['Broker', 'login']);
		const again = event('c1', 'Broker', 'login');
		expect(known.note(again)).toBe(false);
		expect(known.takeNew([again])).toEqual([]);
		expect(known.note(event('c2', 'Broker', 'logout'))).toBe(true);
	});

	test('are known afterwards, with the old ones, which stay as they were', () => {
		const before = new Set([valuesHash(['Broker', 'login'])]);
		const known = new KnownValues(before, EVENT_TYPE);
		known.takeNew([event('c1', 'Broker', 'logout')]);
		const state = startAt(NOW, 'key');
		expect(known.rememberIn(state)).toEqual({
			...state,
			knownValues: new Set([valuesHash(['Broker', 'login']), valuesHash(['Broker', 'logout'])]),
		});
		expect(before.size).toBe(1);
	});

	test('are null for a missing service and a missing event type', () => {
		const found = knowing().takeNew([event('c1'), event('c2', null, null)]);
		expect(found.map(({ values }) => values)).toEqual([[null, null]]);
	});

	test('are none in an event without any of the fields of New Value', () => {
		const known = new KnownValues(new Set(), { names: ['userId'], countsMissing: false });
		expect(known.note(event('c1', 'Broker', 'login'))).toBe(false);
		expect(known.takeNew([event('c1', 'Broker', 'login')])).toEqual([]);
		expect(known.rememberIn(startAt(NOW, 'key')).knownValues).toEqual(new Set());
	});
});

describe('values that are remembered', () => {
	const type = (index: number) => valuesHash(['Broker', `t${index}`]);
	const types = (count: number, from = 0) =>
		Array.from({ length: count }, (_, index) => type(from + index));
	const eventAt = (ms: number, index: number) => ({
		cursor: `c${index}`,
		timestamp: new Date(NOW_MS + ms).toISOString(),
		serviceName: 'Broker',
		eventType: `t${index}`,
	});
	const state = { ...startAt(NOW, 'key'), overlapFrom: NOW - MINUTE };
	const remembered = (known: KnownValues) => {
		const after = known.rememberIn(state);
		const { state: pruned, valuesTruncated } = pruneState(after, { keepsValues: true });
		return { ...after, kept: [...pruned.knownValues], valuesTruncated };
	};

	test('are in the order in which they were last seen', () => {
		const known = new KnownValues(new Set(types(4)), EVENT_TYPE);
		known.note(eventAt(-1000, 0));
		known.note(eventAt(-3000, 2));
		// An older event of a value that was seen later.
		known.note(eventAt(-9000, 0));
		known.takeNew([eventAt(-2000, 4)]);
		expect(remembered(known).kept).toEqual([1, 3, 2, 4, 0].map(type));
	});

	test('are forgotten if they were not seen for the longest time', () => {
		const known = new KnownValues(new Set(types(MAX_VALUES)), EVENT_TYPE);
		known.note(eventAt(-1000, 0));
		known.takeNew([eventAt(-500, MAX_VALUES), eventAt(-400, MAX_VALUES + 1)]);
		const { kept, valuesTruncated, overlapFrom } = remembered(known);
		expect(valuesTruncated).toBe(true);
		expect(kept).toEqual([
			...types(MAX_VALUES - 3, 3),
			type(0),
			type(MAX_VALUES),
			type(MAX_VALUES + 1),
		]);
		// What was forgotten lies before all that is read again.
		expect(overlapFrom).toBe(state.overlapFrom);
	});

	test.each([
		['nothing else is known', 0],
		['others are forgotten before them', 3],
	])('are not new again when the next poll reads the overlap, where %s', (_what, others) => {
		const unseen = new Set(Array.from({ length: others }, (_, index) => valuesHash([`${index}`])));
		const known = new KnownValues(unseen, EVENT_TYPE);
		const events = Array.from({ length: MAX_VALUES + 5 }, (_, index) =>
			eventAt(-30_000 + index, index),
		);
		expect(known.takeNew(events)).toHaveLength(MAX_VALUES + 5);
		const { kept, overlapFrom, watermark } = remembered(known);
		expect(kept).toEqual(types(MAX_VALUES, 5));
		// The millisecond after the last event that was forgotten.
		expect(overlapFrom).toBe(NOW - 30n * SECOND + fromMilliseconds(5));
		expect(watermark).toBe(NOW);
	});

	test('never move the overlap past the watermark, nor back', () => {
		const ahead = new KnownValues(new Set(), EVENT_TYPE);
		ahead.takeNew(Array.from({ length: MAX_VALUES + 5 }, (_, i) => eventAt(86_400_000 + i, i)));
		expect(remembered(ahead).overlapFrom).toBe(NOW);
		const undated = new KnownValues(new Set(), EVENT_TYPE);
		undated.takeNew(
			Array.from({ length: MAX_VALUES + 5 }, (_, i) => ({ ...eventAt(0, i), timestamp: 'soon' })),
		);
		expect(remembered(undated).overlapFrom).toBe(state.overlapFrom);
		const inverted = { ...state, overlapFrom: NOW + MINUTE };
		expect(ahead.rememberIn(inverted).overlapFrom).toBe(NOW + MINUTE);
	});
});
