import type { Density } from './densities';
import type { components } from '../../nodes/shared/model/schema';

export type AuditEvent = components['schemas']['AuditLog'];
export type QueryRequest = components['schemas']['QueryRequest'];
export type QueryCondition = components['schemas']['QueryCondition'];
export type Problem = components['schemas']['Problem'];

export interface AuditApiOptions {
	/** 0, the default, uses any free port. */
	port?: number;
	/** How many events to generate; 3000 by default. */
	eventCount?: number;
	/** The events to start with, instead of generated ones. */
	events?: AuditEvent[];
	/** The same seed and span produce the same events; 1 by default. */
	seed?: number;
	/** The server's clock: the Date header, the default `to`, token lifetimes. The real one by default. */
	now?: () => Date;
	/**
	 * The range of generated events, ISO 8601, `to` exclusive. By default, the 30 days before now without their
	 * first hour, so that a query without a range still finds every event an hour later.
	 */
	span?: { from: string; to: string };
	/** How the events lie in the span; evenly by default. */
	density?: Density;
	clientId?: string;
	/** Contains special characters by default. */
	clientSecret?: string;
	behaviour?: Partial<Behaviour>;
	/** Whether responses are validated against docs/openapi.yaml; true by default. */
	validateResponses?: boolean;
	/**
	 * Prepares the JSON of all events in advance and does not validate queries, so that a benchmark does not wait
	 * for this server; false by default.
	 */
	prepared?: boolean;
	/** Whether `/_control/…` is available, for use from another process; false by default. */
	control?: boolean;
}

/** How the API behaves. Wherever Signicat's own behaviour is unknown, each possibility can be tested. */
export interface Behaviour {
	/** 600 by default, 1 or more. */
	tokenLifetimeSeconds: number;
	/** How the client may authenticate at the token endpoint. */
	clientAuthentication: 'any' | 'basic' | 'body';
	/** `otherOrigin` leads to `http://localhost`, which is the same server; `repeating` leads to itself. */
	nextStyle: 'absolute' | 'relative' | 'otherOrigin' | 'repeating';
	/** The origin of an absolute `next`, for something in front of this server; that of the request by default. */
	nextOrigin: string | null;
	/** How many empty pages with `next` precede each page with events, and sometimes the end. */
	emptyPages: number;
	/** Longer ranges get 400; null allows any length. */
	maxRangeDays: number | null;
	/** Before each response. */
	latencyMs: number;
	/** The connection of a response that takes longer ends, as proxies see to it; null lets it take any time. */
	longestResponseMs: number | null;
	fromInclusive: boolean;
	/** With 3, timestamps are truncated to milliseconds, but the store still compares all seven digits. */
	timestampDigits: 7 | 3;
	/** Whether following `next` with another body gets 400. */
	cursorNeedsSameBody: boolean;
	/** Null: all operators. */
	knownOperators: string[] | null;
	metadataShape: 'objects' | 'strings' | 'unexpected';
	propertiesShape: 'objects' | 'strings';
	/** False: 403 for every operation. */
	permission: boolean;
	/** Whether responses have a Date header. */
	dateHeader: boolean;
	/** How far the Date header is ahead of the server's clock. */
	dateAheadMs: number;
	/** The `signicat-accountId` that every request must have; null: none. */
	requireAccountId: string | null;
	/** Whether the last page has a `next` too, and each empty page after it another one, without end. */
	endlessNext: boolean;
	/** Additional entries in the middle of every page with events. */
	malformed: unknown[];
	/** Whether a page without events has an empty list as `data`, or null, or is status 204 instead. */
	emptyData: 'list' | 'null' | 'noContent';
	/** The maximum number of events per page, whatever `limit` says; null: as many as `limit`. */
	pageCap: number | null;
	/** A query with a higher `limit` is refused, or never gets a response; null: no maximum. */
	maxLimit: number | null;
	maxLimitStatus: 413 | 504 | 'silent';
	/** How many requests (not counting those for a token) succeed per `perMs`; the others get 429. */
	quota: Quota | null;
	/**
	 * `unsorted`: nearby events change places, also across two pages. `overlapping`: a page begins with the last
	 * event of the previous one.
	 */
	pageOrder: 'sorted' | 'unsorted' | 'overlapping';
	/** `none`: timestamps without their Z. */
	timestampZone: 'Z' | 'none';
	/** About one event in `every` has this value as its timestamp, always the same ones. */
	oddTimestamps: { every: number; value: unknown } | null;
	/** Whether errors repeat the Authorization header, the URL and the body of the request. */
	echo: boolean;
	/**
	 * Sends each text `"@@number:7615917337495251231"` in a response as the number 7615917337495251231, and reads
	 * a number in a request that a double would change as such a text.
	 */
	rawNumbers: boolean;
}

