import { describe, expect, test } from '@jest/globals';
import { Expression, type IWorkflowDataProxyData } from 'n8n-workflow';
import { SignicatOAuth2Api } from '../../../credentials/SignicatOAuth2Api.credentials';
import { CREDENTIAL_TYPE } from '../../../nodes/shared/signicat/context';
import { queryUrl } from '../../../nodes/shared/signicat/endpoints';

const credential = new SignicatOAuth2Api();

const property = (name: string) => credential.properties.find((one) => one.name === name);

/** The value of an expression as n8n works it out. */
function evaluate(expression: unknown, data: object): unknown {
	return new Expression('UTC').resolveSimpleParameterValue(
		expression as string,
		data as unknown as IWorkflowDataProxyData,
	);
}

const BASE_URLS: Array<[string | undefined, string]> = [
	['https://api.signicat.com', 'https://api.signicat.com'],
	['https://api.signicat.com/', 'https://api.signicat.com'],
	['https://api.signicat.com//', 'https://api.signicat.com'],
	[' https://api.signicat.com/ ', 'https://api.signicat.com'],
	['https://proxy.example:8443/signicat/', 'https://proxy.example:8443/signicat'],
	['', 'https://api.signicat.com'],
	[undefined, 'https://api.signicat.com'],
];

describe('the fields of the credential', () => {
	test('that people see are the client, the base URL, the account and the organization', () => {
		const shown = credential.properties.filter(({ type }) => type !== 'hidden');
		expect(shown.map(({ name, displayName }) => [name, displayName])).toEqual([
			['clientId', 'Client ID'],
			['clientSecret', 'Client Secret'],
			['baseUrl', 'Base URL'],
			['accountId', 'Account ID'],
			['organizationId', 'Organization ID'],
		]);
	});

	test('for the client ID and the secret are those of n8n’s own OAuth2 type, with a description', () => {
		expect(credential.extends).toEqual(['oAuth2Api']);
		const own = { type: 'string', required: true, default: '' };
		expect(property('clientId')).toMatchObject(own);
		expect(property('clientSecret')).toMatchObject({ ...own, typeOptions: { password: true } });
	});

	test('that n8n’s own type would show beside them are hidden', () => {
		const inherited = [
			'grantType',
			'accessTokenUrl',
			'scope',
			'authQueryParameters',
			'authentication',
			'sendAdditionalBodyProperties',
			'additionalBodyProperties',
		];
		expect(inherited.filter((name) => property(name)?.type !== 'hidden')).toEqual([]);
	});

	test('need nothing but the client to be filled in', () => {
		expect(property('baseUrl')?.default).toBe('https://api.signicat.com');
		expect(property('accountId')?.default).toBe('');
		expect(property('organizationId')?.default).toBe('');
		const required = credential.properties.filter((field) => field.required);
		expect(required.map(({ name }) => name)).toEqual(['clientId', 'clientSecret']);
	});
});

describe('the token', () => {
	test('is had by client credentials, in the form body, for the scope of the API', () => {
		expect(property('grantType')?.default).toBe('clientCredentials');
		expect(property('authentication')?.default).toBe('body');
		expect(property('scope')?.default).toBe('signicat-api');
		expect(property('sendAdditionalBodyProperties')?.default).toBe(false);
	});

	test.each(BASE_URLS)('of the base URL %p comes from %s', (baseUrl, origin) => {
		expect(evaluate(property('accessTokenUrl')?.default, { $self: { baseUrl } })).toBe(
			`${origin}/auth/open/connect/token`,
		);
	});
});

describe('the test of the credential', () => {
	const { request, rules } = credential.test;

	test.each(BASE_URLS)('of the base URL %p goes to %s', (baseUrl, origin) => {
		expect(evaluate(request.baseURL, { $credentials: { baseUrl } })).toBe(origin);
	});

	test('asks for one event, at the very address that the nodes use', () => {
		const connection = { baseUrl: '', query: {}, headers: {} };
		expect(request).toMatchObject({
			method: 'POST',
			url: queryUrl(connection, 1),
			body: { and: null, from: null, to: null },
		});
	});

	test('takes its token nowhere else', () => {
		expect(request.disableFollowRedirect).toBe(true);
	});

	test('names the account and the organization only where they are filled in', () => {
		const sent = ($credentials: object) => [
			evaluate(request.qs?.['signicat-accountId'], { $credentials }),
			evaluate(request.qs?.['signicat-organizationId'], { $credentials }),
			evaluate(request.headers?.['Signicat-OrganizationId'], { $credentials }),
		];
		expect(sent({ accountId: 'a-1', organizationId: 'o-1' })).toEqual(['a-1', 'o-1', 'o-1']);
		expect(sent({ accountId: '', organizationId: '' })).toEqual([undefined, undefined, undefined]);
		expect(sent({})).toEqual([undefined, undefined, undefined]);
	});

	test('explains the answers that people get to see', () => {
		const explained = rules?.map(({ type, properties }) => {
			expect(properties.message).toMatch(/^[A-Z].+\.$/);
			return [type, 'value' in properties ? properties.value : undefined];
		});
		expect(explained).toEqual([
			['responseCode', 401],
			['responseCode', 403],
			['responseCode', 404],
			['responseCode', 429],
			// No `data`, as n8n's lodash finds it in whatever came.
			['responseSuccessBody', undefined],
		]);
		expect(rules?.at(-1)?.properties).toMatchObject({ key: 'data' });
	});
});

describe('the nodes', () => {
	test('ask for this credential', () => {
		expect(CREDENTIAL_TYPE).toBe(credential.name);
	});
});
