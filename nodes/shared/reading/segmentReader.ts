import { PageSeries, ReadingState, type SeriesOptions, type SeriesPage } from './pageSeries';
import { sharedPageSize } from '../model/pageSize';
import { type Duration, floorTo, type Instant, later, MILLISECOND } from '../model/instant';
import type { AuditEvent } from '../model/event';
import type { FetchPage, PageQuery, Progress } from '../model/page';
import { splitWindow, type Window, withOverlap } from '../model/window';

export interface SegmentOptions extends SeriesOptions {
	window: Window;
	conditions: PageQuery['conditions'];
	pageSize: number;
	/** Requests under way at the same time, 2 or more. */
	concurrency: number;
	progress?: Progress;
}

/** A stretch of time that is read as one series of pages. */
export interface Segment {
	/** Events before it belong to the neighbour. Rises when the older part is split off. */
	from: Instant;
	to: Instant;
	/** Everything from here on was read. */
	unreadTo: Instant;
	/** Begins with the first page. */
	series?: PageSeries;
	/** Whether a page was read, and there is one after it. */
	hasNext: boolean;
	/** The time that one page covers here, as its pages have shown. */
	pace?: Duration;
	/** The longest piece that may be cut from it. */
	longest?: Duration;
	isReading: boolean;
	isDone: boolean;
	/** Pages that were read and wait for their turn. */
	pages: AuditEvent[][];
}

/** Requests that splitting may cost in addition, against the pages that were read. */
const EXTRA_PER_PAGE = 0.35;

/**
 * Reads a window in several series of pages at once, and gives the pages of its segments in order.
 *
 * The first request goes alone: a page's worth of events takes one request, and its density says
 * where to cut. From then on a subclass says which segment a free request goes on with, and where
 * segments are split. A split costs at most one request more than the sequence would need, and what
 * splits cost together is bounded by the pages read.
 */
export abstract class SegmentReader<Options extends SegmentOptions = SegmentOptions> {
	/** In the order in which their events are given. */
	protected readonly segments: Segment[];

	protected inFlight = 0;

	/** The time that the latest page covered: what to expect where nothing was read yet. */
	protected pace: Duration | undefined;

	private pagesRead = 0;

	/** The room that was left in the last pages of segments: what splitting has cost, in requests. */
	private wasted = 0;

	/** How many last pages may be nearly empty before any page was full. */
	private readonly spare: number;

	private readonly state = new ReadingState();

	private failure: { cause: unknown } | undefined;

	/** Ends the requests under way. */
	private readonly ending = new AbortController();

	private wake: () => void = () => {};

	constructor(
		private readonly fetchPage: FetchPage,
		protected readonly options: Options,
	) {
		this.segments = splitWindow(options.window).map(newSegment);
		// The sequence too has a last page in each of these windows.
		this.spare = this.segments.length + 2 * (options.concurrency - 1);
	}

	/** The segment that the next request goes on with; undefined when none can. */
	protected abstract nextToRead(): Segment | undefined;

	/** Takes in a page of a segment. */
	protected abstract take(segment: Segment, page: SeriesPage): void;

	/** The page of the first segment whose turn it is. */
	protected nextPage(head: Segment): AuditEvent[] | undefined {
		return head.pages.shift();
	}

	/** @throws what `fetchPage` throws; then all other requests are ended */
	async *read(): AsyncGenerator<AuditEvent[]> {
		try {
			for (let head = this.segments[0]; head; head = this.segments[0]) {
				const page = this.nextPage(head);
				if (page) {
					yield page;
				} else if (head.isDone) {
					this.segments.shift();
					if (this.options.progress) this.options.progress.windows++;
				} else {
					this.fill();
					// Nothing is under way where a request failed while the consumer was busy.
					if (this.inFlight > 0) await new Promise<void>((resolve) => (this.wake = resolve));
					if (this.failure) throw this.failure.cause;
				}
			}
		} finally {
			this.ending.abort();
		}
	}

	/** Whether one more segment may leave its last page nearly empty, as every open one may. */
	protected mayCostMore(): boolean {
		const open = this.segments.filter(({ isDone }) => !isDone).length;
		return this.wasted + open < this.spare + (this.pagesRead - this.wasted) * EXTRA_PER_PAGE;
	}

