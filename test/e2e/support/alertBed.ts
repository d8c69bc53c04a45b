import { type AuditApi, type AuditApiOptions } from '../../../dev/audit-api';
import { readExample, withSettings } from '../../../dev/examples';
import {
	type Execution,
	type RunningN8n,
	type StoredCredential,
	waitFor,
	type WorkflowFile,
} from '../../../dev/n8n';
import { type MailServer, startMailServer } from '../../../dev/receivers/mail';
import { type LocalSlack, type SlackMessage, startLocalSlack } from '../../../dev/receivers/slack';
import { runOnceBySchedule } from './exampleWorkflows';
import { executionsWithItems, HAS_ENDED } from './executionsWithItems';
import { createCredential, TestBed } from './testBed';

/** A button of a question in Slack. */
export interface Button {
	text: string;
	url: string;
}

/** A message as Slack would show it. */
export interface Question {
	text: string;
	buttons: Button[];
}

interface Block {
	type: string;
	text?: { text: string };
	elements?: Array<{ text: { text: string }; url: string }>;
}

/** A real n8n with a local Slack and mail server, for the example workflows that alert somebody. */
export class AlertBed {
	private constructor(
		private readonly bed: TestBed,
		readonly n8n: RunningN8n,
		readonly slack: LocalSlack,
		readonly mail: MailServer,
		private readonly receivers: StoredCredential[],
	) {}

	static async open(): Promise<AlertBed> {
		const bed = await TestBed.open('alerts');
		const slack = bed.use(await startLocalSlack(bed.folder));
		const mail = bed.use(await startMailServer());
		const n8n = await bed.startN8n({ env: slack.env });
		const receivers = [
			await n8n.createCredential('slackApi', slack.credential, 'Slack'),
			await n8n.createCredential('smtp', mail.credential, 'SMTP'),
		];
		return new AlertBed(bed, n8n, slack, mail, receivers);
	}

	async close(): Promise<void> {
		await this.bed.close();
	}

	/** Starts an Audit API; `name` is that of its credential in n8n. */
	async startApi(name: string, options: AuditApiOptions): Promise<Source> {
		const api = await this.bed.startApi(options);
		return { api, credential: await createCredential(this.n8n, api, name) };
	}

	/** An example whose messages go to its own channels and addresses, so that they can be told apart. */
	file(name: string, suffix = ''): WorkflowFile {
		const place = `${name}${suffix}`;
		return withSettings(readExample(name), {
			slackChannel: `#${place}`,
			slackErrorChannel: `#errors-${place}`,
			emailTo: `${place}@example.com`,
			emailErrorTo: `errors-${place}@example.com`,
		});
	}

	/** Stores a workflow that reads the events of `source`. */
	async store(file: WorkflowFile, source: Source): Promise<string> {
		const credentials = [source.credential, ...this.receivers];
		return (await this.n8n.importWorkflow(file, credentials)).id;
	}

	/** Stores a workflow and publishes it. */
	async publish(file: WorkflowFile, source: Source): Promise<string> {
		const id = await this.store(file, source);
		await this.n8n.activate(id);
		return id;
	}

	/** The execution of a workflow with a schedule, which does not wait for its time here. */
	async scheduled(file: WorkflowFile, source: Source): Promise<Execution> {
		const credentials = [source.credential, ...this.receivers];
		return await runOnceBySchedule(this.n8n, file, credentials);
	}

	/** Runs a stored workflow as the "Execute workflow" button does, until it has ended or waits for an answer. */
	async run(id: string): Promise<Execution> {
		const { nodes } = await this.n8n.workflow(id);
		const start = nodes.find(({ type }) => /trigger$/i.test(type))?.name;
		const { executionId } = await this.n8n.request<{ executionId: string }>(
			'POST',
			`/rest/workflows/${id}/run`,
			{ triggerToStartFrom: { name: start } },
		);
		return await waitFor(
			async () => {
				const execution = await this.n8n.execution(executionId);
				return ['new', 'running'].includes(execution.status) ? undefined : execution;
			},
			{ what: `execution ${executionId}` },
		);
	}

	/** Waits until an execution of a stored workflow waits for an answer, which n8n stores after it has asked. */
	async waiting(id: string): Promise<void> {
		await this.only(id, ['waiting']);
	}

	/** Waits until the only execution of a stored workflow that has items has ended; the trigger polls once a minute. */
	async ended(id: string): Promise<Execution> {
		return await this.only(id, HAS_ENDED);
	}

	private async only(id: string, statuses: ReadonlyArray<Execution['status']>): Promise<Execution> {
		return await waitFor(
			async () => {
				const [execution, ...others] = await executionsWithItems(this.n8n, id, statuses);
				if (others.length > 0) throw new Error(`${others.length + 1} executions of ${id}`);
				return execution;
			},
			{ what: `an execution of ${id} that is ${statuses.join(' or ')}` },
		);
	}

	/** What was posted to a channel, with the link to the workflow that n8n appends removed. */
	posted(channel: string): string[] {
		return this.messages(channel).map(({ text }) =>
			(text ?? '').replace(/\n_Automated with .*_$/, ''),
		);
	}

	/** What was asked in a channel with "Send and Wait for Response". */
	asked(channel: string): Question[] {
		return this.messages(channel).map((message) => {
			const { blocks = [] } = message as unknown as { blocks?: Block[] };
			return {
				text: blocks.find(({ type }) => type === 'section')?.text?.text ?? '',
				buttons: blocks
					.flatMap(({ elements = [] }) => elements)
					.map(({ text, url }) => ({ text: text.text, url })),
			};
		});
	}

	/** The emails to an address: their subject and their text. */
	mailed(address: string): Array<{ subject: string; text: string; html: string }> {
		return this.mail.messages
			.filter(({ to }) => [to].flat().some((it) => it?.text === address))
			.map(({ subject = '', text = '', html }) => ({ subject, text, html: html || '' }));
	}

	private messages(channel: string): SlackMessage[] {
		return this.slack.messages.filter((message) => message.channel === channel);
	}
}

/** A local Audit API, and the credential with which n8n reads it. */
export interface Source {
	api: AuditApi;
	credential: StoredCredential;
}

/**
 * Selects a button of a question, as a person does in Slack.
 *
 * @throws Error if n8n does not take the answer
 */
export async function select(question: Question | undefined, label: string): Promise<void> {
	const button = question?.buttons.find(({ text }) => text === label);
	if (!button) throw new Error(`No button "${label}"`);
	// n8n ignores programs that only look at a link.
	const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0' };
	const { ok, status } = await fetch(button.url, { headers });
	if (!ok) throw new Error(`n8n responded to "${label}" with ${status}`);
}

/** The nodes that ran, in any order. */
export function nodesThatRan({ data }: Execution): string[] {
	return Object.keys(data.resultData.runData);
}
