import { identityOf } from './identity';
import { isBefore, isPlainUtc } from './pageTimes';
import type { AuditEvent } from './types';

/**
 * Passes each event on once, as far as it remembers. Where nobody can tell which of two neighbouring
 * windows an event belongs to, both may bring it.
 *
 * Where the text of the timestamps shows that events go on in time, an event can only repeat one with the
 * same timestamp. Only where they do not go on is every event looked up, which takes longer than reading it.
 */
export class Once {
	private current = new Set<string>();

	private before = new Set<string>();

	/** Identities that were passed on and are not in a set yet. */
	private pending: string[][] = [];

	private pendingCount = 0;

	/** The furthest timestamp that was passed on. */
	private last: string | undefined;

	/** The identities passed on that have this timestamp; undefined where they are not known apart. */
	private atLast: string | Set<string> | undefined;

	/**
	 * @param remembers how many of the latest events at least
	 * @param isForwards whether events come oldest first
	 */
	constructor(
		private readonly remembers: number,
		private readonly isForwards = false,
	) {}

	/** @returns the same list where no event came before */
	pass(events: AuditEvent[]): AuditEvent[] {
		if (events.length === 0) return events;
		if (this.goesOn(events)) return this.passInOrder(events);
		for (const identities of this.pending) identities.forEach((one) => this.isNew(one));
		this.pending = [];
		this.pendingCount = 0;
		this.noteFurthest(events);
		return events.filter((event) => this.isNew(identityOf(event)));
	}

	/** Whether no event is further back in time than the one before it, or than any that was passed on. */
	private goesOn(events: AuditEvent[]): boolean {
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
		const identities: string[] = [];
		let passed: AuditEvent[] | undefined;
		for (let index = 0; index < events.length; index++) {
			const event = events[index] as AuditEvent;
			const identity = identityOf(event);
			if (this.isRepeated(event.timestamp, identity)) {
				passed ??= events.slice(0, index);
				continue;
			}
			identities.push(identity);
			passed?.push(event);
		}
		this.keep(identities);
		return passed ?? events;
	}

	/** Whether it came before, at the same time. */
	private isRepeated(timestamp: string, identity: string): boolean {
		if (timestamp !== this.last) {
			this.last = timestamp;
			this.atLast = identity;
			return false;
		}
		if (typeof this.atLast === 'string') this.atLast = new Set([this.atLast]);
		if (this.atLast?.has(identity)) return true;
		if ((this.atLast?.size ?? 0) >= this.remembers) this.atLast?.clear();
		this.atLast?.add(identity);
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

	private keep(identities: string[]): void {
		this.pending.push(identities);
		this.pendingCount += identities.length;
		while (this.pendingCount - (this.pending[0]?.length ?? 0) >= this.remembers) {
			this.pendingCount -= this.pending.shift()?.length ?? 0;
		}
	}

	private isNew(identity: string): boolean {
		if (this.current.size >= this.remembers) {
			this.before = this.current;
			this.current = new Set();
		}
		if (this.before.size > 0 && this.before.has(identity)) return false;
		const { size } = this.current;
		return this.current.add(identity).size > size;
	}
}
