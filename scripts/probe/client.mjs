import { setTimeout as delay } from 'node:timers/promises';
import { requestToken } from './token.mjs';
import { CannotTell, NoAnswer, StopProbe } from './outcome.mjs';

const REQUEST_TIMEOUT_MS = 30_000;
const LONGEST_WAIT_MS = 30_000;
/** A token is renewed this long before its end. */
const TOKEN_MARGIN_MS = 500;

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {unknown} body the parsed JSON; undefined when it is none
 * @property {Headers} headers
 */

/** Speaks HTTP to one origin: one request at a time, no redirects, the token nowhere else. */
export class ProbeClient {
	requestCount = 0;
	/** How the Retry-After of each 429 was given: `seconds`, `a date` or `nothing`. */
	rateLimits = [];

	#settings;
	#userAgent;
	#signal;
	#base;
	#token;
	#isClosed = false;

	/** @param {{ settings: import('./settings.mjs').Settings, userAgent: string, signal: AbortSignal }} options */
	constructor({ settings, userAgent, signal }) {
		this.#settings = settings;
		this.#userAgent = userAgent;
		this.#signal = signal;
		this.#base = new URL(settings.baseUrl);
	}

	get origin() {
		return this.#base.origin;
	}

	/** The names of the account parameters that go with every request. */
	get accountParameters() {
		return Object.keys(this.#accountQuery(true));
	}

	/**
	 * Asks for a token, and keeps it when one comes.
	 *
	 * @param {'form' | 'basic' | 'basicUnencoded'} way where the client ID and secret are
	 */
	async requestToken(way) {
		const { url, headers, body } = requestToken(this.#settings, way);
		const sentAt = Date.now();
		const answer = await this.#exchange(url, { method: 'POST', headers, body });
		const { access_token: value, expires_in: seconds } = Object(answer.body);
		const isToken = typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
		if (answer.status === 200 && isToken) {
			const lifetimeMs = typeof seconds === 'number' ? seconds * 1000 : 60_000;
			this.#token = { value, way, endsAt: sentAt + lifetimeMs - TOKEN_MARGIN_MS };
			return { answer, hasToken: true };
		}
		return { answer, hasToken: false };
	}

	/**
	 * Sends one request with the token; with a new one, once, when it is refused.
	 *
	 * @param {string} path below the base URL, percent-encoded
	 * @param {object} [options]
	 * @param {string} [options.method]
	 * @param {Record<string, string | number>} [options.query]
	 * @param {unknown} [options.body] sent as JSON
	 * @param {boolean} [options.withAccount] whether the account parameters go with it
	 * @returns {Promise<Answer>} whatever its status
	 * @throws CannotTell
	 */
	async send(path, { method = 'GET', query = {}, body, withAccount = true } = {}) {
		const url = new URL(this.#settings.baseUrl + path);
		const pairs = { ...query, ...this.#accountQuery(withAccount) };
		url.search = new URLSearchParams(pairs).toString();
		return await this.#sendWithToken(url, { method, body, withAccount });
	}

	/** Where `next` leads: relative to the query, with the account's parameters kept. */
	resolveNext(next) {
		const url = new URL(next, `${this.#settings.baseUrl}/audit/query`);
		for (const [name, value] of Object.entries(this.#accountQuery(true))) {
			if (!url.searchParams.has(name)) url.searchParams.append(name, value);
		}
		return url;
	}

	/** @throws CannotTell also when `next` leads to another origin, where the token must not go */
	async follow(next, { method = 'POST', body } = {}) {
		const url = this.resolveNext(next);
		if (url.origin !== this.origin) {
			throw new CannotTell('not followed: it leads to another origin, where no token is sent');
		}
		return await this.#sendWithToken(url, { method, body });
	}

	#accountQuery(withAccount) {
		const { accountId, organizationId } = this.#settings;
		return {
			...(withAccount && accountId && { 'signicat-accountId': accountId }),
			...(withAccount && organizationId && { 'signicat-organizationId': organizationId }),
		};
	}

	async #sendWithToken(url, { method, body, withAccount = true }) {
		const { organizationId } = this.#settings;
		const attempt = async () => {
			const headers = {
				Authorization: `Bearer ${this.#token?.value}`,
				...(withAccount && organizationId && { 'Signicat-OrganizationId': organizationId }),
				...(body !== undefined && { 'Content-Type': 'application/json' }),
			};
			return await this.#exchange(url, { method, headers, body: JSON.stringify(body) });
		};
		if (Date.now() >= this.#token?.endsAt) await this.requestToken(this.#token.way);
		const answer = await attempt();
		if (answer.status !== 401 || !this.#token) return answer;
		const { hasToken } = await this.requestToken(this.#token.way);
		return hasToken ? await attempt() : answer;
	}

	/** One request, and once more where Retry-After asks for a wait that is not too long. */
	async #exchange(url, init) {
		if (this.#isClosed) throw new CannotTell('not asked: Signicat had asked to slow down');
		const first = await this.#fetch(url, init);
		if (first.status !== 429 && first.status !== 503) return first;
		const wait = retryAfterMs(first.headers.get('retry-after'));
		if (wait !== undefined && wait <= LONGEST_WAIT_MS) {
			await delay(wait, undefined, { signal: this.#signal }).catch(() => this.#stopped());
			const second = await this.#fetch(url, init);
			this.#isClosed = second.status === 429;
			return second;
		}
		this.#isClosed = first.status === 429;
		return first;
	}

	async #fetch(url, { headers, ...init }) {
		this.requestCount++;
		const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
		try {
			const response = await fetch(url, {
				...init,
				headers: { Accept: 'application/json', 'User-Agent': this.#userAgent, ...headers },
				redirect: 'manual',
				signal,
			});
			if (response.status === 429) this.#noteRateLimit(response.headers.get('retry-after'));
			const body = parseJson(await response.text());
			return { status: response.status, headers: response.headers, body };
		} catch (error) {
			if (this.#signal.aborted) this.#stopped();
			if (error?.name === 'TimeoutError') throw new NoAnswer('no answer came within 30 s');
			// The code alone: a message of fetch can quote what was sent.
			const code = /^[A-Z_\d]+$/.exec(String(error?.cause?.code))?.[0] ?? 'connection lost';
			throw new NoAnswer(`no answer came (${code})`);
		}
	}

	#noteRateLimit(retryAfter) {
		const isSeconds = /^\s*\d+\s*$/.test(retryAfter ?? '');
		const isDate = !isSeconds && !Number.isNaN(Date.parse(retryAfter ?? ''));
		this.rateLimits.push(isSeconds ? 'seconds' : isDate ? 'a date' : 'nothing');
	}

	#stopped() {
		throw new StopProbe('Stopped', 'There is no report, because not everything was checked.');
	}
}

/** @returns {number | undefined} ms from now; undefined where there is no such header */
function retryAfterMs(text) {
	if (text === null) return undefined;
	if (/^\s*\d+\s*$/.test(text)) return Number(text) * 1000;
	const at = Date.parse(text);
	return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

function parseJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
