import { UnexpectedResponseError } from '../model/unexpectedResponse';
import { PATHS } from './addresses';
import type { Connection } from './connection';

export interface PropertiesQuery {
	target: string;
	serviceName: string;
	eventType?: string;
}

export function itemUrl(connection: Connection, cursor: string): string {
	return urlOf(connection, PATHS.item + encodeURIComponent(cursor));
}

export function metadataUrl(connection: Connection): string {
	return urlOf(connection, PATHS.metadata);
}

export function propertiesUrl(connection: Connection, query: PropertiesQuery): string {
	const { target, serviceName, eventType } = query;
	return urlOf(connection, PATHS.properties, {
		target,
		serviceName,
		...(eventType && { eventType }),
	});
}

export function queryUrl(connection: Connection, pageSize: number): string {
	return urlOf(connection, PATHS.query, { limit: String(pageSize) });
}

/**
 * Where the next page is. A relative `next` is taken from the query's own address; the token goes to
 * the credential's origin only (docs/api.md#next).
 *
 * @throws UnexpectedResponseError when `next` is not a URL, or leads to another origin
 */
export function nextUrl(connection: Connection, next: string): string {
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

/** A base URL may have a path of its own, which a `next` that begins with a slash leaves out. */
function withBasePath({ baseUrl }: Connection, next: string): string {
	const basePath = new URL(baseUrl).pathname.replace(/\/$/, '');
	const isAbsolutePath = next.startsWith('/') && !next.startsWith('//');
	return isAbsolutePath && !next.startsWith(`${basePath}/`) ? `${baseUrl}${next}` : next;
}

function urlOf(connection: Connection, path: string, query: Record<string, string> = {}): string {
	const pairs = Object.entries({ ...query, ...connection.query }).map(encodePair);
	return `${connection.baseUrl}${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
}

function encodePair([name, value]: [string, string]): string {
	return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
}
