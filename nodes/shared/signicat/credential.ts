import { isRecord } from '../model/json';
import { type ApiContext, CREDENTIAL_TYPE } from './context';
import type { Secrets } from './redact';

/** How long a credential that was read serves further requests, in ms. */
const MAX_CREDENTIAL_AGE_MS = 5_000;

/**
 * The token that is not to be used again, for each credential's id. n8n renews a token once for all who ask for
 * it in this process, so a renewal that hangs would hang for every poll to come: without the old token n8n asks
 * for a first one, which nobody else waits for.
 */
const distrusted = new Map<string, unknown>();

/** The credential that the requests of a client share, read once every few seconds. */
export interface CachedCredential<Context extends ApiContext = ApiContext> {
	/** The same context, whose credential is read once for all requests of the next seconds. */
	context: Context;
	/** Has n8n get a new token with the next request. */
	dropToken(): void;
	/** Learns the secrets that the credential contains now; n8n puts a renewed token into it. */
	learnSecrets(): void;
}

/**
 * n8n would read, decrypt and work out the credential for each request. A renewed token is put into the same
 * object by n8n; one that another process renewed is picked up with the next reading.
 */
export function cacheCredential<Context extends ApiContext>(
	original: Context,
	secrets: Secrets,
): CachedCredential<Context> {
	const id = original.getNode().credentials?.[CREDENTIAL_TYPE]?.id ?? '';
	let reading: Promise<unknown> | undefined;
	let readAt = 0;
	let latest: unknown;
	const learnSecrets = () => secrets.learn(latest);
	const getCredentials = async (type: string): Promise<unknown> => {
		const age = Date.now() - readAt;
		if (!reading || age > MAX_CREDENTIAL_AGE_MS || age < 0) {
			readAt = Date.now();
			const begun = original.getCredentials(type);
			begun.catch(() => (reading = reading === begun ? undefined : reading));
			reading = begun;
		}
		const credential = await reading;
		latest = credential;
		learnSecrets();
		return withUsableToken(credential, distrusted.get(id));
	};
	return {
		context: Object.create(original, { getCredentials: { value: getCredentials } }) as Context,
		dropToken: () => {
			const token = tokenOf(latest);
			if (token !== undefined) distrusted.set(id, token);
		},
		learnSecrets,
	};
}

/** Without what is no token: n8n stores whatever the token endpoint sends, and would never ask again. */
function withUsableToken(credential: unknown, rejected: unknown): unknown {
	if (!isRecord(credential)) return credential;
	const token = tokenOf(credential);
	if (token === undefined || token === rejected) delete credential.oauthTokenData;
	return credential;
}

function tokenOf(credential: unknown): string | undefined {
	const data = isRecord(credential) ? credential.oauthTokenData : undefined;
	const token = isRecord(data) ? data.access_token : undefined;
	return typeof token === 'string' && token !== '' ? token : undefined;
}
