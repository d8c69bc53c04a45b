import { randomUUID } from 'node:crypto';
import type { IDataObject, INode, IRunExecutionData } from 'n8n-workflow';
import { parseFlatted } from './flatted';
import type {
	Execution,
	ExecutionSummary,
	Owner,
	StoredCredential,
	StoredWorkflow,
	WorkflowFile,
} from './types';
import { waitFor } from './wait';

/** A request to which n8n responded with a status other than 2xx. */
export class N8nRequestError extends Error {
	constructor(
		request: string,
		readonly status: number,
		/** n8n's response, parsed if it is JSON. */
		readonly body: unknown,
	) {
		const words = (body as { message?: string } | null)?.message ?? JSON.stringify(body);
		super(`n8n responded to ${request} with ${status}: ${words}`);
	}
}

/** The progress of publishing a workflow. */
interface Publication {
	status: 'in_progress' | 'not_published' | 'published' | 'partial' | 'failed';
	triggers: Array<{ nodeId: string; errorMessage: string | null }>;
}

/** The part of n8n's internal REST API that the tests need, with the owner's session. */
export class N8nRestClient {
	private cookie = '';

	constructor(readonly url: string) {}

	/** The session for a browser: the value of the cookie `n8n-auth`. */
	get sessionToken(): string {
		return this.cookie.replace(/^n8n-auth=/, '');
	}

	/** Creates the owner of a new n8n, or logs in if there is an owner already. */
	async signIn({ email, password }: Owner): Promise<void> {
		const settings = await this.request<{ userManagement: { showSetupOnFirstLoad: boolean } }>(
			'GET',
			'/rest/settings',
		);
		if (settings.userManagement.showSetupOnFirstLoad) {
			const person = { firstName: 'Instance', lastName: 'Owner' };
			await this.request('POST', '/rest/owner/setup', { email, password, ...person });
		} else {
			await this.request('POST', '/rest/login', { emailOrLdapLoginId: email, password });
		}
	}

