const TOKEN_PATH = '/auth/open/connect/token';
const GRANT = { grant_type: 'client_credentials', scope: 'signicat-api' };

/**
 * The token request with the client ID and secret in the form, or in a Basic header. RFC 6749 has
 * them form-encoded before they become Basic credentials; `basicUnencoded` leaves that out.
 *
 * @param {import('./settings.mjs').Settings} settings
 * @param {'form' | 'basic' | 'basicUnencoded'} way
 */
export function requestToken({ baseUrl, clientId, clientSecret }, way) {
	const client = way === 'form' ? { client_id: clientId, client_secret: clientSecret } : {};
	const encode = way === 'basic' ? formEncode : (text) => text;
	const credentials = Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64');
	return {
		url: new URL(baseUrl + TOKEN_PATH),
		body: new URLSearchParams({ ...GRANT, ...client }).toString(),
		headers: {
			'Content-Type': 'application/x-www-form-urlencoded',
			...(way !== 'form' && { Authorization: `Basic ${credentials}` }),
		},
	};
}

function formEncode(text) {
	return new URLSearchParams({ text }).toString().slice('text='.length);
}
