export interface Totals {
	count: number;
	/** The earliest and the latest timestamp, as the API sent them; null if none can be read. */
	firstAt: string | null;
	lastAt: string | null;
}

/** Counts events and finds the first and the last timestamp. */
export class Tally {
	count = 0;

	private first?: { at: string; time: string };

	private last?: { at: string; time: string };

	/** @param time the sortable form of `at`, if it can be read */
	add(at: string, time: string | undefined): void {
		this.count++;
		if (time !== undefined) this.include(at, time);
	}

	addAll({ count, first, last }: Tally): void {
		this.count += count;
		if (first) this.include(first.at, first.time);
		if (last) this.include(last.at, last.time);
	}

	totals(): Totals {
		return { count: this.count, firstAt: this.first?.at ?? null, lastAt: this.last?.at ?? null };
	}

	private include(at: string, time: string): void {
		if (!this.first || time < this.first.time) this.first = { at, time };
		if (!this.last || time > this.last.time) this.last = { at, time };
	}
}
