import type { AuditEvent } from '../../shared/model/event';
import { type Instant, later } from '../../shared/model/instant';
import type { Window } from '../../shared/model/window';
import { maxOf, type PageTimes } from '../../shared/reading/pageTimes';
import type { EventKey } from '../state/eventKey';

/** Where an event stands in time. */
export interface Place {
	/** Where it counts as having happened: at its time, or at that of the next older event of the window. */
	readonly at: Instant;
	/** When it may have happened at the earliest. A query for what is later may not return it. */
	readonly earliest: Instant;
	/** When it may have happened at the latest. A query for what is later does not return it. */
	readonly latest: Instant;
	/** Whether it has no time, and nothing newer in the window says when it was at the latest. */
	readonly isStray: boolean;
}

/** An event in its place in time. */
export interface PlacedEvent {
	event: AuditEvent;
	key: EventKey;
	place: Place;
	/** Whether its time says where it stands, so that it is remembered by that. */
	isDated: boolean;
}

interface OpenPlace {
	place: { -readonly [Key in keyof Place]: Place[Key] };
	/** The earliest time of the events behind it so far. */
	lowest?: Instant;
	/** How many of them may still tell. */
	left: number;
}

/**
 * Finds out where the events of a window stand in time, as they come: newest first, out of order by a few
 * places at most. An event whose timestamp cannot be read, or lies behind all that was asked for, was
 * between its neighbours.
 */
export class Placement {
	/** The times of the last events that have one. */
	private readonly recent: Instant[] = [];

	/** Places of events without a time that the next events have something to say about. */
	private open: OpenPlace[] = [];

	/** How many places an event without a time may be away from where it belongs. */
	private slack = 1;

	constructor(private readonly window: Window) {}

	/** Another page begins. */
	startPage({ undatedSlack }: PageTimes): void {
		this.slack = Math.max(this.slack, undatedSlack);
	}

	/**
	 * The place of the next event. Where it has no time, the place becomes narrower with the events that
	 * follow: it is to be read when all have come.
	 *
	 * @param time undefined where it cannot be read
	 */
	next(time: Instant | undefined): Place {
		const { from, to } = this.window;
		if (time === undefined || time >= to) return this.unknown();
		const at = later(from, time);
		this.note(at);
		return { at, earliest: at, latest: at, isStray: false };
	}

	private unknown(): Place {
		const { from, to } = this.window;
		const isStray = this.recent.length < this.slack;
		const latest = isStray ? to : maxOf(this.recent);
		const place = { at: from, earliest: from, latest, isStray };
		this.open.push({ place, left: this.slack });
		return place;
	}

	private note(time: Instant): void {
		this.recent.push(time);
		if (this.recent.length > this.slack) this.recent.shift();
		for (const open of this.open) {
			if (open.lowest === undefined) open.place.at = time;
			if (open.lowest === undefined || time < open.lowest) open.lowest = time;
			if (--open.left === 0) open.place.earliest = open.lowest;
		}
		this.open = this.open.filter(({ left }) => left > 0);
	}
}
