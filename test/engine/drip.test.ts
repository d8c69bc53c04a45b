import {
	afterAll,
	afterEach,
	beforeAll,
	beforeEach,
	describe,
	expect,
	jest,
	test,
} from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import {
	ACTION_PATIENCE,
	DROP_DOWN_PATIENCE,
	POLL_PATIENCE,
} from '../../nodes/shared/api/patience';
import { type AuditApi, type Fault, type FaultOptions, startAuditApi } from '../audit-api';
import {
	credentialFor,
	type CredentialStore,
	runAudit,
	RunningTrigger,
	searchList,
} from './engine';

/** What never ends by itself. */
const ENDLESS: Array<[string, Fault]> = [
	['drips', { kind: 'drip', everyMs: 20 }],
	['is silent', { kind: 'silent' }],
];

/** Enough for a request on a machine that is busy. */
const REQUEST_MS = 500;
const IN_TIME = 'Signicat did not answer in time';

const QUERY = { resource: 'event', operation: 'getAll', period: 'last30Days', limit: 5 };

const OPERATIONS: Array<[string, FaultOptions['on'], INodeParameters]> = [
	['query', 'query', QUERY],
	['item', 'item', { resource: 'event', operation: 'get', cursor: 'a-cursor' }],
	['metadata', 'metadata', { resource: 'metadata', operation: 'get' }],
	[
		'properties',
		'properties',
		{
			resource: 'property',
			operation: 'getAll',
			target: { __rl: true, mode: 'list', value: 'Default' },
			serviceName: { __rl: true, mode: 'list', value: 'Broker' },
		},
	],
	['token', 'token', QUERY],
];

jest.setTimeout(15_000);

describe.each(ENDLESS)('A response that %s', (_what, fault) => {
	const usual = [ACTION_PATIENCE, DROP_DOWN_PATIENCE].map((patience) => ({ ...patience }));
	let api: AuditApi;
	let credential: CredentialStore;

	beforeAll(async () => {
		api = await startAuditApi({ eventCount: 50 });
		// The first request of n8n-core takes long.
		await runAudit(credentialFor(api), { parameters: { resource: 'metadata', operation: 'get' } });
	});
	afterAll(async () => await api.stop());
	beforeEach(() => {
		api.reset();
		credential = credentialFor(api);
		Object.assign(ACTION_PATIENCE, { requestMs: REQUEST_MS });
		Object.assign(DROP_DOWN_PATIENCE, { requestMs: REQUEST_MS, overallMs: 4 * REQUEST_MS });
	});
	afterEach(() => {
		Object.assign(ACTION_PATIENCE, usual[0]);
		Object.assign(DROP_DOWN_PATIENCE, usual[1]);
	});

	/** What never ended before ends within a few times of what one request may take. */
	const within = async <T>(ms: number, work: Promise<T>): Promise<T> => {
		const begun = Date.now();
		const result = await work;
		expect(Date.now() - begun).toBeLessThan(ms);
		return result;
	};

	test.each(OPERATIONS)('does not hold an execution: %s', async (_name, on, parameters) => {
		api.fail(fault, { on, times: Infinity });
		const { error } = await within(9000, runAudit(credential, { parameters }));
		expect(error?.message).toBe(IN_TIME);
		expect(error?.description?.includes('access token')).toBe(on === 'token');
	});

	test.each(OPERATIONS)('is asked for again, and then given: %s', async (_name, on, parameters) => {
		// The second attempt has half of it.
		ACTION_PATIENCE.requestMs = 3 * REQUEST_MS;
		api.fail(fault, { on });
		const cursor = api.events[0]?.cursor;
		const { error, items } = await within(
			4000,
			runAudit(credential, { parameters: { ...parameters, ...(parameters.cursor && { cursor }) } }),
		);
		expect(error).toBeUndefined();
		expect(items.length).toBeGreaterThan(0);
	});

	test('does not hold an execution whose token has to be renewed, nor the one after it', async () => {
		const parameters = QUERY;
		ACTION_PATIENCE.requestMs = 3 * REQUEST_MS;
		await runAudit(credential, { parameters });
		api.revokeTokens();
		// n8n lets every renewal in this process wait for the first one.
		api.fail(fault, { on: 'token' });
		for (let run = 0; run < 2; run++) {
			const { error, items } = await within(9000, runAudit(credential, { parameters }));
			expect(error).toBeUndefined();
			expect(items).toHaveLength(5);
		}
	});

	test.each([
		['metadata', 'metadata'],
		['properties', 'properties'],
		['token', 'token'],
	] as const)('does not hold a drop-down: %s', async (_name, on) => {
		api.fail(fault, { on, times: Infinity });
		const serviceName = 'Broker';
		const method = on === 'properties' ? 'getFields' : 'getServiceNames';
		const filling = searchList(credential, method, {
			parameters: { serviceName },
		});
		await within(9000, expect(filling).rejects.toThrow(IN_TIME));
	});

	test('does not hold the file of an export', async () => {
		api.fail(fault, { on: 'metadata', times: Infinity });
		const parameters = { resource: 'event', operation: 'export', period: 'last30Days' };
		const { error, items } = await within(9000, runAudit(credential, { parameters }));
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
	});

	test.each([
		['query', 'query'],
		['token', 'token'],
	] as const)('does not hold a poll past its budget, nor the next one: %s', async (_name, on) => {
		const trigger = new RunningTrigger(credential, { event: 'newEvent' });
		await trigger.poll();
		const state = JSON.stringify(trigger.state);
		if (on === 'token') api.revokeTokens();
		const [event] = api.append({ timestamp: new Date(Date.now() - 1000).toISOString() });
		api.fail(fault, { on, times: on === 'token' ? 1 : 50 });
		await within(3000, expect(trigger.poll({ budgetMs: 800 })).rejects.toThrow(IN_TIME));
		expect(JSON.stringify(trigger.state)).toBe(state);
		api.clearFaults();
		const given = await within(9000, trigger.poll());
		expect(given.map(({ cursor }) => cursor)).toEqual([event?.cursor]);
	});

	test('leaves the rest of a poll its time, while a renewal of the token hangs', async () => {
		const { requestMs } = POLL_PATIENCE;
		const trigger = new RunningTrigger(credential, { event: 'newEvent' });
		await trigger.poll();
		api.revokeTokens();
		api.fail(fault, { on: 'token' });
		await expect(trigger.poll({ budgetMs: 800 })).rejects.toThrow(IN_TIME);
		api.clearFaults();
		await trigger.poll();
		api.revokeTokens();
		const [event] = api.append({ timestamp: new Date(Date.now() - 1000).toISOString() });
		Object.assign(POLL_PATIENCE, { requestMs: 3 * REQUEST_MS });
		try {
			const given = await within(9000, trigger.poll());
			expect(given.map(({ cursor }) => cursor)).toEqual([event?.cursor]);
		} finally {
			Object.assign(POLL_PATIENCE, { requestMs });
		}
	});
});