	/**
	 * Splits a segment on a whole millisecond and gives its older part, which has no place in the order
	 * yet; undefined where that cannot be.
	 */
	protected splitAt(segment: Segment, at: Instant): Segment | undefined {
		// Where events come in any order, only the end of its pages says that a segment is complete.
		if (this.state.disorder === 'much') return undefined;
		const boundary = floorTo(at, MILLISECOND);
		if (boundary <= segment.from || boundary >= segment.unreadTo) return undefined;
		const older = newSegment({ from: segment.from, to: boundary });
		older.longest = segment.longest;
		segment.from = boundary;
		return older;
	}

	/** Notes that a segment has no further page, and how full its last one was. */
	protected finish(segment: Segment, eventsOnLastPage: number): void {
		segment.isDone = true;
		this.wasted += 1 - Math.min(1, eventsOnLastPage / this.pageSize);
	}

	/** Events per page, as far as pages may be so large. */
	protected get pageSize(): number {
		const { size = sharedPageSize(this.fetchPage), pageSize } = this.options;
		return size.fit(pageSize);
	}

	/**
	 * The events of a page that belong to its segment. What lies at the range's own end is for the API to
	 * say; inner boundaries are for us.
	 */
	protected ownEvents(
		{ from }: Segment,
		{ events, times, settledBefore }: SeriesPage,
	): AuditEvent[] {
		const isWhole =
			from <= this.options.window.from || (times.isPlain && isFrom(times.oldest, from));
		const own = isWhole ? events : times.eventsFrom(from, settledBefore);
		const { progress } = this.options;
		if (progress) {
			progress.events += own.length;
			progress.onPage?.();
		}
		return own;
	}

	/** Whether all events of a segment have come, also those that its pages gave a little late. */
	protected isComplete({ from }: Segment, { next, settled }: SeriesPage): boolean {
		const isInner = from > this.options.window.from;
		return next === null || (isInner && settled !== undefined && settled < from);
	}

	/** How far apart events lie here, from a page that covers a stretch of time. */
	protected notePace(segment: Segment, events: number, covered: Duration): void {
		if (covered <= 0n) return;
		// Where nothing was found, much more time can be asked for: what turns out dense is split again.
		const pace = events > 0 ? (covered * BigInt(this.pageSize)) / BigInt(events) : covered * 16n;
		segment.pace = later(pace, MILLISECOND);
		this.pace = segment.pace;
	}

	/** Begins as many requests as may be under way. */
	private fill(): void {
		const most = this.pagesRead === 0 ? 1 : this.options.concurrency;
		while (!this.ending.signal.aborted && this.inFlight < most) {
			const segment = this.nextToRead();
			if (!segment) return;
			void this.readPage(segment);
		}
	}

	private async readPage(segment: Segment): Promise<void> {
		segment.series ??= this.seriesOf(segment);
		segment.isReading = true;
		this.inFlight++;
		try {
			const page = await segment.series.read();
			this.pagesRead++;
			segment.hasNext = page.next !== null;
			this.take(segment, page);
		} catch (cause) {
			this.failure ??= { cause };
			this.ending.abort();
		}
		segment.isReading = false;
		this.inFlight--;
		this.fill();
		this.wake();
	}

	private seriesOf(segment: Segment): PageSeries {
		const { window, conditions, pageSize, pause, size } = this.options;
		const query: PageQuery = { window: withOverlap(segment, window), conditions, pageSize };
		const { state, ending } = this;
		return new PageSeries(this.fetchPage, query, { pause, size, state, signal: ending.signal });
	}
}

function isFrom(time: Instant | undefined, boundary: Instant): boolean {
	return time === undefined || time >= boundary;
}

/** A little less than a page, so that a piece rarely takes two. */
export function pieceOf(pace: Duration): Duration {
	return (pace * 9n) / 10n;
}

export function newSegment({ from, to }: Window): Segment {
	return {
		from,
		to,
		unreadTo: to,
		hasNext: false,
		isReading: false,
		isDone: false,
		pages: [],
	};
}
