import { repeatGuard } from './pages';
import { earlier, floorTo, type Instant, MILLISECOND, parseTimestamp } from './timestamp';
import type { AuditEvent, FetchPage, PageQuery, Progress } from './types';
import { splitWindow, type Window, withOverlap } from './window';

export interface ParallelOptions {
	window: Window;
	conditions: PageQuery['conditions'];
	pageSize: number;
	/** Requests under way at the same time, 2 or more. */
	concurrency: number;
	/** How many pages may wait for their turn; with Infinity the pieces of the range are longer. */
	waitingPages: number;
	progress?: Progress;
}

/** A stretch of time that is read as one series of pages, newest first. */
interface Segment {
	/** Events before it belong to the next segment. Rises when a part of the segment is split off. */
	from: Instant;
	to: Instant;
	/** Everything from here on was read. */
	unreadTo: Instant;
	/** Fixed with the first page. */
	query?: PageQuery;
	next?: string;
	checkNext: (next: string) => void;
	isReading: boolean;
	isDone: boolean;
	/** Pages that were read and wait for their turn. */
	pages: AuditEvent[][];
}

/** How many pages a piece should hold: few enough that the pages of others do not pile up. */
const PAGES_PER_PIECE = 2;
const PAGES_PER_LONG_PIECE = 6;
/** Further requests that splitting may cost, against the pages that were read. */
const SPLITS_PER_PAGE = 0.35;

/**
 * Reads a window in several series of pages at once and gives the pages in order, newest first.
 *
 * The first request goes alone: a page's worth of events takes one request, and its density says
 * where to cut. From then on idle requests take the next piece in order, as long as pages are
 * expected there; a piece that turns out dense is split again. A piece costs at most one request
 * more than the sequence would need, and the number of pieces is bounded by the pages read.
 */
export class ParallelReader {
	private readonly segments: Segment[];

	private inFlight = 0;

	private pagesRead = 0;

	private splits = 0;

	/** The time that the last page covered: how far apart the events lie around here. */
	private pace: Instant | undefined;

	private failure: { cause: unknown } | undefined;

	private isStopped = false;

	private wake: () => void = () => {};

	constructor(
		private readonly fetchPage: FetchPage,
		private readonly options: ParallelOptions,
	) {
		this.segments = splitWindow(options.window).map(newSegment);
	}

	/** @throws what `fetchPage` throws; then no further request is begun */
	async *read(): AsyncGenerator<AuditEvent[]> {
		try {
			for (let head = this.segments[0]; head; head = this.segments[0]) {
				const page = head.pages.shift();
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
			this.isStopped = true;
		}
	}

	/** Begins as many requests as may be under way. */
	private fill(): void {
		const most = this.pagesRead === 0 ? 1 : this.options.concurrency;
		while (!this.isStopped && !this.failure && this.inFlight < most) {
			const segment = this.nextToRead();
			if (!segment) return;
			void this.readPage(segment);
		}
	}

	/** The first segment in order that a request can go on with. */
	private nextToRead(): Segment | undefined {
		const waiting = this.segments.reduce((sum, { pages }) => sum + pages.length, this.inFlight);
		const isFull = waiting >= this.options.waitingPages;
		for (const [index, segment] of this.segments.entries()) {
			// The consumer waits for the first segment, so that one may always go on.
			if (isFull && (index > 0 || segment.pages.length > 0)) return undefined;
			if (segment.isDone) continue;
			if (segment.isReading) {
				if (this.splitRest(segment, index)) return this.segments[index + 1];
				continue;
			}
			if (!segment.query) this.cutPiece(segment, index);
			return segment;
		}
		return undefined;
	}

	/** Cuts a piece off the newer end of a segment that was not begun, where it holds more than that. */
	private cutPiece(segment: Segment, index: number): void {
		const { pace } = this;
		if (pace === undefined) return;
		const pages = BigInt(this.piecePages());
		if (segment.to - segment.from > (pace * pages * 3n) / 2n) {
			this.splitAt(segment, index, segment.to - pace * pages);
		}
	}

	/** Splits off what a request under way leaves, where at least one further page is expected. */
	private splitRest(segment: Segment, index: number): boolean {
		const { pace } = this;
		if (pace === undefined) return false;
		const afterThisPage = segment.unreadTo - pace;
		const rest = afterThisPage - segment.from;
		if (rest < pace) return false;
		const kept = earlier(pace * BigInt(this.piecePages() - 1), rest / 2n);
		return this.splitAt(segment, index, afterThisPage - kept);
	}

	private piecePages(): number {
		return this.options.waitingPages === Infinity ? PAGES_PER_LONG_PIECE : PAGES_PER_PIECE;
	}

	/** Splits a segment in two, on a whole millisecond; false where that is not possible or allowed. */
	private splitAt(segment: Segment, index: number, at: Instant): boolean {
		const boundary = floorTo(at, MILLISECOND);
		const allowed = 2 * (this.options.concurrency - 1) + this.pagesRead * SPLITS_PER_PAGE;
		if (boundary <= segment.from || boundary >= segment.unreadTo || this.splits >= allowed) {
			return false;
		}
		this.splits++;
		this.segments.splice(index + 1, 0, newSegment({ from: segment.from, to: boundary }));
		segment.from = boundary;
		return true;
	}

	private async readPage(segment: Segment): Promise<void> {
		const { window, conditions, pageSize } = this.options;
		segment.query ??= { window: withOverlap(segment, window), conditions, pageSize };
		segment.isReading = true;
		this.inFlight++;
		try {
			const page = await this.fetchPage(segment.query, segment.next);
			if (page.next !== null) segment.checkNext(page.next);
			this.take(segment, page.events, page.next);
		} catch (cause) {
			this.failure ??= { cause };
		}
		segment.isReading = false;
		this.inFlight--;
		this.fill();
		this.wake();
	}

	private take(segment: Segment, events: AuditEvent[], next: string | null): void {
		this.pagesRead++;
		segment.next = next ?? undefined;
		const oldest = timeOf(events[events.length - 1]);
		// What lies at the range's own end is for the API to say; inner boundaries are for us.
		const isInner = segment.from > this.options.window.from;
		const isPast = isInner && oldest !== undefined && oldest < segment.from;
		segment.isDone = next === null || isPast;
		const own = isPast ? events.filter((event) => !isBefore(event, segment.from)) : events;
		if (own.length > 0) segment.pages.push(own);
		const reached = segment.isDone ? segment.from : (oldest ?? segment.unreadTo);
		this.notePace(segment.unreadTo - reached, own.length);
		segment.unreadTo = earlier(segment.unreadTo, reached);
	}

	private notePace(covered: Instant, events: number): void {
		if (covered <= 0n) return;
		const { pageSize } = this.options;
		// Where nothing was found, the next page covers at least twice as much.
		const pace = events > 0 ? (covered * BigInt(pageSize)) / BigInt(events) : covered * 2n;
		this.pace = pace > MILLISECOND ? pace : MILLISECOND;
	}
}

function newSegment({ from, to }: Window): Segment {
	return {
		from,
		to,
		unreadTo: to,
		checkNext: repeatGuard(),
		isReading: false,
		isDone: false,
		pages: [],
	};
}

function timeOf(event: AuditEvent | undefined): Instant | undefined {
	return event && parseTimestamp(event.timestamp);
}

/** Events whose timestamp cannot be read stay where they are. */
export function isBefore(event: AuditEvent, boundary: Instant): boolean {
	const time = timeOf(event);
	return time !== undefined && time < boundary;
}
