import { withoutRepeats } from './once';
import { PageFailure } from '../model/pageFailure';
import { type PageSize, sharedPageSize } from '../model/pageSize';
import { maxOf, PageTimes, slackFor } from './pageTimes';
import { RecentPages } from './recentPages';
import { earlier, floorTo, type Instant, later, MILLISECOND } from '../model/instant';
import { type FetchPage, MAX_EVENTS_PER_PAGE, type Page, type PageQuery } from '../model/page';
import { UnexpectedResponseError } from '../model/unexpectedResponse';

/** How many pages in a row may bring nothing new. The API's documentation says that empty ones can come. */
export const MAX_PAGES_WITHOUT_EVENTS = 500;

/** How many pages in a row may bring events, but none that is older: more than any instant holds. */
const MAX_PAGES_AT_ONE_TIME = 10_000;

/** A page of fewer events does not tell much disorder from some. */
const MIN_FOR_ORDER = 8;

/** How many fresh queries in a row may bring nothing new. */
const MAX_FRESH_QUERIES = 3;

/** So many pages without anything new follow each other at once; then the pauses grow. */
const PAGES_WITHOUT_PAUSE = 10;
const PAUSE_STEP_MS = 10;
const MAX_PAUSE_MS = 1000;

/** What the series of one reading find out together. */
export class ReadingState {
	/** Whether events came out of order: `some` by a few places, `much` by any number. */
	disorder: 'none' | 'some' | 'much' = 'none';

	/** How many pages in a row brought nothing new. */
	idlePages = 0;
}

export interface SeriesOptions {
	/** Waits, in ms. Without it, pages that bring nothing follow each other at once. */
	pause?: (ms: number) => Promise<void>;
	/** How large pages may be; shared by all who read with the same function where left out. */
	size?: PageSize;
}

export interface SeriesContext extends SeriesOptions {
	/** One of its own where left out. */
	state?: ReadingState;
	/** Ends the request under way. */
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
 * - where the address of the next page is no longer valid, a fresh query goes on from where the last
 *   page ended;
 * - where a page is too large, it is asked for in smaller ones;
 * - an event that came before, as far as a page or a fresh query can repeat it, is left out.
 */
export class PageSeries {
	/** Fixed from one page to the next; a fresh query is another one. */
	private query: PageQuery;

	private next: string | undefined;

	/** The addresses that were followed since the query began. */
	private readonly followed = new Set<string>();

	private readonly size: PageSize;

	private readonly state: ReadingState;

	private readonly recent = new RecentPages();

	/** The times of the last events, as many as are needed to tell that all newer ones have come. */
	private tail: Instant[] = [];

	private settled: Instant | undefined;

	private oldest: Instant | undefined;

	/** The last page with events. */
	private before: { newest: Instant; length: number } | undefined;

	/** How many pages in a row brought nothing older. */
	private pagesAtOneTime = 0;

	/** How many fresh queries in a row brought nothing new. */
	private freshQueries = 0;

	constructor(
		private readonly fetchPage: FetchPage,
		private readonly asked: PageQuery,
		private readonly context: SeriesContext = {},
	) {
		this.size = context.size ?? sharedPageSize(fetchPage);
		this.state = context.state ?? new ReadingState();
		this.query = asked;
	}

	/**
	 * The first page, or the one after the last that was read, which had a `next`.
	 *
	 * @throws UnexpectedResponseError where the pages do not come to an end, and what `fetchPage` throws
	 */
	async read(): Promise<SeriesPage> {
		this.checkProgress();
		for (;;) {
			if (this.next === undefined) this.query = this.freshQuery();
			const wait = Math.min(
				(this.state.idlePages - PAGES_WITHOUT_PAUSE) * PAUSE_STEP_MS,
				MAX_PAUSE_MS,
			);
			if (wait > 0) await this.context.pause?.(wait);
			try {
				return this.take(await this.fetchPage(this.query, this.next, this.context.signal));
			} catch (error) {
				this.remedy(error);
			}
		}
	}

	private take(page: Page): SeriesPage {
		const settledBefore = this.settled;
		const { events, times } = this.newEvents(page);
		this.noteOrder(times);
		this.noteSettled(times, events.length);
		this.noteProgress(events.length, times);
		this.recent.add(events, times, this.resumeAt());
		if (page.next !== null) this.follow(page.next);
		return { ...page, events, times, settled: this.settled, settledBefore };
	}

