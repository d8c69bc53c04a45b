/** Where the API is: the same for sandbox and production accounts (docs/api.md#operations). */
export const DEFAULT_BASE_URL = 'https://api.signicat.com';

/** The paths below the base URL, each in this one place (docs/api.md#operations). */
export const PATHS = {
	item: '/audit/query/cursor/',
	metadata: '/audit/query/metadata',
	properties: '/audit/query/properties',
	query: '/audit/query',
	connect: '/auth/open/connect/token',
} as const;
