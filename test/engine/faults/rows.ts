import type { Fault } from '../../../dev/audit-api';
import type { FaultRow, Outcome, Outcomes } from './types';

type Cell = Outcome | readonly Outcome[];

function outcomes(once: Cell, threeTimes: Cell = once, forEver: Cell = threeTimes): Outcomes {
	return { once: [once].flat(), 'three times': [threeTimes].flat(), forever: [forEver].flat() };
}

const RECOVERS = outcomes('all');
const FAILS = outcomes('error');
/** Transient faults are retried, by an action more often than by a poll, which soon has another chance. */
const RETRIED = {
	action: outcomes('all', 'all', 'error'),
	trigger: outcomes('all', ['all', 'error'], 'error'),
};
/** The faults that take the most time; a page is requested again as a smaller one. */
const RETRIED_ONCE = {
	action: outcomes('all', ['all', 'error'], 'error'),
	trigger: outcomes('all', ['all', 'error'], 'error'),
};
const ALWAYS = { action: RECOVERS, trigger: RECOVERS };
const NEVER = { action: FAILS, trigger: FAILS };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Malformed entries of a page; the objects among them are returned as they are. */
const ODD_ENTRIES = [
	null,
	7,
	'odd',
	[],
	{ serviceName: 'odd', eventType: 'odd', message: 'odd' },
	{ cursor: 'odd-1', timestamp: null, serviceName: 'odd', eventType: 'odd' },
	{ cursor: 12_345_678, timestamp: 'odd', serviceName: 'odd', eventType: 'odd' },
];

const retried = (name: string, fault: Fault): FaultRow => ({ name, fault, ...RETRIED });
const never = (name: string, fault: Fault): FaultRow => ({ name, fault, ...NEVER });
const token = (name: string, tokenFault: Fault, expected = RETRIED): FaultRow => ({
	name,
	tokenFault,
	...expected,
});

const CLOCKS: FaultRow[] = [
	{ name: '`Date` an hour ahead', fault: { kind: 'wrongDate', aheadMs: HOUR_MS }, ...ALWAYS },
	{ name: '`Date` a day behind', fault: { kind: 'wrongDate', aheadMs: -DAY_MS }, ...ALWAYS },
	{
		name: '`Date` in the year 9999',
		fault: { kind: 'wrongDate', text: 'Fri, 31 Dec 9999 23:59:59 GMT' },
		...ALWAYS,
	},
	{ name: '`Date` that is not a date', fault: { kind: 'wrongDate', text: 'yesterday' }, ...ALWAYS },
	{ name: 'No `Date`', behaviour: { dateHeader: false }, ...ALWAYS },
];

const ENDLESS: FaultRow[] = [
	{ name: 'A response that drips', fault: { kind: 'drip', everyMs: 10 }, ...RETRIED_ONCE },
	{ name: 'No response at all', fault: { kind: 'silent' }, ...RETRIED_ONCE },
	token('A token response that drips', { kind: 'drip', everyMs: 10 }, RETRIED_ONCE),
	token('No token response at all', { kind: 'silent' }, RETRIED_ONCE),
	{
		name: 'Empty pages, each with a new `next`',
		fault: { kind: 'endlessNext' },
		only: ['query'],
		places: ['middle'],
		action: outcomes('all', 'all', 'error'),
		trigger: outcomes('all', 'all', 'error'),
		// The pauses between empty pages use up the time of a poll.
		polls: 3,
	},
	{
		name: 'Endless empty pages with `next` after the last page',
		behaviour: { endlessNext: true },
		only: ['query'],
		// A limit may be reached before.
		action: outcomes(['all', 'error']),
		trigger: FAILS,
		polls: 3,
	},
	{
		name: '`next` that leads to itself',
		behaviour: { nextStyle: 'repeating' },
		only: ['query'],
		...NEVER,
	},
	{
		name: '`next` at another origin',
		behaviour: { nextStyle: 'otherOrigin' },
		only: ['query'],
		...NEVER,
	},
];

const ENTRIES: FaultRow[] = [
	{
		name: 'Malformed entries',
		fault: { kind: 'malformed', entries: ODD_ENTRIES },
		only: ['query'],
		// There, they count towards the limit.
		notFor: 'Get Many with a limit',
		action: outcomes('all and malformed'),
		trigger: outcomes('all and malformed'),
	},
	{ name: 'Timestamps without a zone', behaviour: { timestampZone: 'none' }, ...ALWAYS },
	{
		name: 'Some unreadable timestamps',
		behaviour: { oddTimestamps: { every: 4, value: 'odd' } },
		only: ['query'],
		...ALWAYS,
	},
	{
		name: 'Pages out of order',
		behaviour: { pageOrder: 'unsorted' },
		only: ['query'],
		// It returns the first events that arrive.
		notFor: 'Get Many with a limit',
		...ALWAYS,
	},
	{
		name: 'Pages that overlap',
		behaviour: { pageOrder: 'overlapping' },
		only: ['query'],
		...ALWAYS,
	},
];

