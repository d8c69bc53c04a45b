import type { components } from '../../nodes/shared/model/schema';

export type AuditEvent = components['schemas']['AuditLog'];
export type QueryRequest = components['schemas']['QueryRequest'];
export type QueryCondition = components['schemas']['QueryCondition'];
export type Problem = components['schemas']['Problem'];

export interface AuditApiOptions {
	/** 0, the default, takes any free port. */
	port?: number;
	/** How many events to generate; 3000 by default. */
	eventCount?: number;
	/** The events to start with, instead of generated ones. */
	events?: AuditEvent[];
	/** The same seed and span give the same events; 1 by default. */
	seed?: number;
	/** The server's clock: the Date header, the default `to`, token lifetimes. The real one by default. */
	now?: () => Date;
	/**
	 * Where generated events lie, ISO 8601, `to` exclusive. By default the 30 days before now, less
	 * their first hour, so that a query without a range still finds every event an hour later.
	 */
	span?: { from: string; to: string };
	clientId?: string;
	/** Holds special characters by default. */
	clientSecret?: string;
	behaviour?: Partial<Behaviour>;
	/** Whether answers are checked against docs/openapi.yaml; true by default. */
	validateAnswers?: boolean;
	/**
	 * Makes the JSON of all events beforehand and checks no query against docs/openapi.yaml, so that a
	 * benchmark does not wait for this server; false by default.
	 */
	prepared?: boolean;
	/** Whether `/_control/…` answers, for use from another process; false by default. */
	control?: boolean;
}

/** How the API acts. Wherever Signicat's own behaviour is unknown, each possibility can be tried. */
export interface Behaviour {
	/** 600 by default, 1 or more. */
	tokenLifetimeSeconds: number;
	/** How the client may say who it is at the token endpoint. */
	clientAuthentication: 'any' | 'basic' | 'body';
	/** `otherOrigin` leads to `http://localhost`, where the same server answers; `repeating` to itself. */
	nextStyle: 'absolute' | 'relative' | 'otherOrigin' | 'repeating';
	/** How many empty pages with `next` come before each page with events, and at times at the end. */
	emptyPages: number;
	/** Longer ranges get 400; null allows any. */
	maxRangeDays: number | null;
	/** Before each answer. */
	latencyMs: number;
	fromInclusive: boolean;
	/** 3 shows timestamps cut to milliseconds, while the store compares all seven digits. */
	timestampDigits: 7 | 3;
	/** Whether following `next` with another body gets 400. */
	cursorNeedsSameBody: boolean;
	/** Null: all of them. */
	knownOperators: string[] | null;
	metadataShape: 'objects' | 'strings' | 'unexpected';
	propertiesShape: 'objects' | 'strings';
	/** False: 403 for every operation. */
	permission: boolean;
	/** Whether answers carry a Date header. */
	dateHeader: boolean;
	/** How far the Date header is ahead of the server's clock. */
	dateAheadMs: number;
	/** The `signicat-accountId` that every request has to carry; null: none. */
	requireAccountId: string | null;
	/** Whether the last page has a `next` too, and the empty page behind it another one, without end. */
	endlessNext: boolean;
	/** Entries in the middle of every page that has events, in addition to them. */
	malformed: unknown[];
	/** Whether a page without events has an empty list for `data`, or null, or is no page but status 204. */
	emptyData: 'list' | 'null' | 'noContent';
	/** The most events in a page, whatever `limit` says; null: as many as it says. */
	pageCap: number | null;
	/** A query with a greater `limit` is refused, or never answered; null: none is. */
	maxLimit: number | null;
	maxLimitStatus: 413 | 504 | 'silent';
	/** How many requests (those for a token aside) are answered in each `perMs`; the others get 429. */
	quota: Quota | null;
	/**
	 * `unsorted`: events change places with those near them, also across two pages. `overlapping`: a page
	 * begins with the last event of the one before.
	 */
	pageOrder: 'sorted' | 'unsorted' | 'overlapping';
	/** `none` shows timestamps without their Z. */
	timestampZone: 'Z' | 'none';
	/** About one event in `every` shows this for its timestamp, always the same ones. */
	oddTimestamps: { every: number; value: unknown } | null;
	/** Whether refusals repeat the Authorization header, the URL and the body of the request. */
	echo: boolean;
	/**
	 * Sends each text `"@@number:7615917337495251231"` in an answer as the number 7615917337495251231, and
	 * takes a number of a request that a double would change for such a text.
	 */
	rawNumbers: boolean;
}

export interface Quota {
	requests: number;
	perMs: number;
	/**
	 * How a refusal says when the next request is answered: `Retry-After` in seconds or as a date,
	 * `RateLimit-Reset` or `X-Rate-Limit-Reset` in seconds, `X-RateLimit-Reset` in seconds since 1970.
	 */
	tell:
		| 'retryAfter'
		| 'retryAfterDate'
		| 'rateLimitReset'
		| 'xRateLimitReset'
		| 'xRateLimitResetEpoch'
		| 'nothing';
}

