import type { SeriesPage } from './pageSeries';
import type { Segment } from './segment';
import { isLastPage } from './segmentPages';
import { ONE_PAGE, SegmentReader, WORTH_SPLITTING } from './segmentReader';
import { earlier, type Instant } from '../model/instant';

/** The smallest part of a segment that is worth a request of its own, in pages. */
const MIN_PART = 0.5;

/**
 * Reads a window in several series of pages at once and returns the pages newest first.
 *
 * No request slot is idle for long: with unbounded buffering, the window is divided among the requests,
 * and an idle one takes half of what the busiest segment has left (work stealing). Otherwise the window is
 * split into segments of about a page that are read in order.
 */
export class ParallelReader extends SegmentReader {
	protected nextToRead(): Segment | undefined {
		return this.options.buffering === 'unbounded' ? this.nextByWorkStealing() : this.nextInOrder();
	}

	/** Divides what is left among the requests that may start. */
	private nextByWorkStealing(): Segment | undefined {
		const whole = new Set<Segment>();
		for (;;) {
			const parts = this.partsOf(whole);
			const idle = [...parts.keys()].find((segment) => !segment.isReading);
			const chosen = idle ?? [...parts].find(([, count]) => count > 1)?.[0];
			if (!chosen) return undefined;
			const count = parts.get(chosen) ?? 1;
			const pages = this.pagesLeft(chosen);
			const own = chosen.isReading ? Math.max(1, pages / count) : pages / count;
			const older = count > 1 && this.splitOff(chosen, this.instantAfter(pages - own, chosen));
			if (idle) return idle;
			if (!older) whole.add(chosen);
		}
	}

	/**
	 * Into how many parts each open segment is to be divided, so that the largest part is as small as possible.
	 *
	 * @param whole segments that cannot be split
	 */
	private partsOf(whole: Set<Segment>): Map<Segment, number> {
		let free = this.concurrency - this.inFlight;
		const parts = new Map<Segment, number>();
		for (const segment of this.segments) {
			if (segment.isDone || (!segment.isReading && free === 0)) continue;
			if (!segment.isReading) free--;
			parts.set(segment, 1);
		}
		const open = [...parts.keys()].filter((segment) => !whole.has(segment));
		const pages = new Map(open.map((segment) => [segment, this.pagesLeft(segment)]));
		for (; free > 0; free--) {
			let best: { segment?: Segment; size: number } = { size: MIN_PART };
			for (const segment of open) {
				const size = (pages.get(segment) ?? 0) / ((parts.get(segment) ?? 1) + 1);
				if (size > best.size) best = { segment, size };
			}
			if (!best.segment) break;
			parts.set(best.segment, (parts.get(best.segment) ?? 1) + 1);
		}
		return parts;
	}

	/** The first segment in order that a request can continue. */
	private nextInOrder(): Segment | undefined {
		const waiting = this.segments.reduce((sum, { pages }) => sum + pages.length, this.inFlight);
		const isFull = !this.hasRoomBehind(waiting);
		for (const [index, segment] of this.segments.entries()) {
			// The consumer waits for the first segment, so that one may always continue.
			if (isFull && (index > 0 || segment.pages.length > 0)) return undefined;
			if (segment.isDone) continue;
			if (segment.isReading) {
				const older = this.splitUnread(segment);
				if (older) return older;
				continue;
			}
			if (!segment.series) this.shortenToOnePage(segment);
			return segment;
		}
		return undefined;
	}

	/** Shortens a segment that has not started to about a page, where it holds more than that. */
	private shortenToOnePage(segment: Segment): void {
		const pages = this.pagesLeft(segment);
		if (pages > WORTH_SPLITTING)
			this.splitOff(segment, this.instantAfter(pages - ONE_PAGE, segment));
	}

	/** Splits off what the request in progress will leave, where at least one further page is expected. */
	private splitUnread(segment: Segment): Segment | undefined {
		const pages = this.pagesLeft(segment);
		if (pages < 2) return undefined;
		return this.splitOff(segment, this.instantAfter(pages - ONE_PAGE, segment));
	}

	private splitOff(segment: Segment, at: Instant): Segment | undefined {
		const older = this.hasSplitBudget() ? this.splitAt(segment, at) : undefined;
		if (older) this.segments.splice(this.segments.indexOf(segment) + 1, 0, older);
		return older;
	}

	protected accept(segment: Segment, page: SeriesPage): void {
		const own = this.ownEvents(segment, page);
		if (own.length > 0) segment.pages.push(own);
		const { from, unreadTo } = segment;
		if (isLastPage(segment, page, this.options.window)) {
			this.noteRates(page, own.length, { from, to: unreadTo });
			this.finish(segment, own.length);
			segment.unreadTo = from;
			return;
		}
		const reached = earlier(unreadTo, page.times.oldest ?? unreadTo);
		this.noteRates(page, own.length, { from: reached, to: unreadTo });
		segment.unreadTo = reached;
	}
}
