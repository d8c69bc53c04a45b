import {
	type Duration,
	earlier,
	floorTo,
	type Instant,
	later,
	MILLISECOND,
	toMilliseconds,
} from '../../shared/model/instant';
import { BOUNDARY_OVERLAP } from '../../shared/model/window';
import { MAX_STRAYS, trimEmitted } from '../state/bounds';
import { EventSet } from '../state/eventSet';
import type { ReadyState, Reread } from '../state/pollState';
import { CLOCK_TOLERANCE, MAX_UNDETECTED_SKEW } from './clockSkew';
import { isOver, type PollSettings } from './pollSettings';
import type { PollMemory } from './pollMemory';
import { OLDER_TOLERANCE } from './readWindow';
import type { ServerClock } from './serverClock';

/** How far a poll came. */
export interface PollProgress {
	/** The state that the poll started from. */
	start: ReadyState;
	settings: PollSettings;
	clock: ServerClock;
	/** What was emitted before and in this poll. */
	memory: PollMemory;
	watermark: Instant;
	/** Where the next window would begin. */
	from: Instant;
	/** Whether at least one window was read to its end. */
	hasProgressed: boolean;
	/** How long the next window would be; undefined where it may hold all that there is to read. */
	windowHint?: Duration;
}

/** @returns the state that a poll leaves for the next one, and whether the overlap had to be shortened */
export function endState(progress: PollProgress): { state: ReadyState; overlapTruncated: boolean } {
	const { start, settings, clock, memory, watermark, from, windowHint } = progress;
	// What is told by its values needs no other memory, and too little room for that would shorten the overlap.
	const isRemembered = !settings.counts;
	const undated = isRemembered ? [...memory.undated] : [];
	const { strays } = memory;
	// Only what may still arrive late is read again; while catching up, that is nothing.
	// Two clocks that seem to agree may both be a little ahead.
	const lateFrom = clock.surelyPast - settings.allowedLateness - CLOCK_TOLERANCE;
	const settledNow = earlier(lateFrom, watermark - BOUNDARY_OVERLAP);
	// What takes several polls is as old as it was for the first of them.
	const settled = earlier(start.reread?.settled ?? settledNow, settledNow);
	const overlapFrom = later(start.overlapFrom, earlier(settled, from));
	// A stray that was read behind the watermark is like any other event. The others get little room.
	const isBeyond = (hash: string) =>
		(strays.get(hash) ?? 0) > toMilliseconds(watermark + CLOCK_TOLERANCE);
	const beforeMark = toMilliseconds(watermark) - 1;
	const inOrder = undated
		.filter(([hash]) => !isBeyond(hash))
		.map(([hash, time]) => [hash, strays.has(hash) ? Math.min(time, beforeMark) : time] as const);
	const beyond = undated.filter(([hash]) => isBeyond(hash));
	const { state, overlapTruncated } = trimEmitted(
		{
			...start,
			emitted: isRemembered ? memory.emitted : EventSet.NONE,
			undated: new Map(inOrder),
			watermark: later(watermark, overlapFrom),
			overlapFrom,
		},
		// A little longer, because the clocks are known to the second only, and events may be a little older than asked for.
		earlier(lateFrom - MAX_UNDETECTED_SKEW, overlapFrom - OLDER_TOLERANCE),
	);
	const { clockSkewMs, clockCandidate, polledAtMs } = clock.nextState();
	return {
		state: {
			...state,
			reread: rereadAfter(progress, settled),
			undated: new Map([...state.undated, ...beyond.slice(-MAX_STRAYS)]),
			windowHint: windowHint && wholeMilliseconds(windowHint),
			clockSkewMs,
			clockCandidate,
			polledAtMs,
		},
		overlapTruncated,
	};
}

/** Where there was not even time for the overlap, the next poll continues, or none would ever get past it. */
function rereadAfter(
	{ start, settings, from, hasProgressed }: PollProgress,
	settled: Instant,
): Reread | undefined {
	if (from >= start.watermark) return undefined;
	return hasProgressed && isOver(settings) ? { from, settled } : start.reread;
}

function wholeMilliseconds(duration: Duration): Duration {
	return later(floorTo(duration, MILLISECOND), MILLISECOND);
}
