import type { IExecuteFunctions, ILoadOptionsFunctions, IPollFunctions } from 'n8n-workflow';

/** Where n8n calls this package from: running, polling, or filling a drop-down. */
export type ApiContext = IExecuteFunctions | IPollFunctions | ILoadOptionsFunctions;

export const CREDENTIAL_TYPE = 'signicatOAuth2Api';

/** Names the package in every request; a test keeps the version equal to package.json's. */
export const USER_AGENT = 'n8n-nodes-signicat-audit/0.1.0';

export function cancelSignal(context: ApiContext): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}

/** Whether the execution was stopped; polls and drop-downs never are. */
export function isStopped(context: ApiContext): boolean {
	return cancelSignal(context)?.aborted ?? false;
}
