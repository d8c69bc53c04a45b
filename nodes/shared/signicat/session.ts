import type { Connection } from './connection';
import { type ApiContext, CREDENTIAL_TYPE } from './context';
import type { SharedCredential } from './credential';
import { Complaints, type RequestGate } from './limiter';
import type { Patience } from './retryPolicy';
import type { Secrets } from './redact';

interface SessionParts {
	credential: SharedCredential;
	connection: Connection;
	patience: Patience;
	gate: RequestGate;
	secrets: Secrets;
	/** When the client has to be done, by Node's own timer. */
	deadline?: AbortSignal;
}

/** In which round of each kind of complaint a request was sent. */
export interface Sent {
	refusals: number;
	timeouts: number;
	renewals: number;
}

/** What the requests of one client share. */
export class Session {
	readonly timeouts = new Complaints();

	readonly renewals = new Complaints();

	private renewing?: Promise<void>;

	constructor(readonly parts: Readonly<SessionParts>) {}

	get context(): ApiContext {
		return this.parts.credential.context;
	}

	/** What a request notes that is sent now. */
	sent(): Sent {
		return {
			refusals: this.parts.gate.refusals.round,
			timeouts: this.timeouts.round,
			renewals: this.renewals.round,
		};
	}

	succeeded(): void {
		this.parts.gate.succeeded();
		this.timeouts.count = 0;
		this.renewals.count = 0;
	}

	/** Once without a response that succeeds; a request of before the renewal may just be sent again. */
	canRenew(sent: Sent): boolean {
		return this.renewals.count === 0 || sent.renewals < this.renewals.round;
	}

	/** Has n8n get a new token, once for all requests that were sent with the old one. */
	async renewToken(context: ApiContext, sent: Sent): Promise<void> {
		if (this.renewals.add(sent.renewals)) this.renewing = this.askForToken(context);
		await this.renewing;
	}

	private async askForToken(context: ApiContext): Promise<void> {
		// n8n 1.x has no such helper.
		const { refreshOAuth2Token } = context.helpers as Partial<ApiContext['helpers']>;
		if (!refreshOAuth2Token) return this.parts.credential.dropToken();
		try {
			await refreshOAuth2Token.call(context, CREDENTIAL_TYPE);
		} catch (error) {
			// It did not come about, so it is still to be had.
			this.renewals.count = 0;
			return await Promise.reject(error);
		} finally {
			this.parts.credential.learnSecrets();
		}
	}
}
