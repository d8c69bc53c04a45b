import { createHash } from 'crypto';
import type { Duration, Instant } from '../../shared/model/instant';
import type { Window } from '../../shared/model/window';
import type { ClockState } from './clockState';
import { EventSet } from './eventSet';

/**
 * What the trigger remembers between two polls: one plain object, replaced as a whole after a poll. Its
 * phase says what a poll may do with it.
 */
export type PollState = ClockUnverifiedState | LearningState | ReadyState;

/** What is remembered in every phase. */
interface Progress extends ClockState {
	/** What the state was made for (stateKey.ts). */
	key: string;
	/** Everything before it was read. */
	watermark: Instant;
	/** From where the next poll reads again, to find events that arrived late. */
	overlapFrom: Instant;
	/** All emitted events between `overlapFrom` and `watermark`. */
	emitted: EventSet;
	/** Those of them without a time that can be read, by `EventKey.name`, with the latest that it can be in ms since 1970. */
	undated: Map<string, number>;
	/** Hashes of the values that are known, those not seen for the longest time first. */
	knownValues: Set<string>;
	/** How long a window the next poll asks for, where the log is too dense for all of it at once. */
	windowHint?: Duration;
}

/** The watermark is n8n's clock, because the server's was not known at the activation: nothing is read yet. */
export interface ClockUnverifiedState extends Progress {
	phase: 'clockUnverified';
	/** What is to be learned afterwards. */
	toLearn?: Window;
}

/** Values of the past are learned, and nothing is emitted. */
export interface LearningState extends Progress {
	phase: 'learning';
	/** The part of the past whose values are still to be learned. */
	toLearn: Window;
}

/** New events are read and emitted. */
export interface ReadyState extends Progress {
	phase: 'ready';
	/** Set where the last poll had no time to read everything between `overlapFrom` and `watermark` again. */
	reread?: Reread;
}

/** Reading again, which takes several polls. */
export interface Reread {
	/** Where the next poll continues. */
	from: Instant;
	/** Up to where events could no longer arrive when it began: after its end, reading again begins there. */
	settled: Instant;
}

/** A state from which nothing was read yet: everything from `watermark` on counts as new. */
export function startAt(watermark: Instant, key: string): ReadyState {
	return {
		phase: 'ready',
		key,
		watermark,
		overlapFrom: watermark,
		emitted: EventSet.NONE,
		undated: new Map(),
		knownValues: new Set(),
	};
}

/** The same where the watermark is n8n's clock and the server's is not known. */
export function startUnverified(watermark: Instant, key: string): ClockUnverifiedState {
	return { ...startAt(watermark, key), phase: 'clockUnverified' };
}

/** The state of a trigger whose clock is verified: it learns for as long as there is something to learn. */
export function verifiedState(progress: Progress, toLearn?: Window): LearningState | ReadyState {
	return toLearn ? { ...progress, phase: 'learning', toLearn } : { ...progress, phase: 'ready' };
}

export const HASH_LENGTH = 8;

/** A short name for values or a state: the first 6 bits of SHA-256 per character. */
export function shortHash(text: string, length = HASH_LENGTH): string {
	return createHash('sha256').update(text).digest('base64url').slice(0, length);
}
