/** Names an event that has a time: the millisecond since 1970, and 32 bits of a hash. */
export interface DatedKey {
	ms: number;
	hash: number;
}

/**
 * A set of events by their time and hash, in this order. 150,000 of them take 2 MB as numbers in a row, and several times
 * that as texts in a Map. It is never changed.
 */
export class EventSet {
	static readonly NONE = new EventSet(new Float64Array(0), new Uint32Array(0));

	private constructor(
		/** In ms since 1970, in order. */
		readonly times: Float64Array,
		/** One for each time, in order where times are the same. */
		readonly hashes: Uint32Array,
	) {}

	static of(keys: Iterable<DatedKey>): EventSet {
		const sorted = [...keys].sort((a, b) => a.ms - b.ms || a.hash - b.hash);
		const times = new Float64Array(sorted.length);
		const hashes = new Uint32Array(sorted.length);
		let size = 0;
		for (const { ms, hash } of sorted) {
			if (times[size - 1] === ms && hashes[size - 1] === hash) continue;
			times[size] = ms;
			hashes[size] = hash;
			size++;
		}
		return new EventSet(times.subarray(0, size), hashes.subarray(0, size));
	}

	/** @returns undefined where they are not in order, or one is there twice */
	static inOrder(times: Float64Array, hashes: Uint32Array): EventSet | undefined {
		for (let place = 1; place < times.length; place++) {
			if (compare({ times, hashes }, place - 1, { times, hashes }, place) >= 0) return undefined;
		}
		return new EventSet(times, hashes);
	}

	get size(): number {
		return this.times.length;
	}

	/** The time of the first event. */
	get first(): number | undefined {
		return this.times[0];
	}

	has(ms: number, hash: number): boolean {
		const place = this.placeOf(ms, hash);
		return this.times[place] === ms && this.hashes[place] === hash;
	}

	/** The events from a millisecond on. */
	since(ms: number): EventSet {
		const place = this.placeOf(ms, 0);
		return new EventSet(this.times.subarray(place), this.hashes.subarray(place));
	}

	/** The same with further events. */
	with(keys: Iterable<DatedKey>): EventSet {
		const added = EventSet.of(keys);
		if (added.size === 0) return this;
		const times = new Float64Array(this.size + added.size);
		const hashes = new Uint32Array(times.length);
		let size = 0;
		for (let [own, other] = [0, 0]; own < this.size || other < added.size; size++) {
			const order = compare(this, own, added, other);
			const from = order <= 0 ? this : added;
			const place = order <= 0 ? own : other;
			times[size] = from.times[place] as number;
			hashes[size] = from.hashes[place] as number;
			if (order <= 0) own++;
			if (order >= 0) other++;
		}
		return new EventSet(times.subarray(0, size), hashes.subarray(0, size));
	}

	*[Symbol.iterator](): Iterator<DatedKey> {
		for (let place = 0; place < this.size; place++) {
			yield { ms: this.times[place] as number, hash: this.hashes[place] as number };
		}
	}

	/** Where an event stands, or would stand. */
	private placeOf(ms: number, hash: number): number {
		const { times, hashes } = this;
		let [low, high] = [0, times.length];
		while (low < high) {
			const middle = (low + high) >>> 1;
			const time = times[middle] as number;
			const isBefore = time < ms || (time === ms && (hashes[middle] as number) < hash);
			if (isBefore) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}

/** Which of two events comes first, each at a place among others: the first one where it is below zero. What is not there comes last. */
function compare(
	a: Pick<EventSet, 'times' | 'hashes'>,
	placeInA: number,
	b: Pick<EventSet, 'times' | 'hashes'>,
	placeInB: number,
): number {
	if (placeInA >= a.times.length) return 1;
	if (placeInB >= b.times.length) return -1;
	const difference = (a.times[placeInA] as number) - (b.times[placeInB] as number);
	return difference || (a.hashes[placeInA] as number) - (b.hashes[placeInB] as number);
}
