import '../trigger-model/instantSleep';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { type AuditApi, type Fault, type FaultOptions, startAuditApi } from '../../dev/audit-api';
import { moveClock, startClock, stopClock } from '../trigger-model/clock';
import { withStoppedTimers } from '../trigger-model/stoppedTimers';
import {
	credentialFor,
	type CredentialStore,
	runAudit,
	RunningTrigger,
	searchList,
} from './engine';

/** Responses that never end by themselves. */
const ENDLESS: Array<[string, Fault]> = [
	['drips', { kind: 'drip', everyMs: 20 }],
	['is silent', { kind: 'silent' }],
];

const IN_TIME = 'Signicat did not respond in time';

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

/** The limits in docs/reliability.md, in ms. */
const MAX_MS = { action: 240_000, dropDown: 20_000, poll: 46_000 };

describe.each(ENDLESS)('A response that %s', (_what, fault) => {
	let api: AuditApi;
	let credential: CredentialStore;

	beforeAll(async () => {
		stopClock(Date.UTC(2026, 10, 25, 12));
		api = await startAuditApi({ eventCount: 50 });
	});
	afterAll(async () => {
		await api.stop();
		startClock();
	});
	beforeEach(() => {
		api.reset();
		credential = credentialFor(api);
	});

	/** Expects `work` to end within `ms`. */
	const within = async <T>(ms: number, work: () => Promise<T>): Promise<T> => {
		const begun = Date.now();
		const result = await withStoppedTimers(api, work);
		expect(Date.now() - begun).toBeLessThanOrEqual(ms);
		return result;
	};
	const run = async (parameters: INodeParameters) =>
		await within(MAX_MS.action, async () => await runAudit(credential, { parameters }));
	const appendOne = () => api.append({ timestamp: new Date(Date.now() - 1000).toISOString() })[0];

	test.each(OPERATIONS)('does not block an execution: %s', async (_name, on, parameters) => {
		api.fail(fault, { on, times: Infinity });
		const { error } = await run(parameters);
		expect(error?.message).toBe(IN_TIME);
		expect(error?.description?.includes('access token')).toBe(on === 'token');
	});

	test.each(OPERATIONS)('is requested again, successfully: %s', async (_name, on, parameters) => {
		api.fail(fault, { on });
		const cursor = api.events[0]?.cursor;
		const { error, items } = await run({ ...parameters, ...(parameters.cursor && { cursor }) });
		expect(error).toBeUndefined();
		expect(items.length).toBeGreaterThan(0);
	});

	test('is requested again as smaller pages, and ends within the limit', async () => {
		const parameters = { ...QUERY, returnAll: true };
		api.fail(fault, { on: 'query', times: 2 });
		const result = await run(parameters);
		expect(result.error).toBeUndefined();
		expect(result.items).toHaveLength(50);

		api.fail(fault, { on: 'query', times: Infinity });
		expect((await run(parameters)).error?.message).toBe(IN_TIME);
	});

	test('does not block an execution whose token has to be renewed, or the next one', async () => {
		await run(QUERY);
		api.revokeTokens();
		// In this process, n8n makes every renewal wait for the first one.
		api.fail(fault, { on: 'token' });
		for (let count = 0; count < 2; count++) {
			const { error, items } = await run(QUERY);
			expect(error).toBeUndefined();
			expect(items).toHaveLength(5);
		}
	});

	test.each([
		['metadata', 'metadata'],
		['properties', 'properties'],
		['token', 'token'],
	] as const)('does not block a list in the editor: %s', async (_name, on) => {
		api.fail(fault, { on, times: Infinity });
		const method = on === 'properties' ? 'getFields' : 'getServiceNames';
		await within(MAX_MS.dropDown, async () => {
			const filling = searchList(credential, method, {
				parameters: { filters: { serviceName: 'Broker' } },
			});
			await expect(filling).rejects.toThrow(IN_TIME);
		});
	});

	test('does not block the file of an export', async () => {
		api.fail(fault, { on: 'query' });
		const { error, items } = await run({
			resource: 'event',
			operation: 'export',
			period: 'last30Days',
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
	});

	test.each([
		['query', 'query', undefined],
		['token', 'token', undefined],
		['query, with little time', 'query', 10_000],
		['token, with little time', 'token', 10_000],
	] as const)(
		'does not block a poll beyond its budget, or the next one: %s',
		async (_name, on, budgetMs) => {
			const trigger = new RunningTrigger(credential, { event: 'newEvent' });
			await trigger.poll();
			const state = JSON.stringify(trigger.state);
			if (on === 'token') api.revokeTokens();
			const event = appendOne();
			api.fail(fault, { on, times: Infinity });
			await within(budgetMs ?? MAX_MS.poll, async () => {
				await expect(trigger.poll({ budgetMs })).rejects.toThrow(IN_TIME);
			});
			expect(JSON.stringify(trigger.state)).toBe(state);
			api.clearFaults();
			const emitted = await within(MAX_MS.poll, async () => await trigger.poll());
			expect(emitted.map(({ cursor }) => cursor)).toEqual([event?.cursor]);
		},
	);

	test('leaves time for the rest of a poll while a token renewal hangs', async () => {
		const trigger = new RunningTrigger(credential, { event: 'newEvent' });
		await trigger.poll();
		api.revokeTokens();
		const event = appendOne();
		api.fail(fault, { on: 'token' });
		const emitted = await within(MAX_MS.poll, async () => await trigger.poll());
		expect(emitted.map(({ cursor }) => cursor)).toEqual([event?.cursor]);
	});
});

test('pages so large that they time out do not keep the trigger from getting through', async () => {
	stopClock(Date.UTC(2026, 10, 25, 12));
	const api = await startAuditApi({ eventCount: 0 });
	const poll = async (trigger: RunningTrigger) =>
		await withStoppedTimers(api, async () => await trigger.poll().catch(() => []));
	try {
		const trigger = new RunningTrigger(credentialFor(api), { event: 'newEvent' });
		await poll(trigger);
		moveClock(60_000);
		const times = Array.from({ length: 200 }, (_one, place) => Date.now() - 50_000 + place * 200);
		const appended = api.append(...times.map((ms) => ({ timestamp: new Date(ms).toISOString() })));
		api.configure({ maxLimit: 30, maxLimitStatus: 'silent' });
		const emitted: unknown[] = [];
		for (let count = 0; count < 4; count++) {
			emitted.push(...(await poll(trigger)).map(({ cursor }) => cursor));
		}
		expect(emitted).toEqual(appended.map(({ cursor }) => cursor));
	} finally {
		await api.stop();
		startClock();
	}
});
