import { arrivalNow } from './arrivals';
import { startJsonServer, type ReceivedCall, type Reply } from './jsonServer';
import type { LocalReceiver } from './types';

const TENANT = '00000000-0000-0000-0000-000000000001';
const CLIENT = { id: '00000000-0000-0000-0000-000000000002', secret: 'local-secret' };
const RULE = 'dcr-00000000000000000000000000000003';
const STREAM = 'Custom-SignicatAudit_CL';

/** learn.microsoft.com, "Logs Ingestion API in Azure Monitor", and "Azure Monitor service limits". */
const API_VERSION = '2023-01-01';
const SCOPE = 'https://monitor.azure.com/.default';
export const SENTINEL_MAX_BYTES = 1024 * 1024;
const MAX_FIELD_BYTES = 64 * 1024;

export type SentinelRecord = Record<string, unknown> & { TimeGenerated: string; cursor?: string };

export interface LocalSentinel extends LocalReceiver {
	/** The records that were accepted, in order. */
	records: SentinelRecord[];
	/** How many bytes and records each accepted request had. */
	batches: Array<{ bytes: number; count: number }>;
	/** Values of more than 64 KB, which Azure Monitor would cut. */
	tooLong: string[];
	/** How many tokens were issued. */
	tokens: number;
}

/**
 * Microsoft Sentinel on this machine: Entra's token endpoint, and the Logs Ingestion API of a data collection endpoint.
 * A request is accepted whole or refused whole.
 */
export async function startLocalSentinel(): Promise<LocalSentinel> {
	const { url, stop } = await startJsonServer((call) => {
		const { reply, reason } = call.path.endsWith('/token') ? issueToken(call) : ingest(call);
		if (reason) sentinel.refused.push(reason);
		return reply;
	});
	const sentinel: LocalSentinel = {
		name: 'Microsoft Sentinel',
		arrivals: [],
		refused: [],
		isDown: false,
		credentials: [
			{
				type: 'oAuth2Api',
				name: 'Microsoft Sentinel',
				data: {
					grantType: 'clientCredentials',
					accessTokenUrl: `${url}/${TENANT}/oauth2/v2.0/token`,
					clientId: CLIENT.id,
					clientSecret: CLIENT.secret,
					scope: SCOPE,
					authentication: 'body',
				},
			},
		],
		settings: { sentinelUrl: url, sentinelRuleId: RULE, sentinelStream: STREAM },
		records: [],
		batches: [],
		tooLong: [],
		tokens: 0,
		stop,
	};
	const tokens = new Set<string>();

	/** learn.microsoft.com, "OAuth 2.0 client credentials flow on the Microsoft identity platform". */
	function issueToken({ method, path, body }: ReceivedCall): Outcome {
		const form = new URLSearchParams(body);
		if (method !== 'POST' || path !== `/${TENANT}/oauth2/v2.0/token`) {
			return entraError(404, 'invalid_request', 'AADSTS90002: Tenant not found.');
		}
		if (form.get('grant_type') !== 'client_credentials') {
			return entraError(400, 'unsupported_grant_type', 'AADSTS70003: Unsupported grant type.');
		}
		if (form.get('scope') !== SCOPE) {
			return entraError(400, 'invalid_scope', 'AADSTS1002012: The provided scope is not valid.');
		}
		if (form.get('client_id') !== CLIENT.id || form.get('client_secret') !== CLIENT.secret) {
			return entraError(401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.');
		}
		sentinel.tokens += 1;
		const token = `token-${sentinel.tokens}`;
		tokens.add(token);
		const reply = { token_type: 'Bearer', expires_in: 3599, access_token: token };
		return { reply: { status: 200, body: reply } };
	}

	function ingest({ method, path, query, headers, body, size }: ReceivedCall): Outcome {
		if (sentinel.isDown) return { reply: azureError(503, 'ServiceUnavailable') };
		if (!tokens.has((headers.authorization ?? '').replace(/^Bearer /, ''))) {
			return refusal(401, 'InvalidToken', 'The token is missing, expired or invalid.');
		}
		if (method !== 'POST') return refusal(405, 'MethodNotAllowed', method);
		if (query.get('api-version') !== API_VERSION) {
			return refusal(400, 'InvalidApiVersion', `api-version ${query.get('api-version')}`);
		}
		const [, rule, stream] = /^\/dataCollectionRules\/([^/]+)\/streams\/([^/]+)$/.exec(path) ?? [];
		if (rule !== RULE) return refusal(404, 'NotFound', `Data collection rule not found: ${path}`);
		if (stream !== STREAM) return refusal(400, 'InvalidStream', `The stream ${stream} is unknown.`);
		if (!/^application\/json\b/.test(headers['content-type'] ?? '')) {
			return refusal(415, 'UnsupportedMediaType', String(headers['content-type']));
		}
		if (size.decoded > SENTINEL_MAX_BYTES) {
			return refusal(413, 'ContentLengthLimitExceeded', `${size.decoded} bytes`);
		}
		const records = recordsIn(body);
		if (!records) return refusal(400, 'InvalidPayload', 'Not a list of records with TimeGenerated');
		sentinel.tooLong.push(...records.flatMap(namesOfLongValues));
		sentinel.records.push(...records);
		sentinel.batches.push({ bytes: size.decoded, count: records.length });
		sentinel.arrivals.push(
			arrivalNow({
				receiver: 'Microsoft Sentinel',
				to: stream,
				title: `${records.length} record${records.length === 1 ? '' : 's'}`,
				text: body.slice(0, 5000),
			}),
		);
		return { reply: { status: 204 } };
	}
	return sentinel;
}

interface Outcome {
	reply: Reply;
	/** Why a request was refused. */
	reason?: string;
}

function azureError(status: number, code: string, message = code): Reply {
	return { status, body: { error: { code, message } }, headers: { 'x-ms-error-code': code } };
}

function refusal(status: number, code: string, message: string): Outcome {
	return { reply: azureError(status, code, message), reason: `${code}: ${message}` };
}

function entraError(status: number, error: string, description: string): Outcome {
	return {
		reply: { status, body: { error, error_description: description } },
		reason: description,
	};
}

/** The records of a body; undefined if it is anything but a JSON list of objects with a time. */
function recordsIn(body: string): SentinelRecord[] | undefined {
	try {
		const records = JSON.parse(body) as SentinelRecord[];
		const isRecord = (record: SentinelRecord | null) =>
			typeof record === 'object' && !Number.isNaN(Date.parse(String(record?.TimeGenerated)));
		return Array.isArray(records) && records.length > 0 && records.every(isRecord)
			? records
			: undefined;
	} catch {
		return undefined;
	}
}

function namesOfLongValues(record: SentinelRecord): string[] {
	return Object.entries(record)
		.filter(([, value]) => Buffer.byteLength(textOf(value)) > MAX_FIELD_BYTES)
		.map(([name]) => name);
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
