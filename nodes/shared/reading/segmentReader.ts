import { ratesAtEnds } from './pageRates';
import { RateCurve } from './rateCurve';
import { SplitBudget } from './splitBudget';
import { type Buffering, newSegment, type Segment } from './segment';
import { eventsWithin } from './segmentPages';
import { PageSeries, ReadingState, type SeriesOptions, type SeriesPage } from './pageSeries';
import { sharedPageSize } from '../model/pageSize';
import { floorTo, type Instant, MILLISECOND } from '../model/instant';
import type { AuditEvent } from '../model/event';
import type { FetchPage, PageQuery, Progress } from '../model/page';
import { splitWindow, type Window, withOverlap } from '../model/window';

export interface SegmentOptions extends SeriesOptions {
	window: Window;
	conditions: PageQuery['conditions'];
	pageSize: number;
	/** Requests in progress at the same time, 2 or more. */
	concurrency: number;
	buffering: Buffering;
	progress?: Progress;
}

/**
 * Reads a window in several series of pages at once, and returns the pages of its segments in order.
 *
 * The first request goes alone: a page's worth of events takes one request, and its density shows
 * where to split. From then on a subclass says which segment a free request continues, and where
 * segments are split. A split costs at most one request more than reading in sequence, and what all
 * splits cost together is bounded by the pages read.
 */
export abstract class SegmentReader {
	/** In the order in which their events are returned. */
	protected readonly segments: Segment[];

	protected inFlight = 0;

	/** What to expect where nothing was read yet. */
	private readonly rates = new RateCurve();

	private pagesRead = 0;

	private readonly budget: SplitBudget;

	private readonly state = new ReadingState();

	private failure: { cause: unknown } | undefined;

	/** Ends the requests in progress. */
	private readonly ending = new AbortController();

	private wake: () => void = () => {};

	constructor(
		private readonly fetchPage: FetchPage,
		protected readonly options: SegmentOptions,
	) {
		this.segments = splitWindow(options.window).map(newSegment);
		// Reading in sequence, too, has a last page in each of these windows. Otherwise, two for each request at a time.
		this.budget = new SplitBudget(this.segments.length + 2 * (options.concurrency - 1));
	}

	/** The segment that the next request continues; undefined when there is none. */
	protected abstract nextToRead(): Segment | undefined;

	/** Puts the older part of a segment in its place. */
	protected abstract place(older: Segment, segment: Segment): void;

	/** Takes over a page of a segment. */
	protected abstract accept(segment: Segment, page: SeriesPage): void;

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
					// Nothing is in progress where a request failed while the consumer was busy.
					if (this.inFlight > 0) await new Promise<void>((resolve) => (this.wake = resolve));
					if (this.failure) throw this.failure.cause;
				}
			}
		} finally {
			this.ending.abort();
		}
	}

	/** Whether one more page may be requested that has to wait for its turn behind so many others. */
	protected hasRoomBehind(waitingPages: number): boolean {
		const { buffering } = this.options;
		return buffering === 'unbounded' || waitingPages < buffering.pages;
	}

	/**
	 * Splits a segment on a whole millisecond, if there is budget for it: every open segment may leave its last page
	 * nearly empty.
	 *
	 * @returns its older part; undefined where it cannot be split
	 */
	protected splitOff(segment: Segment, at: Instant): Segment | undefined {
		const open = this.segments.filter(({ isDone }) => !isDone).length;
		return this.budget.allows(open, this.pagesRead) ? this.splitAt(segment, at) : undefined;
	}

	/** The same without looking at the budget. */
	protected splitAt(segment: Segment, at: Instant): Segment | undefined {
		// Where events come in any order, only the end of its pages says that a segment is complete.
		if (this.state.disorder === 'much') return undefined;
		const boundary = floorTo(at, MILLISECOND);
		if (boundary <= segment.from || boundary >= segment.unreadTo) return undefined;
		const older = newSegment({ from: segment.from, to: boundary });
		segment.from = boundary;
		this.place(older, segment);
		return older;
	}

	/** Notes that a segment has no further page, and how full its last one was. */
	protected finish(segment: Segment, eventsOnLastPage: number): void {
		segment.isDone = true;
		this.budget.spend(1 - Math.min(1, eventsOnLastPage / this.pageSize));
	}

	/** How many requests may be in progress at the moment. */
	protected get concurrency(): number {
		const { concurrency, limiter } = this.options;
		return Math.min(concurrency, limiter?.concurrency ?? Infinity);
	}

	/** Events per page, as far as pages may be so large. */
	protected get pageSize(): number {
		const { size = sharedPageSize(this.fetchPage), pageSize } = this.options;
		return size.fit(pageSize);
	}

	/** The events of a page that belong to its segment. */
	protected ownEvents(segment: Segment, page: SeriesPage): AuditEvent[] {
		const own = eventsWithin(segment, page, this.options.window);
		const { progress } = this.options;
		if (progress) {
			progress.events += own.length;
			progress.onPage?.();
		}
		return own;
	}

	/** Notes how often events happen in a part of a segment that was read, of which a page has the first `count`. */
	protected noteRates({ times }: SeriesPage, count: number, window: Window): void {
		if (window.from < window.to) this.rates.note(window, ratesAtEnds(times, count, window));
	}

	/** How many pages the rest of a segment is expected to fill, the one in progress included; 0 if that is unknown. */
	protected pagesLeft({ from, unreadTo }: Segment): number {
		if (!this.rates.isKnown) return 0;
		return this.rates.eventsIn({ from, to: unreadTo }) / this.pageSize;
	}

	/** The instant of the rest of a segment before which so many pages are expected. */
	protected instantAfter(pages: number, { from, unreadTo }: Segment): Instant {
		return this.rates.instantAfter(pages * this.pageSize, { from, to: unreadTo });
	}

	/**
	 * Where few pages may wait, they are read in order, and nothing shows what comes next. So the first requests
	 * beside the first one each read a page elsewhere in the range.
	 */
	private placeProbes(): void {
		const { buffering } = this.options;
		const [open, another] = this.segments.filter(({ isDone }) => !isDone);
		if (!open || another || buffering === 'unbounded') return;
		const { from, unreadTo } = open;
		// The pages that they read wait for a long time.
		const count = Math.min(this.concurrency, Math.floor(buffering.pages / 2));
		if (this.pagesLeft(open) < count) return;
		let rest: Segment | undefined = open;
		for (let part = count - 1; part > 0 && rest; part--) {
			rest = this.splitOff(rest, from + ((unreadTo - from) * BigInt(part)) / BigInt(count));
			if (rest) rest.isProbe = true;
		}
	}

	/** Starts as many requests as may be in progress. */
	private fill(): void {
		const isFirst = this.pagesRead === 0;
		while (!this.ending.signal.aborted && this.inFlight < (isFirst ? 1 : this.concurrency)) {
			const segment = this.segments.find(isUnreadProbe) ?? this.nextToRead();
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
			this.accept(segment, page);
			if (this.pagesRead === 1) this.placeProbes();
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

function isUnreadProbe({ isProbe, series }: Segment): boolean {
	return isProbe && !series;
}
