import type { SeriesPage } from './pageSeries';
import type { ParallelOptions } from './parallelReader';
import { pieceOf, type Segment, SegmentReader } from './segmentReader';
import { earlier, floorTo, MILLISECOND } from '../model/instant';
import type { AuditEvent } from '../model/event';
import type { FetchPage } from '../model/page';

/** A piece with less than this part of a page says that events are rare here. */
const SPARSE = 8;

/**
 * Reads a window in several series of pages at once and gives the pages oldest first, the events on
 * them too, with few pages in memory. The API itself gives the newest page first: so the range is
 * read in pieces of about a page from its old end on, and of a piece that holds more, the older rest
 * becomes a piece of its own that comes before it.
 */
export class OldestFirstReader extends SegmentReader<ParallelOptions> {
	/** Whether the latest piece held next to nothing. */
	private isSparse = false;

	constructor(fetchPage: FetchPage, options: ParallelOptions) {
		super(fetchPage, options);
		this.segments.reverse();
	}

	protected nextToRead(): Segment | undefined {
		const index = this.segments.findIndex((segment) => !segment.isDone && !segment.isReading);
		const segment = this.segments[index];
		if (!segment) return undefined;
		// What lies behind the segment waits for it in any case: about as many pages as there are halvings.
		const waiting = this.segments
			.slice(0, index)
			.reduce((sum, { pages }) => sum + pages.length, this.inFlight);
		// The consumer waits for the first segment, so that one may always go on.
		if (index > 0 && waiting >= this.options.waitingPages) return undefined;
		return segment.series ? segment : this.cutPiece(segment, index);
	}

	/** Cuts a piece off the older end of a segment that was not begun, where it holds more than that. */
	private cutPiece(segment: Segment, index: number): Segment {
		if (this.pace === undefined) return segment;
		const { longest = segment.to - segment.from } = segment;
		// Where events are rare, halves find sooner where they begin than pieces do.
		const piece = this.isSparse ? longest : earlier(pieceOf(this.pace), longest);
		const isLonger = segment.to - segment.from > piece + piece / 2n;
		const older =
			isLonger && this.mayCostMore() ? this.splitAt(segment, segment.from + piece) : undefined;
		if (!older) return segment;
		this.segments.splice(index, 0, older);
		return older;
	}

	/** The pages of a segment come newest first: its oldest one is known when all were read. */
	protected override nextPage(head: Segment): AuditEvent[] | undefined {
		return head.isDone ? head.pages.shift() : undefined;
	}

	protected take(segment: Segment, page: SeriesPage): void {
		const rest = page.next === null ? undefined : this.splitOffRest(segment, page);
		const own = this.ownEvents(segment, page);
		if (own.length > 0) segment.pages.unshift([...own].reverse());
		if (!this.isComplete(segment, page)) return;
		if (!rest) {
			this.isSparse = own.length < this.pageSize / SPARSE;
			this.notePace(segment, own.length, segment.unreadTo - segment.from);
		}
		this.finish(segment, own.length);
	}

	/**
	 * Makes a segment of its own of what a page has left. It begins a whole millisecond above the last
	 * events, because their neighbours may be on either page.
	 */
	private splitOffRest(segment: Segment, { times, settled }: SeriesPage): Segment | undefined {
		const { newest, oldest } = times;
		if (newest === undefined || oldest === undefined || settled === undefined) return undefined;
		if (settled < segment.from) return undefined;
		this.notePace(segment, times.length, newest - oldest);
		const boundary = floorTo(settled, MILLISECOND) + MILLISECOND;
		if (newest < boundary) return undefined;
		const length = segment.to - segment.from;
		const rest = this.splitAt(segment, boundary);
		if (!rest) return undefined;
		// Too long for one page: halves of it find where the events begin.
		rest.longest = length / 2n;
		this.segments.splice(this.segments.indexOf(segment), 0, rest);
		return rest;
	}
}
