import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startAuditApi } from '../../../dev/audit-api';
import { readExample } from '../../../dev/examples';
import {
	type Execution,
	itemsOf,
	type RunningN8n,
	type StoredCredential,
	waitFor,
	type WorkflowFile,
} from '../../../dev/n8n';
import { type MailServer, startMailServer } from '../../../dev/receivers/mail';
import { type LocalSlack, startLocalSlack } from '../../../dev/receivers/slack';
import { runOnceBySchedule } from '../support/exampleWorkflows';
import { waitPastHour } from '../support/realClock';
import { credentialFields, TestBed } from '../support/testBed';
import { CREDENTIAL_TYPE, inSequence, nodeOf } from '../support/workflows';

/** The part of an error that tells what happened, and one that tells about whom. */
const SENTENCE = 'Something <!channel> & co. failed!';
const DETAILS = ' It was about user-4711.';

describe('error-workflow, in a real n8n', () => {
	let bed: TestBed;
	let slack: LocalSlack;
	let mail: MailServer;
	let n8n: RunningN8n;
	let errorWorkflow: string;
	let credentials: StoredCredential[];

	beforeAll(async () => {
		bed = await TestBed.open('error-workflow');
		const api = bed.use(await startAuditApi({ eventCount: 10 }));
		slack = bed.use(await startLocalSlack(bed.folder));
		mail = bed.use(await startMailServer());
		n8n = await bed.startN8n({ env: slack.env });
		const wrongSecret = { ...credentialFields(api), clientSecret: 'wrong' };
		credentials = [
			await n8n.createCredential(CREDENTIAL_TYPE, wrongSecret, 'Signicat'),
			await n8n.createCredential('smtp', mail.credential, 'SMTP'),
			await n8n.createCredential('slackApi', slack.credential, 'Slack'),
		];
		({ id: errorWorkflow } = await n8n.importWorkflow(readExample('error-workflow'), credentials));
		await n8n.activate(errorWorkflow);
		// The example tells a failure once per hour.
		await waitPastHour();
	});

	afterAll(async () => await bed?.close());

	/** Publishes a workflow that fails; returns its execution and that of the error workflow. */
	async function fail(file: WorkflowFile) {
		const settings = { executionOrder: 'v1', errorWorkflow };
		const failed = await runOnceBySchedule(n8n, { ...file, settings }, credentials);
		expect(failed.status).toBe('error');
		const handled = await waitFor(
			async () => {
				const ended = (await n8n.executions(errorWorkflow)).filter(({ stoppedAt }) => stoppedAt);
				const whole = await Promise.all(ended.map(async ({ id }) => await n8n.execution(id)));
				return whole.find((execution) => failedExecution(execution)?.id === failed.id);
			},
			{ what: 'the execution of the error workflow' },
		);
		return { failed, handled };
	}

	const failedExecution = (execution: Execution) =>
		itemsOf(execution, 'When a workflow fails')[0]?.execution as
			| { id: string; url: string }
			| undefined;

	const stopping = (name: string, errorMessage: string) =>
		inSequence(
			name,
			nodeOf('Schedule', 'n8n-nodes-base.scheduleTrigger', { typeVersion: 1.4 }),
			nodeOf('Stop <here>', 'n8n-nodes-base.stopAndError', { parameters: { errorMessage } }),
		);

	const withoutLink = (text = '') => text.replace(/\n_Automated with .*$/, '');

	test('tells Slack which workflow failed, where and why, with a link', async () => {
		const { failed, handled } = await fail(readExample('daily-slack-digest'));
		expect(handled.status).toBe('success');
		expect(slack.messages.map(({ channel }) => channel)).toEqual(['#n8n-errors']);
		const [{ text = '' } = {}] = slack.messages;
		expect(withoutLink(text)).toBe(
			'The workflow "Post a daily digest of the Signicat audit log to Slack" failed at ' +
				`"Count yesterday's events": Signicat did not accept the client ID and client secret\n` +
				String(failedExecution(handled)?.url),
		);
		expect(failedExecution(handled)?.url).toMatch(
			new RegExp(`/workflow/${failed.workflowId}/executions/${failed.id}$`),
		);
		expect(mail.messages).toEqual([]);
	});

	test('tells the same failure once per hour, and another one in the same hour', async () => {
		slack.messages.length = 0;
		const digest = readExample('daily-slack-digest');
		const { handled } = await fail(digest);
		expect(handled.status).toBe('success');
		await fail({ ...digest, name: 'Another workflow' });
		const texts = slack.messages.map(({ text }) => text);
		expect(texts).toEqual([expect.stringContaining('The workflow "Another workflow" failed')]);
	});

	test('takes the first sentence only, and nothing that Slack interprets', async () => {
		slack.messages.length = 0;
		await fail(stopping('<!here> *bold*', SENTENCE + DETAILS));
		expect(slack.messages).toHaveLength(1);
		expect(slack.messages[0]?.text.split('\n')[0]).toBe(
			'The workflow "&lt;!here&gt; *bold*" failed at "Stop &lt;here&gt;": ' +
				'Something &lt;!channel&gt; &amp; co.',
		);
	});

	test('sends an email if Slack fails', async () => {
		slack.isDown = true;
		const { handled } = await fail(stopping('During an outage', 'No Slack')).finally(() => {
			slack.isDown = false;
		});
		expect(handled.status).toBe('success');
		expect(mail.messages).toHaveLength(1);
		const [message] = mail.messages;
		expect(message?.subject).toBe('The workflow "During an outage" failed');
		const lines = message?.text?.split('\n') ?? [];
		expect(lines[0]).toBe('The workflow "During an outage" failed at "Stop <here>": No Slack');
		expect(lines[1]).toBe(failedExecution(handled)?.url);
		expect(message?.text).toContain(`open the execution ${handled.id}`);
	});
});
