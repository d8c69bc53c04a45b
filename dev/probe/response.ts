import type { Failure } from '../../nodes/shared/signicat/failure';
import { isRecord } from '../../nodes/shared/model/json';
import { parsePage } from '../../nodes/shared/signicat/parse';
import { CannotTell } from './fact';

export interface ProbeResponse {
	status: number;
	/** The parsed JSON; undefined where there is none. */
	body: unknown;
	/** With lower-case names. */
	headers: Record<string, string>;
	/** What the nodes take it for; undefined for a status of success. */
	failure?: Failure;
}

/** Whether the API understood the request and refused it. */
export const isRefused = ({ failure }: ProbeResponse) => failure?.kind === 'invalidRequest';
export const isMissing = ({ status }: ProbeResponse) => status === 404 || status === 405;

/** Whether it is the client that a token endpoint refuses. */
export const isRejected = ({ status }: ProbeResponse) => [400, 401, 403].includes(status);

/** Whether the same request may succeed a few minutes later. */
export const isBusy = ({ failure }: ProbeResponse) =>
	failure?.kind === 'rateLimited' || failure?.kind === 'unavailable';

/** In a few words, and without Signicat's own, which can quote the request. */
export function describe({ status, failure }: ProbeResponse): string {
	const redirect = failure?.kind === 'redirected' ? ', a redirect, which is not followed' : '';
	const code = failure?.problem.code ?? '';
	return `answered ${status}${redirect}${/^[a-z_]{1,40}$/.test(code) ? ` (${code})` : ''}`;
}

/**
 * @param what sent the response, for example `the query`
 * @throws CannotTell for anything but an object with the status 200
 */
export function readBody(response: ProbeResponse, what: string): Record<string, unknown> {
	if (response.status !== 200) throw new CannotTell(`${what} ${describe(response)}`);
	if (!isRecord(response.body)) throw new CannotTell(`${what} did not answer with a JSON object`);
	return response.body;
}

/**
 * @returns the events, which have a cursor and a timestamp, and how many other entries there are
 * @throws CannotTell for what the nodes do not read as a page
 */
export function readPage(response: ProbeResponse, what = 'the query') {
	const body = readBody(response, what);
	try {
		const { events: entries, next, skipped = 0 } = parsePage(body);
		const events = entries.filter(
			({ cursor, timestamp }) => typeof cursor === 'string' && typeof timestamp === 'string',
		);
		return { events, others: entries.length - events.length + skipped, next };
	} catch {
		throw new CannotTell(`${what} answered without a list named data, or with a strange next`);
	}
}
