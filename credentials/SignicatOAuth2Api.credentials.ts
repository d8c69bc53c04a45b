import type {
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	IHttpRequestMethods,
	INodeProperties,
} from 'n8n-workflow';
import { DEFAULT_BASE_URL, PATHS } from '../nodes/shared/signicat/endpoints';

/** The base URL without its trailing slashes, as an expression over the credential's own fields. */
const TRIMMED_BASE_URL = `($self["baseUrl"] || "${DEFAULT_BASE_URL}").trim().replace(/\\/+$/, "")`;

/**
 * OAuth 2.0 client credentials for Signicat's management APIs (docs/api.md#authentication).
 *
 * n8n's `oAuth2Api` fetches, encrypts, shares and renews the token; this class only says where and how.
 * The client id and secret travel in the form body: n8n puts them into a Basic header without the
 * form-encoding that RFC 6749 requires, which breaks secrets that contain `%`, `+` or `:`.
 */
export class SignicatOAuth2Api implements ICredentialType {
	name = 'signicatOAuth2Api';

	extends = ['oAuth2Api'];

	displayName = 'Signicat OAuth2 API';

	icon: Icon = {
		light: 'file:../icons/signicatAudit.svg',
		dark: 'file:../icons/signicatAudit.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-signicat-audit/n8n-nodes-signicat-audit?tab=readme-ov-file#connect-signicat';

	httpRequestNode = {
		name: 'Signicat',
		docsUrl: 'https://developer.signicat.com/apis/audit-logs/',
		apiBaseUrl: 'https://api.signicat.com/',
	};

	properties: INodeProperties[] = [
		{ displayName: 'Grant Type', name: 'grantType', type: 'hidden', default: 'clientCredentials' },
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			default: `={{ ${TRIMMED_BASE_URL} + "${PATHS.connect}" }}`,
		},
		{ displayName: 'Scope', name: 'scope', type: 'hidden', default: 'signicat-api' },
		{ displayName: 'Authentication', name: 'authentication', type: 'hidden', default: 'body' },
		{
			displayName: 'Auth URI Query Parameters',
			name: 'authQueryParameters',
			type: 'hidden',
			default: '',
		},
		// Shown by the parent type because the client authenticates in the body; Signicat needs none.
		{
			displayName: 'Send Additional Body Properties',
			name: 'sendAdditionalBodyProperties',
			type: 'hidden',
			default: false,
		},
		{
			displayName: 'Additional Body Properties',
			name: 'additionalBodyProperties',
			type: 'hidden',
			default: '',
		},
		// n8n would ask where the HTTP Request node may send the token. Nowhere but to Signicat.
		{
			displayName: 'Allowed HTTP Request Domains',
			name: 'allowedHttpRequestDomains',
			type: 'hidden',
			default: 'domains',
		},
		{
			displayName: 'Allowed Domains',
			name: 'allowedDomains',
			type: 'hidden',
			default: `={{ ${TRIMMED_BASE_URL}.replace(/^https?:\\/\\//i, "").replace(/[:\\/].*$/, "") }}`,
		},
		// These two are the parent type's, with a description.
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. sandbox-calm-river-123',
			description: 'ID of the API client, from API clients in the Signicat Dashboard',
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Secret of the API client. Signicat shows it only once: if it is lost or not accepted, add a new secret to the API client.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: DEFAULT_BASE_URL,
			placeholder: 'e.g. https://api.signicat.com',
			description:
				'Base URL of the Signicat API. It is the same for sandbox and production accounts: the API client determines which account is read.',
		},
		{
			displayName: 'Account ID',
			name: 'accountId',
			type: 'string',
			default: '',
			placeholder: 'e.g. a-spge-0123456789abcdef',
			description:
				'Leave empty unless Signicat asks for it: the API client already belongs to one account',
		},
		{
			displayName: 'Organization ID',
			name: 'organizationId',
			type: 'string',
			default: '',
			placeholder: 'e.g. o-p-0123456789abcdef',
			description: 'Leave empty unless you want to read the audit log of a single organization',
		},
	];

	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ ${TRIMMED_BASE_URL.replace('$self["baseUrl"]', '$credentials.baseUrl')} }}`,
			url: `${PATHS.query}?limit=1`,
			method: 'POST' as IHttpRequestMethods,
			body: { and: null, from: null, to: null },
			disableFollowRedirect: true,
			headers: {
				'Signicat-OrganizationId': '={{ ($credentials.organizationId || "").trim() || undefined }}',
			},
			qs: {
				'signicat-accountId': '={{ ($credentials.accountId || "").trim() || undefined }}',
				'signicat-organizationId': '={{ ($credentials.organizationId || "").trim() || undefined }}',
			},
		},
		// n8n takes both kinds of rules together; its type says one or the other.
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						'Signicat did not accept the access token. Check that the client ID and secret belong to an active API client.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						'The client ID and secret are correct, but the API client lacks permission to read the audit log. In the Signicat Dashboard, open the API client and add the audit log permission.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message:
						'There is no Audit API at this base URL. Use https://api.signicat.com unless Signicat gave you a different URL.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 429,
					message: 'Signicat is receiving too many requests. Wait a minute, then try again.',
				},
			},
			// Only a page of events has data: not a page of HTML, a problem document, or nothing at all.
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'data',
					value: undefined,
					message:
						'The server responded, but not with audit events. Check the base URL: use https://api.signicat.com unless Signicat gave you a different URL.',
				},
			},
		] as ICredentialTestRequest['rules'],
	};
}
