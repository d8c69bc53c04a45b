import { formatTimestamp, type Instant } from '../../../nodes/shared/model/instant';
import type { AuditEvent } from '../../../nodes/shared/model/event';
import type { FetchPage, PageQuery } from '../../../nodes/shared/model/page';

/** An event of the log in memory, at the resolution of the real one: 100 ns. */
export interface Entry {
	at: Instant;
	/** Tells events of the same instant apart; the higher one is the newer one. */
	sequence: number;
	fields?: Partial<AuditEvent>;
}

export interface LogShape {
	/** Whether an event that lies exactly on `from` belongs to the answer. */
	includesFrom: boolean;
	/** How many fractional digits the timestamps are shown with. */
	digits: 7 | 3;
	/** Events per page at most, whatever the query asks for. */
	pageCap: number;
	/** Whether an empty page with a `next` stands before every page that has events. */
	emptyPages: boolean;
	/** Whether the last page with events has a `next` too, to a last page without any. */
	emptyEnd: boolean;
	/** Events in groups of so many change places: in every group, or in one of `every`. */
	disorder?: { group: number; every: number };
	/** A page begins with so many of the last events of the one before. */
	overlap?: number;
	/** One event in `every` shows this for its timestamp. */
	oddTimestamps?: { every: number; value: unknown };
}

export const PLAIN_LOG: LogShape = {
	includesFrom: true,
	digits: 7,
	pageCap: 1000,
	emptyPages: false,
	emptyEnd: false,
};

const MAX_ALLOWED: Instant = 60n * 24n * 3600n * 1_000_000_000n;

/** Where a page begins. */
interface Position {
	/** The query that the series of pages began with. */
	query: string;
	/** The last entry given. */
	after?: Entry;
	/** Whether the empty page before it was shown. */
	shown: boolean;
}

/**
 * The query of the Audit API over a list in memory: newest first, `to` left out, pages that go on
 * from a position. It refuses what the real one may refuse.
 */
export class MemoryLog {
	/** Every query that began a series of pages. */
	readonly queries: PageQuery[] = [];

	requests = 0;

	private readonly positions = new Map<string, Position>();

	constructor(
		private readonly entries: readonly Entry[],
		private readonly shape: LogShape = PLAIN_LOG,
		/** Which entries can be seen at the moment. */
		private readonly isVisible: (entry: Entry) => boolean = () => true,
	) {}

	readonly fetchPage: FetchPage = async (query, next) => {
		this.requests += 1;
		const asked = this.check(query);
		const position = next === undefined ? { query: asked, shown: false } : this.positions.get(next);
		if (!position) throw new Error(`There is no page ${String(next)}`);
		if (position.query !== asked) {
			throw new Error('The query changed from one page to the next');
		}
		if (next === undefined) this.queries.push(query);

		const size = Math.min(query.pageSize, this.shape.pageCap);
		const rest = this.restOf(query, position.after, size);
		if (this.shape.emptyPages && !position.shown && rest.length > 0) {
			return { events: [], next: this.remember({ ...position, shown: true }) };
		}
		const entries = rest.slice(0, size);
		const last = entries.at(-1);
		const goesOn = rest.length > size || (this.shape.emptyEnd && last !== undefined);
		return {
			events: entries.map((entry) => this.show(entry)),
			next: goesOn ? this.remember({ after: last, shown: false, query: asked }) : null,
		};
	};

	/** The event as the API would show it. */
	show({ at, sequence, fields }: Entry): AuditEvent {
		const timestamp = formatTimestamp(at);
		const odd = this.shape.oddTimestamps;
		return {
			cursor: `c${sequence}`,
			timestamp: this.shape.digits === 7 ? timestamp : `${timestamp.slice(0, 23)}Z`,
			...(odd && sequence % odd.every === 0 && { timestamp: odd.value as string }),
			...fields,
		};
	}

	/** What comes after an entry, in the order of the answers, with what a page repeats. */
	private restOf(query: PageQuery, after: Entry | undefined, size: number): Entry[] {
		const { disorder, overlap = 0 } = this.shape;
		const all = this.matching(query);
		if (!disorder && overlap === 0) return all.filter((entry) => isAfter(entry, after));
		const ordered = disorder ? outOfOrder(all, disorder) : all;
		if (!after) return ordered;
		return ordered.slice(ordered.indexOf(after) + 1 - Math.min(overlap, size - 1));
	}

	private check(query: PageQuery): string {
		const { from, to } = query.window;
		if (from >= to) throw new Error('"from" is not before "to"');
		if (to - from > MAX_ALLOWED) throw new Error('The range is longer than 60 days');
		if (query.pageSize < 1 || query.pageSize > 1000) throw new Error('"limit" is not 1 to 1000');
		return JSON.stringify([String(from), String(to), query.conditions, query.pageSize]);
	}

	private matching({ window, conditions }: PageQuery): Entry[] {
		const { from, to } = window;
		return this.entries
			.filter(this.isVisible)
			.filter(({ at }) => (this.shape.includesFrom ? at >= from : at > from) && at < to)
			.filter(({ fields }) =>
				conditions.every(({ field, operator, value }) => {
					if (operator !== 'eq') throw new Error(`The operator ${operator} is not known`);
					return fields?.[field] === value;
				}),
			)
			.sort(newestFirst);
	}

	private remember(position: Position): string {
		const name = `page-${this.positions.size}`;
		this.positions.set(name, position);
		return name;
	}
}

function outOfOrder(entries: Entry[], { group, every }: { group: number; every: number }): Entry[] {
	const groups: Entry[][] = [];
	for (let at = 0; at < entries.length; at += group) {
		const own = entries.slice(at, at + group);
		// The oldest entry says which groups: it is the same in every query.
		const isTurned = (own.at(-1)?.sequence ?? 0) % every === 0;
		groups.push(isTurned ? own.reverse() : own);
	}
	return groups.flat();
}

export function newestFirst(a: Entry, b: Entry): number {
	if (a.at !== b.at) return a.at > b.at ? -1 : 1;
	return b.sequence - a.sequence;
}

function isAfter(entry: Entry, position: Position['after']): boolean {
	if (!position) return true;
	return newestFirst(position, entry) < 0;
}
