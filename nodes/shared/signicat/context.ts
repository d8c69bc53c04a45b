import type { IExecuteFunctions, ILoadOptionsFunctions, IPollFunctions } from 'n8n-workflow';

/** Where n8n calls this package from: running, polling, or filling a drop-down. */
export type ApiContext = IExecuteFunctions | IPollFunctions | ILoadOptionsFunctions;

export const CREDENTIAL_TYPE = 'signicatOAuth2Api';

/** Names the package in every request; a test keeps the version equal to package.json's. */
export const USER_AGENT = 'n8n-nodes-signicat-audit/0.1.0';

export function cancelSignal(context: ApiContext): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}

/** Whether the execution was stopped; a poll or a drop-down has no such end. */
export function isStopped(context: ApiContext): boolean {
	return cancelSignal(context)?.aborted ?? false;
}

/** What one attempt has come to, seen from inside n8n. */
export class Trace {
	/** Whether n8n sends requests in a way that can be seen here. */
	private static isSeeing = false;

	private isSending = false;

	/** @param onHeaders is told what each request carries */
	constructor(private readonly onHeaders: (headers: Record<string, unknown>) => void = () => {}) {}

	/** Whether n8n is about the token, or the credential, and not about what the request is for. */
	get isAskingForToken(): boolean {
		return Trace.isSeeing && !this.isSending;
	}

	begin(headers: Record<string, unknown>): void {
		Trace.isSeeing = true;
		this.isSending = true;
		this.onHeaders(headers);
	}

	end(): void {
		this.isSending = false;
	}
}

/**
 * The context for one attempt, which `signal` ends: n8n by itself ends a request with the execution only. The
 * trace knows whether n8n asks for a token or for what the request is about.
 */
export function forAttempt<Context extends ApiContext>(
	context: Context,
	{ signal, trace }: { signal: AbortSignal; trace: Trace },
): Context {
	const { helpers } = context;
	const httpRequest: typeof helpers.httpRequest = async (options) => {
		trace.begin(options.headers ?? {});
		try {
			return await helpers.httpRequest(options);
		} finally {
			trace.end();
		}
	};
	return Object.create(context, {
		getExecutionCancelSignal: { value: () => signal },
		helpers: { value: Object.create(helpers, { httpRequest: { value: httpRequest } }) },
	}) as Context;
}
