import { readExample, withSettings } from '../../../dev/examples';
import {
	type Execution,
	type RunningN8n,
	type StoredCredential,
	waitFor,
	type WorkflowFile,
} from '../../../dev/n8n';
import type { LocalSlack } from '../../../dev/receivers/slack';
import type { LocalReceiver } from '../../../dev/receivers/types';
import { executionsWithItems, HAS_ENDED } from './executionsWithItems';

/** What a workflow needs to know of a receiver. */
type Target = Pick<LocalReceiver, 'credentials' | 'settings'>;

/** Publishes and runs the example workflows that forward events, and looks at what they told Slack. */
export class Forwarding {
	/** @param credentials those that every workflow uses: Signicat and Slack */
	constructor(
		private readonly n8n: RunningN8n,
		private readonly slack: LocalSlack,
		readonly credentials: StoredCredential[],
	) {}

	/** The workflow with the settings of a receiver, and others. Nothing else is changed. */
	ready(name: string, target: Target, settings: Record<string, string> = {}): WorkflowFile {
		return withSettings(readExample(name), { ...target.settings, ...settings });
	}

	/** All credentials that a workflow needs to send to a receiver. */
	async credentialsFor({ credentials }: Pick<Target, 'credentials'>): Promise<StoredCredential[]> {
		const stored = [...this.credentials];
		for (const { type, name, data } of credentials) {
			stored.push(await this.n8n.createCredential(type, data, name));
		}
		return stored;
	}

	/** @returns the ID of the published workflow */
	async publish(
		name: string,
		target: Target,
		settings: Record<string, string> = {},
	): Promise<string> {
		const file = this.ready(name, target, settings);
		const { id } = await this.n8n.importWorkflow(file, await this.credentialsFor(target));
		await this.n8n.activate(id);
		return id;
	}

	/** The first execution of a workflow to end that has items, once it has. */
	async ended(id: string): Promise<Execution> {
		return await this.eventually(`the end of an execution of workflow ${id}`, async () =>
			(await executionsWithItems(this.n8n, id, HAS_ENDED)).at(-1),
		);
	}

	/** The button that the message about an outage names. */
	async retry({ id }: Execution): Promise<void> {
		await this.n8n.request('POST', `/rest/executions/${id}/retry`, { loadWorkflow: false });
	}

	/** What Slack was told, with all of these parts. */
	messages(...parts: string[]): string[] {
		return this.slack.messages
			.map(({ text }) => text)
			.filter((text) => parts.every((part) => text.includes(part)));
	}

	async eventually<T>(
		what: string,
		look: () => Promise<T | undefined | false> | T | undefined | false,
	): Promise<T> {
		return await waitFor(look, { what, everyMs: 500 });
	}
}
