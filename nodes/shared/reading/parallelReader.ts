import type { SeriesPage } from './pageSeries';
import { pieceOf, type Segment, type SegmentOptions, SegmentReader } from './segmentReader';
import { type Duration, earlier, type Instant } from '../model/instant';

export interface ParallelOptions extends SegmentOptions {
	/** How many pages may wait for their turn. */
	waitingPages: number;
}

/**
 * Reads a window in several series of pages at once and gives the pages newest first.
 *
 * No request is idle for long: where all pages may wait for their turn, the range is shared out, and
 * who has finished takes half of what another has left. Where only a few may, the range is cut into
 * pieces of about a page that are read in order.
 */
export class ParallelReader extends SegmentReader<ParallelOptions> {
	protected nextToRead(): Segment | undefined {
		return this.options.waitingPages === Infinity ? this.nextByShare() : this.nextInOrder();
	}

	/** Where all pages may wait: what is left is shared out among the requests that may begin. */
	private nextByShare(): Segment | undefined {
		const free = BigInt(this.options.concurrency - this.inFlight);
		const idle = this.segments.find((segment) => !segment.isDone && !segment.isReading);
		if (idle) {
			const share = (idle.to - idle.from) / free;
			if (!idle.series && this.pace && share > this.pace) this.splitOff(idle, idle.to - share);
			return idle;
		}
		const { busiest, rest } = this.busiest();
		return busiest && this.splitOff(busiest, busiest.from + (rest * free) / (free + 1n));
	}

	/** The segment that is expected to need the most pages, and the time that it still has to read then. */
	private busiest(): { busiest?: Segment; rest: Duration } {
		let most: { busiest?: Segment; rest: Duration } = { rest: 0n };
		let mostPages = 1;
		for (const segment of this.segments) {
			// How much lies in a segment shows with its first page.
			if (!segment.hasNext || segment.pace === undefined) continue;
			const rest = segment.unreadTo - segment.pace - segment.from;
			const pages = Number(rest) / Number(segment.pace);
			if (pages <= mostPages) continue;
			mostPages = pages;
			most = { busiest: segment, rest };
		}
		return most;
	}

	/** Where few pages may wait: the first segment in order that a request can go on with. */
	private nextInOrder(): Segment | undefined {
		const waiting = this.segments.reduce((sum, { pages }) => sum + pages.length, this.inFlight);
		const isFull = waiting >= this.options.waitingPages;
		for (const [index, segment] of this.segments.entries()) {
			// The consumer waits for the first segment, so that one may always go on.
			if (isFull && (index > 0 || segment.pages.length > 0)) return undefined;
			if (segment.isDone) continue;
			if (segment.isReading) {
				const rest = this.splitRest(segment);
				if (rest) return rest;
				continue;
			}
			if (!segment.series) this.cutPiece(segment);
			return segment;
		}
		return undefined;
	}

	/** Cuts a piece off the newer end of a segment that was not begun, where it holds more than that. */
	private cutPiece(segment: Segment): void {
		if (this.pace === undefined) return;
		const piece = pieceOf(this.pace);
		if (segment.to - segment.from > piece + piece / 2n) this.splitOff(segment, segment.to - piece);
	}

	/** Splits off what a request under way leaves, where at least one further page is expected. */
	private splitRest(segment: Segment): Segment | undefined {
		const pace = segment.pace ?? this.pace;
		if (pace === undefined || segment.unreadTo - pace - segment.from < pace) return undefined;
		return this.splitOff(segment, segment.unreadTo - pieceOf(pace));
	}

	private splitOff(segment: Segment, at: Instant): Segment | undefined {
		const older = this.mayCostMore() ? this.splitAt(segment, at) : undefined;
		if (older) this.segments.splice(this.segments.indexOf(segment) + 1, 0, older);
		return older;
	}

	protected take(segment: Segment, page: SeriesPage): void {
		const own = this.ownEvents(segment, page);
		if (own.length > 0) segment.pages.push(own);
		if (this.isComplete(segment, page)) {
			this.notePace(segment, own.length, segment.unreadTo - segment.from);
			this.finish(segment, own.length);
			segment.unreadTo = segment.from;
			return;
		}
		const { newest, oldest } = page.times;
		const reached = earlier(segment.unreadTo, oldest ?? segment.unreadTo);
		this.notePace(segment, own.length, (newest ?? segment.unreadTo) - reached);
		segment.unreadTo = reached;
	}
}