export interface Quota {
	requests: number;
	perMs: number;
	/**
	 * How a 429 announces when the next request will succeed: `Retry-After` in seconds or as a date,
	 * `RateLimit-Reset` or `X-Rate-Limit-Reset` in seconds, `X-RateLimit-Reset` in seconds since 1970.
	 */
	announce:
		| 'retryAfter'
		| 'retryAfterDate'
		| 'rateLimitReset'
		| 'xRateLimitReset'
		| 'xRateLimitResetEpoch'
		| 'nothing';
}

export interface StatusFault {
	status: number;
	/** Of the problem document; by default, the one for the status. */
	code?: string;
	detail?: string;
	invalidParams?: Array<{ name: string; reason: string }>;
	/** Seconds or an HTTP date; no header by default. */
	retryAfter?: string;
	headers?: Record<string, string>;
	body?: 'problem' | 'html' | 'empty' | 'text';
}

/** Responses with a fault are not validated against docs/openapi.yaml. */
export type Fault =
	| StatusFault
	/** The connection ends without a response. */
	| { kind: 'drop' }
	/** The response's body is truncated in the middle, and the connection ends. */
	| { kind: 'truncate' }
	/** The response is complete HTTP, but its JSON is truncated in the middle. */
	| { kind: 'truncateJson' }
	/** The response is delayed by `ms`. */
	| { kind: 'hang'; ms: number }
	/** The connection stays open, but no byte is sent. */
	| { kind: 'silent' }
	/** The status, the beginning of a response, and then a space every `everyMs`, without end. */
	| { kind: 'drip'; everyMs: number }
	/** A normal response, except that its Date header is this far ahead, or this text. */
	| { kind: 'wrongDate'; aheadMs?: number; text?: string }
	| { kind: 'status200Html' }
	/** A problem document with the HTTP status 200. */
	| { kind: 'problem200'; code?: string; detail?: string }
	/** `null` in place of the response's list (`data`, `targets`, `properties`), or of the token. */
	| { kind: 'dataNull' }
	/** HTTP status 204. */
	| { kind: 'noContent' }
	/** Any response; 200 and application/json by default. */
	| {
			kind: 'response';
			text: string;
			httpStatus?: number;
			type?: string;
			headers?: Record<string, string>;
	  }
	/** An additional empty page, whose `next` leads back to the same position. */
	| { kind: 'endlessNext' }
	/** The page contains these entries, in addition to its events. */
	| { kind: 'malformed'; entries: unknown[] }
	| { kind: 'redirect'; location: string };

export type AuditOperation = 'query' | 'item' | 'metadata' | 'properties';

export interface FaultOptions {
	/** How many requests it affects; 1 by default, Infinity for all. */
	times?: number;
	/**
	 * Which requests it affects. By default, those of the four operations; `any` adds those for a token.
	 * `firstPage` and `nextPage` are queries without and with a page cursor.
	 */
	on?: AuditOperation | 'firstPage' | 'nextPage' | 'token' | 'any';
	/** How many matching requests are unaffected first. */
	skip?: number;
}

export interface RecordedRequest {
	/** When it arrived, by the server's clock, in ms since 1970. */
	at: number;
	operation: AuditOperation | 'token' | 'unknown';
	method: string;
	/** As sent, percent-encoded, without the query string. */
	path: string;
	query: Record<string, string>;
	/** The parsed body; a client secret in it is replaced by `[redacted]`. */
	body: unknown;
	/** The body of a query, as sent. */
	bodyText?: string;
	/** Lower-case names; only the scheme of `authorization` is recorded. */
	headers: Record<string, string>;
	/** Which of the issued tokens it had: 1 is the first. */
	token?: number;
	/** `dropped` if no response was sent, or none yet. */
	status: number | 'dropped';
	/** Whether the client disconnected before the response was complete. */
	aborted: boolean;
}

export interface AuditApi {
	/** `http://127.0.0.1:<port>`, without a trailing slash. */
	readonly baseUrl: string;
	readonly clientId: string;
	readonly clientSecret: string;
	/** All stored events in full, newest first. The list is live: it grows with `append`. */
	readonly events: readonly AuditEvent[];
	/** Stores events, at any time in the past or the future, and returns them with the fields filled in. */
	append(...events: Array<Partial<AuditEvent>>): AuditEvent[];
	configure(patch: Partial<Behaviour>): void;
	fail(fault: Fault, options?: FaultOptions): void;
	clearFaults(): void;
	/** Every issued token, oldest first. `reset` keeps them. */
	readonly issuedTokens: readonly string[];
	/** From now on, every token issued so far gets 401. */
	revokeTokens(): void;
	/**
	 * Clears the recorded requests and the faults, ends the requests that the faults hold, and resets the
	 * behaviour.
	 */
	reset(): void;
	readonly requests: readonly RecordedRequest[];
	/** Requests whose response has not ended. */
	readonly open: ReadonlySet<RecordedRequest>;
	/** Those of them that a fault holds until the client disconnects. */
	readonly held: ReadonlySet<RecordedRequest>;
	/** Responses that violate docs/openapi.yaml. `reset` keeps them. */
	readonly violations: readonly string[];
	stop(): Promise<void>;
}
