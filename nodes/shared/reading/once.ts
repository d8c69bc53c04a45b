import { identityOf } from './identity';
import type { AuditEvent } from './types';

/**
 * Passes each event on once, as far as it remembers. Where nobody can tell which of two neighbouring
 * windows an event belongs to, both may bring it.
 */
export class Once {
	private current = new Set<string>();

	private before = new Set<string>();

	/** @param remembers how many of the latest events at least */
	constructor(private readonly remembers: number) {}

	/** @returns the same list where no event came before */
	pass(events: AuditEvent[]): AuditEvent[] {
		if (this.current.size >= this.remembers) {
			this.before = this.current;
			this.current = new Set();
		}
		let own: AuditEvent[] | undefined;
		for (const [index, event] of events.entries()) {
			if (this.isNew(identityOf(event))) own?.push(event);
			else own ??= events.slice(0, index);
		}
		return own ?? events;
	}

	private isNew(identity: string): boolean {
		if (this.before.size > 0 && this.before.has(identity)) return false;
		const { size } = this.current;
		return this.current.add(identity).size > size;
	}
}
