import {
	earlier,
	fromMilliseconds,
	type Instant,
	later,
	toMilliseconds,
} from '../../shared/model/instant';
import { EventSet } from './eventSet';
import { MAX_PACKED_EVENTS, MAX_PACKED_LENGTH, packedLength } from './packedEvents';
import type { PollState } from './pollState';

/** Events without a time that can be read. They are named by 16 characters each, so they get little room. */
export const MAX_UNDATED = 3400;

/**
 * Keeps the stored state of the other events under 165 kB: 20,000 × 8 characters. That is room for the addresses of
 * thousands of users; n8n stores the state once a minute at most.
 */
export const MAX_VALUES = 20_000;

/** Events that have no time, and nothing newer that bounds it. Nothing says when to forget them, so they get little room. */
export const MAX_STRAYS = 300;

/**
 * Forgets the events before `keepFrom`. Where more would have to be remembered than there is room for, the
 * overlap begins later.
 */
export function trimEmitted<State extends PollState>(
	state: State,
	keepFrom: Instant = state.overlapFrom,
): { state: State; overlapTruncated: boolean } {
	const firstKept = toMilliseconds(earlier(state.overlapFrom, keepFrom));
	const emitted = newestThatFit(state.emitted.since(firstKept));
	const undated = newestUndated([...state.undated].filter(([, time]) => time >= firstKept));
	let { overlapFrom, watermark } = state;
	for (const { lastDropped } of [emitted, undated]) {
		if (lastDropped === undefined) continue;
		overlapFrom = later(overlapFrom, fromMilliseconds(lastDropped + 1));
		watermark = later(watermark, overlapFrom);
	}
	return {
		state: {
			...state,
			watermark,
			overlapFrom,
			emitted: emitted.kept,
			undated: new Map(undated.kept),
		},
		overlapTruncated: overlapFrom > state.overlapFrom,
	};
}

interface Kept<Events> {
	kept: Events;
	/** The time of the last event that there is no room for. All events of the first millisecond that is kept are. */
	lastDropped?: number;
}

function newestThatFit(events: EventSet): Kept<EventSet> {
	let kept = events;
	let lastDropped: number | undefined;
	for (;;) {
		const room = (kept.size * MAX_PACKED_LENGTH) / Math.max(1, packedLength(kept));
		const excess = kept.size - Math.min(Math.floor(room), MAX_PACKED_EVENTS);
		if (excess <= 0) return { kept, lastDropped };
		lastDropped = kept.times[excess - 1] as number;
		kept = kept.since(lastDropped + 1);
	}
}

type Undated = Array<[name: string, time: number]>;

function newestUndated(events: Undated): Kept<Undated> {
	const sorted = events.sort((a, b) => a[1] - b[1]);
	const lastDropped = sorted[sorted.length - MAX_UNDATED - 1]?.[1];
	if (lastDropped === undefined) return { kept: sorted };
	return { kept: sorted.filter(([, time]) => time > lastDropped), lastDropped };
}

/** Forgets the values that were not seen for the longest time where there are too many. */
export function trimValues(known: Set<string>): { known: Set<string>; truncated: boolean } {
	if (known.size <= MAX_VALUES) return { known, truncated: false };
	return { known: new Set([...known].slice(known.size - MAX_VALUES)), truncated: true };
}

/**
 * Reduces a state to what its kind of event needs, so that it stays within its bounds: the emitted events of
 * New Event, the known values of the others.
 */
export function pruneState(
	state: PollState,
	{ keepsValues }: { keepsValues: boolean },
): { state: PollState; valuesTruncated: boolean } {
	if (!keepsValues) {
		return { state: { ...state, knownValues: new Set() }, valuesTruncated: false };
	}
	const { known, truncated } = trimValues(state.knownValues);
	return {
		state: { ...state, emitted: EventSet.NONE, undated: new Map(), knownValues: known },
		valuesTruncated: truncated,
	};
}
