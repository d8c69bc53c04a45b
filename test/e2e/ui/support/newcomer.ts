import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import type { AuditApi, AuditApiOptions } from '../../../../dev/audit-api';
import {
	type Editor,
	openEditor,
	type RunningN8n,
	type StoredCredential,
	type WorkflowFile,
} from '../../../../dev/n8n';
import { createCredential, type InstanceOptions, TestBed } from '../../support/testBed';
import { auditNode, inSequence, nodeOf, startedByHand, triggerNode } from '../../support/workflows';

/** Where the pictures of all steps go: `$UI_SCREENSHOTS`, or a new temporary folder. */
const PICTURES = process.env.UI_SCREENSHOTS ?? mkdtempSync(path.join(tmpdir(), 'n8n-ui-'));

interface NewcomerOptions {
	/** Of the local Audit API. */
	api?: AuditApiOptions;
	/** Of n8n. */
	env?: InstanceOptions['env'];
	/** Whether a credential for Signicat is stored already; true by default. */
	hasCredential?: boolean;
}

/** The name of the package's node in the workflows of these tests. */
export const NODE = 'Audit';

/** A node that follows, for what n8n shows about the output of the one before. */
const AFTER: INode = nodeOf('After', 'n8n-nodes-base.noOp');

/** Somebody in front of n8n's editor, with the package installed and an audit log to read. */
export class Newcomer {
	private pictures = 0;

	private constructor(
		private readonly topic: string,
		readonly bed: TestBed,
		readonly api: AuditApi,
		readonly n8n: RunningN8n,
		readonly editor: Editor,
		readonly credential: StoredCredential,
	) {}

	/** @param topic starts the names of the pictures */
	static async arrive(topic: string, options: NewcomerOptions = {}): Promise<Newcomer> {
		const bed = await TestBed.open(`ui-${topic}`);
		const api = await bed.startApi({ eventCount: 3000, ...options.api });
		const n8n = await bed.startN8n({ env: options.env });
		const { hasCredential = true } = options;
		const none = { id: '', name: '', type: '' };
		const credential = hasCredential ? await createCredential(n8n, api) : none;
		mkdirSync(PICTURES, { recursive: true });
		return new Newcomer(topic, bed, api, n8n, await openEditor(n8n), credential);
	}

	get page(): Editor['page'] {
		return this.editor.page;
	}

	/** The panel of the open node. */
	get panel() {
		return this.page.getByTestId('ndv');
	}

	get output() {
		return this.panel.getByTestId('output-panel');
	}

	/** Opens the panel of a Signicat Audit node in a new workflow. */
	async openNode(parameters: INodeParameters): Promise<void> {
		await this.open(startedByHand(this.topic, auditNode(NODE, parameters), AFTER));
	}

	/** Opens the panel of a Signicat Audit Trigger node in a new workflow. */
	async openTrigger(parameters: INodeParameters): Promise<void> {
		const trigger = { ...triggerNode(parameters), name: NODE };
		await this.open(inSequence(this.topic, trigger, AFTER));
	}

	private async open({ nodes, ...rest }: WorkflowFile): Promise<void> {
		const inARow = nodes.map((node, index): INode => ({ ...node, position: [index * 224, 0] }));
		const { id } = await this.n8n.importWorkflow({ nodes: inARow, ...rest }, [this.credential]);
		await this.editor.openWorkflow(id);
		await this.editor.openNode(NODE);
	}

	/** The JSON of the items after Execute step, as n8n has stored them. */
	async execute(): Promise<IDataObject[]> {
		const { data } = await this.editor.executeNode();
		const runs = data.resultData.runData[NODE] ?? [];
		return runs.flatMap((run) => (run.data?.main?.[0] ?? []).map(({ json }) => json));
	}

	/** A picture of this step in light and one in dark, to look at. */
	async picture(step: string): Promise<void> {
		const name = `${this.topic}-${String(++this.pictures).padStart(2, '0')}-${step}`;
		for (const theme of ['light', 'dark'] as const) {
			await this.editor.setTheme(theme);
			await this.page.evaluate(
				'new Promise((seen) => requestAnimationFrame(() => setTimeout(seen)))',
			);
			await this.page.screenshot({
				path: path.join(PICTURES, `${name}.${theme}.png`),
				animations: 'disabled',
			});
		}
		await this.editor.setTheme('light');
	}

	async leave(): Promise<void> {
		await this.editor.close();
		await this.bed.close();
	}
}
