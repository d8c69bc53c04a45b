import { NodeOperationError } from 'n8n-workflow';
import { type ApiContext, CREDENTIAL_TYPE } from './context';
import { type Connection, DEFAULT_BASE_URL } from './endpoints';

interface CredentialFields {
	baseUrl?: string;
	accountId?: string;
	organizationId?: string;
}

const LOOPBACK_HOSTS = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Reads where to connect to from the credential.
 *
 * @throws NodeOperationError when the base URL is not an address that a token may be sent to
 */
export async function readConnection(context: ApiContext): Promise<Connection> {
	const fields = await context.getCredentials<CredentialFields>(CREDENTIAL_TYPE);
	const accountId = fields.accountId?.trim();
	const organizationId = fields.organizationId?.trim();
	return {
		baseUrl: checkedBaseUrl(context, fields.baseUrl?.trim() || DEFAULT_BASE_URL),
		query: {
			...(accountId && { 'signicat-accountId': accountId }),
			...(organizationId && { 'signicat-organizationId': organizationId }),
		},
		headers: organizationId ? { 'Signicat-OrganizationId': organizationId } : {},
	};
}

function checkedBaseUrl(context: ApiContext, text: string): string {
	const advice = `Open the credential and set 'Base URL' to ${DEFAULT_BASE_URL}, or to the URL that Signicat gave you.`;
	const refuse = (message: string) => {
		throw new NodeOperationError(context.getNode(), message, { description: advice });
	};
	let url: URL | undefined;
	try {
		url = new URL(text);
	} catch {
		refuse("The 'Base URL' of the credential is not a valid URL");
	}
	if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search) {
		return refuse("The 'Base URL' of the credential must be a plain https:// URL") as never;
	}
	if (url.protocol === 'http:' && !LOOPBACK_HOSTS.test(url.hostname)) {
		refuse("The 'Base URL' of the credential is not encrypted: it must start with https://");
	}
	return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
