import '../trigger-model/instantSleep';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { startClock, stopClock } from '../trigger-model/clock';
import { credentialFor, runAudit, RunningTrigger } from './engine';

const NOON = Date.UTC(2026, 10, 1, 12);

/** How many requests a read may send before it gives up. */
const MAX_REQUESTS = 510;

describe('Empty pages that always link to another one', () => {
	let api: AuditApi;

	beforeEach(async () => {
		stopClock(NOON);
		api = await startAuditApi({ eventCount: 3, behaviour: { endlessNext: true } });
	});
	afterEach(async () => {
		startClock();
		await api.stop();
	});

	const read = async (parameters: INodeParameters) =>
		await runAudit(credentialFor(api), {
			parameters: { resource: 'event', period: 'last30Days', ...parameters },
		});

	const queries = () => api.requests.filter(({ operation }) => operation === 'query').length;

	test.each([
		['Get Many', { operation: 'getAll', returnAll: true }],
		['Get Many, oldest first', { operation: 'getAll', returnAll: true, order: 'oldestFirst' }],
		['Export', { operation: 'export' }],
	])('end %s with a clear error', async (_what, { order, ...parameters }: INodeParameters) => {
		const options = { maxConcurrency: 1, ...(order !== undefined && { order }) };
		const { error } = await read({ ...parameters, options });
		expect(error?.message).toBe(
			'Signicat returned 500 pages in a row without a new event in the range, and a link to yet another page',
		);
		expect(error?.description).toContain('Choose a shorter range');
		expect(error?.context.itemIndex).toBe(0);
		expect(queries()).toBeLessThanOrEqual(MAX_REQUESTS);
		// A few minutes, slowing down over time.
		const minutes = (Date.now() - NOON) / 60_000;
		expect(minutes).toBeGreaterThan(3);
		expect(minutes).toBeLessThan(15);
	});

	describe('in Fetch Test Event', () => {
		const test30Days = async (parameters: INodeParameters) =>
			await new RunningTrigger(credentialFor(api), parameters).poll({ mode: 'manual' });

		test('end it with the events that were found', async () => {
			expect(await test30Days({})).toHaveLength(3);
			expect(queries()).toBeLessThan(100);
			expect(Date.now() - NOON).toBeLessThanOrEqual(31_000);
		});

		test('end it with advice where none matches', async () => {
			const parameters = { filters: { serviceName: 'nobody' }, options: { applyFiltersIn: 'n8n' } };
			await expect(test30Days(parameters)).rejects.toMatchObject({
				message: 'No matching event was found in time',
				description: expect.stringContaining('Apply Filters In'),
			});
			expect(queries()).toBeLessThan(100);
		});
	});

	test('also end a read with several concurrent requests', async () => {
		const { error } = await read({
			operation: 'getAll',
			returnAll: true,
			options: { maxConcurrency: 4 },
		});
		expect(error?.message).toContain('500 pages in a row');
		expect(queries()).toBeLessThanOrEqual(MAX_REQUESTS);
	});

	test('have no effect if the limit is reached before them', async () => {
		const { items, error } = await read({ operation: 'getAll', limit: 3 });
		expect(error).toBeUndefined();
		expect(items).toHaveLength(3);
		expect(queries()).toBe(1);
	});

	test('do not end a read if there are only some in a row', async () => {
		api.configure({ endlessNext: false });
		api.fail({ kind: 'endlessNext' }, { times: 150 });
		const { items, error } = await read({ operation: 'getAll', returnAll: true });
		expect(error).toBeUndefined();
		expect(items).toHaveLength(3);
	});
});
