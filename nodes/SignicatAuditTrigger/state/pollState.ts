import { createHash } from 'crypto';
import {
	type ClockState,
	parseClockState,
	serializeClockState,
	type StoredClockState,
} from './clockState';
import {
	type Duration,
	earlier,
	formatTimestamp,
	fromMilliseconds,
	type Instant,
	later,
	parseTimestamp,
	toMilliseconds,
} from '../../shared/model/instant';
import { MAX_WINDOW } from '../../shared/model/window';

/**
 * What the trigger remembers between two polls: one plain object, replaced as a whole after a poll.
 * Every event between `overlapFrom` and `watermark` that was emitted is in `emitted`.
 */
export interface PollState extends ClockState {
	/** What the state was made for: address, account, filters and kind of event. */
	key: string;
	/** Everything before it was read. */
	watermark: Instant;
	/** From where the next poll reads again, to find events that arrived late. */
	overlapFrom: Instant;
	/** Hashes of the cursors that were emitted, with the time of their event in ms since 1970. */
	emitted: Map<string, number>;
	/** Hashes of the (service name, event type) pairs that are known. */
	knownTypes: Set<string>;
	/** The part of the past whose event types are still to be learned, without firing. */
	toLearn?: { from: Instant; to: Instant };
	/** How long a window the next poll asks for, where the log is too dense for all of it at once. */
	windowHint?: Duration;
	/** Whether the watermark is n8n's clock, because the server's was not known at the activation. */
	isUnchecked?: true;
}

/** The state as n8n stores it. */
export interface StoredState extends StoredClockState {
	version: 1;
	key: string;
	watermark: string;
	overlapFrom: string;
	seen: string;
	knownTypes: string;
	toLearn?: { from: string; to: string };
	spanMs?: number;
	isUnchecked?: true;
}

const HASH_LENGTH = 8;
const TIME_LENGTH = 8;
const ENTRY_LENGTH = HASH_LENGTH + TIME_LENGTH;

/** Keeps the stored state under 64 kB: 3,700 × 16 characters for events, or 6,000 × 8 for types. */
export const MAX_EMITTED = 3400;
export const MAX_TYPES = 6000;
/** Events whose time lies outside what was asked for. They tell nothing about the time, and get little room. */
export const MAX_STRAYS = 300;
const MAX_REMEMBERED = MAX_EMITTED + MAX_STRAYS;

/** A short name for a cursor, a pair or a state: 48 bits of SHA-256, as 8 characters. */
export function shortHash(text: string): string {
	return createHash('sha256').update(text).digest('base64url').slice(0, HASH_LENGTH);
}

/**
 * Reads what n8n stored; undefined where there is nothing, or nothing that can be understood. Of a state
 * that another version of this package wrote, the watermark is what counts: it goes on from there, as
 * it does with other settings, and nothing comes twice. A version 2 would turn version 1 into itself here.
 *
 * What is read is in bounds, but it may lie in the future: that is for the poll to see, which knows the time.
 */
export function parseState(stored: unknown): PollState | undefined {
	if (typeof stored !== 'object' || stored === null) return undefined;
	const raw = stored as Record<string, unknown>;
	const watermark = instantOf(raw.watermark);
	if (watermark === undefined) return undefined;
	const overlapFrom = instantOf(raw.overlapFrom);
	if (raw.version !== 1 || overlapFrom === undefined) return startAt(watermark, '');
	return {
		key: typeof raw.key === 'string' ? raw.key : '',
		watermark,
		overlapFrom,
		emitted: emittedOf(raw.seen),
		knownTypes: new Set(chunks(raw.knownTypes, HASH_LENGTH).slice(-MAX_TYPES)),
		...learningOf(raw.toLearn, watermark),
		...windowHintOf(raw.spanMs),
		...(raw.isUnchecked === true && { isUnchecked: true }),
		...parseClockState(raw),
	};
}

function instantOf(value: unknown): Instant | undefined {
	return typeof value === 'string' ? parseTimestamp(value) : undefined;
}

function emittedOf(value: unknown): PollState['emitted'] {
	const entries = chunks(value, ENTRY_LENGTH).slice(-MAX_REMEMBERED);
	return new Map(
		entries.flatMap((entry) => {
			const time = parseInt(entry.slice(HASH_LENGTH), 36);
			return Number.isNaN(time) ? [] : [[entry.slice(0, HASH_LENGTH), time] as const];
		}),
	);
}

/** What is still to be learned ends at the watermark at the latest: what comes after it is new. */
function learningOf(value: unknown, watermark: Instant): Pick<PollState, 'toLearn'> {
	if (typeof value !== 'object' || value === null) return {};
	const { from, to } = value as Record<string, unknown>;
	const [begin, end] = [instantOf(from), instantOf(to)];
	if (begin === undefined || end === undefined) return {};
	return { toLearn: { from: earlier(begin, watermark), to: earlier(end, watermark) } };
}

function windowHintOf(value: unknown): Pick<PollState, 'windowHint'> {
	if (typeof value !== 'number' || !(value >= 1)) return {};
	return { windowHint: fromMilliseconds(Math.min(value, toMilliseconds(MAX_WINDOW))) };
}

export function serializeState(state: PollState): StoredState {
	return {
		version: 1,
		key: state.key,
		watermark: formatTimestamp(state.watermark),
		overlapFrom: formatTimestamp(state.overlapFrom),
		seen: [...state.emitted]
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
		...serializeClockState(state),
		...(state.windowHint !== undefined && {
			spanMs: Math.max(1, toMilliseconds(state.windowHint)),
		}),
	};
}

/** A state that nothing was read for yet: everything from `watermark` on counts as new. */
export function startAt(watermark: Instant, key: string): PollState {
	return {
		key,
		watermark,
		overlapFrom: watermark,
		emitted: new Map(),
		knownTypes: new Set(),
	};
}

/**
 * Lets go of the events before `keepFrom`. Where more would have to be remembered than there is room
 * for, the overlap begins later.
 *
 * @returns the new state, and whether the overlap had to shrink
 */
export function trimEmitted(
	state: PollState,
	keepFrom: Instant = state.overlapFrom,
): { state: PollState; overlapTruncated: boolean } {
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
	return { state: { ...state, watermark, overlapFrom, emitted: new Map(kept) }, overlapTruncated };
}

function chunks(text: unknown, length: number): string[] {
	const found: string[] = [];
	if (typeof text !== 'string') return found;
	for (let at = 0; at + length <= text.length; at += length)
		found.push(text.slice(at, at + length));
	return found;
}
