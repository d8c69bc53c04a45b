import { describe, expect, test } from '@jest/globals';
import { findPosition } from '../../../nodes/SignicatAuditTrigger/polling/position';
import type { PollSettings } from '../../../nodes/SignicatAuditTrigger/polling/pollSettings';
import { ServerClock } from '../../../nodes/SignicatAuditTrigger/polling/serverClock';
import { Source } from '../../../nodes/SignicatAuditTrigger/polling/source';
import { type ReadyState, startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import {
	fromMilliseconds,
	HOUR,
	type Instant,
	MILLISECOND,
	MINUTE,
	SECOND,
	toMilliseconds,
} from '../../../nodes/shared/model/instant';
import type { PageQuery } from '../../../nodes/shared/model/page';
import { BOUNDARY_OVERLAP } from '../../../nodes/shared/model/window';
import { eventsAt } from '../state/remembering';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);
const HOUR_MS = 3_600_000;

interface Stored {
	watermark: Instant;
	overlapFrom?: Instant;
	emittedAt?: Instant[];
	undatedAt?: Instant[];
}

function stateOf({ watermark, overlapFrom = watermark, emittedAt = [], undatedAt = [] }: Stored) {
	const undated = undatedAt.map((at, i) => [`event ${i}`, toMilliseconds(at)] as const);
	return {
		...startAt(watermark, 'key'),
		overlapFrom,
		emitted: eventsAt(emittedAt.map(toMilliseconds)),
		undated: new Map(undated),
		windowHint: MINUTE,
	} satisfies ReadyState;
}

/** Where a poll begins, with five minutes for late events, and what it asked for to find out. */
async function positionOf(stored: Stored, header = 0) {
	const queries: PageQuery[] = [];
	const state = stateOf(stored);
	const source = new Source(
		async (query) => {
			queries.push(query);
			return { events: [], next: null, serverTime: NOW_MS + header };
		},
		new ServerClock(() => NOW_MS, state),
	);
	const settings = { allowedLateness: 5n * MINUTE } as PollSettings;
	return { stored: state, queries, ...(await findPosition(source, state, settings)) };
}

describe('where a poll begins', () => {
	test.each([NOW - HOUR, NOW, NOW + 2n * SECOND])(
		'is the stored position, without a request: %i',
		async (watermark) => {
			const { state, stored, queries, ...rest } = await positionOf({
				watermark,
				overlapFrom: watermark - MINUTE,
			});
			expect(state).toEqual(stored);
			expect(queries).toEqual([]);
			expect(rest).toStrictEqual({});
		},
	);

	test('is the stored position where the server is ahead', async () => {
		const watermark = NOW + 2n * SECOND + MILLISECOND;
		const { state, stored, queries, ...rest } = await positionOf({ watermark }, HOUR_MS);
		expect(state).toEqual(stored);
		expect(queries).toEqual([
			{ window: { from: NOW - SECOND, to: NOW }, conditions: [], pageSize: 1 },
		]);
		expect(rest).toStrictEqual({});
	});

	test.each([
		['the overlap, where that is not ahead', { overlapFrom: NOW - 7n * MINUTE }, NOW - 7n * MINUTE],
		['the overlap, where that is the present', { overlapFrom: NOW }, NOW],
		['the late arrival window', {}, NOW - 5n * MINUTE],
		['the first emitted event', { emittedAt: [NOW, NOW - MINUTE] }, NOW - MINUTE],
		[
			'the first event without a time',
			{ undatedAt: [NOW, NOW - 3n * MINUTE, NOW - MINUTE], emittedAt: [NOW - MINUTE] },
			NOW - 3n * MINUTE,
		],
		['just before the present', { emittedAt: [NOW + MINUTE] }, NOW - BOUNDARY_OVERLAP],
	])(
		'is set back to the present where no clock has come that far, and to %s',
		async (_what, changes: Partial<Stored>, overlapFrom) => {
			const { state, stored, setBackMs } = await positionOf({
				watermark: NOW + HOUR,
				...changes,
			});
			expect(state).toEqual({ ...stored, watermark: NOW, overlapFrom, windowHint: undefined });
			expect(setBackMs).toBe(HOUR_MS);
		},
	);

	const behind = NOW - 10n * MINUTE;

	test.each([
		['the watermark, where nothing was emitted', {}, behind - BOUNDARY_OVERLAP],
		['the first emitted event', { emittedAt: [behind - 2n * MINUTE] }, behind - 2n * MINUTE],
	])(
		'is before the watermark where the overlap begins after it: %s',
		async (_what, changes: Partial<Stored>, expected) => {
			const position = async (overlapFrom: Instant) =>
				await positionOf({ watermark: behind, overlapFrom, ...changes });
			const { state, stored, setBackMs } = await position(NOW - MINUTE);
			expect(state).toEqual({ ...stored, overlapFrom: expected });
			expect(setBackMs).toBeUndefined();
			const ahead = await position(NOW + HOUR);
			expect(ahead.state.overlapFrom).toBe(expected);
			expect(ahead.setBackMs).toBe(HOUR_MS);
			expect(ahead.queries).toEqual([]);
		},
	);
});
