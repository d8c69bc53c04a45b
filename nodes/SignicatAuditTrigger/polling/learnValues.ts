import { splitFilters } from '../../shared/model/conditions';
import { timeOf } from '../../shared/model/identity';
import { earlier, type Instant, later, nextMillisecond } from '../../shared/model/instant';
import { type FetchPage, MAX_EVENTS_PER_PAGE } from '../../shared/model/page';
import { MAX_WINDOW, type Window } from '../../shared/model/window';
import { followPages } from '../../shared/reading/pages';
import { MAX_VALUES } from '../state/bounds';
import { type LearningState, type ReadyState, verifiedState } from '../state/pollState';
import { isOver, type PollSettings } from './pollSettings';
import { hashOfEvent, type WatchedFields } from './watchedFields';

interface LearnSettings extends PollSettings {
	watched: WatchedFields;
}

/**
 * Learns the values of a part of the past, newest first, for as long as there is time and room: what is older than
 * all that can be remembered would be forgotten first.
 *
 * @returns the state with the values known so far, and with what is still to be learned, if anything is
 * @throws what `fetchPage` throws
 */
export async function learnValues(
	fetchPage: FetchPage,
	{ toLearn, ...state }: LearningState,
	settings: LearnSettings,
): Promise<LearningState | ReadyState> {
	const { remote, matches } = splitFilters(settings);
	const found = new Set<string>();
	const learned = (remaining?: Window) =>
		verifiedState({ ...state, knownValues: addOlder(state.knownValues, found) }, remaining);
	let { to } = toLearn;
	while (to > toLearn.from) {
		const window = { from: later(toLearn.from, to - MAX_WINDOW), to };
		const query = { window, conditions: remote, pageSize: MAX_EVENTS_PER_PAGE };
		let oldest: Instant | undefined;
		for await (const page of followPages(fetchPage, query, settings.pages)) {
			for (const event of page.events) {
				const time = timeOf(event);
				const isAsked = time !== undefined && time >= window.from;
				if (isAsked) oldest = earlier(oldest ?? time, time);
				if (!matches(event)) continue;
				const hash = hashOfEvent(event, settings.watched);
				if (hash !== undefined && !state.knownValues.has(hash)) found.add(hash);
			}
			if (state.knownValues.size + found.size > MAX_VALUES) return learned();
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

/**
 * Adds values that were last seen before all that are known, in the order of a state: those not seen for the
 * longest time first.
 *
 * @param newestFirst in the order in which the API sends events
 */
export function addOlder(known: ReadonlySet<string>, newestFirst: Iterable<string>): Set<string> {
	const older = [...new Set(newestFirst)].filter((hash) => !known.has(hash)).reverse();
	return new Set([...older, ...known]);
}
