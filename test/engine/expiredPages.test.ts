import '../trigger-model/instantSleep';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { startClock, stopClock } from '../trigger-model/clock';
import { credentialFor, runAudit } from './engine';

const EVENTS = 600;
const SPAN = { from: '2026-10-01T00:00:00Z', to: '2026-10-31T00:00:00Z' };
const RANGE = { resource: 'event', period: 'custom', from: SPAN.from, to: SPAN.to };

const READINGS: Array<[string, INodeParameters]> = [
	['Get Many', { operation: 'getAll', options: { maxConcurrency: 1 } }],
	['Get Many, 4 at a time', { operation: 'getAll', options: { maxConcurrency: 4 } }],
	[
		'Get Many, oldest first',
		{ operation: 'getAll', options: { maxConcurrency: 1, order: 'oldestFirst' } },
	],
	['Export', { operation: 'export', options: { maxConcurrency: 4 } }],
	[
		'Export, oldest first',
		{ operation: 'export', options: { maxConcurrency: 4, order: 'oldestFirst' } },
	],
	['Summarize', { operation: 'summarize', options: { maxConcurrency: 4 } }],
];

let api: AuditApi;

beforeEach(async () => {
	stopClock(Date.UTC(2026, 10, 1, 12));
	api = await startAuditApi({ eventCount: EVENTS, span: SPAN });
});
afterEach(async () => {
	startClock();
	await api.stop();
});

const queries = () => api.requests.filter(({ operation }) => operation === 'query').length;

/** Reads everything, and expects each event once, in the requested order. */
async function expectAll(parameters: INodeParameters, pageSize: number): Promise<void> {
	const options: INodeParameters = { pageSize, ...(parameters.options as INodeParameters) };
	const { items, error } = await runAudit(credentialFor(api), {
		parameters: { ...RANGE, returnAll: true, ...parameters, options },
	});
	expect(error).toBeUndefined();
	const stored = api.events.map(({ cursor }) => cursor);
	if (options.order === 'oldestFirst') stored.reverse();
	const [first] = items;
	if (parameters.operation === 'summarize') {
		expect(first?.json.total).toBe(EVENTS);
	} else if (parameters.operation === 'export') {
		const text = Buffer.from(String(first?.binary?.data?.data), 'base64').toString();
		const lines = text.trim().split('\n');
		expect(lines.map((line) => (JSON.parse(line) as { cursor: string }).cursor)).toEqual(stored);
	} else {
		expect(items.map(({ json }) => json.cursor)).toEqual(stored);
	}
}

describe.each(READINGS)('%s', (_what, parameters) => {
	test.each([400, 404, 410])(
		'continues after %i for a next page, without gaps or duplicates',
		async (status) => {
			api.fail({ status }, { on: 'nextPage', skip: 2 });
			await expectAll(parameters, 50);
			expect(queries()).toBeLessThanOrEqual(2 * (EVENTS / 50) + 8);
		},
	);

	test('continues where a next page gets 500 again and again', async () => {
		api.fail({ status: 500 }, { on: 'nextPage', skip: 2, times: 5 });
		await expectAll(parameters, 50);
		expect(queries()).toBeLessThanOrEqual(2 * (EVENTS / 50) + 16);
	});

	test('continues even if no next page is ever valid', async () => {
		api.fail({ status: 410, code: 'cursor_expired' }, { on: 'nextPage', times: Infinity });
		await expectAll(parameters, 50);
		expect(queries()).toBeLessThanOrEqual(3 * (EVENTS / 50) + 8);
	});

	test.each([413, 504] as const)(
		'requests smaller pages if %i reports that they are too large',
		async (maxLimitStatus) => {
			api.configure({ maxLimit: 60, maxLimitStatus });
			await expectAll(parameters, 1000);
			expect(queries()).toBeLessThanOrEqual(60);
		},
	);
});

test('the page size that fits is remembered for all input items', async () => {
	api.configure({ maxLimit: 200, maxLimitStatus: 413 });
	const { items, error } = await runAudit(credentialFor(api), {
		items: [{}, {}, {}],
		parameters: {
			...RANGE,
			operation: 'getAll',
			returnAll: true,
			options: { maxConcurrency: 1 },
		},
	});
	expect(error).toBeUndefined();
	expect(items).toHaveLength(3 * EVENTS);
	const refused = api.requests.filter(({ status }) => status === 413);
	expect(refused.map(({ query }) => query.limit)).toEqual(['1000', '500', '250']);
});

test('an invalid query is still an error', async () => {
	api.fail({ status: 400 }, { on: 'firstPage', times: Infinity });
	const { error } = await runAudit(credentialFor(api), {
		parameters: { ...RANGE, operation: 'getAll', returnAll: true },
	});
	expect(error?.message).toBe('Signicat rejected the request as invalid');
	expect(queries()).toBe(1);
});
