import { withoutRepeats } from './once';
import { PageFailure } from '../model/pageFailure';
import { type PageSize, sharedPageSize } from '../model/pageSize';
import { PageTimes } from './pageTimes';
import { RecentPages } from './recentPages';
import { earlier, type Instant, later, MILLISECOND, nextMillisecond } from '../model/instant';
import { type FetchPage, MAX_EVENTS_PER_PAGE, type Page, type PageQuery } from '../model/page';
import { UnexpectedResponseError } from '../model/unexpectedResponse';
import { type Disorder, SeriesOrder } from './seriesOrder';
import { type IdlePages, SeriesProgress } from './seriesProgress';

/** What the series of one reading find out together. */
export class ReadingState implements Disorder, IdlePages {
	disorder: Disorder['disorder'] = 'none';

	idlePages = 0;
}

export interface SeriesOptions {
	/** Waits, in ms. Without it, pages that bring nothing follow each other at once. */
	pause?: (ms: number) => Promise<void>;
	/** How large pages may be; by default shared by all who read with the same function. */
	size?: PageSize;
	/** How many requests may be in progress at the moment; the maximum by default. */
	limiter?: { readonly concurrency: number };
}

export interface SeriesContext extends SeriesOptions {
	/** Its own by default. */
	state?: ReadingState;
	/** Ends the request in progress. */
	signal?: AbortSignal;
}

export interface SeriesPage extends Page {
	times: PageTimes;
	/** Everything newer has come; undefined where that is not known, because events come in any order. */
	settled?: Instant;
	/** `settled` before this page. */
	settledBefore?: Instant;
}

/**
 * The pages of one query, from the newest to the oldest. It owns what can happen between two of them:
 *
 * - pages that bring nothing new follow each other more and more slowly, and not without end;
 * - where the address of the next page is no longer valid, a fresh query continues where the last
 *   page ended;
 * - where a page is too large, it is asked for in smaller ones;
 * - an event that came before, as far as a page or a fresh query can repeat it, is skipped.
 */
export class PageSeries {
	/** Fixed from one page to the next; a fresh query is another one. */
	private query: PageQuery;

	private next: string | undefined;

	/** The addresses that were followed since the query began. */
	private readonly followed = new Set<string>();

	private readonly size: PageSize;

	private readonly recent = new RecentPages();

	private readonly order: SeriesOrder;

	private oldest: Instant | undefined;

	private readonly progress: SeriesProgress;

	constructor(
		private readonly fetchPage: FetchPage,
		private readonly original: PageQuery,
		private readonly context: SeriesContext = {},
	) {
		this.size = context.size ?? sharedPageSize(fetchPage);
		const { state = new ReadingState() } = context;
		this.progress = new SeriesProgress(state);
		this.order = new SeriesOrder(state);
		this.query = original;
	}

	/**
	 * The first page, or the one after the last that was read, which had a `next`.
	 *
	 * @throws UnexpectedResponseError where the pages do not come to an end, and what `fetchPage` throws
	 */
	async read(): Promise<SeriesPage> {
		this.progress.check();
		for (;;) {
			if (this.next === undefined) this.query = this.freshQuery();
			const { pauseMs } = this.progress;
			if (pauseMs > 0) await this.context.pause?.(pauseMs);
			try {
				return this.accept(await this.fetchPage(this.query, this.next, this.context.signal));
			} catch (error) {
				this.remedy(error);
			}
		}
	}

	private accept(page: Page): SeriesPage {
		const settledBefore = this.order.settled;
		const { events, times } = this.newEvents(page);
		this.order.note(times, this.oldest);
		this.noteProgress(events.length, times);
		this.recent.add(events, times, this.resumeAt());
		if (page.next !== null) this.follow(page.next);
		return { ...page, events, times, settled: this.order.settled, settledBefore };
	}

	/** The events that did not come before. Whether one may have, shows in the times. */
	private newEvents({ events }: Page): { events: Page['events']; times: PageTimes } {
		const times = new PageTimes(events, this.original.window);
		const fresh = this.recent.without(events, times, this.oldest);
		// Places change where an event is skipped.
		const own = withoutRepeats(fresh, fresh === events ? times.ties : undefined);
		return own.length === events.length
			? { events, times }
			: { events: own, times: new PageTimes(own, this.original.window) };
	}

	private noteProgress(events: number, { oldest, isElsewhere }: PageTimes): void {
		const isOlder = oldest !== undefined && (this.oldest === undefined || oldest < this.oldest);
		this.progress.countPage({ isNew: events > 0 && !isElsewhere, isOlder });
		if (isOlder) this.oldest = oldest;
	}

	/** @throws UnexpectedResponseError */
	private follow(next: string): void {
		if (this.followed.has(next)) {
			throw new UnexpectedResponseError(
				'Signicat returned the same page link twice (pagination loop)',
				'Reading stopped because it would never end. Try again; if it happens again, choose a shorter range and contact Signicat support.',
			);
		}
		this.followed.add(next);
		this.next = next;
	}

	/** @throws the reason of the failure where nothing helps */
	private remedy(failure: unknown): void {
		if (!(failure instanceof PageFailure)) throw failure;
		const { remedy, reason } = failure;
		const isFirst = this.next === undefined;
		if (remedy === 'smallerPage') {
			if (!this.size.reduce(this.query.pageSize)) throw reason;
		} else if (isFirst) throw reason;
		if (!isFirst) this.progress.countFreshQuery();
		if (this.progress.hasTooManyFreshQueries) throw reason;
		this.next = undefined;
		this.followed.clear();
	}

	/** The query for what has not come yet. */
	private freshQuery(): PageQuery {
		const { window, pageSize } = this.original;
		const to = this.resumeAt();
		// What comes again takes its room on the page.
		const size = Math.min(pageSize + this.recent.countBefore(to), MAX_EVENTS_PER_PAGE);
		return { ...this.original, window: { from: window.from, to }, pageSize: this.size.fit(size) };
	}

	/** Where a fresh query begins: behind the whole millisecond, because timestamps may be cut to it. */
	private resumeAt(): Instant {
		const { from, to } = this.original.window;
		const { settled } = this.order;
		if (settled === undefined) return to;
		const at = nextMillisecond(settled);
		return earlier(to, later(at, from + MILLISECOND));
	}
}
