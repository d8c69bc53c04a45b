import { createHash } from 'crypto';
import {
	formatTimestamp,
	fromMilliseconds,
	type Instant,
	later,
	parseTimestamp,
	toMilliseconds,
} from './timestamp';

/**
 * What the trigger remembers between two polls: one plain object, replaced as a whole after a poll.
 * Every event between `overlapFrom` and `watermark` that was emitted is in `seen`.
 */
export interface PollState {
	/** What the state was made for: address, account, filters and kind of event. */
	key: string;
	/** Everything before it was read. */
	watermark: Instant;
	/** From where the next poll reads again, to find events that arrived late. */
	overlapFrom: Instant;
	/** Hashes of the cursors that were emitted, with the time of their event in ms since 1970. */
	seen: Map<string, number>;
	/** Hashes of the (service name, event type) pairs that are known. */
	knownTypes: Set<string>;
	/** The part of the past whose event types are still to be learned, without firing. */
	toLearn?: { from: Instant; to: Instant };
	/** How long a window the next poll asks for, where the log is too dense for all of it at once. */
	span?: Instant;
	/** Whether the watermark is n8n's clock, because the server could not be asked at the activation. */
	isUnchecked?: true;
	/** How far the server's clock was ahead of n8n's in ms; below zero where it was behind. */
	clockAheadMs?: number;
}

/** The state as n8n stores it. */
export interface StoredState {
	version: 1;
	key: string;
	watermark: string;
	overlapFrom: string;
	seen: string;
	knownTypes: string;
	toLearn?: { from: string; to: string };
	spanMs?: number;
	clockAheadMs?: number;
	isUnchecked?: true;
}

const HASH_LENGTH = 8;
const TIME_LENGTH = 8;
const ENTRY_LENGTH = HASH_LENGTH + TIME_LENGTH;

/** Keeps the stored state under 64 kB: 3,400 × 16 characters for cursors, or 6,000 × 8 for types. */
export const MOST_SEEN = 3400;
export const MOST_TYPES = 6000;

/** A short name for a cursor, a pair or a state: 48 bits of SHA-256, as 8 characters. */
export function shortHash(text: string): string {
	return createHash('sha256').update(text).digest('base64url').slice(0, HASH_LENGTH);
}

/**
 * Reads what n8n stored; undefined where there is nothing, or nothing that can be understood. Of a state
 * that another version of this package wrote, the watermark is what counts: it goes on from there, as
 * it does with other settings, and nothing comes twice. A version 2 would turn version 1 into itself here.
 */
export function parseState(stored: unknown): PollState | undefined {
	if (typeof stored !== 'object' || stored === null) return undefined;
	const raw = stored as Partial<StoredState>;
	const watermark = parseTimestamp(String(raw.watermark));
	if (watermark === undefined) return undefined;
	const overlapFrom = parseTimestamp(String(raw.overlapFrom));
	if (raw.version !== 1 || overlapFrom === undefined) return startAt(watermark, '');
	const learnFrom = parseTimestamp(String(raw.toLearn?.from));
	const learnTo = parseTimestamp(String(raw.toLearn?.to));
	const isLearning = learnFrom !== undefined && learnTo !== undefined;
	return {
		key: String(raw.key),
		watermark,
		overlapFrom,
		seen: new Map(
			chunks(String(raw.seen ?? ''), ENTRY_LENGTH).map((entry) => [
				entry.slice(0, HASH_LENGTH),
				parseInt(entry.slice(HASH_LENGTH), 36),
			]),
		),
		knownTypes: new Set(chunks(String(raw.knownTypes ?? ''), HASH_LENGTH)),
		...(isLearning && { toLearn: { from: learnFrom, to: learnTo } }),
		...(typeof raw.spanMs === 'number' && { span: fromMilliseconds(raw.spanMs) }),
		...(raw.isUnchecked === true && { isUnchecked: true }),
		...(typeof raw.clockAheadMs === 'number' && { clockAheadMs: raw.clockAheadMs }),
	};
}

export function serializeState(state: PollState): StoredState {
	return {
		version: 1,
		key: state.key,
		watermark: formatTimestamp(state.watermark),
		overlapFrom: formatTimestamp(state.overlapFrom),
		seen: [...state.seen]
			.map(
				([hash, time]) =>
					hash +
					Math.min(Math.max(time, 0), 36 ** TIME_LENGTH - 1)
						.toString(36)
						.padStart(TIME_LENGTH, '0'),
			)
			.join(''),
		knownTypes: [...state.knownTypes].join(''),
		...(state.toLearn && {
			toLearn: {
				from: formatTimestamp(state.toLearn.from),
				to: formatTimestamp(state.toLearn.to),
			},
		}),
		...(state.isUnchecked && { isUnchecked: true as const }),
		...(state.clockAheadMs !== undefined && { clockAheadMs: state.clockAheadMs }),
		...(state.span !== undefined && { spanMs: Math.max(1, toMilliseconds(state.span)) }),
	};
}

/** A state that nothing was read for yet: everything from `watermark` on counts as new. */
export function startAt(watermark: Instant, key: string): PollState {
	return {
		key,
		watermark,
		overlapFrom: watermark,
		seen: new Map(),
		knownTypes: new Set(),
	};
}

/**
 * Lets go of the cursors before the overlap. Where more would have to be remembered than there is room
 * for, the overlap begins later.
 *
 * @returns the new state, and whether the overlap had to shrink
 */
export function withinSeenBound(state: PollState): { state: PollState; shrunk: boolean } {
	let { overlapFrom } = state;
	const firstKept = toMilliseconds(overlapFrom);
	let kept = [...state.seen].filter(([, time]) => time >= firstKept).sort((a, b) => a[1] - b[1]);
	const shrunk = kept.length > MOST_SEEN;
	if (shrunk) {
		// Cut between two milliseconds, so that all events of the first one kept are remembered.
		const lastDropped = kept[kept.length - MOST_SEEN - 1]?.[1] ?? 0;
		overlapFrom = later(overlapFrom, fromMilliseconds(lastDropped + 1));
		kept = kept.filter(([, time]) => time > lastDropped);
	}
	return { state: { ...state, overlapFrom, seen: new Map(kept) }, shrunk };
}

function chunks(text: string, length: number): string[] {
	const found: string[] = [];
	for (let at = 0; at + length <= text.length; at += length)
		found.push(text.slice(at, at + length));
	return found;
}
