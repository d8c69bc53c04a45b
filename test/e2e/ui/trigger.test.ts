import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { itemsOf, waitFor } from '../../../dev/n8n';
import { NODE, Newcomer } from './support/newcomer';

/** One person's way from the canvas to the first execution, and to the first outage: the tests depend on each other. */
describe('Signicat Audit Trigger in the editor', () => {
	let newcomer: Newcomer;
	let page: Newcomer['page'];
	let workflowId: string;

	beforeAll(async () => {
		newcomer = await Newcomer.arrive('trigger');
		({ page } = newcomer);
	});

	afterAll(async () => await newcomer?.leave());

	/** Waits for an execution of the trigger with this status, other than those that are known already. */
	const executionWith = async (status: string, known: readonly { id: string }[] = []) =>
		await waitFor(
			async () =>
				(await newcomer.n8n.executions(workflowId)).find(
					(execution) =>
						execution.mode === 'trigger' &&
						execution.status === status &&
						!known.some(({ id }) => id === execution.id),
				),
			{ what: `an execution with status ${status}`, everyMs: 1000 },
		);

	/** Opens an execution, next to the list of the workflow's executions that it is in. */
	const openExecution = async (id: string) => {
		await page.goto(`${newcomer.n8n.url}/workflow/${workflowId}/executions/${id}`);
		await page.getByTestId(`execution-details-${id}`).waitFor();
		await page.getByTestId('execution-preview-host').getByTestId('canvas-node').first().waitFor();
	};

	test('Fetch Test Event shows the newest events, oldest first', async () => {
		await newcomer.openTrigger({});
		await newcomer.panel.getByText('When will this node trigger my flow?').click();
		await newcomer.panel.getByText("select 'Fetch Test Event'").waitFor();
		await newcomer.output.getByText('A poll returns one item for each event').waitFor();
		await newcomer.picture('before-the-first-run');
		const items = await newcomer.execute();
		await newcomer.picture('test-event');
		const newest = newcomer.api.events.slice(0, 10).map(({ cursor }) => cursor);
		expect(items.map(({ cursor }) => cursor)).toEqual(newest.reverse());
	});

	test('Publish says what will start the workflow', async () => {
		await newcomer.editor.closeNode();
		workflowId = new URL(page.url()).pathname.split('/')[2] ?? '';
		await page.getByTestId('workflow-open-publish-modal-button').click();
		await page.getByTestId('workflow-publish-button').click();
		const sentence = page.getByText(
			'Your workflow will now start when new events, event types or values appear in the Signicat audit log.',
		);
		await sentence.waitFor();
		await newcomer.picture('published');
		await page.getByText('Got it').click();
	});

	test('the first execution has the new event, and is in the list of executions', async () => {
		const [event] = newcomer.api.append({
			serviceName: 'Broker',
			eventType: 'authn_response',
			userId: 'user-0042',
			timestamp: new Date().toISOString(),
		});
		const { id } = await executionWith('success');
		const execution = await newcomer.n8n.execution(id);
		expect(itemsOf(execution, NODE).map(({ cursor }) => cursor)).toEqual([event?.cursor]);
		await openExecution(id);
		await page.getByText('Succeeded in').first().waitFor();
		await newcomer.picture('first-execution');
	});

	test('an outage is in the list of executions, with its reason and what to do', async () => {
		newcomer.api.fail({ status: 503 }, { on: 'query', times: Infinity });
		const { id } = await executionWith('error');
		await openExecution(id);
		await newcomer.picture('outage-in-the-list');
		const host = page.getByTestId('execution-preview-host');
		await newcomer.editor.openNode(NODE, host);
		await newcomer.output.getByText('Signicat is temporarily unavailable').first().waitFor();
		await newcomer.picture('outage-at-the-node');
		const text = await newcomer.output.innerText();
		expect(text).toContain('Try again in a few minutes');
		expect(text).toContain('Trace ID for Signicat support');
	});

	test('after the outage, the next poll returns what was missed, once', async () => {
		const known = await newcomer.n8n.executions(workflowId);
		const [missed] = newcomer.api.append({
			serviceName: 'Broker',
			eventType: 'authn_request',
			timestamp: new Date().toISOString(),
		});
		newcomer.api.clearFaults();
		const { id } = await executionWith('success', known);
		const execution = await newcomer.n8n.execution(id);
		expect(itemsOf(execution, NODE).map(({ cursor }) => cursor)).toEqual([missed?.cursor]);
	});
});
