import { type ApiContext, CREDENTIAL_TYPE } from './context';
import type { CachedCredential } from './credential';
import type { Connection } from './endpoints';
import { type ConcurrencyLimiter, IncidentCounter, type Measured } from './limiter';
import type { Secrets } from './redact';
import type { RetryPolicy } from './retryPolicy';

interface SessionParts {
	credential: CachedCredential;
	connection: Connection;
	retry: RetryPolicy;
	limiter: ConcurrencyLimiter;
	secrets: Secrets;
	/** When the client has to be done, by Node's own timer. */
	deadline?: AbortSignal;
}

/** In which round of each kind of incident a request was sent. */
export interface Rounds {
	rateLimits: number;
	timeouts: number;
	renewals: number;
}

/** What the requests of a client share. */
export class Session {
	readonly timeouts = new IncidentCounter();

	readonly renewals = new IncidentCounter();

	private renewing?: Promise<void>;

	constructor(readonly parts: Readonly<SessionParts>) {}

	get context(): ApiContext {
		return this.parts.credential.context;
	}

	/** What a request notes that is sent now. */
	currentRounds(): Rounds {
		return {
			rateLimits: this.parts.limiter.rateLimits.round,
			timeouts: this.timeouts.round,
			renewals: this.renewals.round,
		};
	}

	onSuccess(measured?: Measured): void {
		this.parts.limiter.onSuccess(measured);
		this.timeouts.count = 0;
		this.renewals.count = 0;
	}

	/** Once without a response that succeeds; a request of before the renewal may just be sent again. */
	canRenew(sentIn: Rounds): boolean {
		return this.renewals.count === 0 || sentIn.renewals < this.renewals.round;
	}

	/** Has n8n get a new token, once for all requests that were sent with the old one. */
	async renewToken(context: ApiContext, sentIn: Rounds): Promise<void> {
		if (this.renewals.add(sentIn.renewals)) this.renewing = this.requestToken(context);
		await this.renewing;
	}

	private async requestToken(context: ApiContext): Promise<void> {
		// n8n 1.x has no such helper.
		const { refreshOAuth2Token } = context.helpers as Partial<ApiContext['helpers']>;
		if (!refreshOAuth2Token) return this.parts.credential.dropToken();
		try {
			await refreshOAuth2Token.call(context, CREDENTIAL_TYPE);
		} catch (error) {
			// It did not come about, so the next request may renew.
			this.renewals.count = 0;
			return await Promise.reject(error);
		} finally {
			this.parts.credential.learnSecrets();
		}
	}
}
