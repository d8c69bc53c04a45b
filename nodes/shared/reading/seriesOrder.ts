import { earlier, type Instant } from '../model/instant';
import { maxOf, type PageTimes, slackFor } from './pageTimes';

/** A page of fewer events does not tell much disorder from some. */
const MIN_FOR_ORDER = 8;

/** Whether the events of a reading came out of order, in any of its series. */
export interface Disorder {
	/** `some` by a few places, `much` by any number. */
	disorder: 'none' | 'some' | 'much';
}

/** In which order the events of a series come, and what that says about those that have not come yet. */
export class SeriesOrder {
	private reached: Instant | undefined;

	/** The times of the last events, as many as are needed to tell that all newer ones have come. */
	private lastTimes: Instant[] = [];

	/** The last page with events. */
	private before: { newest: Instant; length: number } | undefined;

	constructor(private readonly shared: Disorder) {}

	/** Everything newer has come; undefined where that is not known, because events come in any order. */
	get settled(): Instant | undefined {
		return this.reached;
	}

	/**
	 * Takes a page into account.
	 *
	 * @param oldest the time of the oldest event before it
	 */
	note(times: PageTimes, oldest: Instant | undefined): void {
		this.noteDisorder(times, oldest);
		this.noteSettled(times);
	}

	private noteDisorder(times: PageTimes, oldest: Instant | undefined): void {
		const { newest, length } = times;
		if (newest === undefined) return;
		const { before } = this;
		this.before = { newest, length };
		const isLate = oldest !== undefined && newest > oldest;
		if (this.shared.disorder === 'much' || (times.isSorted && !isLate)) return;
		const isFarOff =
			times.isFarOff(slackFor(length, true)) ||
			// All of the page before it is older.
			(before !== undefined && newest > before.newest && before.length >= MIN_FOR_ORDER) ||
			(this.isDisordered && this.settled !== undefined && newest > this.settled);
		if (!this.isDisordered) this.reached = undefined;
		this.shared.disorder = isFarOff ? 'much' : 'some';
	}

	private noteSettled(times: PageTimes): void {
		if (this.shared.disorder === 'much') {
			this.reached = undefined;
			return;
		}
		if (times.newest === undefined) return;
		const slack = slackFor(times.length, this.isDisordered);
		this.lastTimes = [...this.lastTimes, ...times.last(slack)].slice(-slack);
		if (this.lastTimes.length < slack) return;
		const newest = maxOf(this.lastTimes);
		this.reached = this.reached === undefined ? newest : earlier(this.reached, newest);
	}

	private get isDisordered(): boolean {
		return this.shared.disorder !== 'none';
	}
}
