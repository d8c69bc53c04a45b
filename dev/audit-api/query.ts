import { compileConditions, OPERATORS } from './conditions';
import { present } from '../../test/support/present';
import { bodyHash, decodePage, encodePage, type PagePosition } from './cursors';
import { asListed } from './events';
import {
	truncateToMilliseconds,
	dateToTicks,
	DAY,
	fromTicks,
	type Ticks,
	toTicks,
} from './instant';
import { invalidParameters } from './problems';
import type { EventStore } from './store';
import type { AuditEvent, Behaviour, QueryRequest } from './types';

const DEFAULT_SPAN: Ticks = 30n * DAY;

export interface PageRequest {
	body: QueryRequest;
	/** 1 to 1000. */
	limit: number;
	/** As received with `next`. */
	cursor?: string;
}

export interface PageResult {
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
 * Reads one page of a query (docs/api.md#query). A detour is an empty page whose `next` leads back to the same
 * position.
 *
 * @throws ApiProblem 400
 */
export function readPage(
	store: EventStore,
	request: PageRequest,
	{ behaviour, now, isDetour = false }: { behaviour: Behaviour; now: Date; isDetour?: boolean },
): PageResult {
	const { body, cursor } = request;
	const limit = Math.min(request.limit, behaviour.pageCap ?? Infinity);
	const range = readRange(body, behaviour, now);
	const matches = compileConditions(body.and ?? [], {
		operators: behaviour.knownOperators ?? OPERATORS,
		hasProperty: (name) => store.services.hasProperty(name),
	});
	const hash = bodyHash(body);
	const position = readPosition(cursor, hash, behaviour);
	const digits = behaviour.timestampDigits;
	const detours = (position.detours ?? 0) + 1;
	const page = (events: AuditEvent[], next: PagePosition | null): PageResult => ({
		data: events,
		nextCursor:
			next && cursor && behaviour.nextStyle === 'repeating' ? cursor : next && encodePage(next),
		from: fromTicks(range.from, digits),
		to: fromTicks(range.to, digits),
	});

	if (isDetour) return page([], { ...position, hash, detours });
	if (position.empties > 0) {
		return page([], { ...position, hash, empties: position.empties - 1 });
	}

	const end = store.firstBefore(range.from, !behaviour.fromInclusive);
	const skipOthers = (from: number) => {
		let at = from;
		while (at < end && !matches(present(store.events[at]))) at++;
		return at;
	};
	const postponed = position.postponed === undefined ? [] : [position.postponed];
	/** The indexes of this page's events, and where the next page begins. */
	const included: number[] = [];
	let index = skipOthers(startIndex(store, range, position));
	for (; index < end && postponed.length + included.length < limit; index = skipOthers(index + 1)) {
		included.push(index);
	}
	let postponedNext: number | undefined;
	if (behaviour.pageOrder === 'unsorted' && index < end && included.length > 1) {
		postponedNext = included.pop();
		included.push(index);
		index = skipOthers(index + 1);
	}
	const events = [
		...postponed.map((one) => store.get(one)),
		...included.map((at) => store.events[at]),
	]
		.filter((event) => event !== undefined)
		.map((event) => withDigits(asListed(event), digits));
	if (behaviour.pageOrder === 'unsorted') reverseTriples(events);

	const isLast = index >= end && postponedNext === undefined;
	if (isLast && !behaviour.endlessNext && !endsEmpty(events, behaviour)) return page(events, null);
	const overlap = behaviour.pageOrder === 'overlapping' && !isLast && included.length > 1 ? 2 : 1;
	const lastOfPage = included[included.length - overlap];
	const last = lastOfPage === undefined ? undefined : store.position(lastOfPage);
	return page(events, {
		after: last ? { ticks: String(last.ticks), cursor: last.cursor } : position.after,
		empties: behaviour.emptyPages,
		hash,
		...(postponedNext !== undefined && { postponed: present(store.events[postponedNext]).cursor }),
		...(isLast && behaviour.endlessNext && { detours }),
	});
}

function reverseTriples(events: AuditEvent[]): void {
	for (let at = 0; at + 2 < events.length; at += 3) {
		events.splice(at, 3, ...events.slice(at, at + 3).reverse());
	}
}

/** The timestamps of an event with as many digits as the API shows. */
export function withDigits(event: AuditEvent, digits: 7 | 3): AuditEvent {
	if (digits === 7) return event;
	const { timestamp, expiresAt } = event;
	return {
		...event,
		timestamp: truncateToMilliseconds(timestamp),
		...(expiresAt && { expiresAt: truncateToMilliseconds(expiresAt) }),
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

/** If there are empty pages at all, about every other query ends with some: which ones is random, but stable. */
function endsEmpty(events: AuditEvent[], { emptyPages }: Behaviour): boolean {
	const last = events[events.length - 1];
	if (emptyPages === 0 || !last) return false;
	return last.cursor.charCodeAt(0) % 2 === 0;
}
