import type { SeriesPage } from './pageSeries';
import type { Segment } from './segment';
import { isLastPage } from './segmentPages';
import { type SegmentOptions, SegmentReader } from './segmentReader';
import { earlier, later, nextMillisecond } from '../model/instant';
import type { AuditEvent } from '../model/event';
import type { FetchPage } from '../model/page';

/** A segment of so much of a page rarely takes two requests. */
const ONE_PAGE = 0.9;

/** Splitting a segment of fewer pages is not worth a request. */
const WORTH_SPLITTING = 1.35;

/**
 * A segment with less than this part of a page shows that events are rare here: then two thirds of what is left find
 * sooner where they start. Without it, events in 1 % of the range take 106 responses; with a half, two thirds, three
 * quarters 16, 16 and 22, and with four requests at a time 56, 43 and 45.
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
		return segment.series ? segment : this.splitOnePage(segment);
	}

	/** Splits about a page off the older end of a segment that has not started, where it holds more than that. */
	private splitOnePage(segment: Segment): Segment {
		if (!this.isSparse && this.pagesLeft(segment) < WORTH_SPLITTING) return segment;
		const onePage = this.instantAfter(ONE_PAGE, segment);
		// By time, because the rate says little where it changes suddenly.
		const at = this.isSparse ? later(onePage, (segment.from + 2n * segment.to) / 3n) : onePage;
		return this.splitOff(segment, at) ?? segment;
	}

	protected place(older: Segment, segment: Segment): void {
		this.segments.splice(this.segments.indexOf(segment), 0, older);
	}

	/** The pages of a segment come newest first: its oldest one is known when all were read. */
	protected override nextPage(head: Segment): AuditEvent[] | undefined {
		return head.isDone ? head.pages.shift() : undefined;
	}

	protected accept(segment: Segment, page: SeriesPage): void {
		if (page.next !== null) this.splitOffOlder(segment, page);
		const own = this.ownEvents(segment, page);
		if (own.length > 0) segment.pages.unshift([...own].reverse());
		const reached = earlier(
			segment.unreadTo,
			later(segment.from, page.times.oldest ?? segment.unreadTo),
		);
		if (!isLastPage(segment, page, this.options.window)) {
			this.noteRates(page, own.length, { from: reached, to: segment.unreadTo });
			segment.unreadTo = reached;
			return;
		}
		this.noteRates(page, own.length, { from: segment.from, to: segment.unreadTo });
		this.isSparse = own.length < this.pageSize * SPARSE;
		this.finish(segment, own.length);
	}

	/**
	 * Makes what is older than a page a segment of its own. It ends a whole millisecond above the last
	 * events, because their neighbours may be on either page.
	 */
	private splitOffOlder(segment: Segment, { times, settled }: SeriesPage): void {
		const { newest, oldest } = times;
		if (newest === undefined || oldest === undefined || settled === undefined) return;
		if (settled < segment.from) return;
		const boundary = nextMillisecond(settled);
		if (newest < boundary) return;
		this.splitAt(segment, boundary);
	}
}
