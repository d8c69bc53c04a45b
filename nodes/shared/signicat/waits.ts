/** The longest wait that is believed; a server that asks for more is asked again after it. */
export const MAX_WAIT_MS = 3_600_000;
/** What lies further off than this is no wait but a mistake. */
const MAX_PLAUSIBLE_WAIT_MS = 31 * 86_400_000;
/** Numbers from here on are moments: seconds, or milliseconds, since 1970. */
const EPOCH_SECONDS = 1e8;
const EPOCH_MS = 1e11;

/** What a server says about the next request, in ms from its response on. */
export interface AskedWaits {
	/** From Retry-After. */
	retryAfterMs?: number;
	/** When a quota is refilled. It may be the quota of an hour although the next request may come earlier. */
	resetMs?: number;
}

const RETRY_AFTER = /^(x-)?(rate-?limit-)?retry-after$/;
const RETRY_AFTER_MS = /^(x-)?retry-after-ms$/;
const RESET = /^(x-)?rate-?limit(-\w+)?-reset(-after|-at|-time)?(-\w+)?$/;
const RESET_PART = /-reset(-after|-at|-time)?/;
const RATE_LIMIT = /^(x-)?rate-?limit(-policy)?$/;

/**
 * Reads how long to wait, of all the headers that are in use for it. Dates and moments are compared with the
 * response's own Date; n8n's clock may differ.
 *
 * @param headers with lower-case names
 * @param now n8n's clock, in ms since 1970, for a response without a Date
 */
export function readWaits(headers: Record<string, unknown>, now: number): AskedWaits {
	const date = Date.parse(firstText(headers.date) ?? '');
	const sent = Number.isNaN(date) ? now : date;
	let retryAfterMs: number | undefined;
	let resetMs: number | undefined;
	for (const [name, value] of Object.entries(headers)) {
		const text = firstText(value);
		if (text === undefined) continue;
		if (RETRY_AFTER.test(name)) retryAfterMs = longer(retryAfterMs, parseWait(text, sent));
		else if (RETRY_AFTER_MS.test(name)) retryAfterMs = longer(retryAfterMs, milliseconds(text));
		else if (RATE_LIMIT.test(name)) resetMs = longer(resetMs, refill(text));
		else if (RESET.test(name) && !hasQuotaLeft(headers, name)) {
			resetMs = longer(resetMs, parseReset(name, text, sent));
		}
	}
	return { retryAfterMs, resetMs };
}

/** Whether the header beside this one says that the quota is not used up: then nobody has to wait for its refill. */
function hasQuotaLeft(headers: Record<string, unknown>, name: string): boolean {
	return Number(firstText(headers[name.replace(RESET_PART, '-remaining')])) > 0;
}

/** Of several numbers, which proxies add one after the other, the longest wait counts. */
function parseReset(name: string, text: string, sent: number): number | undefined {
	const parts = /^[\d.,s ]+$/.test(text) ? text.split(',') : [text];
	return parts
		.map((part) =>
			name.endsWith('-ms') && Number(part) < EPOCH_MS
				? milliseconds(part.trim())
				: parseWait(part, sent),
		)
		.reduce(longer, undefined);
}

/**
 * A wait in seconds, a moment in seconds or milliseconds since 1970, or a date.
 *
 * @returns ms, from 0 to an hour; undefined for what cannot be read or cannot be meant
 */
export function parseWait(header: unknown, now: number): number | undefined {
	const text = firstText(header);
	if (text === undefined) return undefined;
	if (/^\d+(\.\d+)?s?$/.test(text)) {
		const value = parseFloat(text);
		if (value < EPOCH_SECONDS) return bounded(value * 1000);
		return bounded(Math.max(0, (value < EPOCH_MS ? value * 1000 : value) - now));
	}
	// Date.parse also makes dates of numbers such as -5.
	const isDate = /^[A-Z]{3}/i.test(text) || /^\d{4}-\d\d-\d\d/.test(text);
	const at = isDate ? Date.parse(text) : NaN;
	return Number.isNaN(at) ? undefined : bounded(Math.max(0, at - now));
}

/**
 * `limit=10, remaining=0, reset=30`, or `"minute";r=0;t=30, "day";r=900;t=80000`, of the drafts for a RateLimit
 * header: the time to the refill of what is used up.
 */
function refill(text: string): number | undefined {
	let found: number | undefined;
	for (const quota of /reset\s*=/i.test(text) ? [text] : text.split(',')) {
		if (/(?:^|[;,\s])(?:r|remaining)\s*=\s*0*[1-9]/i.test(quota)) continue;
		const [, seconds] = /(?:^|[;,\s])(?:t|reset)\s*=\s*(\d+)/i.exec(quota) ?? [];
		found = longer(found, bounded(Number(seconds) * 1000));
	}
	return found;
}

function milliseconds(text: string): number | undefined {
	return /^\d+(\.\d+)?$/.test(text) ? bounded(parseFloat(text)) : undefined;
}

function bounded(ms: number): number | undefined {
	return ms <= MAX_PLAUSIBLE_WAIT_MS ? Math.min(Math.ceil(ms), MAX_WAIT_MS) : undefined;
}

function longer(a: number | undefined, b: number | undefined): number | undefined {
	return a === undefined ? b : Math.max(a, b ?? 0);
}

/** The HTTP client returns a list for some headers that come more than once. */
function firstText(value: unknown): string | undefined {
	const first: unknown = Array.isArray(value) ? value[0] : value;
	return typeof first === 'string' || typeof first === 'number' ? String(first).trim() : undefined;
}
