import { divideFiltering } from '../../shared/model/conditions';
import { timeOf } from '../../shared/model/identity';
import { followPages } from '../../shared/reading/pages';
import { isOver, type PollSettings } from './pollSettings';
import { MAX_TYPES, type PollState, shortHash } from '../state/pollState';
import { earlier, floorTo, type Instant, later, MILLISECOND } from '../../shared/model/instant';
import type { AuditEvent } from '../../shared/model/event';
import { type FetchPage, MOST_EVENTS_PER_PAGE } from '../../shared/model/page';
import { MAX_WINDOW } from '../../shared/model/window';

/** One (service name, event type) pair that was never seen before, with its first event. */
export interface NewEventType {
	serviceName: string | null;
	eventType: string | null;
	/** The timestamp of the first event, as the API sent it. */
	firstSeenAt: string;
	event: AuditEvent;
}

/** The hash under which the trigger knows an event's pair. */
export function typeHash(serviceName: unknown, eventType: unknown): string {
	return shortHash(JSON.stringify([serviceName ?? null, eventType ?? null]));
}

/** Picks the events whose pair is not known yet, and gives the pairs that are known afterwards. */
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

/** Whether there is no room for further pairs, so that the oldest ones have to go. */
export function trimTypes(known: Set<string>): { known: Set<string>; truncated: boolean } {
	if (known.size <= MAX_TYPES) return { known, truncated: false };
	return { known: new Set([...known].slice(known.size - MAX_TYPES)), truncated: true };
}

/**
 * Learns the event types of a stretch of the past, newest first, as far as the time goes.
 *
 * @returns the pairs known so far, and what is still to be learned
 */
export async function learnTypes(
	fetchPage: FetchPage,
	state: PollState,
	settings: PollSettings,
): Promise<PollState> {
	const knownTypes = new Set(state.knownTypes);
	const { sent, keeps } = divideFiltering(settings);
	let { toLearn } = state;
	while (toLearn && toLearn.from < toLearn.to) {
		const from = later(toLearn.from, toLearn.to - MAX_WINDOW);
		const window = { from, to: toLearn.to };
		const query = { window, conditions: sent, pageSize: MOST_EVENTS_PER_PAGE };
		let oldest: Instant | undefined;
		for await (const page of followPages(fetchPage, query, settings.pages)) {
			for (const event of page.events) {
				const time = timeOf(event);
				const isInWindow = time !== undefined && time >= from && time < window.to;
				if (isInWindow) oldest = earlier(oldest ?? time, time);
				if (!keeps(event)) continue;
				knownTypes.add(typeHash(event.serviceName, event.eventType));
			}
			if (page.next !== null && isOver(settings)) {
				// The oldest millisecond read may not be complete: it is read once more.
				const to = oldest === undefined ? toLearn.to : floorTo(oldest, MILLISECOND) + MILLISECOND;
				return {
					...state,
					knownTypes,
					toLearn: { from: toLearn.from, to: earlier(to, toLearn.to) },
				};
			}
		}
		toLearn = { from: toLearn.from, to: from };
		if (from > toLearn.from && isOver(settings)) return { ...state, knownTypes, toLearn };
	}
	return { ...state, knownTypes, toLearn: undefined };
}
