import type { SeriesPage } from './pageSeries';
import { isMuchLonger, onePageLength, type Segment } from './segment';
import { isLastPage } from './segmentPages';
import { type SegmentOptions, SegmentReader } from './segmentReader';
import { earlier, nextMillisecond } from '../model/instant';
import type { AuditEvent } from '../model/event';
import type { FetchPage } from '../model/page';

/**
 * A segment with less than this part of a page shows that events are rare here. For a daily rhythm, 1/4, 1/8 and 1/16
 * take 44, 52 and 58 responses; where events become more and more frequent, 1.23, 1.23 and 1.19 requests per page.
 */
const SPARSE = 1 / 8;

/**
 * Reads a window in several series of pages at once and returns the pages oldest first, the events on
 * them too, with few pages in memory. The API itself returns the newest page first: so the window is
 * read in segments of about a page from its old end on, and where a segment holds more, what is older
 * than its first page becomes a segment of its own that comes before it.
 */
export class OldestFirstReader extends SegmentReader {
	/** Whether the latest segment held next to nothing. */
	private isSparse = false;

	constructor(fetchPage: FetchPage, options: SegmentOptions) {
		super(fetchPage, options);
		this.segments.reverse();
	}

	protected nextToRead(): Segment | undefined {
		const index = this.segments.findIndex((segment) => !segment.isDone && !segment.isReading);
		const segment = this.segments[index];
		if (!segment) return undefined;
		// What comes after the segment waits for it in any case: about as many pages as there are halvings.
		const waiting = this.segments
			.slice(0, index)
			.reduce((sum, { pages }) => sum + pages.length, this.inFlight);
		// The consumer waits for the first segment, so that one may always continue.
		if (index > 0 && !this.hasRoomBehind(waiting)) return undefined;
		return segment.series ? segment : this.splitOnePage(segment, index);
	}

	/** Splits about a page off the older end of a segment that has not started, where it holds more than that. */
	private splitOnePage(segment: Segment, index: number): Segment {
		if (this.timePerPage === undefined) return segment;
		const { maxLength = segment.to - segment.from } = segment;
		// Where events are rare, halving finds sooner where they start.
		const length = this.isSparse ? maxLength : earlier(onePageLength(this.timePerPage), maxLength);
		const older =
			isMuchLonger(segment, length) && this.hasSplitBudget()
				? this.splitAt(segment, segment.from + length)
				: undefined;
		if (!older) return segment;
		this.segments.splice(index, 0, older);
		return older;
	}

	/** The pages of a segment come newest first: its oldest one is known when all were read. */
	protected override nextPage(head: Segment): AuditEvent[] | undefined {
		return head.isDone ? head.pages.shift() : undefined;
	}

	protected accept(segment: Segment, page: SeriesPage): void {
		const older = page.next === null ? undefined : this.splitOffOlder(segment, page);
		const own = this.ownEvents(segment, page);
		if (own.length > 0) segment.pages.unshift([...own].reverse());
		if (!isLastPage(segment, page, this.options.window)) return;
		if (!older) {
			this.isSparse = own.length < this.pageSize * SPARSE;
			this.noteDensity(segment, own.length, segment.unreadTo - segment.from);
		}
		this.finish(segment, own.length);
	}

	/**
	 * Makes what is older than a page a segment of its own. It ends a whole millisecond above the last
	 * events, because their neighbours may be on either page.
	 */
	private splitOffOlder(segment: Segment, { times, settled }: SeriesPage): Segment | undefined {
		const { newest, oldest } = times;
		if (newest === undefined || oldest === undefined || settled === undefined) return undefined;
		if (settled < segment.from) return undefined;
		this.noteDensity(segment, times.length, newest - oldest);
		const boundary = nextMillisecond(settled);
		if (newest < boundary) return undefined;
		const length = segment.to - segment.from;
		const older = this.splitAt(segment, boundary);
		if (!older) return undefined;
		// Too long for one page: halving it finds where the events start. For events in one hour, all of it, half and a
		// quarter take 104, 55 and 82 responses.
		older.maxLength = length / 2n;
		this.segments.splice(this.segments.indexOf(segment), 0, older);
		return older;
	}
}
