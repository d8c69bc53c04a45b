import { formatTimestamp, type Instant } from '../../../nodes/shared/model/instant';
import type { FetchPage } from '../../../nodes/shared/model/page';

const PAGE = 1000;

/**
 * A log for hundreds of thousands of events that answers newest first.
 *
 * @param times in order; the cursor of an event is its place among them
 * @param isThere whether the log shows the event at this place already
 */
export function logOf(
	times: readonly Instant[],
	isThere: (place: number) => boolean = () => true,
): { fetchPage: FetchPage; requests: () => number } {
	const firstFrom = (instant: Instant) => {
		let [low, high] = [0, times.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((times[middle] ?? 0n) < instant) low = middle + 1;
			else high = middle;
		}
		return low;
	};
	let requests = 0;
	const fetchPage: FetchPage = async ({ window }, next) => {
		requests++;
		const first = firstFrom(window.from);
		let place = next === undefined ? firstFrom(window.to) : Number(next);
		const events = [];
		while (place > first && events.length < PAGE) {
			place--;
			if (!isThere(place)) continue;
			events.push({ cursor: `c${place}`, timestamp: formatTimestamp(times[place] ?? 0n) });
		}
		return { events, next: place > first ? String(place) : null };
	};
	return { fetchPage, requests: () => requests };
}