const expired = (status: number): FaultRow => ({
	name: `${status} for \`next\``,
	fault: { status, code: 'cursor_expired', detail: 'Cursor has expired' },
	only: ['query'],
	isOfNext: true,
	...ALWAYS,
});

const REFUSALS: FaultRow[] = [
	expired(400),
	expired(404),
	expired(410),
	{
		name: '413 for a page of more than 12',
		behaviour: { maxLimit: 12, maxLimitStatus: 413 },
		only: ['query'],
		...ALWAYS,
	},
	{
		name: '504 for a page of more than 12',
		behaviour: { maxLimit: 12, maxLimitStatus: 504 },
		only: ['query'],
		...ALWAYS,
	},
	{ ...never('400', { status: 400 }), places: ['first'] },
	{
		name: '401',
		fault: { status: 401 },
		action: outcomes('all', 'all', 'error'),
		trigger: outcomes('all', 'all', 'error'),
	},
	{
		name: '403 with the code `invalid_token`',
		fault: { status: 403, code: 'invalid_token' },
		action: outcomes('all', 'error', 'error'),
		trigger: outcomes('all', 'error', 'error'),
	},
	never('403', { status: 403 }),
	{ ...never('404', { status: 404 }), places: ['first'] },
	{ name: 'A redirect', fault: { kind: 'redirect', location: 'http://localhost:1/' }, ...NEVER },
];

const LIMITS: FaultRow[] = [
	retried('429', { status: 429 }),
	retried('429 with `Retry-After: 1`', { status: 429, retryAfter: '1' }),
	retried('429 with `Retry-After: 0`', { status: 429, retryAfter: '0' }),
	retried('429 with `Retry-After` of 400 digits', { status: 429, retryAfter: '9'.repeat(400) }),
	{
		name: '429 with `Retry-After: 20`',
		fault: { status: 429, retryAfter: '20' },
		action: outcomes('all', 'all', 'error'),
		trigger: FAILS,
	},
	retried('429 with `X-Rate-Limit-Reset: 2`', {
		status: 429,
		headers: { 'X-Rate-Limit-Reset': '2' },
	}),
	...(
		[
			['retryAfter', 'announced by `Retry-After`'],
			['retryAfterDate', 'announced by `Retry-After` as a date'],
			['rateLimitReset', 'announced by `RateLimit-Reset`'],
			['xRateLimitReset', 'announced by `X-Rate-Limit-Reset`'],
			['xRateLimitResetEpoch', 'announced by `X-RateLimit-Reset`, since 1970'],
			['nothing', 'not announced'],
		] as const
	).map(
		([announce, said]): FaultRow => ({
			name: `Two requests per minute, ${said}`,
			behaviour: { quota: { requests: 2, perMs: 60_000, announce } },
			action: RECOVERS,
			trigger: outcomes(['all', 'error']),
		}),
	),
];

const FAILURES: FaultRow[] = [
	retried('500', { status: 500 }),
	retried('502 with an HTML page', { status: 502, body: 'html' }),
	retried('503 with an empty body', { status: 503, body: 'empty' }),
	retried('504 with a line of text', { status: 504, body: 'text' }),
	retried('A dropped connection', { kind: 'drop' }),
	retried('A response that breaks off', { kind: 'truncate' }),
	retried('Truncated JSON', { kind: 'truncateJson' }),
	retried('An HTML page in place of JSON', { kind: 'status200Html' }),
	retried('A problem document with status 200', { kind: 'problem200' }),
	{
		name: 'JSON that is not a page',
		fault: { kind: 'response', text: '{"ok":true}' },
		only: ['query'],
		...NEVER,
	},
	{
		name: '204 in place of an empty page',
		behaviour: { emptyData: 'noContent' },
		only: ['query'],
		...ALWAYS,
	},
	{
		name: '204',
		fault: { kind: 'noContent' },
		only: ['item', 'metadata', 'properties'],
		action: outcomes('all', 'error'),
		trigger: FAILS,
	},
	{
		name: '`null` in place of an empty list',
		behaviour: { emptyPages: 1, emptyData: 'null' },
		only: ['query'],
		...ALWAYS,
	},
];

const TOKENS: FaultRow[] = [
	token('The token is refused: 401', { status: 401 }, NEVER),
	token('The token is refused: 500', { status: 500 }),
	token('The token is refused: 429', { status: 429 }),
	token('Truncated token response', { kind: 'truncateJson' }),
	token('The token is `null`', { kind: 'dataNull' }),
	token('An HTML page in place of the token', { kind: 'status200Html' }),
];

const ECHOES: FaultRow[] = (['problem', 'html', 'text'] as const).map((body) => ({
	...retried(`500 that echoes the request (${body})`, { status: 500, body }),
	behaviour: { echo: true },
}));

export const ROWS: FaultRow[] = [
	...CLOCKS,
	...ENDLESS,
	...ENTRIES,
	...REFUSALS,
	...LIMITS,
	...FAILURES,
	...TOKENS,
	...ECHOES,
];
