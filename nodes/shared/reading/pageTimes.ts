import { timeOf } from '../model/identity';
import { type Duration, type Instant, later, SECOND } from '../model/instant';
import type { AuditEvent } from '../model/event';
import type { Window } from '../model/window';
import { mayReach } from './mayReach';
import { tiesInOrder } from './timestampOrder';

/** A timestamp this far outside of what was asked for says nothing about where its event belongs. */
const TOLERANCE: Duration = SECOND;

/**
 * Events next to each other may have changed places without anybody having seen it yet: with 2, events a few places
 * away are lost (test/unit/reading/disorder.test.ts).
 */
const MIN_SLACK = 4;

/**
 * How many places an event may be away from where its timestamp belongs.
 *
 * @param events on its page
 * @param isDisordered whether any event of the reading was out of order
 */
export function slackFor(events: number, isDisordered: boolean): number {
	if (isDisordered) return Math.max(8, Math.min(100, Math.ceil(events / 2)));
	// What is out of order may be the first of its kind, so a page's last event does not decide alone. On
	// a page of a few events, more than that would cost too much.
	return events < 10 ? 1 : Math.max(MIN_SLACK, Math.min(20, Math.ceil(events / 50)));
}

/**
 * When the events of a page happened. Where the page is in order, which the text of its timestamps shows,
 * hardly any of them is parsed. An event whose timestamp cannot be read, or lies far from what was
 * asked for, has no time.
 */
export class PageTimes {
	/** The latest and the earliest time; undefined where no event has one. */
	readonly newest: Instant | undefined;

	readonly oldest: Instant | undefined;

	/** Whether no event is newer than one before it. */
	readonly isSorted: boolean;

	/** The places of events with the same timestamp as the one before; undefined where the page is not in order. */
	readonly ties: readonly number[] | undefined;

	/** Whether there are events, all of them with a timestamp far from what was asked for. */
	readonly isElsewhere: boolean;

	/** The time of each event; undefined where the page is in order and all events have one. */
	private readonly times: ReadonlyArray<Instant | undefined> | undefined;

	constructor(
		private readonly events: readonly AuditEvent[],
		window: Window,
	) {
		const ties = tiesInOrder(events);
		const newest = ties && timeWithin(events[0], window);
		const oldest = ties && timeWithin(events[events.length - 1], window);
		if (ties && newest !== undefined && oldest !== undefined) {
			this.newest = newest;
			this.oldest = oldest;
			this.isSorted = true;
			this.ties = ties;
			this.isElsewhere = false;
			return;
		}
		this.times = events.map((event) => timeWithin(event, window));
		let isSorted = true;
		for (const time of this.times) {
			if (time === undefined) continue;
			if (this.newest === undefined || time > this.newest) this.newest = time;
			if (this.oldest === undefined || time <= this.oldest) this.oldest = time;
			else isSorted = false;
		}
		this.isSorted = isSorted;
		this.isElsewhere =
			events.length > 0 &&
			this.newest === undefined &&
			events.every((event) => timeOf(event) !== undefined);
	}

	get length(): number {
		return this.events.length;
	}

	/** How many places an event without a time may be away from where it belongs. */
	get undatedSlack(): number {
		return Math.max(MIN_SLACK, slackFor(this.events.length, !this.isSorted));
	}

	/** The time of the event at a place, if it has one. */
	at(place: number): Instant | undefined {
		return this.times ? this.times[place] : timeOf(this.events[place]);
	}

	/** The times of the last events that have one, `count` at most, in the order of the page. */
	last(count: number): Instant[] {
		const found: Instant[] = [];
		for (let at = this.events.length - 1; at >= 0 && found.length < count; at--) {
			const time = this.at(at);
			if (time !== undefined) found.push(time);
		}
		return found.reverse();
	}

	/** Whether an event stands more than `slack` places behind one that is older. */
	isFarOff(slack: number): boolean {
		if (this.isSorted) return false;
		const lowest: Instant[] = [];
		for (const time of this.times ?? []) {
			if (time === undefined) continue;
			const before = lowest[lowest.length - slack];
			if (before !== undefined && time > before) return true;
			const least = lowest[lowest.length - 1];
			lowest.push(least !== undefined && least < time ? least : time);
		}
		return false;
	}

	/** Up to which event one may have come with those before the page, the oldest of which has this time. */
	countNotBefore(oldest: Instant | undefined): number {
		if (this.times) return this.events.length;
		return oldest === undefined ? 0 : this.firstBefore(oldest);
	}

	/** How many events a query up to `to` returns again. */
	countBefore(to: Instant): number {
		if (this.times) return this.times.filter((time) => time === undefined || time < to).length;
		return this.events.length - this.firstBefore(to);
	}

	/**
	 * The events from `boundary` on, with those that may lie there: one without a time may be as new as
	 * any event a few places before or behind it, and the query for what is older may not return it.
	 *
	 * @param above the time of the events before the page, where that is known
	 */
	eventsFrom(boundary: Instant, above: Instant | undefined): AuditEvent[] {
		const { times } = this;
		if (!times) return this.events.slice(0, this.firstBefore(boundary));
		const reach = mayReach(times, { boundary, slack: this.undatedSlack, above });
		return this.events.filter((_event, at) => {
			const time = times[at];
			return time === undefined ? reach[at] : time >= boundary;
		});
	}

	/** On a page in order: where the events before `boundary` begin. */
	private firstBefore(boundary: Instant): number {
		let [low, high] = [0, this.events.length];
		while (low < high) {
			const middle = (low + high) >>> 1;
			const time = this.at(middle);
			// Text in order that is no timestamp stays where it is.
			if (time !== undefined && time < boundary) high = middle;
			else low = middle + 1;
		}
		return low;
	}
}

export function maxOf(times: readonly Instant[]): Instant {
	return times.reduce(later);
}

function timeWithin(event: AuditEvent | undefined, { from, to }: Window): Instant | undefined {
	const time = timeOf(event);
	return time !== undefined && time >= from - TOLERANCE && time <= to + TOLERANCE
		? time
		: undefined;
}
