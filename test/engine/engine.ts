import { randomUUID } from 'node:crypto';
import {
	ExecutionLifecycleHooks,
	LoadOptionsContext,
	PollContext,
	WorkflowExecute,
} from 'n8n-core';
import {
	type ICredentialDataDecryptedObject,
	type ICredentialsHelper,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypeDescription,
	type INodeTypes,
	type IRun,
	type IWorkflowExecuteAdditionalData,
	NodeConnectionTypes,
	type NodeError,
	Workflow,
} from 'n8n-workflow';
import { SignicatOAuth2Api } from '../../credentials/SignicatOAuth2Api.credentials';
import { SignicatAudit } from '../../nodes/SignicatAudit/SignicatAudit.node';
import { SignicatAuditTrigger } from '../../nodes/SignicatAuditTrigger/SignicatAuditTrigger.node';
import type { AuditApi } from '../../dev/audit-api';
import { expectNoSecret, type Secrets } from './secrets';

const TRIGGER_TYPE = 'n8n-nodes-signicat-audit.signicatAuditTrigger';

/** The first node of a workflow; its items are pinned. */
class Start implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Start',
		name: 'start',
		group: ['trigger'],
		version: 1,
		description: 'Returns the items that a test needs',
		defaults: { name: 'Start' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	};
}

/** The action node as a tool of an AI agent, as n8n creates it. */
class SignicatAuditTool extends SignicatAudit {
	constructor() {
		super();
		this.description = { ...this.description, name: `${this.description.name}Tool` };
	}
}

const types: Record<string, INodeType> = {
	'test.start': new Start(),
	'n8n-nodes-signicat-audit.signicatAudit': new SignicatAudit(),
	'n8n-nodes-signicat-audit.signicatAuditTool': new SignicatAuditTool(),
	[TRIGGER_TYPE]: new SignicatAuditTrigger(),
};

const nodeTypes: INodeTypes = {
	getByName: (name) => types[name] as INodeType,
	getByNameAndVersion: (name) => types[name] as INodeType,
	getKnownTypes: () => ({}),
};

/**
 * The credential as n8n stores it: n8n-core reads the decrypted fields from here and stores new tokens here.
 * Only the storage is the test's own; defaults and expressions come from the credential class.
 */
export class CredentialStore {
	token: unknown;
	/** How often n8n-core has read the fields in order to send a request. */
	readings = 0;

	/** Unique, because n8n makes requests wait while a token is renewed for the same credential. */
	readonly id = randomUUID();

	private readonly tokens: string[] = [];

	constructor(public fields: Record<string, string>) {}

	/** What must not be in anything that n8n stores. */
	get known(): Secrets {
		const { clientId = '', clientSecret = '' } = this.fields;
		return { clientId, secrets: [clientSecret, ...this.tokens] };
	}

	helper(): ICredentialsHelper {
		const helper: Partial<ICredentialsHelper> = {
			getParentTypes: () => ['oAuth2Api'],
			isCredentialUsableByNode: () => true,
			runPreAuthentication: async () => undefined,
			preAuthentication: async () => undefined,
			getDecrypted: async (...[, , , , , raw]) => {
				// n8n-core reads the raw data when it renews a token.
				if (!raw) this.readings++;
				return this.decrypted();
			},
			updateCredentialsOauthTokenData: async (_details, _type, data) => {
				this.token = structuredClone(data.oauthTokenData);
				const { access_token: token } = (this.token ?? {}) as IDataObject;
				if (typeof token === 'string') this.tokens.push(token);
			},
		};
		return helper as ICredentialsHelper;
	}

	private decrypted(): ICredentialDataDecryptedObject {
		const defaults = Object.fromEntries(
			new SignicatOAuth2Api().properties.map(({ name, default: value }) => [name, value]),
		);
		const data = { ...defaults, ...this.fields } as ICredentialDataDecryptedObject;
		const workflow = new Workflow({ nodes: [], connections: {}, active: false, nodeTypes });
		const node = { ...nodeOf('test.start', 'Start', {}), id: 'mock' };
		const resolved = workflow.expression.getComplexParameterValue(
			node,
			data as INodeParameters,
			'internal',
			{},
			undefined,
			undefined,
			data,
		) as ICredentialDataDecryptedObject;
		return {
			...resolved,
			...(this.token !== undefined && {
				oauthTokenData: structuredClone(this.token) as IDataObject,
			}),
		};
	}
}

