import { UnexpectedResponseError } from '../model/unexpectedResponse';

/** How many pages in a row may bring nothing new. The API's documentation says that empty ones can come. */
export const MAX_PAGES_WITHOUT_EVENTS = 500;

/** How many pages in a row may bring events, but none that is older: more than any instant holds. */
const MAX_PAGES_AT_ONE_TIME = 10_000;

/** How many fresh queries in a row may bring nothing new. */
const MAX_FRESH_QUERIES = 3;

/** So many pages without anything new follow each other at once; then the pauses grow. */
const PAGES_WITHOUT_PAUSE = 10;
const PAUSE_STEP_MS = 10;
const MAX_PAUSE_MS = 1000;

/** How many pages in a row brought nothing new, in all series of one reading. */
export interface IdlePages {
	idlePages: number;
}

/** Whether the pages of a series lead anywhere, so that reading them comes to an end. */
export class SeriesProgress {
	/** How many pages in a row brought nothing older. */
	private pagesAtOneTime = 0;

	/** How many fresh queries in a row brought nothing new. */
	private freshQueries = 0;

	constructor(private readonly shared: IdlePages) {}

	/** How long to wait before the next page, in ms; 0 or less for not at all. */
	get pauseMs(): number {
		const pages = this.shared.idlePages - PAGES_WITHOUT_PAUSE;
		return Math.min(pages * PAUSE_STEP_MS, MAX_PAUSE_MS);
	}

	/** Counts a page that was read. */
	countPage({ isNew, isOlder }: { isNew: boolean; isOlder: boolean }): void {
		this.shared.idlePages = isNew ? 0 : this.shared.idlePages + 1;
		this.pagesAtOneTime = isOlder ? 0 : this.pagesAtOneTime + 1;
		if (isNew) this.freshQueries = 0;
	}

	/** Counts a query that replaces one whose next page is not available. */
	countFreshQuery(): void {
		this.freshQueries++;
	}

	/** Whether fresh queries have not helped. */
	get hasTooManyFreshQueries(): boolean {
		return this.freshQueries > MAX_FRESH_QUERIES;
	}

	/** @throws UnexpectedResponseError where the pages do not come to an end */
	check(): void {
		const { idlePages } = this.shared;
		if (idlePages >= MAX_PAGES_WITHOUT_EVENTS) {
			throw endless(idlePages, 'without a new event in the range');
		}
		if (this.pagesAtOneTime >= MAX_PAGES_AT_ONE_TIME) {
			throw endless(this.pagesAtOneTime, 'that went no further back in time');
		}
	}
}

function endless(pages: number, what: string): UnexpectedResponseError {
	return new UnexpectedResponseError(
		`Signicat returned ${pages} pages in a row ${what}, and a link to yet another page`,
		'Reading stopped because it might never end. Choose a shorter range or fewer filters and run the workflow again. If it happens again, contact Signicat support.',
	);
}