export interface StatusFault {
	status: number;
	/** Of the problem document; by default what goes with the status. */
	code?: string;
	detail?: string;
	invalidParams?: Array<{ name: string; reason: string }>;
	/** Seconds or an HTTP date; no header when left out. */
	retryAfter?: string;
	headers?: Record<string, string>;
	body?: 'problem' | 'html' | 'empty' | 'text';
}

/** No answer to a fault is checked against docs/openapi.yaml. */
export type Fault =
	| StatusFault
	/** The connection ends before an answer. */
	| { kind: 'drop' }
	/** The answer's body is cut in the middle, and the connection ends. */
	| { kind: 'truncate' }
	/** The answer is complete HTTP, its JSON is cut in the middle. */
	| { kind: 'truncateJson' }
	/** The answer comes after `ms`. */
	| { kind: 'hang'; ms: number }
	/** The connection stays open, and no byte is sent. */
	| { kind: 'silent' }
	/** The status, the beginning of an answer, and then a blank every `everyMs`, without end. */
	| { kind: 'drip'; everyMs: number }
	/** The answer is as ever, its Date header is that far ahead, or this text. */
	| { kind: 'wrongDate'; aheadMs?: number; text?: string }
	| { kind: 'status200Html' }
	/** A problem document with the HTTP status 200. */
	| { kind: 'problem200'; code?: string; detail?: string }
	/** `null` where the answer's list is expected: `data`, `targets`, `properties`; a token that is null. */
	| { kind: 'dataNull' }
	/** HTTP status 204. */
	| { kind: 'noContent' }
	/** Any answer; 200 and application/json by default. */
	| {
			kind: 'answer';
			text: string;
			httpStatus?: number;
			type?: string;
			headers?: Record<string, string>;
	  }
	/** An empty page with a `next` of its own, behind which the reading goes on where it was. */
	| { kind: 'endlessNext' }
	/** The page holds these entries, in addition to its events. */
	| { kind: 'malformed'; entries: unknown[] }
	| { kind: 'redirect'; location: string };

export type AuditOperation = 'query' | 'item' | 'metadata' | 'properties';

export interface FaultOptions {
	/** How many requests it strikes; 1 by default, Infinity for all. */
	times?: number;
	/**
	 * Which requests it strikes. By default those of the four operations; `any` adds the token's.
	 * `firstPage` and `nextPage` are queries without and with a page cursor.
	 */
	on?: AuditOperation | 'firstPage' | 'nextPage' | 'token' | 'any';
	/** How many matching requests pass first. */
	skip?: number;
}

export interface RecordedRequest {
	/** When it came, by the server's clock, in ms since 1970. */
	at: number;
	operation: AuditOperation | 'token' | 'unknown';
	method: string;
	/** As sent, percent-encoded, without the query string. */
	path: string;
	query: Record<string, string>;
	/** The parsed body; a client secret in it is replaced by `[redacted]`. */
	body: unknown;
	/** The body of a query as it was sent. */
	bodyText?: string;
	/** Lower-case names; of `authorization` only the scheme is kept. */
	headers: Record<string, string>;
	/** Which of the issued tokens it carried: 1 is the first. */
	token?: number;
	/** `dropped` when no answer went out, or none has yet. */
	status: number | 'dropped';
	/** The client went away before the answer was complete. */
	aborted: boolean;
}

export interface AuditApi {
	/** `http://127.0.0.1:<port>`, without a trailing slash. */
	readonly baseUrl: string;
	readonly clientId: string;
	readonly clientSecret: string;
	/** All stored events, whole, newest first. The list is live: it grows with `append`. */
	readonly events: readonly AuditEvent[];
	/** Stores events, at any time in the past or the future, and returns them with the fields filled in. */
	append(...events: Array<Partial<AuditEvent>>): AuditEvent[];
	configure(patch: Partial<Behaviour>): void;
	fail(fault: Fault, options?: FaultOptions): void;
	clearFaults(): void;
	/** Every token that was issued, oldest first. `reset` keeps them. */
	readonly issuedTokens: readonly string[];
	/** Every token issued so far gets 401 from now on. */
	revokeTokens(): void;
	/**
	 * Empties the list of requests, takes faults away, ends the requests that they hold, and sets the behaviour
	 * back to its start.
	 */
	reset(): void;
	readonly requests: readonly RecordedRequest[];
	/** Requests whose answer is not over. */
	readonly open: ReadonlySet<RecordedRequest>;
	/** Those of them that a fault holds until the client goes. */
	readonly held: ReadonlySet<RecordedRequest>;
	/** Answers that break docs/openapi.yaml. `reset` keeps them. */
	readonly violations: readonly string[];
	stop(): Promise<void>;
}
