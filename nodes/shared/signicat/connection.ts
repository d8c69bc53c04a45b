import { NodeOperationError } from 'n8n-workflow';
import { type ApiContext, CREDENTIAL_TYPE } from './context';
import { checkBaseUrl, type Connection, connectionTo, DEFAULT_BASE_URL } from './endpoints';

interface CredentialFields {
	baseUrl?: string;
	accountId?: string;
	organizationId?: string;
}

const PROBLEMS = {
	invalid: "The 'Base URL' of the credential is not a valid URL",
	notPlain: "The 'Base URL' of the credential must be a plain https:// URL",
	unencrypted: "The 'Base URL' of the credential is not encrypted: it must start with https://",
};

/**
 * Reads where to connect to from the credential.
 *
 * @throws NodeOperationError when the base URL is not an address that a token may be sent to
 */
export async function readConnection(context: ApiContext): Promise<Connection> {
	const fields = await context.getCredentials<CredentialFields>(CREDENTIAL_TYPE);
	const checked = checkBaseUrl(fields.baseUrl?.trim() || DEFAULT_BASE_URL);
	if ('problem' in checked) {
		throw new NodeOperationError(context.getNode(), PROBLEMS[checked.problem], {
			description: `Open the credential and set 'Base URL' to ${DEFAULT_BASE_URL}, or to the URL that Signicat gave you.`,
		});
	}
	return connectionTo(checked.baseUrl, {
		accountId: fields.accountId?.trim(),
		organizationId: fields.organizationId?.trim(),
	});
}
