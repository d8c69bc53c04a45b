import { compileConditions, OPERATORS } from './conditions';
import { bodyHash, decodePage, encodePage, type PagePosition } from './cursors';
import { asListed } from './events';
import { cutToMilliseconds, dateToTicks, DAY, fromTicks, type Ticks, toTicks } from './instant';
import { invalidParameters } from './problems';
import type { EventStore } from './store';
import type { AuditEvent, Behaviour, QueryRequest } from './types';

const DEFAULT_SPAN: Ticks = 30n * DAY;

export interface PageRequest {
	body: QueryRequest;
	/** 1 to 1000. */
	limit: number;
	/** As it came with `next`. */
	cursor?: string;
}

export interface PageAnswer {
	data: AuditEvent[];
	/** The cursor of the next page; null on the last one. */
	nextCursor: string | null;
	from: string;
	to: string;
}

interface Range {
	from: Ticks;
	to: Ticks;
}

/**
 * Answers one page of a query (docs/api.md#query).
 *
 * @throws ApiProblem 400
 */
export function readPage(
	store: EventStore,
	request: PageRequest,
	{ behaviour, now }: { behaviour: Behaviour; now: Date },
): PageAnswer {
	const { body, limit, cursor } = request;
	const range = readRange(body, behaviour, now);
	const matches = compileConditions(body.and ?? [], {
		operators: behaviour.knownOperators ?? OPERATORS,
		hasProperty: (name) => store.services.hasProperty(name),
	});
	const hash = bodyHash(body);
	const position = readPosition(cursor, hash, behaviour);
	const digits = behaviour.timestampDigits;
	const answer = (events: AuditEvent[], next: PagePosition | null): PageAnswer => ({
		data: events.map((event) => withDigits(asListed(event), digits)),
		nextCursor:
			next && cursor && behaviour.nextStyle === 'repeating' ? cursor : next && encodePage(next),
		from: fromTicks(range.from, digits),
		to: fromTicks(range.to, digits),
	});

	if (position.empties > 0) {
		return answer([], { ...position, hash, empties: position.empties - 1 });
	}

	const end = store.firstBefore(range.from, !behaviour.fromInclusive);
	const events: AuditEvent[] = [];
	let index = startIndex(store, range, position);
	let last: PagePosition['after'] = null;
	for (; index < end && events.length < limit; index++) {
		if (!matches(store.events[index])) continue;
		events.push(store.events[index]);
		const { ticks, cursor } = store.position(index);
		last = { ticks: String(ticks), cursor };
	}
	while (index < end && !matches(store.events[index])) index++;
	if (last === null) return answer(events, null);
	const next = { after: last, empties: behaviour.emptyPages, hash };
	return answer(events, index < end || endsEmpty(events, behaviour) ? next : null);
}

/** The timestamps of an event with as many digits as the API shows. */
export function withDigits(event: AuditEvent, digits: 7 | 3): AuditEvent {
	if (digits === 7) return event;
	const { timestamp, expiresAt } = event;
	return {
		...event,
		timestamp: cutToMilliseconds(timestamp),
		...(expiresAt && { expiresAt: cutToMilliseconds(expiresAt) }),
	};
}

function readRange({ from, to }: QueryRequest, { maxRangeDays }: Behaviour, now: Date): Range {
	const end = to ? readTicks('to', to) : dateToTicks(now);
	const start = from ? readTicks('from', from) : end - DEFAULT_SPAN;
	if (start > end) throw invalidParameters({ name: 'from', reason: 'It is after to' });
	if (
		maxRangeDays !== null &&
		end - start > BigInt(Math.round(maxRangeDays * 86_400)) * (DAY / 86_400n)
	) {
		throw invalidParameters({ name: 'from', reason: `More than ${maxRangeDays} days before to` });
	}
	return { from: start, to: end };
}

function readTicks(name: string, text: string): Ticks {
	const ticks = toTicks(text);
	if (ticks === undefined) throw invalidParameters({ name, reason: 'It is not a date-time' });
	return ticks;
}

function readPosition(
	cursor: string | undefined,
	hash: string,
	behaviour: Behaviour,
): PagePosition {
	if (cursor === undefined) return { after: null, empties: behaviour.emptyPages, hash };
	const position = decodePage(cursor);
	if (!position) throw invalidParameters({ name: 'cursor', reason: 'It is not a page cursor' });
	if (behaviour.cursorNeedsSameBody && position.hash !== hash) {
		throw invalidParameters({ name: 'cursor', reason: 'It belongs to a query with another body' });
	}
	return position;
}

function startIndex(store: EventStore, { to }: Range, { after }: PagePosition): number {
	const start = store.firstBefore(to, false);
	if (after === null) return start;
	const { ticks, cursor } = after;
	return Math.max(start, store.firstAfter({ ticks: BigInt(ticks), cursor }));
}

/** Where empty pages come at all, about every other query ends with some: which one is chance, but stable. */
function endsEmpty(events: AuditEvent[], { emptyPages }: Behaviour): boolean {
	if (emptyPages === 0) return false;
	const { cursor } = events[events.length - 1];
	return cursor.charCodeAt(0) % 2 === 0;
}
