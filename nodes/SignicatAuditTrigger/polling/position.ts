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
import type { ReadyState } from '../state/pollState';
import { CLOCK_TOLERANCE } from './clockSkew';
import type { PollSettings } from './pollSettings';
import type { Source } from './source';

export interface Position {
	state: ReadyState;
	/** By how many ms the stored position lay ahead of every clock, where it had to be set back. */
	setBackMs?: number;
}

/**
 * Finds where to begin. A stored position that lies ahead of every clock came from a wrong clock, or from
 * somewhere else: it is set back to the present, and what is remembered keeps events from being emitted twice.
 *
 * @throws what `fetchPage` throws: where the position looks odd, a request asks for the server's time
 */
export async function findPosition(
	{ fetch, clock }: Source,
	stored: ReadyState,
	{ allowedLateness }: PollSettings,
): Promise<Position> {
	const { watermark } = stored;
	// Before the oldest event that is remembered, nobody knows what was emitted.
	const first = firstEmitted(stored);
	const overlapBefore = (end: Instant, unknown: Instant) =>
		earlier(later(end - allowedLateness, first ?? unknown), end - BOUNDARY_OVERLAP);
	// An overlap that begins after the watermark would skip what lies between them.
	const isInverted = stored.overlapFrom > watermark;
	const overlapFrom = isInverted ? overlapBefore(watermark, watermark) : stored.overlapFrom;
	const state = isInverted ? { ...stored, overlapFrom, reread: undefined } : stored;
	const isAhead = (instant: Instant) => instant > clock.latest + CLOCK_TOLERANCE;
	if (!isAhead(watermark)) {
		const { overlapFrom: begin } = stored;
		return isInverted && isAhead(begin)
			? { state, setBackMs: toMilliseconds(begin - clock.latest) }
			: { state };
	}
	const to = clock.latest;
	await fetch({ window: { from: to - SECOND, to }, conditions: [], pageSize: 1 });
	if (!isAhead(watermark)) return { state };
	const present = floorTo(clock.surelyPast, MILLISECOND);
	const setBackMs = toMilliseconds(watermark - present);
	return {
		state: {
			...state,
			watermark: present,
			// Where only the watermark is odd, the overlap is still right.
			overlapFrom: overlapFrom > clock.latest ? overlapBefore(present, 0n) : overlapFrom,
			windowHint: undefined,
			reread: undefined,
		},
		setBackMs,
	};
}

/** The time of the oldest event that is remembered. */
function firstEmitted({ emitted, undated }: ReadyState): Instant | undefined {
	let { first } = emitted;
	for (const time of undated.values()) first = Math.min(first ?? time, time);
	return first === undefined ? undefined : fromMilliseconds(first);
}
