import type { IExecuteFunctions, ILoadOptionsFunctions, IPollFunctions } from 'n8n-workflow';

/** Where n8n calls this package from: running, polling, or filling a drop-down. */
export type ApiContext = IExecuteFunctions | IPollFunctions | ILoadOptionsFunctions;

export const CREDENTIAL_TYPE = 'signicatOAuth2Api';

/** Names the package in every request; a test keeps the version equal to package.json's. */
export const USER_AGENT = 'n8n-nodes-signicat-audit/0.1.0';

/** How long a credential that was read serves further requests, in ms. */
const CREDENTIAL_SERVES_MS = 5_000;

export function cancelSignal(context: ApiContext): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}

/** Whether the execution, or what a request is for, was stopped; a poll or a drop-down has no such end. */
export function isStopped(context: ApiContext): boolean {
	return cancelSignal(context)?.aborted ?? false;
}

/**
 * The context with a credential that one reading gives to all requests of the next seconds. n8n would
 * read, decrypt and work it out for each of them. A renewed token is put into the same object by n8n;
 * one that somebody else renewed is taken up with the next reading.
 */
export function withSharedCredential<Context extends ApiContext>(context: Context): Context {
	let reading: Promise<unknown> | undefined;
	let readAt = 0;
	const getCredentials = async (type: string): Promise<unknown> => {
		if (!reading || Date.now() - readAt > CREDENTIAL_SERVES_MS) {
			readAt = Date.now();
			const latest = context.getCredentials(type);
			latest.catch(() => (reading = reading === latest ? undefined : reading));
			reading = latest;
		}
		return await reading;
	};
	return Object.create(context, { getCredentials: { value: getCredentials } }) as Context;
}

/** The context for a request that `signal` ends too: n8n by itself ends it with the execution only. */
export function endedBy<Context extends ApiContext>(
	context: Context,
	signal: AbortSignal,
): Context {
	// A signal of the request's own, because each listens to it more than once.
	const either = AbortSignal.any([cancelSignal(context) ?? signal, signal]);
	return Object.create(context, { getExecutionCancelSignal: { value: () => either } }) as Context;
}
