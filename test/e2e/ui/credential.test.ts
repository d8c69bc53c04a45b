import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../../../dev/audit-api';
import type { RunningN8n } from '../../../dev/n8n';
import { credentialFields } from '../support/testBed';
import { CREDENTIAL_TYPE } from '../support/workflows';
import { addressBehind, whileMouseIsOn } from './support/controls';
import { Newcomer } from './support/newcomer';
import { startWebsite } from './support/website';

describe('The credential in the editor', () => {
	let newcomer: Newcomer;
	let api: AuditApi;
	let n8n: RunningN8n;
	let website: Awaited<ReturnType<typeof startWebsite>>;

	beforeAll(async () => {
		website = await startWebsite();
		newcomer = await Newcomer.arrive('credential', {
			api: { eventCount: 100, clientSecret: 'p%41ss+w/rd:"é"&=?' },
		});
		newcomer.bed.use(website);
		({ api, n8n } = newcomer);
	});

	afterAll(async () => await newcomer?.leave());

	beforeEach(() => api.reset());

	const fields = (other: IDataObject = {}): IDataObject => ({
		...credentialFields(api),
		...other,
	});

	describe('its test', () => {
		const tested = async (data: IDataObject) => {
			const { id } = await n8n.createCredential(CREDENTIAL_TYPE, data, 'Tested');
			return await n8n.testCredential(id);
		};

		test('the test succeeds, with every kind of character in the secret', async () => {
			expect(await n8n.testCredential(newcomer.credential.id)).toMatchObject({ status: 'OK' });
		});

		test('the test succeeds with a trailing slash in the base URL', async () => {
			expect(await tested(fields({ baseUrl: `${api.baseUrl}/` }))).toMatchObject({ status: 'OK' });
		});

		test('the test sends account and organization only if they are set', async () => {
			await tested(fields());
			await tested(fields({ accountId: 'a-test', organizationId: 'o-test' }));
			const [without, filled] = api.requests.filter(({ operation }) => operation === 'query');
			expect(without?.query).toEqual({ limit: '1' });
			expect(without?.headers).not.toHaveProperty('signicat-organizationid');
			expect(filled?.query).toMatchObject({
				'signicat-accountId': 'a-test',
				'signicat-organizationId': 'o-test',
			});
			expect(filled?.headers['signicat-organizationid']).toBe('o-test');
		});

		test('the test reports a wrong secret', async () => {
			const result = await tested(fields({ clientSecret: 'wrong' }));
			expect(result.status).toBe('Error');
			expect(result.message).toMatch(/client/i);
			expect(result.message).not.toContain('wrong');
		});

		test.each([
			['an HTML page', { kind: 'status200Html' as const }],
			['an error', { kind: 'response' as const, text: '{"error":"no"}' }],
			['a problem document', { kind: 'problem200' as const }],
			['nothing', { kind: 'noContent' as const }],
			['an empty response', { kind: 'response' as const, text: '' }],
			['a list', { kind: 'response' as const, text: '[{"a":1}]' }],
			['null', { kind: 'response' as const, text: 'null' }],
		])('the test fails with %s in place of a page of events', async (_what, fault) => {
			api.fail(fault, { on: 'query' });
			const result = await n8n.testCredential(newcomer.credential.id);
			expect(result.status).toBe('Error');
			expect(result.message).toContain('not with audit events');
		});

		test('the test succeeds with a page without events', async () => {
			api.fail({ kind: 'dataNull' }, { on: 'query' });
			expect(await n8n.testCredential(newcomer.credential.id)).toMatchObject({ status: 'OK' });
		});

		test('the test reports a missing permission, and where to add it', async () => {
			api.configure({ permission: false });
			const result = await tested(fields());
			expect(result.status).toBe('Error');
			expect(result.message).toContain('Signicat Dashboard');
		});

		test('the test reports an address at which nothing listens', async () => {
			const gone = await startAuditApi({ eventCount: 0 });
			await gone.stop();
			const result = await tested(fields({ baseUrl: gone.baseUrl }));
			expect(result.status).toBe('Error');
			expect(result.message).toMatch(/refused|reach|connect/i);
		});
	});

	describe('its dialog', () => {
		/** Opens the stored credential, which n8n then tests, and returns what the dialog says about it. */
		const verdictOn = async (step: string, data: IDataObject): Promise<string> => {
			const { name } = await n8n.createCredential(CREDENTIAL_TYPE, data, `Signicat ${step}`);
			const dialog = await newcomer.editor.openCredential(name);
			const success = dialog.getByText('Connection tested successfully');
			const details = dialog.getByText('More details');
			await success.or(details).first().waitFor();
			if (await details.isVisible()) {
				await details.click();
				await details.waitFor({ state: 'hidden' });
			}
			await newcomer.picture(step);
			return await dialog.innerText();
		};

		/** Opens the credential that works. n8n tests it then, and the verdict moves what is below it. */
		const openTested = async () => {
			const dialog = await newcomer.editor.openCredential(newcomer.credential.name);
			await dialog.getByText('Connection tested successfully').waitFor();
			return dialog;
		};

		test('has five fields, and each says what it is for', async () => {
			const dialog = await openTested();
			const labels = dialog.locator('[data-test-id="parameter-input-label"], label');
			const texts = await labels.allInnerTexts();
			expect(texts.map((label) => label.split('\n')[0]?.replace('*', '').trim())).toEqual([
				'Client ID',
				'Client Secret',
				'Base URL',
				'Account ID',
				'Organization ID',
			]);
			await dialog.getByTestId('parameter-input-clientSecret').locator('input').focus();
			const help = labels.nth(1).locator('[data-icon="circle-help"]');
			const description = newcomer.page.getByText('Signicat shows it only once').first();
			await whileMouseIsOn(newcomer.page, help, async (limit) => await description.waitFor(limit));
			await newcomer.picture('fields');
		});

		test('leads to the page about connecting Signicat', async () => {
			const dialog = await openTested();
			const address = await addressBehind(newcomer.page, dialog.getByText('Read our docs'));
			expect(address).toMatch(/^https:\/\/github\.com\/.*#connect-signicat$/);
		});

		test('right values: success', async () => {
			expect(await verdictOn('right', fields())).toContain('Connection tested successfully');
		});

		test('a wrong secret: the client was not accepted', async () => {
			const verdict = await verdictOn('wrong-secret', fields({ clientSecret: 'wrong' }));
			expect(verdict).toContain('Client authentication failed');
		});

		test('a missing permission: what to add, and where', async () => {
			api.configure({ permission: false });
			expect(await verdictOn('missing-permission', fields())).toContain(
				'The client ID and secret are correct, but the API client lacks permission to read the audit log. In the Signicat Dashboard, open the API client and add the audit log permission.',
			);
		});

		test('a host that nobody can reach: the connection failed', async () => {
			const gone = await startAuditApi({ eventCount: 0 });
			await gone.stop();
			const verdict = await verdictOn('unreachable', fields({ baseUrl: gone.baseUrl }));
			expect(verdict).toContain('The service refused the connection - perhaps it is offline');
		});

		test('a website in place of Signicat: what came back is a web page', async () => {
			const verdict = await verdictOn('website', fields({ baseUrl: website.url }));
			expect(verdict).toContain('Expected JSON response from OAuth2 token endpoint');
			expect(verdict).toContain('text/html');
		});

		test('a web page in place of the audit log: which base URL to use', async () => {
			api.fail({ kind: 'status200Html' }, { on: 'query', times: Infinity });
			expect(await verdictOn('web-page', fields())).toContain(
				'The server responded, but not with audit events. Check the base URL: use https://api.signicat.com unless Signicat gave you a different URL.',
			);
		});

		test('the secret is not readable once it is stored', async () => {
			const dialog = await newcomer.editor.openCredential(newcomer.credential.name);
			const secret = dialog.getByTestId('parameter-input-clientSecret').locator('input');
			await secret.waitFor();
			expect(await secret.getAttribute('type')).toBe('password');
			expect(await secret.inputValue()).not.toContain(api.clientSecret);
		});
	});
});