	/** The events that did not come before. Whether one may have, shows in the times. */
	private newEvents({ events }: Page): { events: Page['events']; times: PageTimes } {
		const times = new PageTimes(events, this.asked.window);
		const fresh = this.recent.without(events, times, this.oldest);
		// Places change where an event is left out.
		const own = withoutRepeats(fresh, fresh === events ? times.ties : undefined);
		return own.length === events.length
			? { events, times }
			: { events: own, times: new PageTimes(own, this.asked.window) };
	}

	private noteOrder(times: PageTimes): void {
		const { newest, length } = times;
		if (newest === undefined) return;
		const { before } = this;
		this.before = { newest, length };
		const isLate = this.oldest !== undefined && newest > this.oldest;
		if (this.state.disorder === 'much' || (times.isSorted && !isLate)) return;
		const isFarOff =
			times.isFarOff(slackFor(length, true)) ||
			// All of the page before it is older.
			(before !== undefined && newest > before.newest && before.length >= MIN_FOR_ORDER) ||
			(this.isDisordered() && this.settled !== undefined && newest > this.settled);
		if (!this.isDisordered()) this.settled = undefined;
		this.state.disorder = isFarOff ? 'much' : 'some';
	}

	private noteSettled(times: PageTimes, events: number): void {
		if (this.state.disorder === 'much') {
			this.settled = undefined;
			return;
		}
		if (events === 0 || times.newest === undefined) return;
		const slack = slackFor(events, this.isDisordered());
		this.tail = [...this.tail, ...times.last(slack)].slice(-slack);
		if (this.tail.length < slack) return;
		const reached = maxOf(this.tail);
		this.settled = this.settled === undefined ? reached : earlier(this.settled, reached);
	}

	private noteProgress(events: number, { oldest, isElsewhere }: PageTimes): void {
		const isOlder = oldest !== undefined && (this.oldest === undefined || oldest < this.oldest);
		const hasEvents = events > 0 && !isElsewhere;
		this.state.idlePages = hasEvents ? 0 : this.state.idlePages + 1;
		if (hasEvents) this.freshQueries = 0;
		this.pagesAtOneTime = isOlder ? 0 : this.pagesAtOneTime + 1;
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

	/** @throws UnexpectedResponseError */
	private checkProgress(): void {
		const { idlePages } = this.state;
		const { pagesAtOneTime } = this;
		if (idlePages < MAX_PAGES_WITHOUT_EVENTS && pagesAtOneTime < MAX_PAGES_AT_ONE_TIME) return;
		const [count, what] =
			idlePages >= MAX_PAGES_WITHOUT_EVENTS
				? [idlePages, 'without a new event in the range']
				: [pagesAtOneTime, 'that went no further back in time'];
		throw new UnexpectedResponseError(
			`Signicat returned ${count} pages in a row ${what}, and a link to yet another page`,
			'Reading stopped because it might never end. Choose a shorter range or fewer filters and run the workflow again. If it happens again, contact Signicat support.',
		);
	}

	/** @throws the reason of the failure where nothing helps */
	private remedy(failure: unknown): void {
		if (!(failure instanceof PageFailure)) throw failure;
		const { remedy, reason } = failure;
		const isFirst = this.next === undefined;
		if (remedy === 'smallerPage') {
			if (!this.size.reduce(this.query.pageSize)) throw reason;
		} else if (isFirst) throw reason;
		if (!isFirst && ++this.freshQueries > MAX_FRESH_QUERIES) throw reason;
		this.next = undefined;
		this.followed.clear();
	}

	/** The query for what has not come yet. */
	private freshQuery(): PageQuery {
		const { window, pageSize } = this.asked;
		const to = this.resumeAt();
		// What comes again takes its room on the page.
		const size = Math.min(pageSize + this.recent.countBefore(to), MAX_EVENTS_PER_PAGE);
		return { ...this.asked, window: { from: window.from, to }, pageSize: this.size.fit(size) };
	}

	/** Where a fresh query begins: behind the whole millisecond, because timestamps may be cut to it. */
	private resumeAt(): Instant {
		const { from, to } = this.asked.window;
		if (this.settled === undefined) return to;
		const at = floorTo(this.settled, MILLISECOND) + MILLISECOND;
		return earlier(to, later(at, from + MILLISECOND));
	}

	private isDisordered(): boolean {
		return this.state.disorder !== 'none';
	}
}
