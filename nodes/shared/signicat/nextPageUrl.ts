import { UnexpectedResponseError } from '../model/unexpectedResponse';
import { type Connection, encodePair, queryUrl } from './endpoints';

/**
 * Where the next page is. A relative `next` is resolved against the query's own address; the token is sent to
 * the credential's origin only (docs/api.md#next).
 *
 * @throws UnexpectedResponseError when `next` is not a URL, or leads to another origin
 */
export function nextPageUrl(connection: Connection, next: string): string {
	const query = new URL(queryUrl(connection, 1));
	const address = withBasePath(connection, next);
	if (!URL.canParse(address, query.href)) {
		throw new UnexpectedResponseError(
			'Signicat returned an invalid next-page URL',
			'Reading stopped because events could be missing. Try again; if it happens again, contact Signicat support.',
		);
	}
	const url = new URL(address, query);
	if (url.origin !== query.origin) {
		throw new UnexpectedResponseError(
			'Signicat returned a next-page URL on a different host',
			`Reading stopped because the access token is only sent to ${query.origin}. Check the 'Base URL' of the credential.`,
		);
	}
	for (const [name, value] of Object.entries(connection.query)) {
		if (!url.searchParams.has(name)) url.search += `&${encodePair([name, value])}`;
	}
	return url.href;
}

/** A base URL may have a path of its own, which a `next` that begins with a slash omits. */
function withBasePath({ baseUrl }: Connection, next: string): string {
	const basePath = new URL(baseUrl).pathname.replace(/\/$/, '');
	const isAbsolutePath = next.startsWith('/') && !next.startsWith('//');
	return isAbsolutePath && !next.startsWith(`${basePath}/`) ? `${baseUrl}${next}` : next;
}
