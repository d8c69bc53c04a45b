import {
	earlier,
	fromMilliseconds,
	type Instant,
	later,
	toMilliseconds,
} from '../../shared/model/instant';
import type { PollState } from './pollState';

/** Keeps the stored state of New Event under 64 kB: with the strays, 3,700 × 16 characters. */
export const MAX_EMITTED = 3400;

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
	let { overlapFrom, watermark } = state;
	const firstKept = toMilliseconds(earlier(overlapFrom, keepFrom));
	let kept = [...state.emitted].filter(([, time]) => time >= firstKept).sort((a, b) => a[1] - b[1]);
	if (kept.length > MAX_EMITTED) {
		// Cut between two milliseconds, so that all events of the first one kept are remembered.
		const lastDropped = kept[kept.length - MAX_EMITTED - 1]?.[1] ?? 0;
		overlapFrom = later(overlapFrom, fromMilliseconds(lastDropped + 1));
		watermark = later(watermark, overlapFrom);
		kept = kept.filter(([, time]) => time > lastDropped);
	}
	const overlapTruncated = overlapFrom > state.overlapFrom;
	return {
		state: { ...state, watermark, overlapFrom, emitted: new Map(kept) },
		overlapTruncated,
	};
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
		state: { ...state, emitted: new Map(), knownValues: known },
		valuesTruncated: truncated,
	};
}
