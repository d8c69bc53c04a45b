import { apportion } from './apportion';
import type { SeriesPage } from './pageSeries';
import type { Segment } from './segment';
import { isLastPage } from './segmentPages';
import { SegmentReader } from './segmentReader';
import { earlier } from '../model/instant';

/**
 * The smallest part of a segment that is worth a request of its own, in pages. For random bursts, 0.35, 0.5 and 0.7
 * take 1.16, 1.17 and 1.18 times as long as for events that lie evenly.
 */
const MIN_PART = 0.5;

/**
 * How many pages of a segment are read in order where only some may wait; a little less, as estimates vary. Segments
 * of 1, 1.5 and 1.9 pages take 116, 146 and 117 requests for events that lie evenly, and 27, 18 and 18 responses for a
 * daily rhythm.
 */
const CHUNK = 1.9;

/** A segment that has so many more pages is cut to a chunk. */
const WORTH_CUTTING = 0.6;

/**
 * Reads a window in several series of pages at once and returns the pages newest first.
 *
 * No request slot is idle for long: with unbounded buffering, what is left is divided among the requests whenever one
 * has nothing to do, by the number of events that are expected (work stealing). Otherwise the window is split into
 * segments of about two pages that are read in order.
 */
export class ParallelReader extends SegmentReader {
	protected nextToRead(): Segment | undefined {
		return this.options.buffering === 'unbounded' ? this.nextByWorkStealing() : this.nextInOrder();
	}

	protected place(older: Segment, segment: Segment): void {
		this.segments.splice(this.segments.indexOf(segment) + 1, 0, older);
	}

	/** Divides what is left among the requests that may start. */
	private nextByWorkStealing(): Segment | undefined {
		const open = this.segments.filter(({ isDone }) => !isDone);
		const idle = open.filter(({ isReading }) => !isReading).length;
		const free = this.concurrency - this.inFlight - idle;
		const parties = open.map((segment) => ({ size: this.pagesLeft(segment), places: 1 }));
		const parts = apportion(parties, free, MIN_PART);
		const partsOf = (segment: Segment) => parts[open.indexOf(segment)] ?? 1;
		const first = open.find(({ isReading }) => !isReading);
		if (first) {
			this.divide(first, partsOf(first));
			return first;
		}
		const isDivided = open.some((segment) => this.divide(segment, partsOf(segment)));
		return isDivided ? this.nextByWorkStealing() : undefined;
	}

	/** Leaves the newest of `count` equal parts in a segment, at least the page in progress. */
	private divide(segment: Segment, count: number): boolean {
		if (count === 1) return false;
		const pages = this.pagesLeft(segment);
		const own = segment.isReading ? Math.max(1, pages / count) : pages / count;
		return this.splitOff(segment, this.instantAfter(pages - own, segment)) !== undefined;
	}

	/** The first segment in order that a request can continue. */
	private nextInOrder(): Segment | undefined {
		const waiting = this.segments.reduce((sum, { pages }) => sum + pages.length, this.inFlight);
		const isFull = !this.hasRoomBehind(waiting);
		for (const [index, segment] of this.segments.entries()) {
			// The consumer waits for the first segment, so that one may always continue.
			if (isFull && (index > 0 || segment.pages.length > 0)) return undefined;
			if (segment.isDone) continue;
			if (!segment.isReading) {
				if (!segment.series) this.cutToChunk(segment);
				return segment;
			}
			const older = this.cutToChunk(segment);
			if (older) return older;
		}
		return isFull ? undefined : this.nextByWorkStealing();
	}

	/** Splits off what a segment has beyond a chunk, where that is worth a request. */
	private cutToChunk(segment: Segment): Segment | undefined {
		const pages = this.pagesLeft(segment);
		if (pages < CHUNK + WORTH_CUTTING) return undefined;
		return this.splitOff(segment, this.instantAfter(pages - CHUNK, segment));
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
