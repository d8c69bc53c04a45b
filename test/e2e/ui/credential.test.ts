import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { type Editor, openEditor, type RunningN8n, type StoredCredential } from '../../dev/n8n';
import { createCredential, credentialFields, TestBed } from './support/testBed';
import { auditNode, CREDENTIAL_TYPE, startedByHand } from './support/workflows';

jest.setTimeout(300_000);

describe('What the editor of a real n8n shows and tests', () => {
	let bed: TestBed;
	let api: AuditApi;
	let n8n: RunningN8n;
	let credential: StoredCredential;

	beforeAll(async () => {
		bed = await TestBed.open('editor');
		api = await bed.startApi({ eventCount: 3500, clientSecret: 'p%41ss+w/rd:"é"&=?' });
		n8n = await bed.startN8n();
		credential = await createCredential(n8n, api);
	});

	afterAll(async () => await bed?.close());

	beforeEach(() => api.reset());

	const fields = (other: IDataObject = {}): IDataObject => ({
		...credentialFields(api),
		...other,
	});

	describe('the credential', () => {
		const tested = async (data: IDataObject) => {
			const { id } = await n8n.createCredential(CREDENTIAL_TYPE, data, 'Tested');
			return await n8n.testCredential(id);
		};

		test('the test succeeds, with every kind of character in the secret', async () => {
			expect(await n8n.testCredential(credential.id)).toMatchObject({ status: 'OK' });
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
			const result = await n8n.testCredential(credential.id);
			expect(result.status).toBe('Error');
			expect(result.message).toContain('not with audit events');
		});

		test('the test succeeds with a page without events', async () => {
			api.fail({ kind: 'dataNull' }, { on: 'query' });
			expect(await n8n.testCredential(credential.id)).toMatchObject({ status: 'OK' });
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

	describe('the editor', () => {
		let editor: Editor;

		beforeAll(async () => {
			editor = await openEditor(n8n);
		});
		afterAll(async () => await editor?.close());

		test('the credential has five fields, and no others', async () => {
			const dialog = await editor.openCredential(credential.name);
			await dialog.getByText('Client Secret').waitFor();
			const labels = await dialog
				.locator('[data-test-id="parameter-input-label"], label')
				.allInnerTexts();
			expect(labels.map((label) => label.split('\n')[0]?.replace('*', '').trim())).toEqual([
				'Client ID',
				'Client Secret',
				'Base URL',
				'Account ID',
				'Organization ID',
			]);
		});

		test('the list of services comes from Signicat', async () => {
			const filters = { serviceName: [] };
			const { id } = await n8n.importWorkflow(
				startedByHand(
					'Lists',
					auditNode('Audit', { resource: 'event', operation: 'getAll', filters }),
				),
				[credential],
			);
			await editor.openWorkflow(id);
			// The list closes when its options arrive.
			const loaded = editor.page.waitForResponse(/dynamic-node-parameters\/options/);
			await editor.openNode('Audit');
			await loaded;
			await editor.page.waitForLoadState('networkidle');
			await editor.page.getByTestId('parameter-input-serviceName').click();
			const list = editor.page.locator('.el-select-dropdown__item:visible');
			await list.first().waitFor();
			const names = (await list.allInnerTexts()).map((name) => name.trim());
			const services = new Set(api.events.map(({ serviceName }) => serviceName).filter(Boolean));
			expect(new Set(names)).toEqual(services);
		});

		test('a query shows its events in the output', async () => {
			const { id } = await n8n.importWorkflow(
				startedByHand(
					'Shows',
					auditNode('Audit', {
						resource: 'event',
						operation: 'getAll',
						limit: 7,
						period: 'last30Days',
					}),
				),
				[credential],
			);
			await editor.openWorkflow(id);
			const panel = await editor.openNode('Audit');
			await editor.executeNode();
			expect(await panel.getByTestId('output-panel').innerText()).toContain('7 items');
		});
	});
});