	/** Sends a request with the session's cookie; returns what n8n wraps in `data`, or the whole response. */
	async request<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await this.send(method, path, body);
		const text = await response.text();
		const content = parseJson(text);
		if (!response.ok) throw new N8nRequestError(`${method} ${path}`, response.status, content);
		const isWrapped = typeof content === 'object' && content !== null && 'data' in content;
		return (isWrapped ? content.data : content) as T;
	}

	async createCredential(
		type: string,
		data: IDataObject,
		name = 'Signicat account',
	): Promise<StoredCredential> {
		return await this.request('POST', '/rest/credentials', { name, type, data });
	}

	/** Replaces the data of a stored credential. */
	async updateCredential(
		{ id, name, type }: StoredCredential,
		data: IDataObject,
	): Promise<StoredCredential> {
		return await this.request('PATCH', `/rest/credentials/${id}`, { name, type, data });
	}

	/** The result of the "Test" button of a stored credential. */
	async testCredential(id: string): Promise<{ status: 'OK' | 'Error'; message: string }> {
		const stored = await this.request<StoredCredential & { data: IDataObject }>(
			'GET',
			`/rest/credentials/${id}?includeData=true`,
		);
		const credentials = { id, name: stored.name, type: stored.type, data: stored.data };
		return await this.request('POST', '/rest/credentials/test', { credentials });
	}

	/**
	 * Stores a workflow; its nodes use the passed credentials wherever they name one of that type, preferably the one
	 * with that name.
	 * The file's own id is ignored, so that a file can be imported many times.
	 */
	async importWorkflow(
		file: WorkflowFile,
		credentials: StoredCredential[] = [],
	): Promise<StoredWorkflow> {
		const nodes = bindCredentials(file.nodes, credentials).map((node) => ({
			...node,
			id: node.id ?? randomUUID(),
		}));
		const { name, connections, settings = {}, staticData = null } = file;
		const workflow = { name, nodes, connections, settings, staticData, active: false };
		return await this.request('POST', '/rest/workflows', workflow);
	}

	/** Replaces the content of a stored workflow; one that is published is published again. */
	async updateWorkflow(id: string, file: WorkflowFile): Promise<StoredWorkflow> {
		const { name, nodes, connections, settings = {} } = file;
		const content = { name, nodes, connections, settings };
		const stored = await this.request<StoredWorkflow>('PATCH', `/rest/workflows/${id}`, content);
		if (stored.active) await this.activate(id);
		return stored;
	}

	async workflow(id: string): Promise<StoredWorkflow> {
		return await this.request('GET', `/rest/workflows/${id}`);
	}

	/** The workflows that are not archived. */
	async workflows(): Promise<Array<Pick<StoredWorkflow, 'id' | 'name' | 'active'>>> {
		const all = await this.request<Array<StoredWorkflow & { isArchived: boolean }>>(
			'GET',
			'/rest/workflows',
		);
		return all.filter(({ isArchived }) => !isArchived);
	}

	/**
	 * Publishes the workflow and waits until its triggers have run once, which n8n does in the background.
	 *
	 * @throws Error with the message that the editor shows, if a trigger does not start
	 */
	async activate(id: string): Promise<void> {
		const { versionId } = await this.workflow(id);
		await this.request('POST', `/rest/workflows/${id}/activate`, { versionId });
		const { status, triggers } = await waitFor(
			async () => {
				const now = await this.publication(id);
				return ['in_progress', 'not_published'].includes(now.status) ? undefined : now;
			},
			{ what: `the publication of workflow ${id}` },
		);
		if (status !== 'published') {
			throw new Error(triggers.map(({ errorMessage }) => errorMessage).join('; '));
		}
	}

	private async publication(id: string): Promise<Publication> {
		try {
			return await this.request('GET', `/rest/workflows/${id}/publication-status`);
		} catch (error) {
			// Older versions have published the workflow when they respond to `activate`.
			if (error instanceof N8nRequestError && error.status === 404) {
				return { status: 'published', triggers: [] };
			}
			throw error;
		}
	}

	async deactivate(id: string): Promise<void> {
		await this.request('POST', `/rest/workflows/${id}/deactivate`, {});
	}

	/** Runs a workflow as the "Execute workflow" button does, and waits until it has ended. */
	async runWorkflow(
		workflow: string | WorkflowFile,
		options: { credentials?: StoredCredential[]; startFrom?: string } = {},
	): Promise<Execution> {
		const workflowData =
			typeof workflow === 'string'
				? await this.workflow(workflow)
				: await this.importWorkflow(workflow, options.credentials);
		const { id, nodes } = workflowData;
		const startFrom = options.startFrom ?? nodes.find((node) => /trigger$/i.test(node.type))?.name;
		const run = await this.request<{ executionId?: string }>('POST', `/rest/workflows/${id}/run`, {
			triggerToStartFrom: { name: startFrom },
			// Newer versions take the stored workflow instead.
			workflowData,
		});
		if (!run.executionId)
			throw new Error(`n8n did not start workflow ${id}: ${JSON.stringify(run)}`);
		return await this.finishedExecution(run.executionId);
	}

	/** The types of nodes that the editor offers. */
	async nodeTypes(): Promise<Array<{ name: string; version: number | number[] }>> {
		return await this.typesIn('nodes');
	}

	/** The types of credentials that the editor offers. */
	async credentialTypes(): Promise<Array<{ name: string; supportedNodes?: string[] }>> {
		return await this.typesIn('credentials');
	}

	private async typesIn<T>(file: string): Promise<T[]> {
		return await waitFor(
			async () => {
				// n8n may be writing the file: half of it is not JSON, or the connection ends before all of it has come.
				const types = await this.request<T[]>('GET', `/types/${file}.json`).catch((error) => {
					if (error instanceof N8nRequestError) throw error;
				});
				return Array.isArray(types) && types;
			},
			{ what: `the types of ${file}` },
		);
	}

	/** The executions of a workflow, newest first (at most 100). */
	async executions(workflowId: string): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { results } = await this.request<{ results: ExecutionSummary[] }>(
			'GET',
			`/rest/executions?limit=100&filter=${filter}`,
		);
		return results;
	}

	/** One execution with the data of its nodes. */
	async execution(id: string): Promise<Execution> {
		const stored = await this.request<ExecutionSummary & { data: string }>(
			'GET',
			`/rest/executions/${id}`,
		);
		return { ...stored, data: parseFlatted(stored.data) as IRunExecutionData };
	}

	/** Waits for an execution to end, with whatever status. */
	async finishedExecution(id: string): Promise<Execution> {
		return await waitFor(
			async () => {
				const execution = await this.execution(id);
				return ['new', 'running', 'waiting'].includes(execution.status) ? undefined : execution;
			},
			{ what: `the end of execution ${id}` },
		);
	}

	/** The bytes behind a binary field of an item (`item.binary.data`). */
	async binary(field: { id?: string; data: string }): Promise<Buffer> {
		if (!field.id) return Buffer.from(field.data, 'base64');
		const path = `/rest/binary-data?id=${encodeURIComponent(field.id)}&action=download`;
		const response = await this.send('GET', path);
		if (!response.ok) throw new N8nRequestError(`GET ${path}`, response.status, null);
		return Buffer.from(await response.arrayBuffer());
	}

	private async send(method: string, path: string, body?: unknown): Promise<Response> {
		const response = await fetch(`${this.url}${path}`, {
			method,
			headers: { 'content-type': 'application/json', cookie: this.cookie },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const cookie = response.headers.getSetCookie().find((it) => it.startsWith('n8n-auth='));
		if (cookie) [this.cookie = ''] = cookie.split(';');
		return response;
	}
}

/**
 * Nodes that use the passed credentials wherever they name one of that type, preferably the one with that name. A
 * credential that none of these can replace stays as it is.
 */
export function bindCredentials(nodes: INode[], credentials: StoredCredential[]): INode[] {
	return nodes.map((node) => ({
		...node,
		credentials: Object.fromEntries(
			Object.entries(node.credentials ?? {}).map(([type, used]) => {
				const ofType = credentials.filter((credential) => credential.type === type);
				const stored = ofType.find(({ name }) => name === used.name) ?? ofType[0];
				return [type, stored ? { id: stored.id, name: stored.name } : used];
			}),
		),
	}));
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
