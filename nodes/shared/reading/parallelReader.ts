import type { SeriesPage } from './pageSeries';
import { isMuchLonger, onePageLength, type Segment } from './segment';
import { isLastPage } from './segmentPages';
import { SegmentReader } from './segmentReader';
import { type Duration, earlier, type Instant } from '../model/instant';

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
		const free = BigInt(this.options.concurrency - this.inFlight);
		const idle = this.segments.find((segment) => !segment.isDone && !segment.isReading);
		if (idle) {
			const share = (idle.to - idle.from) / free;
			if (!idle.series && this.timePerPage && share > this.timePerPage)
				this.splitOff(idle, idle.to - share);
			return idle;
		}
		const { busiest, remaining } = this.busiest();
		return busiest && this.splitOff(busiest, busiest.from + (remaining * free) / (free + 1n));
	}

	/** The segment that is expected to need the most pages, and the time that will be left of it after the next one. */
	private busiest(): { busiest?: Segment; remaining: Duration } {
		let most: { busiest?: Segment; remaining: Duration } = { remaining: 0n };
		let mostPages = 1;
		for (const segment of this.segments) {
			// How much lies in a segment shows with its first page.
			if (!segment.hasNext || segment.timePerPage === undefined) continue;
			const remaining = segment.unreadTo - segment.timePerPage - segment.from;
			const pages = Number(remaining) / Number(segment.timePerPage);
			if (pages <= mostPages) continue;
			mostPages = pages;
			most = { busiest: segment, remaining };
		}
		return most;
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
		if (this.timePerPage === undefined) return;
		const length = onePageLength(this.timePerPage);
		if (isMuchLonger(segment, length)) this.splitOff(segment, segment.to - length);
	}

	/** Splits off what the request in progress will leave, where at least one further page is expected. */
	private splitUnread(segment: Segment): Segment | undefined {
		const { timePerPage = this.timePerPage, unreadTo, from } = segment;
		if (timePerPage === undefined || unreadTo - timePerPage - from < timePerPage) return undefined;
		return this.splitOff(segment, unreadTo - onePageLength(timePerPage));
	}

	private splitOff(segment: Segment, at: Instant): Segment | undefined {
		const older = this.hasSplitBudget() ? this.splitAt(segment, at) : undefined;
		if (older) this.segments.splice(this.segments.indexOf(segment) + 1, 0, older);
		return older;
	}

	protected accept(segment: Segment, page: SeriesPage): void {
		const own = this.ownEvents(segment, page);
		if (own.length > 0) segment.pages.push(own);
		if (isLastPage(segment, page, this.options.window)) {
			this.noteDensity(segment, own.length, segment.unreadTo - segment.from);
			this.finish(segment, own.length);
			segment.unreadTo = segment.from;
			return;
		}
		const { newest, oldest } = page.times;
		const reached = earlier(segment.unreadTo, oldest ?? segment.unreadTo);
		this.noteDensity(segment, own.length, (newest ?? segment.unreadTo) - reached);
		segment.unreadTo = reached;
	}
}
