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

/** How far an attempt at a request is, seen from inside n8n. */
export class AttemptTrace {
	/** Whether n8n sends requests in a way that can be seen here. */
	private static isObservable = false;

	private isSending = false;

	/** @param onHeaders is told what each request carries */
	constructor(private readonly onHeaders: (headers: Record<string, unknown>) => void = () => {}) {}

	/** Whether n8n is about the token, or the credential, and not about what the request is for. */
	get isAskingForToken(): boolean {
		return AttemptTrace.isObservable && !this.isSending;
	}

	begin(headers: Record<string, unknown>): void {
		AttemptTrace.isObservable = true;
		this.isSending = true;
		this.onHeaders(headers);
	}

	end(): void {
		this.isSending = false;
	}
}

/**
 * The context for one attempt at a request, which `signal` ends: n8n by itself ends a request with the execution
 * only. The trace is told when n8n sends the request itself, which it does after it has a token.
 */
export function withAbortSignal<Context extends ApiContext>(
	original: Context,
	{ signal, trace }: { signal: AbortSignal; trace: AttemptTrace },
): Context {
	const { helpers } = original;
	const httpRequest: typeof helpers.httpRequest = async (options) => {
		trace.begin(options.headers ?? {});
		try {
			return await helpers.httpRequest(options);
		} finally {
			trace.end();
		}
	};
	return Object.create(original, {
		getExecutionCancelSignal: { value: () => signal },
		helpers: { value: Object.create(helpers, { httpRequest: { value: httpRequest } }) },
	}) as Context;
}
