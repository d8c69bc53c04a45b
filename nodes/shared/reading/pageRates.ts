import { type Instant, later, MILLISECOND } from '../model/instant';
import type { Window } from '../model/window';
import type { PageTimes } from './pageTimes';

/**
 * The part of a page that shows how often events happen at its edge. For random bursts, 1/8, 1/4 and 1/2 take 1.14,
 * 1.17 and 1.16 times as long as for events that lie evenly; for a daily rhythm 1.03, 1.08 and 1.13 times.
 */
const EDGE = 1 / 8;

/** On a page of fewer events, the whole page shows it. */
const MIN_AT_EDGE = 20;

/** A window without any event counts as one with so many. */
const NOTHING = 0.5;

/**
 * How often events happen at both ends of a window that was read, in events per ns.
 *
 * @param times of the events of a page, newest first
 * @param count how many of them are in the window
 */
export function ratesAtEnds(
	times: PageTimes,
	count: number,
	{ from, to }: Window,
): { from: number; to: number } {
	const rateOver = (events: number, start: Instant, end: Instant) =>
		Math.max(events, NOTHING) / Number(later(end - start, MILLISECOND));
	const atEdge = Math.max(MIN_AT_EDGE, Math.ceil(count * EDGE));
	const [lastAtTop, firstAtBottom] = [times.at(atEdge - 1), times.at(count - atEdge)];
	if (count <= atEdge || lastAtTop === undefined || firstAtBottom === undefined) {
		const rate = rateOver(count, from, to);
		return { from: rate, to: rate };
	}
	return { from: rateOver(atEdge, from, firstAtBottom), to: rateOver(atEdge, lastAtTop, to) };
}
