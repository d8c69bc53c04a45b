import {
	earlier,
	fromMilliseconds,
	type Instant,
	later,
	toMilliseconds,
} from '../../shared/model/instant';
import type { PollState } from './pollState';

/** Keep the stored state under 64 kB: 3,700 × 16 characters for events, or 6,000 × 8 for types. */
export const MAX_EMITTED = 3400;
export const MAX_TYPES = 6000;

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

/** Forgets the oldest of the known pairs where there are too many. */
export function trimTypes(known: Set<string>): { known: Set<string>; truncated: boolean } {
	if (known.size <= MAX_TYPES) return { known, truncated: false };
	return { known: new Set([...known].slice(known.size - MAX_TYPES)), truncated: true };
}

/**
 * Reduces a state to what its kind of event needs, so that it stays within its bounds: the emitted events of
 * New Event, the known pairs of New Event Type.
 */
export function pruneState(
	state: PollState,
	event: 'newEvent' | 'newEventType',
): { state: PollState; typesTruncated: boolean } {
	if (event === 'newEvent') {
		return { state: { ...state, knownTypes: new Set() }, typesTruncated: false };
	}
	const { known, truncated } = trimTypes(state.knownTypes);
	return {
		state: { ...state, emitted: new Map(), knownTypes: known },
		typesTruncated: truncated,
	};
}
