import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import type { IDataObject, IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';
import { PageFailure } from '../../../nodes/shared/model/pageFailure';
import { PageSize } from '../../../nodes/shared/model/pageSize';
import { createClient } from '../../../nodes/shared/signicat/client';
import type { ApiContext } from '../../../nodes/shared/signicat/context';
import { RequestError } from '../../../nodes/shared/signicat/requestError';
import { ACTION_RETRY } from '../../../nodes/shared/signicat/retryPolicy';
import { NODE } from '../support/failures';

export const EVENT = { cursor: 'c1', timestamp: '2026-11-01T12:00:00Z' };

/** What a server answers: a response as n8n returns it, or an error. */
export type Answer = (options: IHttpRequestOptions) => unknown;

/** A response of success. */
export const ok = (body: unknown, headers: IDataObject = {}): Answer => {
	return () => ({ body: JSON.stringify(body), headers, statusCode: 200 });
};

/** An error as n8n throws it. */
export const refused = (status: number, data: unknown = '', headers: IDataObject = {}): Answer => {
	return () => {
		throw Object.assign(new Error(`Status ${status}`), { response: { status, data, headers } });
	};
};

/** n8n’s own timeout of a socket. */
export const socketTimeout: Answer = () => {
	throw Object.assign(new Error('timeout of 65000ms exceeded'), { code: 'ECONNABORTED' });
};

/** No answer at all. */
export const silence: Answer = async () => await new Promise(() => {});

/**
 * What n8n does with a request, over a server that answers from a list: it reads the credential, gets a token if there
 * is none, and sends the request with it.
 */
export class ScriptedN8n {
	readonly answers: Answer[] = [];

	/** What the token endpoint answers; a token of its own each time after that. */
	readonly tokenAnswers: Answer[] = [];

	/** What was sent to the API. */
	readonly sent: IHttpRequestOptions[] = [];

	readonly logged: string[] = [];

	readonly stop = new AbortController();

	tokens = 0;

	/** Whose requests for a token are in progress: n8n keeps the context until one ends, and sets no time limit. */
	readonly waiting = new Set<unknown>();

	/** n8n puts a token into the object that it returned. */
	private readonly credential: IDataObject = { clientId: 'client', clientSecret: 'a secret' };

	constructor(private readonly options: { canRefresh?: boolean } = {}) {}

	get context(): ApiContext {
		const { stop, logged, options } = this;
		const credentials = { signicatOAuth2Api: { id: randomUUID(), name: 'Signicat' } };
		const context: Partial<Record<keyof IExecuteFunctions, unknown>> = {
			getNode: () => ({ ...NODE, credentials }),
			getCredentials: async () => this.credential,
			getExecutionCancelSignal: () => stop.signal,
			logger: { info: (text: string) => logged.push(text) },
			helpers: {
				httpRequest: async (sending: IHttpRequestOptions) => {
					this.sent.push(sending);
					return await this.answers.shift()?.(sending);
				},
				httpRequestWithAuthentication: this.authenticate(),
				...(options.canRefresh !== false && { refreshOAuth2Token: this.refresh() }),
			},
		};
		return context as unknown as ApiContext;
	}

	replaceToken(token: string): void {
		this.credential.oauthTokenData = { access_token: token };
	}

	private authenticate() {
		// eslint-disable-next-line @typescript-eslint/no-this-alias -- n8n passes the context as `this`.
		const n8n = this;
		return async function (this: IExecuteFunctions, type: string, options: IHttpRequestOptions) {
			const send = async (token: unknown) => {
				const headers = { ...options.headers, Authorization: `Bearer ${String(token)}` };
				return (await this.helpers.httpRequest({ ...options, headers })) as unknown;
			};
			const { oauthTokenData } = await this.getCredentials<IDataObject>(type);
			const stored = oauthTokenData as { access_token: string } | undefined;
			return await send(stored?.access_token ?? (await n8n.newToken(this)));
		};
	}

	private refresh() {
		// eslint-disable-next-line @typescript-eslint/no-this-alias -- n8n passes the context as `this`.
		const n8n = this;
		return async function (this: IExecuteFunctions) {
			return await n8n.newToken(this);
		};
	}

	private async newToken(context: IExecuteFunctions): Promise<string> {
		const answer = this.tokenAnswers.shift();
		if (answer) {
			this.waiting.add(context);
			await answer({
				url: 'token',
				abortSignal: context.getExecutionCancelSignal() as AbortSignal,
			});
			this.waiting.delete(context);
		}
		const token = `token-${++this.tokens}`;
		this.replaceToken(token);
		return token;
	}
}

/** Timers that run out when a test says so. */
export class Timers {
	private readonly open: Array<{ ms: number; controller: AbortController }> = [];

	constructor() {
		jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
			const controller = new AbortController();
			this.open.push({ ms, controller });
			return controller.signal;
		});
	}

	/** How long each one is that was started. */
	get lengths(): number[] {
		return this.open.map(({ ms }) => ms);
	}

	/** Lets the latest one of this length run out. */
	runOut(ms: number): void {
		const timer = this.open.filter((one) => one.ms === ms).at(-1);
		if (!timer) throw new Error(`No timer of ${ms} ms: ${this.lengths.join(', ')}`);
		timer.controller.abort(new DOMException('The operation timed out', 'TimeoutError'));
	}
}

/** A client of this n8n, with nothing learned from others. */
export const open = async (n8n: ScriptedN8n, retry = ACTION_RETRY, maxConcurrency?: number) =>
	await createClient(n8n.context, retry, { maxConcurrency, pageSize: new PageSize() });

/** The error of a request that was not served. */
export async function errorOf(work: Promise<unknown>): Promise<RequestError> {
	const error: unknown = await work.then(
		() => undefined,
		(thrown: unknown) => (thrown instanceof PageFailure ? thrown.reason : thrown),
	);
	if (error instanceof RequestError) return error;
	throw new Error(`The request did not fail: ${String(error)}`);
}
