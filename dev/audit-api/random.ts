/** A small generator (mulberry32): the same seed produces the same numbers on every machine. */
export class Random {
	private state: number;

	constructor(seed: number) {
		this.state = seed >>> 0;
	}

	/** From 0 up to, but not including, 1. */
	next(): number {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let mixed = this.state;
		mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	/** A whole number from 0 up to, but not including, `end`. */
	below(end: number): number {
		return Math.floor(this.next() * end);
	}

	chance(probability: number): boolean {
		return this.next() < probability;
	}

	pick<T>(list: readonly T[]): T {
		// Not checked for undefined, which may be one of the values.
		return list[this.below(list.length)] as T;
	}

	hex(length: number): string {
		let text = '';
		while (text.length < length)
			text += this.below(2 ** 32)
				.toString(16)
				.padStart(8, '0');
		return text.slice(0, length);
	}
}
