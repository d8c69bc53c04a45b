import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { IDataObject, INode } from 'n8n-workflow';
import { type AuditApi, type AuditEvent, type AuditOperation, startAuditApi } from '../audit-api';
import {
	type Execution,
	installPackage,
	itemsOf,
	packPackage,
	type RunningN8n,
	startN8n,
	type StoredCredential,
	waitFor,
	type WorkflowFile,
} from '../n8n';

jest.setTimeout(420_000);

const CREDENTIAL = 'signicatOAuth2Api';
const PACKAGE = 'n8n-nodes-signicat-audit';
/** Begins an answer, and then sends a blank at a time, for ever. */
const DRIP = { kind: 'drip', everyMs: 800 } as const;
const MINUTE = 60_000;

const credentials = { [CREDENTIAL]: { id: '', name: '' } };
const node = (name: string, type: string, parameters: INode['parameters']): INode => ({
	id: name.toLowerCase(),
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters,
	...(type.startsWith(PACKAGE) && { credentials }),
});

const ACTION: WorkflowFile = {
	name: 'Action',
	nodes: [
		node('Start', 'n8n-nodes-base.manualTrigger', {}),
		node('Audit', `${PACKAGE}.signicatAudit`, { operation: 'getAll', returnAll: true }),
	],
	connections: { Start: { main: [[{ node: 'Audit', type: 'main', index: 0 }]] } },
};

interface Run {
	execution: Execution;
	api: AuditApi;
	tookMs: number;
}

describe('An answer that drips and never ends, in a real n8n', () => {
	let folder: string;
	let n8n: RunningN8n;
	const apis: AuditApi[] = [];
	let action: Promise<Run>;
	let token: Promise<Run>;
	let dropDown: Promise<{ message: string; tookMs: number }>;
	let trigger: Promise<{ appended: AuditEvent[]; executions: Execution[] }>;

	beforeAll(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'n8n-e2e-deadlines-'));
		const { tarball } = await packPackage(folder);
		await installPackage(tarball, folder);
		n8n = await startN8n({ userFolder: folder });
		// Side by side, because each takes a minute or more.
		action = runWithDrip('query');
		token = runWithDrip('token');
		dropDown = openDropDown();
		trigger = pollWithDrip();
		await Promise.allSettled([action, token, dropDown, trigger]);
	});

	afterAll(async () => {
		await n8n?.stop();
		await Promise.all(apis.map(async (api) => await api.stop()));
		await rm(folder, { recursive: true, force: true });
		expect(apis.flatMap(({ violations }) => violations)).toEqual([]);
	});

	async function newApi(): Promise<[AuditApi, StoredCredential]> {
		const api = await startAuditApi({ eventCount: 500 });
		apis.push(api);
		const { clientId, clientSecret, baseUrl } = api;
		const fields = { clientId, clientSecret, baseUrl };
		return [api, await n8n.createCredential(CREDENTIAL, fields, `At ${baseUrl}`)];
	}

	/** Runs Get Many while the first answer of the given kind drips. */
	async function runWithDrip(on: AuditOperation | 'token'): Promise<Run> {
		const [api, credential] = await newApi();
		api.fail(DRIP, { on });
		const startedAt = Date.now();
		const execution = await n8n.runWorkflow(ACTION, {
			credentials: [credential],
			timeoutMs: 5 * MINUTE,
		});
		return { execution, api, tookMs: Date.now() - startedAt };
	}

	async function openDropDown() {
		const [api, { id, name }] = await newApi();
		api.fail(DRIP, { on: 'metadata', times: Infinity });
		const startedAt = Date.now();
		const message = await n8n
			.request('POST', '/rest/dynamic-node-parameters/resource-locator-results', {
				path: 'parameters.filters.serviceName',
				methodName: 'getServiceNames',
				nodeTypeAndVersion: { name: `${PACKAGE}.signicatAudit`, version: 1 },
				currentNodeParameters: ACTION.nodes[1]?.parameters,
				credentials: { [CREDENTIAL]: { id, name } },
			})
			.then(
				() => 'an answer',
				(error: Error) => error.message,
			);
		return { message, tookMs: Date.now() - startedAt };
	}

	/** Every answer drips during one poll; the polls after it are answered. */
	async function pollWithDrip() {
		const [api, credential] = await newApi();
		const second = (new Date().getUTCSeconds() + 20) % 30;
		const item = [second, second + 30].map((it) => ({
			mode: 'custom',
			cronExpression: `${it} * * * * *`,
		}));
		const file = {
			name: 'Trigger',
			nodes: [node('Trigger', `${PACKAGE}.signicatAuditTrigger`, { pollTimes: { item } })],
			connections: {},
		};
		const { id } = await n8n.importWorkflow(file, [credential]);
		await n8n.activate(id);
		const before = api.requests.length;
		const appended = api.append({ message: 'one' }, { message: 'two' });
		api.fail(DRIP, { on: 'query', times: Infinity });
		await waitFor(() => api.requests.slice(before).some(isQuery), {
			what: 'a poll',
			timeoutMs: 2 * MINUTE,
		});
		const executions = async () => {
			const ended = (await n8n.executions(id)).filter(({ stoppedAt }) => stoppedAt !== null);
			return await Promise.all(ended.map(async (it) => await n8n.execution(it.id)));
		};
		await waitFor(async () => (await executions()).some(({ status }) => status === 'error'), {
			what: 'the poll to end with an error',
			timeoutMs: 90_000,
		});
		api.clearFaults();
		const all = await waitFor(
			async () => {
				const now = await executions();
				return now.flatMap((it) => itemsOf(it, 'Trigger')).filter(hasCursor).length >= 2 && now;
			},
			{ what: 'the events of a later poll', timeoutMs: 2 * MINUTE },
		);
		await n8n.deactivate(id);
		return { appended, executions: all };
	}

	test('Get Many goes on after a minute, and returns every event once', async () => {
		const { execution, api, tookMs } = await action;
		expectAllEvents(execution, api);
		expect(tookMs).toBeLessThan(1.5 * MINUTE);
	});

	test('Get Many goes on after a token that never came whole', async () => {
		const { execution, api, tookMs } = await token;
		expectAllEvents(execution, api);
		expect(tookMs).toBeLessThan(1.5 * MINUTE);
	});

	test('a drop-down says that Signicat did not answer', async () => {
		const { message, tookMs } = await dropDown;
		expect(message).toMatch(/time|answer|respon/i);
		expect(tookMs).toBeLessThan(MINUTE / 2);
	});

	test('the trigger fails that poll, and returns the events at a later one without a restart', async () => {
		const { appended, executions } = await trigger;
		expect(executions.some(({ status }) => status === 'error')).toBe(true);
		const items = executions.flatMap((it) => itemsOf(it, 'Trigger')).filter(hasCursor);
		expect(items.map(({ cursor }) => cursor).sort()).toEqual(
			appended.map(({ cursor }) => cursor).sort(),
		);
	});
});

const isQuery = ({ operation }: { operation: string }) => operation === 'query';
/** The execution that n8n makes of a failed poll holds an empty item. */
const hasCursor = (item: IDataObject) => typeof item.cursor === 'string';

function expectAllEvents(execution: Execution, api: AuditApi): void {
	expect(execution.data.resultData.error?.message).toBeUndefined();
	expect(execution.status).toBe('success');
	const day = Date.parse(execution.startedAt) - 86_400_000;
	const inRange = api.events.filter(({ timestamp }) => Date.parse(timestamp) >= day);
	expect(itemsOf(execution, 'Audit').map(({ cursor }) => cursor)).toEqual(
		inRange.map(({ cursor }) => cursor),
	);
}
