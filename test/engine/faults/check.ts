import type {
	AuditApi,
	AuditOperation,
	FaultOptions,
	RecordedRequest,
} from '../../../dev/audit-api';
import type { FaultRow, Outcome, Place, Repeat } from './types';
import { REPEATS } from './types';

/** Text that should not be in an error message or description for users. */
const RAW = /undefined|\[object|status code|ECONN|socket hang up|Unexpected token|JSON at/;

/** What is wrong with an error from a user's point of view. */
export function problemsOf(error: unknown, itemIndex?: number): string[] {
	const { name, message, description, context } = error as Record<string, unknown>;
	const problems: string[] = [];
	if (name !== 'NodeApiError' && name !== 'NodeOperationError') problems.push(`it is a ${name}`);
	if (typeof message !== 'string' || message === '' || RAW.test(message)) {
		problems.push(`the message is ${message}`);
	}
	if (typeof description !== 'string' || description.length < 20) {
		problems.push(`the description is ${description}`);
	}
	const { itemIndex: found } = (context ?? {}) as { itemIndex?: number };
	if (found !== itemIndex) problems.push(`it names item ${found}, not ${itemIndex}`);
	return problems;
}

const isOdd = (text: string) => /odd|12345678/.test(text);

/** Compares the result with the one without a fault. Malformed entries identify themselves. */
export function compare(
	found: readonly string[],
	expected: readonly string[],
): { outcome: Exclude<Outcome, 'error'>; problems: string[] } {
	const odd = found.filter((one) => isOdd(one));
	const others = found.filter((one) => !isOdd(one));
	const problems: string[] = [];
	const missing = expected.filter((one) => !others.includes(one));
	if (missing.length > 0) problems.push(`${missing.length} are missing`);
	if (others.length > new Set(others).size) problems.push('some are duplicates');
	const foreign = others.filter((one) => !expected.includes(one));
	if (foreign.length > 0) problems.push(`${foreign.length} are unexpected: ${foreign[0]}`);
	return { outcome: odd.length > 0 ? 'all and malformed' : 'all', problems };
}

export interface Injection {
	on: FaultOptions['on'];
	/** How many of these requests are unaffected first. */
	skip: number;
	repeat: Repeat;
	/** How many requests for a token precede. */
	tokens: number;
}

/** The requests that a row affects. */
export function affectedBy(
	row: FaultRow,
	on: AuditOperation,
): (request: RecordedRequest) => boolean {
	return ({ operation, query }) =>
		operation === on && (!row.isOfNext || query.cursor !== undefined);
}

/** Injects the faults of a row for the requests of one operation, from the one with this number on. */
export function injectFaults(
	api: AuditApi,
	{ fault, tokenFault, behaviour }: FaultRow,
	{ on, skip, repeat, tokens }: Injection,
): void {
	const times = REPEATS[repeat];
	if (behaviour) api.configure(behaviour);
	if (fault) api.fail(fault, { on, skip, times });
	if (!tokenFault) return;
	// First a token is refused, and then the request for a new one.
	api.fail({ status: 401 }, { on, skip, times: repeat === 'forever' ? Infinity : 1 });
	api.fail(tokenFault, { on: 'token', skip: tokens, times });
}

/** Removes the permission if a run never ends, so that it ends with an error. */
export function endRunaway(api: AuditApi | undefined, maxRequests: number): Date {
	if (api && api.requests.length > maxRequests) api.configure({ permission: false });
	return new Date();
}

/** The index of a place among a number of requests; undefined if it is the same as another place. */
export function numberOf(place: Place, requests: number): number | undefined {
	if (place === 'first') return 0;
	if (place === 'last') return requests > 1 ? requests - 1 : undefined;
	return requests > 2 ? Math.floor(requests / 2) : undefined;
}

/** Requests that sent a token or the secret to a host other than the credential's. */
export function strayRequests(api: AuditApi): string[] {
	const { host } = new URL(api.baseUrl);
	return api.requests
		.filter(({ headers }) => headers.host !== host && headers.authorization !== undefined)
		.map(({ headers, path }) => `the token went to ${headers.host}${path}`);
}
