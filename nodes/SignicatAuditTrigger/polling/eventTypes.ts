import { splitFilters } from '../../shared/model/conditions';
import type { AuditEvent } from '../../shared/model/event';
import { timeOf } from '../../shared/model/identity';
import { earlier, type Instant, later, nextMillisecond } from '../../shared/model/instant';
import { jsonText } from '../../shared/model/json';
import { type FetchPage, MAX_EVENTS_PER_PAGE } from '../../shared/model/page';
import { MAX_WINDOW, type Window } from '../../shared/model/window';
import { followPages } from '../../shared/reading/pages';
import { type LearningState, type ReadyState, shortHash, verifiedState } from '../state/pollState';
import { isOver, type PollSettings } from './pollSettings';

/** A (service name, event type) pair that is new, with its first event. */
export interface NewEventType {
	serviceName: string | null;
	eventType: string | null;
	/** The timestamp of the first event, as the API sent it. */
	firstSeenAt: string;
	event: AuditEvent;
}

/** The hash of a (service name, event type) pair; a missing name counts as null. */
export function typeHash(serviceName: unknown, eventType: unknown): string {
	return shortHash(jsonText([serviceName ?? null, eventType ?? null]));
}

/**
 * Picks the first event of each pair that is not known yet.
 *
 * @returns these, and all pairs that are known afterwards
 */
export function pickNewTypes(
	events: readonly AuditEvent[],
	known: ReadonlySet<string>,
): { found: NewEventType[]; known: Set<string> } {
	const all = new Set(known);
	const found: NewEventType[] = [];
	for (const event of events) {
		const hash = typeHash(event.serviceName, event.eventType);
		if (all.has(hash)) continue;
		all.add(hash);
		found.push({
			serviceName: event.serviceName ?? null,
			eventType: event.eventType ?? null,
			firstSeenAt: event.timestamp,
			event,
		});
	}
	return { found, known: all };
}

/**
 * Learns the event types of a part of the past, newest first, for as long as there is time.
 *
 * @returns the state with the pairs known so far, and with what is still to be learned, if anything is
 * @throws what `fetchPage` throws
 */
export async function learnTypes(
	fetchPage: FetchPage,
	{ toLearn, ...state }: LearningState,
	settings: PollSettings,
): Promise<LearningState | ReadyState> {
	const knownTypes = new Set(state.knownTypes);
	const { remote, matches } = splitFilters(settings);
	const learned = (remaining?: Window) => verifiedState({ ...state, knownTypes }, remaining);
	let { to } = toLearn;
	while (to > toLearn.from) {
		const window = { from: later(toLearn.from, to - MAX_WINDOW), to };
		const query = { window, conditions: remote, pageSize: MAX_EVENTS_PER_PAGE };
		let oldest: Instant | undefined;
		for await (const page of followPages(fetchPage, query, settings.pages)) {
			for (const event of page.events) {
				const time = timeOf(event);
				const isInWindow = time !== undefined && time >= window.from && time < window.to;
				if (isInWindow) oldest = earlier(oldest ?? time, time);
				if (!matches(event)) continue;
				knownTypes.add(typeHash(event.serviceName, event.eventType));
			}
			if (page.next !== null && isOver(settings)) {
				// The oldest millisecond that was read may not be complete: it is read once more.
				const unreadTo = oldest === undefined ? to : earlier(nextMillisecond(oldest), to);
				return learned({ from: toLearn.from, to: unreadTo });
			}
		}
		to = window.from;
		if (to > toLearn.from && isOver(settings)) return learned({ from: toLearn.from, to });
	}
	return learned();
}
