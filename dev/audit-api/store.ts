import { eventCursor } from './cursors';
import { present } from '../../test/support/present';
import { completeEvent } from './events';
import { type Ticks, toTicks } from './instant';
import { ServiceIndex } from './services';
import type { AuditEvent } from './types';

/** A position in the order of events: newest first, then by cursor. */
export interface Position {
	ticks: Ticks;
	cursor: string;
}

interface Entry {
	event: AuditEvent;
	position: Position;
}

/** Above this number of new events, sorting is cheaper than inserting them. */
const INSERT_LIMIT = 10_000;

/** The events in the order in which queries return them, found by time and by cursor. */
export class EventStore {
	/** Newest first; always the same list object. */
	readonly events: AuditEvent[] = [];
	/** The source of metadata and properties. */
	readonly services = new ServiceIndex();
	private positions: Position[] = [];
	private readonly byCursor = new Map<string, AuditEvent>();
	private sequence: number;

	constructor(
		events: readonly AuditEvent[],
		private readonly seed: number,
	) {
		this.sequence = events.length;
		this.add(events);
	}

	get(cursor: string): AuditEvent | undefined {
		return this.byCursor.get(cursor);
	}

	position(index: number): Position {
		return present(this.positions[index]);
	}

	/** The index of the first event that is older than `ticks`, or as old if `inclusive` is set. */
	firstBefore(ticks: Ticks, inclusive: boolean): number {
		return this.search((at) => (inclusive ? at.ticks <= ticks : at.ticks < ticks));
	}

	/** The index of the first event that comes after a position. */
	firstAfter(position: Position): number {
		return this.search((at) => compare(at, position) > 0);
	}

	/** @param now the timestamp of events that have none */
	append(partials: ReadonlyArray<Partial<AuditEvent>>, now: string): AuditEvent[] {
		const events = partials.map((partial) => {
			while (this.byCursor.has(eventCursor(this.seed, this.sequence))) this.sequence++;
			const identity = { seed: this.seed, sequence: this.sequence++, timestamp: now };
			return completeEvent(partial, identity);
		});
		this.add(events);
		return events;
	}

	private add(events: readonly AuditEvent[]): void {
		const entries = events.map((event) => {
			const ticks = toTicks(event.timestamp);
			if (ticks === undefined) throw new Error(`Not a timestamp: ${event.timestamp}`);
			if (this.byCursor.has(event.cursor)) throw new Error(`Cursor used twice: ${event.cursor}`);
			this.byCursor.set(event.cursor, event);
			this.services.add(event);
			return { event, position: { ticks, cursor: event.cursor } };
		});
		if (entries.length <= INSERT_LIMIT) {
			this.insert(entries.sort((a, b) => compare(a.position, b.position)));
			return;
		}
		const all = this.events.map((event, index) => ({ event, position: this.position(index) }));
		for (const entry of entries) all.push(entry);
		all.sort((a, b) => compare(a.position, b.position));
		this.positions = all.map(({ position }) => position);
		all.forEach(({ event }, index) => (this.events[index] = event));
	}

	/** Inserts events that are in order, together where no other event lies between them: most are the newest. */
	private insert(entries: readonly Entry[]): void {
		for (let end = entries.length; end > 0; ) {
			const index = this.firstAfter(present(entries[end - 1]).position);
			let start = end - 1;
			while (start > 0 && this.firstAfter(present(entries[start - 1]).position) === index) start--;
			const group = entries.slice(start, end);
			this.events.splice(index, 0, ...group.map(({ event }) => event));
			this.positions.splice(index, 0, ...group.map(({ position }) => position));
			end = start;
		}
	}

	/** The first index for which the predicate is true; it has to be true for every later one, too. */
	private search(holds: (at: Position) => boolean): number {
		let low = 0;
		let high = this.positions.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if (holds(this.position(middle))) high = middle;
			else low = middle + 1;
		}
		return low;
	}
}

function compare(a: Position, b: Position): number {
	if (a.ticks !== b.ticks) return a.ticks > b.ticks ? -1 : 1;
	return a.cursor < b.cursor ? -1 : a.cursor > b.cursor ? 1 : 0;
}
