import type { AuditEvent } from './event';
import type { Condition } from './conditions';
import type { Window } from './window';

/** The most events that the API returns at once, and what it returns by default (docs/api.md#query). */
export const MAX_EVENTS_PER_PAGE = 1000;

/** What one series of pages asks for; it stays the same from the first page to the last. */
export interface PageQuery {
	window: Window;
	conditions: readonly Condition[];
	/** Events per page, 1 to 1000. */
	pageSize: number;
}

export interface Page {
	/** Newest first. May be empty although `next` is set. */
	events: AuditEvent[];
	/** Where the next page is; null on the last one. */
	next: string | null;
	/** The server's clock when it responded, in ms since 1970, if it said so. */
	serverTime?: number;
	/** How many entries of the page were no events, and were skipped. */
	skipped?: number;
}

/** How far a reading is. The reader counts up; its caller looks. */
export interface Progress {
	events: number;
	/** Windows of time that were read to their end. */
	windows: number;
	/** Called with each page that was counted, also where filters leave nothing of it. */
	onPage?: () => void;
}

/** Fetches the first page of a query, or the page that `next` names. `signal` ends the request. */
export type FetchPage = (query: PageQuery, next?: string, signal?: AbortSignal) => Promise<Page>;
