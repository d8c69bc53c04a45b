import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import type { AuditApi, AuditEvent, AuditOperation } from '../../../dev/audit-api';
import {
	type Execution,
	itemsOf,
	PACKAGE_NAME,
	type RunningN8n,
	type StoredCredential,
	waitFor,
} from '../../../dev/n8n';
import { createCredential, TestBed } from '../support/testBed';
import {
	auditNode,
	CREDENTIAL_TYPE,
	inSequence,
	startedByHand,
	triggerNode,
	twoPollsPerMinute,
} from '../support/workflows';

/** Begins a response and then sends one space after another, without end. */
const DRIP = { kind: 'drip', everyMs: 800 } as const;

const PARAMETERS = { operation: 'getAll', returnAll: true };
const ACTION = startedByHand('Action', auditNode('Audit', PARAMETERS));

interface Run {
	execution: Execution;
	api: AuditApi;
}

describe('A response that drips and never ends, in a real n8n', () => {
	let bed: TestBed;
	let n8n: RunningN8n;
	let action: Promise<Run>;
	let token: Promise<Run>;
	let list: Promise<{ message: string; api: AuditApi }>;
	let trigger: Promise<{ appended: AuditEvent[]; executions: Execution[] }>;

	beforeAll(async () => {
		bed = await TestBed.open('deadlines');
		n8n = await bed.startN8n();
		// At the same time, because each takes a minute or more.
		action = runWithDrip('query');
		token = runWithDrip('token');
		list = openList();
		trigger = pollWithDrip();
		await Promise.allSettled([action, token, list, trigger]);
	});

	afterAll(async () => await bed?.close());

	async function newApi(): Promise<[AuditApi, StoredCredential]> {
		const api = await bed.startApi({ eventCount: 500 });
		return [api, await createCredential(n8n, api, `At ${api.baseUrl}`)];
	}

	/** Runs Get Many while the first response of an operation drips. */
	async function runWithDrip(on: AuditOperation | 'token'): Promise<Run> {
		const [api, credential] = await newApi();
		api.fail(DRIP, { on });
		const execution = await n8n.runWorkflow(ACTION, { credentials: [credential] });
		return { execution, api };
	}

	async function openList() {
		const [api, { id, name }] = await newApi();
		api.fail(DRIP, { on: 'metadata', times: Infinity });
		const message = await n8n
			.request('POST', '/rest/dynamic-node-parameters/options', {
				path: 'parameters.filters.serviceName',
				methodName: 'getServiceNames',
				nodeTypeAndVersion: { name: `${PACKAGE_NAME}.signicatAudit`, version: 1 },
				currentNodeParameters: PARAMETERS,
				credentials: { [CREDENTIAL_TYPE]: { id, name } },
			})
			.then(
				() => 'a list',
				(error: Error) => error.message,
			);
		return { message, api };
	}

	/** Every response drips during one poll; the polls after it get whole ones. */
	async function pollWithDrip() {
		const [api, credential] = await newApi();
		const file = inSequence('Trigger', triggerNode({ pollTimes: twoPollsPerMinute(20) }));
		const { id } = await n8n.importWorkflow(file, [credential]);
		await n8n.activate(id);
		const before = api.requests.length;
		const appended = api.append({ message: 'one' }, { message: 'two' });
		api.fail(DRIP, { on: 'query', times: Infinity });
		await waitFor(() => api.requests.slice(before).some(isQuery), {
			what: 'a poll',
		});
		const executions = async () => {
			const ended = (await n8n.executions(id)).filter(({ stoppedAt }) => stoppedAt !== null);
			return await Promise.all(ended.map(async (it) => await n8n.execution(it.id)));
		};
		await waitFor(async () => (await executions()).some(({ status }) => status === 'error'), {
			what: 'the poll to end with an error',
		});
		api.clearFaults();
		const all = await waitFor(
			async () => {
				const now = await executions();
				return now.flatMap((it) => itemsOf(it, 'Trigger')).filter(hasCursor).length >= 2 && now;
			},
			{ what: 'the events of a later poll' },
		);
		await n8n.deactivate(id);
		return { appended, executions: all };
	}

	test('Get Many continues after a minute, and returns every event once', async () => {
		const { execution, api } = await action;
		expectAllEvents(execution, api);
		expect(endedByNode(api, 'query')).toHaveLength(1);
	});

	test('Get Many continues after a token response that never ended', async () => {
		const { execution, api } = await token;
		expectAllEvents(execution, api);
		// n8n's own request, which the node only waits no longer for, and another one.
		expect(api.requests.filter(({ operation }) => operation === 'token')).toHaveLength(2);
	});

	test('a list in the editor reports that Signicat did not respond', async () => {
		const { message, api } = await list;
		expect(message).toMatch(/time|answer|respon/i);
		expect(endedByNode(api, 'metadata').length).toBeGreaterThan(0);
		expect(api.open.size).toBe(0);
	});

	test('the trigger reports an error for that poll, and a later poll emits the events, without a restart', async () => {
		const { appended, executions } = await trigger;
		expect(executions.some(({ status }) => status === 'error')).toBe(true);
		const items = executions.flatMap((it) => itemsOf(it, 'Trigger')).filter(hasCursor);
		expect(items.map(({ cursor }) => cursor).sort()).toEqual(
			appended.map(({ cursor }) => cursor).sort(),
		);
	});
});

const isQuery = ({ operation }: { operation: string }) => operation === 'query';
/** The execution that n8n creates for a failed poll contains an empty item. */
const hasCursor = (item: IDataObject) => typeof item.cursor === 'string';

/** The requests whose response dripped until the node ended them, which nothing else does. */
function endedByNode({ requests }: AuditApi, on: AuditOperation) {
	return requests.filter(({ operation, aborted }) => operation === on && aborted);
}

function expectAllEvents(execution: Execution, api: AuditApi): void {
	expect(execution.data.resultData.error?.message).toBeUndefined();
	expect(execution.status).toBe('success');
	const { from } = api.requests.find(isQuery)?.body as { from: string };
	const inRange = api.events.filter(({ timestamp }) => Date.parse(timestamp) >= Date.parse(from));
	expect(inRange.length).toBeGreaterThan(0);
	expect(itemsOf(execution, 'Audit').map(({ cursor }) => cursor)).toEqual(
		inRange.map(({ cursor }) => cursor),
	);
}
