import {
	type Duration,
	earlier,
	formatTimestamp,
	fromMilliseconds,
	type Instant,
	parseTimestamp,
	toMilliseconds,
} from '../../shared/model/instant';
import { isRecord } from '../../shared/model/json';
import { MAX_WINDOW, type Window } from '../../shared/model/window';
import { MAX_STRAYS, MAX_UNDATED, MAX_VALUES } from './bounds';
import { parseClockState, serializeClockState, type StoredClockState } from './clockState';
import { EventSet } from './eventSet';
import { type PackedEvents, packEvents, unpackEvents } from './packedEvents';
import { HASH_LENGTH, type PollState, type Reread, startAt } from './pollState';

/** The version of the format: the names of its fields stay as they are. */
const VERSION = 2;

/** The state as n8n stores it. */
export interface StoredState extends StoredClockState {
	version: typeof VERSION;
	key: string;
	watermark: string;
	overlapFrom: string;
	emitted?: PackedEvents;
	/** Per emitted event without a time, the hash and its latest time in ms since 1970, in base 36. */
	undated: string;
	/** The hashes of the known values. */
	knownTypes: string;
	toLearn?: { from: string; to: string };
	reread?: { from: string; settled: string };
	spanMs?: number;
	isUnchecked?: true;
}

const TIME_LENGTH = 8;
const ENTRY_LENGTH = HASH_LENGTH + TIME_LENGTH;

/**
 * Reads what n8n stored; undefined where there is nothing, or nothing that can be understood. Of a state
 * that another version of this package stored, or whose events cannot be read, only the watermark counts: polling
 * resumes there, as it does with other settings, and nothing is emitted twice. A next version would turn this one into
 * itself here.
 *
 * What is read is in bounds, but it may lie in the future: that is for the poll to see, which knows the time.
 */
export function parseState(raw: unknown): PollState | undefined {
	if (!isRecord(raw)) return undefined;
	const watermark = instantOf(raw.watermark);
	if (watermark === undefined) return undefined;
	const overlapFrom = instantOf(raw.overlapFrom);
	const emitted = raw.emitted === undefined ? EventSet.NONE : unpackEvents(raw.emitted);
	if (raw.version !== VERSION || overlapFrom === undefined || !emitted)
		return startAt(watermark, '');
	const windowHint = windowHintOf(raw.spanMs);
	const progress = {
		key: typeof raw.key === 'string' ? raw.key : '',
		watermark,
		overlapFrom,
		emitted,
		undated: undatedOf(raw.undated),
		knownValues: new Set(chunks(raw.knownTypes, HASH_LENGTH).slice(-MAX_VALUES)),
		...(windowHint !== undefined && { windowHint }),
		...parseClockState(raw),
	};
	const toLearn = toLearnOf(raw.toLearn, watermark);
	if (raw.isUnchecked === true) {
		return { ...progress, phase: 'clockUnverified', ...(toLearn && { toLearn }) };
	}
	if (toLearn) return { ...progress, phase: 'learning', toLearn };
	const reread = rereadOf(raw.reread, watermark);
	return { ...progress, phase: 'ready', ...(reread && { reread }) };
}

export function serializeState(state: PollState): StoredState {
	const toLearn = state.phase === 'ready' ? undefined : state.toLearn;
	const reread = state.phase === 'ready' ? state.reread : undefined;
	return {
		version: VERSION,
		key: state.key,
		watermark: formatTimestamp(state.watermark),
		overlapFrom: formatTimestamp(state.overlapFrom),
		...(state.emitted.size > 0 && { emitted: packEvents(state.emitted) }),
		undated: [...state.undated].map(serializeEntry).join(''),
		knownTypes: [...state.knownValues].join(''),
		...(toLearn && {
			toLearn: { from: formatTimestamp(toLearn.from), to: formatTimestamp(toLearn.to) },
		}),
		...(reread && {
			reread: { from: formatTimestamp(reread.from), settled: formatTimestamp(reread.settled) },
		}),
		...(state.phase === 'clockUnverified' && { isUnchecked: true as const }),
		...serializeClockState(state),
		...(state.windowHint !== undefined && {
			spanMs: Math.max(1, toMilliseconds(state.windowHint)),
		}),
	};
}

function serializeEntry([hash, time]: [string, number]): string {
	const bounded = Math.min(Math.max(time, 0), 36 ** TIME_LENGTH - 1);
	return hash + bounded.toString(36).padStart(TIME_LENGTH, '0');
}

function undatedOf(value: unknown): PollState['undated'] {
	const entries = chunks(value, ENTRY_LENGTH).slice(-(MAX_UNDATED + MAX_STRAYS));
	return new Map(
		entries.flatMap((entry) => {
			const time = parseInt(entry.slice(HASH_LENGTH), 36);
			return Number.isNaN(time) ? [] : [[entry.slice(0, HASH_LENGTH), time] as const];
		}),
	);
}

/** What is still to be learned ends at the watermark at the latest: what comes after it is new. */
function toLearnOf(value: unknown, watermark: Instant): Window | undefined {
	if (!isRecord(value)) return undefined;
	const { from, to } = value;
	const [begin, end] = [instantOf(from), instantOf(to)];
	if (begin === undefined || end === undefined) return undefined;
	return { from: earlier(begin, watermark), to: earlier(end, watermark) };
}

/** It ends at the watermark. */
function rereadOf(value: unknown, watermark: Instant): Reread | undefined {
	if (!isRecord(value)) return undefined;
	const [from, settled] = [instantOf(value.from), instantOf(value.settled)];
	if (from === undefined || settled === undefined || from > watermark) return undefined;
	return { from, settled };
}

function windowHintOf(value: unknown): Duration | undefined {
	if (typeof value !== 'number' || !(value >= 1)) return undefined;
	return fromMilliseconds(Math.min(value, toMilliseconds(MAX_WINDOW)));
}

function instantOf(value: unknown): Instant | undefined {
	return typeof value === 'string' ? parseTimestamp(value) : undefined;
}

function chunks(text: unknown, length: number): string[] {
	const found: string[] = [];
	if (typeof text !== 'string') return found;
	for (let at = 0; at + length <= text.length; at += length)
		found.push(text.slice(at, at + length));
	return found;
}
