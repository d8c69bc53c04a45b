import type { PollSettings } from './pollSettings';
import type { PollState } from '../state/pollState';
import { CLOCK_TOLERANCE } from './serverClock';
import type { Source } from './source';
import {
	earlier,
	floorTo,
	fromMilliseconds,
	type Instant,
	later,
	MILLISECOND,
	SECOND,
	toMilliseconds,
} from '../../shared/model/instant';
import { BOUNDARY_OVERLAP } from '../../shared/model/window';

export interface Position {
	state: PollState;
	setBackMs?: number;
}

/**
 * Where to begin. A stored position that lies ahead of every clock came from a clock that was wrong, or
 * from somewhere else: it is taken back to the present, and what is remembered keeps events from coming
 * twice.
 *
 * @throws what a request throws, which asks for the server's time where the position looks odd
 */
export async function findPosition(
	{ fetch, clock }: Source,
	stored: PollState,
	{ allowedLateness }: PollSettings,
): Promise<Position> {
	const { watermark } = stored;
	// Before the first event that is remembered, nobody knows what was returned.
	const first = firstEmitted(stored);
	const overlapBefore = (end: Instant, unknown: Instant) =>
		earlier(later(end - allowedLateness, first ?? unknown), end - BOUNDARY_OVERLAP);
	// An overlap that begins after the watermark would leave out what lies between them.
	const isInverted = stored.overlapFrom > watermark;
	const overlapFrom = isInverted ? overlapBefore(watermark, watermark) : stored.overlapFrom;
	const state = { ...stored, overlapFrom };
	const isAhead = () => watermark > clock.latest + CLOCK_TOLERANCE;
	if (!isAhead()) return { state };
	const to = clock.latest;
	await fetch({ window: { from: to - SECOND, to }, conditions: [], pageSize: 1 });
	if (!isAhead()) return { state };
	const present = floorTo(clock.surelyPast, MILLISECOND);
	const setBackMs = toMilliseconds(watermark - present);
	return {
		state: {
			...state,
			watermark: present,
			// Where only the watermark is odd, what is to be read again is known as ever.
			overlapFrom: overlapFrom > clock.latest ? overlapBefore(present, 0n) : overlapFrom,
			windowHint: undefined,
			toLearn: stored.toLearn && {
				from: earlier(stored.toLearn.from, present),
				to: earlier(stored.toLearn.to, present),
			},
		},
		setBackMs,
	};
}

/** The time of the first event that is remembered. */
function firstEmitted({ emitted }: PollState): Instant | undefined {
	let first: number | undefined;
	for (const time of emitted.values()) first = Math.min(first ?? time, time);
	return first === undefined ? undefined : fromMilliseconds(first);
}
