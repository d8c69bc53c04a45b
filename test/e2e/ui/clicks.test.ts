import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '../../../dev/n8n';
import { type LocalSlack, startLocalSlack } from '../../../dev/receivers/slack';
import { listEntries, searchNodes, untilStored } from './support/controls';
import { Newcomer } from './support/newcomer';

/**
 * How much somebody has to do by hand, from an empty canvas. The numbers are exact, so that a change of the nodes
 * that costs or saves a click is seen. A field into which something is typed counts as one, its own click included.
 */
describe('From an empty canvas', () => {
	let newcomer: Newcomer;
	let page: Newcomer['page'];
	let slack: LocalSlack;
	let folder: string;

	beforeAll(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'n8n-ui-slack-'));
		slack = await startLocalSlack(folder);
		newcomer = await Newcomer.arrive('clicks', { hasCredential: false, env: slack.env });
		newcomer.bed.use(slack);
		({ page } = newcomer);
		await newcomer.n8n.createCredential('slackApi', slack.credential, 'Slack');
	});

	afterAll(async () => {
		await newcomer?.leave();
		await rm(folder, { recursive: true, force: true });
	});

	/** Opens the node panel on an empty canvas, and in it the package's triggers and actions. */
	const openNodeList = async () => {
		const { editor } = newcomer;
		await editor.newWorkflow();
		await editor.click(page.getByTestId('canvas-plus-button'));
		await searchNodes(editor, 'signicat');
		const names = page.getByTestId('node-creator-item-name');
		await editor.click(names.getByText('Signicat Audit', { exact: true }));
		return page.getByTestId('node-creator');
	};

	const chooseGetMany = async () => {
		const { editor } = newcomer;
		const list = await openNodeList();
		await editor.click(list.getByText('Actions (6)'));
		await editor.click(list.getByText('Get many events'));
		await newcomer.panel.waitFor();
	};

	const executeByHand = async () => {
		await newcomer.editor.click(newcomer.panel.getByTestId('node-execute-button'));
		await newcomer.output.getByText('50 items', { exact: true }).waitFor();
	};

	test('to the first events, a new credential included: 7 clicks and 3 texts', async () => {
		const { editor, api } = newcomer;
		await chooseGetMany();
		await editor.click(newcomer.panel.getByText('Connect to Signicat'));
		const dialog = page.getByTestId('editCredential-modal');
		const input = (name: string) => dialog.getByTestId(`parameter-input-${name}`).locator('input');
		await editor.type(api.clientId, input('clientId'));
		await editor.type(api.clientSecret, input('clientSecret'));
		// With Signicat itself, the default is right. This does not count.
		await input('baseUrl').fill(api.baseUrl);
		await newcomer.picture('new-credential');
		await editor.click(dialog.getByTestId('credential-save-button'));
		// n8n closes the dialog of a credential that works.
		await dialog.waitFor({ state: 'hidden' });
		await executeByHand();
		await newcomer.picture('first-events');
		expect(editor.effort).toEqual({ clicks: 7, typed: 3 });
	});

	test('to the first events, once Signicat is connected: 6 in all', async () => {
		const { editor } = newcomer;
		await chooseGetMany();
		await executeByHand();
		expect(editor.effort).toEqual({ clicks: 5, typed: 1 });
		expect(editor.effort.clicks + editor.effort.typed).toBeLessThanOrEqual(8);
	});

	test('to a published alert in Slack: 14 clicks and 3 texts', async () => {
		const { editor, panel } = newcomer;
		const list = await openNodeList();
		await editor.click(list.getByText('On new event type'));
		await panel.waitFor();
		await editor.click(page.getByTestId('ndv-close-button'));
		await editor.click(page.getByTestId('canvas-handle-plus').first());
		await searchNodes(editor, 'slack');
		await editor.click(
			page.getByTestId('node-creator-item-name').getByText('Slack', { exact: true }),
		);
		await editor.click(list.getByText('Send a message', { exact: true }));
		await panel.waitFor();
		await editor.click(panel.getByTestId('parameter-input-select'));
		await editor.click(listEntries(page).getByText('Channel', { exact: true }));
		await editor.click(panel.getByTestId('rlc-input'));
		await editor.click(page.getByTestId('rlc-item').getByText('audit'));
		const text = panel.getByTestId('parameter-input-text').locator('input, textarea').first();
		await editor.type('New in the Signicat audit log: {{ ', text);
		// n8n turns the field into an expression; this is the rest of the same text.
		await panel.getByTestId('parameter-input-text').locator('.cm-editor.cm-focused').waitFor();
		await untilStored(page, '$json.eventType', async () => {
			await page.keyboard.type('$json.eventType');
		});
		await newcomer.picture('slack-message');
		await editor.click(page.getByTestId('ndv-close-button'));
		await editor.click(page.getByTestId('workflow-open-publish-modal-button'));
		await editor.click(page.getByTestId('workflow-publish-button'));
		await page.getByText('Your workflow will now start').waitFor();
		await newcomer.picture('published-alert');
		expect(editor.effort).toEqual({ clicks: 14, typed: 3 });

		newcomer.api.append({
			serviceName: 'dashboard',
			eventType: 'brand.new',
			timestamp: new Date().toISOString(),
		});
		const message = await waitFor(() => slack.messages[0], {
			what: 'the message in Slack',
		});
		expect(message.text).toContain('New in the Signicat audit log: brand.new');
	});
});