export function credentialFor(api: AuditApi, fields: Record<string, string> = {}): CredentialStore {
	const { baseUrl, clientId, clientSecret } = api;
	return new CredentialStore({ baseUrl, clientId, clientSecret, ...fields });
}

export function additionalDataFor(credential: CredentialStore): IWorkflowExecuteAdditionalData {
	const url = 'http://127.0.0.1:5678/';
	const workflowData = { id: 'workflow-1', name: 'Test', nodes: [], connections: {} };
	return {
		credentialsHelper: credential.helper(),
		hooks: new ExecutionLifecycleHooks('manual', '1', workflowData as never),
		executionId: '1',
		currentNodeExecutionIndex: 0,
		variables: {},
		restApiUrl: url,
		instanceBaseUrl: url,
		formBaseUrl: url,
		formWaitingBaseUrl: url,
		formTestBaseUrl: url,
		webhookBaseUrl: url,
		webhookWaitingBaseUrl: url,
		webhookTestBaseUrl: url,
		setExecutionStatus: () => {},
		sendDataToUI: () => {},
		logAiEvent: () => {},
	} as unknown as IWorkflowExecuteAdditionalData;
}

function nodeOf(
	type: string,
	name: string,
	{ parameters = {}, credential }: { parameters?: INodeParameters; credential?: CredentialStore },
): INode {
	return {
		id: `id-of-${name}`,
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters,
		...(credential && {
			credentials: { signicatOAuth2Api: { id: credential.id, name: 'Signicat' } },
		}),
	};
}

export interface RunOptions {
	/** One empty item by default. */
	items?: IDataObject[];
	parameters: INodeParameters;
	onError?: INode['onError'];
	timezone?: string;
	/** Runs the node as the tool of an AI agent. */
	asTool?: boolean;
	/** Called when the execution has started, with a function that stops it. */
	onStart?: (stop: () => void) => void;
}

export interface RunResult {
	/** The items from the node's main output, and from its error output if it has one. */
	items: INodeExecutionData[];
	errorItems: INodeExecutionData[];
	error?: NodeError;
	run: IRun;
}

/** Runs the action node in n8n's own workflow engine. */
export async function runAudit(
	credential: CredentialStore,
	options: RunOptions,
): Promise<RunResult> {
	const { items = [{}], parameters, onError, timezone = 'UTC' } = options;
	const type = `n8n-nodes-signicat-audit.signicatAudit${options.asTool ? 'Tool' : ''}`;
	const node = nodeOf(type, 'Signicat Audit', { parameters, credential });
	const workflow = new Workflow({
		id: 'workflow-1',
		nodes: [nodeOf('test.start', 'Start', {}), { ...node, ...(onError && { onError }) }],
		connections: {
			Start: { main: [[{ node: node.name, type: NodeConnectionTypes.Main, index: 0 }]] },
		},
		active: false,
		nodeTypes,
		settings: { timezone },
	});
	const execute = new WorkflowExecute(additionalDataFor(credential), 'manual');
	const pinData = { Start: items.map((json) => ({ json })) };
	const running = execute.run({ workflow, startNode: workflow.getNode('Start') as INode, pinData });
	options.onStart?.(() => running.cancel());
	const run = await running;
	const [task] = run.data.resultData.runData[node.name] ?? [];
	const [main, errorItems] = task?.data?.main ?? [];
	const error = (task?.error ?? run.data.resultData.error) as NodeError | undefined;
	expectNoSecret({ run, error }, credential.known);
	return { items: main ?? [], errorItems: errorItems ?? [], error, run };
}

export interface PollOptions {
	mode?: 'trigger' | 'manual';
	/** A fixed budget in ms, as n8n's durable engine sets it. */
	budgetMs?: number;
}

