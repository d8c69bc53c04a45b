import { identityOf } from './identity';
import { isBefore, isPlainUtc } from './pageTimes';
import type { AuditEvent } from './types';

/**
 * Passes each event on once, as far as it remembers. Where nobody can tell which of two neighbouring
 * windows an event belongs to, both may bring it.
 *
 * A page that goes on in time behind the one before it repeats nothing, which the text of its timestamps
 * shows; only the others are looked up, because looking up every event takes longer than reading it.
 */
export class Once {
	private current = new Set<string>();

	private before = new Set<string>();

	/** Identities that were passed on and are not in a set yet. */
	private pending: string[][] = [];

	private pendingCount = 0;

	/** The furthest timestamp that was passed on. */
	private last: string | undefined;

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
		if (this.goesOn(events)) {
			this.keep(events);
			return events;
		}
		for (const identities of this.pending) identities.forEach((one) => this.isNew(one));
		this.pending = [];
		this.pendingCount = 0;
		return events.filter((event) => this.isNew(identityOf(event)));
	}

	/** Whether each event is further on in time than the one before it, and than all that were passed on. */
	private goesOn(events: AuditEvent[]): boolean {
		let goesOn = true;
		for (const event of events) {
			const timestamp: unknown = event.timestamp;
			if (!isPlainUtc(timestamp)) goesOn = false;
			else if (this.last === undefined || this.isBehind(timestamp, this.last))
				this.last = timestamp;
			else goesOn = false;
		}
		return goesOn;
	}

	private isBehind(timestamp: string, other: string): boolean {
		return this.isForwards ? isBefore(other, timestamp) : isBefore(timestamp, other);
	}

	private keep(events: AuditEvent[]): void {
		this.pending.push(events.map(identityOf));
		this.pendingCount += events.length;
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
