import { StopProbe } from './outcome.mjs';
import { ask, askSecret } from './prompt.mjs';

const DEFAULT_BASE_URL = 'https://api.signicat.com';
const LOOPBACK_HOSTS = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** What can stand in a header and in an address without harm. */
const PLAIN_TEXT = /^[\x21-\x7e]*$/;

/**
 * @typedef {object} Settings
 * @property {string} baseUrl without a trailing slash
 * @property {string} clientId
 * @property {string} clientSecret
 * @property {string} accountId empty when there is none
 * @property {string} organizationId empty when there is none
 */

/**
 * Reads where to connect to, and as whom. What is needed and missing is asked for.
 *
 * @param {Record<string, string | undefined>} env
 * @param {AbortSignal} signal ends the asking
 * @returns {Promise<Settings>}
 * @throws StopProbe
 */
export async function readSettings(env, signal) {
	const read = (name) => (env[name] ?? '').trim();
	const baseUrl = checkedBaseUrl(read('SIGNICAT_BASE_URL') || DEFAULT_BASE_URL);
	const accountId = checkedId('SIGNICAT_ACCOUNT_ID', read('SIGNICAT_ACCOUNT_ID'));
	const organizationId = checkedId('SIGNICAT_ORGANIZATION_ID', read('SIGNICAT_ORGANIZATION_ID'));
	const clientId = read('SIGNICAT_CLIENT_ID') || (await ask('Client ID: ', signal)).trim();
	// Not trimmed: a secret can hold any character.
	const clientSecret = env.SIGNICAT_CLIENT_SECRET || (await askSecret('Client secret: ', signal));
	if (!clientId || !clientSecret) {
		throw new StopProbe(
			'The client ID or the client secret is empty',
			'Both are in the Signicat Dashboard, under API clients.',
		);
	}
	return { baseUrl, clientId, clientSecret, accountId, organizationId };
}

/** The secret and the token are sent there, so it has to be encrypted or on this machine. */
function checkedBaseUrl(text) {
	const advice = `Set SIGNICAT_BASE_URL to ${DEFAULT_BASE_URL}, or leave it out.`;
	if (!URL.canParse(text)) throw new StopProbe('SIGNICAT_BASE_URL is not a URL', advice);
	const url = new URL(text);
	const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
	if (!isWeb || url.username || url.password || url.search || url.hash) {
		throw new StopProbe('SIGNICAT_BASE_URL is not a plain https:// address', advice);
	}
	if (url.protocol === 'http:' && !LOOPBACK_HOSTS.test(url.hostname)) {
		throw new StopProbe(
			'SIGNICAT_BASE_URL is not encrypted: it has to begin with https://',
			advice,
		);
	}
	return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function checkedId(name, text) {
	if (PLAIN_TEXT.test(text)) return text;
	throw new StopProbe(
		`${name} holds a character that an ID cannot hold`,
		'Copy it again from the Signicat Dashboard.',
	);
}
