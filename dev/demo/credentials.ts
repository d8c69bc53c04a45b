import type { AuditApi } from '../audit-api';
import type { RunningN8n, StoredCredential } from '../n8n';
import type { ReceiverCredential } from '../receivers/types';

/** A credential for a local Audit API. */
export function signicatCredential(api: AuditApi, name: string): ReceiverCredential {
	const { baseUrl, clientId, clientSecret } = api;
	const data = { baseUrl, clientId, clientSecret, accountId: '', organizationId: '' };
	return { type: 'signicatOAuth2Api', name, data };
}

/** Stores credentials in n8n; those of an earlier start are updated, because the addresses in them change. */
export async function storeCredentials(
	n8n: RunningN8n,
	credentials: readonly ReceiverCredential[],
): Promise<StoredCredential[]> {
	const stored = await n8n.request<StoredCredential[]>('GET', '/rest/credentials');
	const results: StoredCredential[] = [];
	for (const { type, name, data } of credentials) {
		const known = stored.find((it) => it.type === type && it.name === name);
		if (known) await n8n.updateCredential(known, data);
		results.push(known ?? (await n8n.createCredential(type, data, name)));
	}
	return results;
}

/** @throws Error with the message that n8n shows, if the credential does not work */
export async function testCredential(n8n: RunningN8n, { id }: StoredCredential): Promise<void> {
	const { status, message } = await n8n.testCredential(id);
	if (status !== 'OK') throw new Error(`The credential's test failed: ${message}`);
}
