import type { Connection } from '../../../nodes/shared/signicat/endpoints';

export const PLAIN: Connection = { baseUrl: 'https://api.signicat.com', query: {}, headers: {} };

export const WITH_ACCOUNT: Connection = {
	...PLAIN,
	query: { 'signicat-accountId': 'a-1 &2', 'signicat-organizationId': 'o-1' },
};
