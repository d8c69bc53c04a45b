import { formatTimestamp, type Instant } from '../../../nodes/shared/model/instant';
import type { FetchPage } from '../../../nodes/shared/model/page';

const PAGE = 1000;

/**
 * A log for hundreds of thousands of events that answers newest first.
 *
 * @param times in order; the cursor of an event is its place among them
 */
export function logOf(times: readonly Instant[]): { fetchPage: FetchPage; requests: () => number } {
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
		const end = next === undefined ? firstFrom(window.to) : Number(next);
		const from = Math.max(first, end - PAGE);
		const events = Array.from({ length: Math.max(0, end - from) }, (_one, index) => ({
			cursor: `c${end - 1 - index}`,
			timestamp: formatTimestamp(times[end - 1 - index] ?? 0n),
		}));
		return { events, next: from > first ? String(from) : null };
	};
	return { fetchPage, requests: () => requests };
}
