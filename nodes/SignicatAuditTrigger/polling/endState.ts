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
import type { ReadyState } from '../state/pollState';
import { CLOCK_TOLERANCE, MAX_UNDETECTED_SKEW } from './clockSkew';
import { isOver, type PollSettings } from './pollSettings';
import type { ServerClock } from './serverClock';

/** How far a poll came. */
export interface PollProgress {
	/** The state that the poll started from. */
	start: ReadyState;
	settings: PollSettings;
	clock: ServerClock;
	/** Hashes of what was emitted before and in this poll, with times in ms since 1970. */
	emitted: ReadonlyMap<string, number>;
	/** Those of them whose events have no time, and nothing newer that bounds it. */
	strays: ReadonlyMap<string, number>;
	watermark: Instant;
	/** Where the next window would begin. */
	from: Instant;
	/** Whether at least one window was read to its end. */
	hasProgressed: boolean;
	/** Whether everything was read that there was to read. */
	isCaughtUp: boolean;
	/** How long the next window would be. */
	windowHint: Duration;
}

/** @returns the state that a poll leaves for the next one, and whether the overlap had to be shortened */
export function endState(progress: PollProgress): { state: ReadyState; overlapTruncated: boolean } {
	const { start, settings, clock, strays, watermark, from, isCaughtUp } = progress;
	// What is told by its values needs no other memory, and too little room for that would shorten the overlap.
	const emitted = settings.counts ? [] : [...progress.emitted];
	// There was not even time for the overlap: the next poll resumes here, or none would ever get past it.
	const isStuck = progress.hasProgressed && from < start.watermark && isOver(settings);
	// Only what may still arrive late is read again; while catching up, that is nothing.
	// Two clocks that seem to agree may both be a little ahead.
	const lateFrom = clock.surelyPast - settings.allowedLateness - CLOCK_TOLERANCE;
	const settled = earlier(lateFrom, watermark - BOUNDARY_OVERLAP);
	const overlapFrom = later(start.overlapFrom, isStuck ? from : earlier(settled, from));
	// A stray that was read behind the watermark is like any other event. The others get little room.
	const isBeyond = (hash: string) =>
		(strays.get(hash) ?? 0) > toMilliseconds(watermark + CLOCK_TOLERANCE);
	const beforeMark = toMilliseconds(watermark) - 1;
	const inOrder = emitted
		.filter(([hash]) => !isBeyond(hash))
		.map(([hash, time]) => [hash, strays.has(hash) ? Math.min(time, beforeMark) : time] as const);
	const beyond = emitted.filter(([hash]) => isBeyond(hash));
	const { state, overlapTruncated } = trimEmitted(
		{
			...start,
			emitted: new Map(inOrder),
			watermark: later(watermark, overlapFrom),
			overlapFrom,
		},
		// A little longer, because the clocks are known to the second only.
		lateFrom - MAX_UNDETECTED_SKEW,
	);
	const { clockSkewMs, clockCandidate, polledAtMs } = clock.nextState();
	return {
		state: {
			...state,
			emitted: new Map([...state.emitted, ...beyond.slice(-MAX_STRAYS)]),
			windowHint: isCaughtUp ? undefined : wholeMilliseconds(progress.windowHint),
			clockSkewMs,
			clockCandidate,
			polledAtMs,
		},
		overlapTruncated: overlapTruncated || isStuck,
	};
}

function wholeMilliseconds(duration: Duration): Duration {
	return later(floorTo(duration, MILLISECOND), MILLISECOND);
}
