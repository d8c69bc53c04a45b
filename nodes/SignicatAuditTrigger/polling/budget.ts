import type { AuditEvent } from '../../shared/model/event';
import {
	floorTo,
	type Instant,
	later,
	MILLISECOND,
	nextMillisecond,
} from '../../shared/model/instant';
import type { Window } from '../../shared/model/window';
import { MAX_STRAYS } from '../state/bounds';
import type { PollSettings } from './pollSettings';
import type { PlacedEvent } from './placement';

/** How many new events one poll takes, and how large they may be together where that is bounded. */
export class Budget {
	private size = 0;

	/** Whether a window held more than there was room for by its size. */
	private isExceeded = false;

	private count = 0;

	/** Each event is measured once, because that takes as long as making its item. */
	private readonly sizes = new WeakMap<AuditEvent, number>();

	constructor(private readonly settings: Pick<PollSettings, 'capacity' | 'maxSize'>) {}

	/** How many more new events. */
	get left(): number {
		return this.settings.capacity - this.count;
	}

	get isUsedUp(): boolean {
		const { maxSize } = this.settings;
		const isFull = maxSize !== undefined && (this.isExceeded || this.size >= maxSize.total);
		return this.left <= 0 || isFull;
	}

	/**
	 * Takes the oldest events of a window that fit, cut between two milliseconds, with those that may have happened
	 * before it. At least one millisecond is taken, however many events it holds.
	 *
	 * @returns the events taken, and the end of the time that they cover
	 */
	take(events: PlacedEvent[], window: Window): { events: PlacedEvent[]; end: Instant } {
		const taken = this.trim(events, window);
		this.count += taken.events.length;
		for (const placed of taken.events) this.size += this.sizeOf(placed);
		return taken;
	}

	private trim(events: PlacedEvent[], window: Window): { events: PlacedEvent[]; end: Instant } {
		const all = { events, end: window.to };
		const [first] = events;
		const fitting = this.countFitting(events);
		const tooMany = events[fitting];
		if (!first || !tooMany) return all;
		const end = later(floorTo(tooMany.place.at, MILLISECOND), nextMillisecond(first.place.at));
		if (end >= window.to) return all;
		const kept = events.filter(({ place }) => place.earliest < end);
		// The next window returns these once more: there is room to remember so many of them.
		const again = kept.filter(({ place }) => place.latest >= end).length;
		if (again > MAX_STRAYS) return all;
		this.isExceeded = fitting < this.left;
		return { events: kept, end };
	}

	/** How many of the first events there is room for. */
	private countFitting(events: PlacedEvent[]): number {
		const { left, settings } = this;
		const most = Math.min(left, events.length);
		if (!settings.maxSize) return most;
		let { size } = this;
		const tooLarge = events.findIndex((placed, index) => {
			if (index >= most) return true;
			size += this.sizeOf(placed);
			return size > (settings.maxSize?.total ?? Infinity);
		});
		return tooLarge < 0 ? most : tooLarge;
	}

	private sizeOf({ event }: PlacedEvent): number {
		const size = this.sizes.get(event) ?? this.settings.maxSize?.sizeOf(event) ?? 0;
		this.sizes.set(event, size);
		return size;
	}
}
