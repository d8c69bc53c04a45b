import { CannotTell } from './outcome.mjs';

/** What tells the API's refusal of a request from every other failure. */
export function isRefused({ status }) {
	return status === 400 || status === 422;
}

export function isRecord(value) {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How an answer failed, in a few words and without Signicat's own, which can quote the request. */
export function describeFailure({ status, body }) {
	if (status >= 300 && status < 400) return `answered ${status}, a redirect, which is not followed`;
	const code = isRecord(body) ? (body.code ?? body.error) : undefined;
	const isCode = typeof code === 'string' && /^[a-z_]{1,40}$/.test(code);
	return `answered ${status}${isCode ? ` (${code})` : ''}`;
}

/**
 * @param {import('./client.mjs').Answer} answer
 * @param {string} what sent the answer, for example `the query`
 * @returns {Record<string, unknown>} the answer's body
 * @throws CannotTell for every other answer
 */
export function readBody(answer, what) {
	if (answer.status !== 200) throw new CannotTell(`${what} ${describeFailure(answer)}`);
	if (!isRecord(answer.body)) throw new CannotTell(`${what} did not answer with a JSON object`);
	return answer.body;
}

/**
 * @typedef {object} Page
 * @property {Array<Record<string, unknown> & { cursor: string, timestamp: string }>} events
 * @property {number} others how many entries lack a cursor or a timestamp, and so are no events
 * @property {string | undefined} next
 */

/** @returns {Page} @throws CannotTell */
export function readPage(answer, what = 'the query') {
	const { data, next } = readBody(answer, what);
	if (!Array.isArray(data)) throw new CannotTell(`${what} answered without a list named data`);
	const isEvent = (one) =>
		isRecord(one) && typeof one.cursor === 'string' && typeof one.timestamp === 'string';
	const events = data.filter(isEvent);
	return {
		events,
		others: data.length - events.length,
		next: typeof next === 'string' && next !== '' ? next : undefined,
	};
}

/** Which part of a condition a refusal is about; undefined where that cannot be seen. */
export function blamedPart({ body }) {
	const params = isRecord(body) && Array.isArray(body.invalidParams) ? body.invalidParams : [];
	const names = params.map((one) => (isRecord(one) ? String(one.name) : ''));
	const parts = ['field', 'operator', 'value'].filter((part) =>
		names.some((name) => name.toLowerCase().includes(part)),
	);
	return parts.length === 1 ? parts[0] : undefined;
}
