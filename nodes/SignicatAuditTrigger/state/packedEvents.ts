import { isRecord } from '../../shared/model/json';
import { EventSet } from './eventSet';

/**
 * A set of events as n8n stores it. The hashes come first, 4 bytes each, then the times: the gap from each event to
 * the next one in Rice's code, a few bits each (`gapBits` of them as they are, the rest as a row of ones).
 */
export interface PackedEvents {
	count: number;
	/** The time of the first event, in ms since 1970. */
	firstMs: number;
	gapBits: number;
	/** In base64. */
	packed: string;
}

/** The most events that are stored: five minutes at 500 a second, and a few seconds more. */
export const MAX_PACKED_EVENTS = 160_000;

/** The most characters, so that a whole state stays below 1,000,000: fewer events fit where they lie far apart. */
export const MAX_PACKED_LENGTH = 935_000;

const HASH_BYTES = 4;
/** The range of a Date. */
const MAX_MS = 8.64e15;
/** More would not be gaps between two times. */
const MAX_GAP_BITS = 53;

export function packEvents(events: EventSet): PackedEvents {
	const { times, hashes, size: count } = events;
	const gapBits = gapBitsOf(events);
	const bytes = Buffer.alloc(bytesOf(events, gapBits));
	hashes.forEach((hash, place) => bytes.writeUInt32BE(hash, HASH_BYTES * place));
	let bit = 8 * HASH_BYTES * count;
	const write = (isOne: boolean) => {
		if (isOne) bytes[bit >>> 3] = (bytes[bit >>> 3] as number) | (0x80 >>> (bit & 7));
		bit++;
	};
	for (let place = 1; place < count; place++) {
		let gap = (times[place] as number) - (times[place - 1] as number);
		for (let ones = Math.floor(gap / 2 ** gapBits); ones > 0; ones--) write(true);
		write(false);
		gap %= 2 ** gapBits;
		for (let unit = 2 ** (gapBits - 1); unit >= 1; unit /= 2) {
			write(gap >= unit);
			gap %= unit;
		}
	}
	return { count, firstMs: times[0] ?? 0, gapBits, packed: bytes.toString('base64') };
}

/** @returns undefined for what `packEvents` cannot have returned */
export function unpackEvents(stored: unknown): EventSet | undefined {
	if (!isRecord(stored)) return undefined;
	const { count, firstMs, gapBits, packed } = stored;
	if (!isWhole(count, MAX_PACKED_EVENTS) || count === 0) return undefined;
	if (!isWhole(firstMs, MAX_MS) || !isWhole(gapBits, MAX_GAP_BITS)) return undefined;
	if (typeof packed !== 'string' || packed.length > MAX_PACKED_LENGTH) return undefined;
	const bytes = Buffer.from(packed, 'base64');
	if (bytes.toString('base64') !== packed) return undefined;
	let bit = 8 * HASH_BYTES * count;
	const end = 8 * bytes.length;
	const read = () => {
		const isOne = ((bytes[bit >>> 3] ?? 0) & (0x80 >>> (bit & 7))) !== 0;
		bit++;
		return isOne;
	};
	const times = new Float64Array(count);
	const hashes = new Uint32Array(count);
	let ms = firstMs;
	for (let place = 0; place < count; place++) {
		if (place > 0) {
			while (read()) ms += 2 ** gapBits;
			for (let unit = 2 ** (gapBits - 1); unit >= 1; unit /= 2) if (read()) ms += unit;
		}
		if (bit > end || ms > MAX_MS) return undefined;
		times[place] = ms;
		hashes[place] = bytes.readUInt32BE(HASH_BYTES * place);
	}
	return end - bit < 8 ? EventSet.inOrder(times, hashes) : undefined;
}

/** How many characters the events take. */
export function packedLength(events: EventSet): number {
	return 4 * Math.ceil(bytesOf(events, gapBitsOf(events)) / 3);
}

function bytesOf({ times, size }: EventSet, gapBits: number): number {
	let bits = 8 * HASH_BYTES * size;
	for (let place = 1; place < size; place++) {
		const gap = (times[place] as number) - (times[place - 1] as number);
		bits += Math.floor(gap / 2 ** gapBits) + 1 + gapBits;
	}
	return Math.ceil(bits / 8);
}

/** With the mean gap, all rows of ones together have two bits an event at most, however uneven the gaps are. */
function gapBitsOf({ times, size }: EventSet): number {
	if (size < 2) return 0;
	const mean = ((times[size - 1] as number) - (times[0] as number)) / (size - 1);
	return mean < 2 ? 0 : Math.floor(Math.log2(mean));
}

function isWhole(value: unknown, max: number): value is number {
	return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max;
}