/**
 * A trigger as n8n's default engine runs it: the state is in the workflow object. `saved` is what n8n has
 * stored, which is all that a restart finds.
 */
export class RunningTrigger {
	private workflow: Workflow;

	saved: IDataObject = {};

	constructor(
		readonly credential: CredentialStore,
		public parameters: INodeParameters,
		private readonly workflowId: string = randomUUID(),
	) {
		this.workflow = this.load();
	}

	/** One poll. n8n saves the state if the poll returned items. */
	async poll(options: PollOptions = {}): Promise<IDataObject[]> {
		const { mode = 'trigger', budgetMs } = options;
		const node = this.workflow.getNode('Trigger') as INode;
		const context = new PollContext(
			this.workflow,
			node,
			additionalDataFor(this.credential),
			mode,
			mode === 'manual' ? 'manual' : 'init',
			...(Array(5).fill(undefined) as undefined[] as []),
			...(budgetMs === undefined ? [] : ([() => budgetMs] as never[])),
		);
		const polled = (types[node.type] as SignicatAuditTrigger).poll.call(context);
		const output = await polled.catch((error: unknown) => {
			expectNoSecret(error, this.credential.known);
			throw error;
		});
		expectNoSecret([output, this.workflow.staticData], this.credential.known);
		if (output && mode === 'trigger') this.save();
		return (output ?? []).flat().map(({ json }) => json);
	}

	/** What n8n does after the first poll of an activation, and whenever a poll returned items. */
	save(): void {
		this.saved = JSON.parse(JSON.stringify(this.workflow.staticData)) as IDataObject;
	}

	/** n8n stops and starts again, with the saved state. */
	restart(parameters = this.parameters): void {
		this.parameters = parameters;
		this.workflow = this.load();
	}

	/** The current state of the node in the engine. */
	get state(): IDataObject | undefined {
		const node = this.workflow.getNode('Trigger') as INode;
		return this.workflow.getStaticData('node', node).state as IDataObject | undefined;
	}

	private load(): Workflow {
		return new Workflow({
			id: this.workflowId,
			nodes: [nodeOf(TRIGGER_TYPE, 'Trigger', this)],
			connections: {},
			active: true,
			nodeTypes,
			staticData: JSON.parse(JSON.stringify(this.saved)) as IDataObject,
			settings: { timezone: 'UTC' },
		});
	}
}

interface ListOptions {
	/** Those of the node, as far as they are filled in. */
	parameters?: INodeParameters;
}

/** Fills the list of a resource locator of the action node, as the editor does. */
export async function searchList(
	credential: CredentialStore,
	method: keyof SignicatAudit['methods']['listSearch'],
	{ filter, ...options }: ListOptions & { filter?: string } = {},
): Promise<string[]> {
	const { listSearch } = new SignicatAudit().methods;
	const { results } = await openList(credential, options, async (context) => {
		return await listSearch[method].call(context, filter);
	});
	return results.map(({ value }) => String(value));
}

/** Fills a multi-select of the action node, as the editor does. */
export async function loadList(
	credential: CredentialStore,
	method: keyof SignicatAudit['methods']['loadOptions'],
	options: ListOptions = {},
): Promise<string[]> {
	const { loadOptions } = new SignicatAudit().methods;
	const entries = await openList(credential, options, async (context) => {
		return await loadOptions[method].call(context);
	});
	return entries.map(({ value }) => String(value));
}

async function openList<List>(
	credential: CredentialStore,
	{ parameters = {} }: ListOptions,
	fill: (context: LoadOptionsContext) => Promise<List>,
): Promise<List> {
	const node = nodeOf('n8n-nodes-signicat-audit.signicatAudit', 'Signicat Audit', {
		parameters,
		credential,
	});
	const workflow = new Workflow({
		id: 'workflow-1',
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes,
	});
	const additionalData = { ...additionalDataFor(credential), currentNodeParameters: parameters };
	const context = new LoadOptionsContext(workflow, node, additionalData, '');
	return await fill(context).catch((error: unknown) => {
		expectNoSecret(error, credential.known);
		throw error;
	});
}
