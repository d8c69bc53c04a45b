import { setTimeout as delay } from 'node:timers/promises';
import { isRecord, parseJson } from '../../nodes/shared/model/json';
import { PATHS } from '../../nodes/shared/signicat/endpoints';
import { USER_AGENT } from '../../nodes/shared/signicat/context';
import { kindOf } from '../../nodes/shared/signicat/failure';
import { readProblem } from '../../nodes/shared/signicat/problem';
import { readWaits } from '../../nodes/shared/signicat/waits';
import { CannotTell, NoResponse, StopProbe } from './fact';
import { isBusy, type ProbeResponse } from './response';
import type { Settings } from './settings';

const REQUEST_TIMEOUT_MS = 30_000;
const MAX_WAIT_MS = 30_000;
const GRANT = { grant_type: 'client_credentials', scope: 'signicat-api' };

/**
 * Where the client ID and secret are in a token request. RFC 6749 has them form-encoded before they
 * become Basic credentials; `basicUnencoded` omits that.
 */
export type TokenWay = 'form' | 'basic' | 'basicUnencoded';

export interface TokenResponse extends ProbeResponse {
	hasToken: boolean;
}

export interface Sending {
	method?: 'GET' | 'POST';
	/** Sent as JSON. */
	body?: unknown;
	/** Instead of those that name the account. */
	headers?: Record<string, string>;
	/** Another number sends the same request again. */
	round?: number;
}

/** Speaks HTTP: one request at a time, no redirects. */
export class ProbeClient {
	requestCount = 0;

	/** The responses with the status 429. */
	readonly rateLimits: ProbeResponse[] = [];

	private readonly responses = new Map<string, Promise<ProbeResponse>>();
	private token?: { value: string; way: TokenWay };
	private isClosed = false;

	/** @param signal stops the probe */
	constructor(
		readonly settings: Settings,
		private readonly signal: AbortSignal,
	) {}

	/** Requests a token, and keeps it if one comes. */
	async requestToken(way: TokenWay): Promise<TokenResponse> {
		const { connection, clientId: id, clientSecret: secret } = this.settings;
		const encode = way === 'basic' ? formEncode : (text: string) => text;
		const basic = Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64');
		const isForm = way === 'form';
		const form = { ...GRANT, ...(isForm && { client_id: id, client_secret: secret }) };
		const response = await this.exchange(connection.baseUrl + PATHS.connect, {
			method: 'POST',
			headers: isForm ? {} : { Authorization: `Basic ${basic}` },
			body: new URLSearchParams(form),
		});
		const value = isRecord(response.body) ? response.body.access_token : undefined;
		const isToken = typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
		const hasToken = response.status === 200 && isToken;
		if (hasToken) this.token = { value, way };
		return { ...response, hasToken };
	}

	/** Sends a request with the token. Its response is remembered, so it is not sent twice. */
	async send(url: string, sending: Sending = {}): Promise<ProbeResponse> {
		const key = JSON.stringify([url, sending]);
		const response = this.responses.get(key) ?? this.sendWithToken(url, sending);
		this.responses.set(key, response);
		return await response;
	}

	/** With a new token, once, when it is refused. */
	private async sendWithToken(url: string, { method, body, headers }: Sending) {
		const attempt = async () =>
			await this.exchange(url, {
				method,
				headers: {
					Authorization: `Bearer ${this.token?.value}`,
					...(headers ?? this.settings.connection.headers),
					...(body !== undefined && { 'Content-Type': 'application/json' }),
				},
				body: JSON.stringify(body),
			});
		const response = await attempt();
		if (response.failure?.kind !== 'unauthorized' || !this.token) return response;
		const { hasToken } = await this.requestToken(this.token.way);
		return hasToken ? await attempt() : response;
	}

	/** One request, and once more where Retry-After asks for a wait that is not too long. */
	private async exchange(url: string, init: RequestInit): Promise<ProbeResponse> {
		if (this.isClosed) throw new CannotTell('not asked: Signicat had asked to slow down');
		let response = await this.fetch(url, init);
		const waitMs = isBusy(response) ? response.failure?.retryAfterMs : undefined;
		if (waitMs !== undefined && waitMs <= MAX_WAIT_MS) {
			await delay(waitMs, undefined, { signal: this.signal }).catch(stopped);
			response = await this.fetch(url, init);
		}
		this.isClosed = response.failure?.kind === 'rateLimited';
		return response;
	}

	private async fetch(url: string, init: RequestInit): Promise<ProbeResponse> {
		this.requestCount++;
		const common = { Accept: 'application/json', 'User-Agent': `${USER_AGENT} probe` };
		const [{ status, headers }, text] = await fetch(url, {
			...init,
			headers: { ...common, ...init.headers },
			redirect: 'manual',
			signal: AbortSignal.any([this.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
		})
			.then(async (response) => [response, await response.text()] as const)
			.catch((error: unknown) => {
				if (this.signal.aborted) stopped();
				throw new NoResponse(`no answer came ${reasonOf(error)}`);
			});
		const response = { status, headers: Object.fromEntries(headers), body: parsed(text) };
		if (status < 300) return response;
		const problem = readProblem(response.body);
		const failure = { kind: kindOf(status), problem, ...readWaits(response.headers, Date.now()) };
		const failed = { ...response, failure };
		if (status === 429) this.rateLimits.push(failed);
		return failed;
	}
}

function stopped(): never {
	throw new StopProbe('Stopped.\nThere is no report, because not everything was checked.');
}

/** The code alone: a message of fetch can quote what was sent. */
function reasonOf(error: unknown): string {
	const { name, cause } = Object(error) as { name?: unknown; cause?: unknown };
	if (name === 'TimeoutError') return `within ${REQUEST_TIMEOUT_MS / 1000} s`;
	const { code } = Object(cause) as { code?: unknown };
	return `(${/^[A-Z_\d]+$/.exec(String(code))?.[0] ?? 'connection lost'})`;
}

function parsed(text: string): unknown {
	try {
		return parseJson(text);
	} catch {
		return undefined;
	}
}

function formEncode(text: string): string {
	return new URLSearchParams({ text }).toString().slice('text='.length);
}
