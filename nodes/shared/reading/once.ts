import { identityOf } from '../model/identity';
import { isBefore, isPlainUtc } from './timestampOrder';
import type { AuditEvent } from '../model/event';

/**
 * The events without those that came before them in the list; the same list where there are none.
 *
 * @param ties the places of events that may repeat one right before them; any event may by default
 */
export function withoutRepeats(events: AuditEvent[], ties?: readonly number[]): AuditEvent[] {
	if (ties?.length === 0) return events;
	let known = new Set<string>();
	const repeated = new Set<number>();
	let last = -1;
	for (const place of ties ?? events.keys()) {
		if (ties && place !== last + 1) {
			known = new Set(events.slice(place - 1, place).map(identityOf));
		}
		const { size } = known;
		if (known.add(identityOf(events[place] as AuditEvent)).size === size) repeated.add(place);
		last = place;
	}
	return repeated.size === 0 ? events : events.filter((_event, place) => !repeated.has(place));
}

export interface OnceOptions {
	/** How many of the latest events to remember at least. All of them by default. */
	maxRemembered?: number;
	/** Whether events come oldest first. */
	isForwards?: boolean;
}

/**
 * Passes each event on once, as far as it remembers. Where nobody can tell which of two neighbouring
 * windows an event belongs to, both may bring it.
 *
 * Where the text of the timestamps shows that events continue in time, an event can only repeat one with the
 * same timestamp. Only where they do not, every event is looked up, which takes longer than reading it.
 */
export class Once {
	private current = new Set<string>();

	private before = new Set<string>();

	/** What was passed on and is in no set yet: events, where they are remembered anyway, or identities. */
	private pending: Array<ReadonlyArray<AuditEvent | string>> = [];

	private pendingCount = 0;

	/** The furthest timestamp that was passed on. */
	private last: string | undefined;

	/** What was passed on that has this timestamp, one event or several; undefined where that is not known. */
	private atLast: AuditEvent | Set<string> | undefined;

	/** How many of the latest events are remembered at least; undefined for all. */
	private readonly maxRemembered: number | undefined;

	/** Whether events come oldest first. */
	private readonly isForwards: boolean;

	constructor({ maxRemembered, isForwards = false }: OnceOptions = {}) {
		this.maxRemembered = maxRemembered;
		this.isForwards = isForwards;
	}

	/** @returns the same list where no event came before */
	pass(events: AuditEvent[]): AuditEvent[] {
		if (events.length === 0) return events;
		if (this.continuesInTime(events)) return this.passInOrder(events);
		for (const some of this.pending) {
			for (const one of some) this.isNew(typeof one === 'string' ? one : identityOf(one));
		}
		this.pending = [];
		this.pendingCount = 0;
		this.noteFurthest(events);
		return events.filter((event) => this.isNew(identityOf(event)));
	}

	/** Whether no event is further back in time than the one before it, or than any that was passed on. */
	private continuesInTime(events: AuditEvent[]): boolean {
		let { last } = this;
		for (const { timestamp } of events as Array<{ timestamp: unknown }>) {
			if (!isPlainUtc(timestamp)) return false;
			if (timestamp === last) {
				if (last === this.last && this.atLast === undefined) return false;
			} else if (last !== undefined && !this.isBehind(timestamp, last)) return false;
			last = timestamp;
		}
		return true;
	}

	private passInOrder(events: AuditEvent[]): AuditEvent[] {
		let passed: AuditEvent[] | undefined;
		for (let index = 0; index < events.length; index++) {
			const event = events[index] as AuditEvent;
			if (this.isRepeated(event)) passed ??= events.slice(0, index);
			else passed?.push(event);
		}
		this.keep(passed ?? events);
		return passed ?? events;
	}

	/** Whether it came before, at the same time. */
	private isRepeated(event: AuditEvent): boolean {
		const { timestamp } = event;
		if (timestamp !== this.last || this.atLast === undefined) {
			this.last = timestamp;
			this.atLast = event;
			return false;
		}
		const known = this.atLast instanceof Set ? this.atLast : new Set([identityOf(this.atLast)]);
		const identity = identityOf(event);
		if (known.has(identity)) return true;
		if (this.isFull(known.size)) known.clear();
		this.atLast = known.add(identity);
		return false;
	}

	private noteFurthest(events: AuditEvent[]): void {
		this.atLast = undefined;
		for (const { timestamp } of events as Array<{ timestamp: unknown }>) {
			if (!isPlainUtc(timestamp)) continue;
			if (this.last === undefined || this.isBehind(timestamp, this.last)) this.last = timestamp;
		}
	}

	private isBehind(timestamp: string, other: string): boolean {
		return this.isForwards ? isBefore(other, timestamp) : isBefore(timestamp, other);
	}

	private keep(events: AuditEvent[]): void {
		this.pending.push(this.maxRemembered === undefined ? events : events.map(identityOf));
		this.pendingCount += events.length;
		while (this.isFull(this.pendingCount - (this.pending[0]?.length ?? 0))) {
			this.pendingCount -= this.pending.shift()?.length ?? 0;
		}
	}

	private isNew(identity: string): boolean {
		if (this.isFull(this.current.size)) {
			this.before = this.current;
			this.current = new Set();
		}
		if (this.before.size > 0 && this.before.has(identity)) return false;
		const { size } = this.current;
		return this.current.add(identity).size > size;
	}

	private isFull(count: number): boolean {
		return this.maxRemembered !== undefined && count >= this.maxRemembered;
	}
}
