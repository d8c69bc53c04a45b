import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { SIMPLIFIED_FIELDS } from '../../nodes/shared/formats/simplify';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { credentialFor, type CredentialStore, runAudit } from './engine';

const getMany = (parameters: INodeParameters = {}): INodeParameters => ({
	resource: 'event',
	operation: 'getAll',
	returnAll: true,
	period: 'custom',
	from: '2026-10-01T00:00:00Z',
	to: '2026-10-31T00:00:00Z',
	output: 'raw',
	...parameters,
});

describe('Event: Get Many', () => {
	let api: AuditApi;
	let credential: CredentialStore;

	beforeAll(async () => {
		const span = { from: '2026-10-01T00:00:00Z', to: '2026-10-31T00:00:00Z' };
		api = await startAuditApi({ eventCount: 2500, span });
	});
	afterAll(async () => await api.stop());
	beforeEach(() => {
		api.reset();
		credential = credentialFor(api);
	});

	const queries = () => api.requests.filter(({ operation }) => operation === 'query');
	const cursors = (items: Array<{ json: { cursor?: unknown } }>) =>
		items.map(({ json }) => json.cursor);
	const stored = () => api.events.map(({ cursor }) => cursor);

	test('Return All returns every event of the range, newest first, as stored in the API', async () => {
		const { items, error } = await runAudit(credential, { parameters: getMany() });
		expect(error).toBeUndefined();
		expect(cursors(items)).toEqual(stored());
		expect(queries()).toHaveLength(3);
		expect(api.violations).toEqual([]);
	});

	test('every page is requested with the same body, which fixes from and to', async () => {
		await runAudit(credential, { parameters: getMany({ from: '', to: '' }) });
		const bodies = new Set(queries().map(({ body }) => JSON.stringify(body)));
		expect(bodies.size).toBe(1);
		expect(queries()[0]?.body).toEqual({
			and: null,
			from: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+\.\d{7}Z$/),
			to: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+\.\d{7}Z$/),
		});
	});

	test('empty pages with a next page do not end the read', async () => {
		api.configure({ emptyPages: 2 });
		const { items } = await runAudit(credential, { parameters: getMany() });
		expect(cursors(items)).toEqual(stored());
	});

	test('a relative next is followed', async () => {
		api.configure({ nextStyle: 'relative' });
		const { items } = await runAudit(credential, { parameters: getMany() });
		expect(items).toHaveLength(2500);
	});

	test('a next at another origin is rejected, and the token is not sent there', async () => {
		api.configure({ nextStyle: 'otherOrigin' });
		const { error } = await runAudit(credential, { parameters: getMany() });
		expect(error?.message).toBe('Signicat returned a next-page URL on a different host');
		expect(queries()).toHaveLength(1);
	});

	test('a repeated next is an error instead of a loop', async () => {
		api.configure({ nextStyle: 'repeating' });
		const { error } = await runAudit(credential, { parameters: getMany() });
		expect(error?.message).toBe('Signicat returned the same page link twice (pagination loop)');
		expect(queries().length).toBeLessThan(5);
	});

	test('a limit below a page requests exactly that many, once', async () => {
		const { items } = await runAudit(credential, {
			parameters: getMany({ returnAll: false, limit: 7 }),
		});
		expect(cursors(items)).toEqual(stored().slice(0, 7));
		expect(queries().map(({ query }) => query.limit)).toEqual(['7']);
	});

	test('a limit above a page stops within the page that reaches it', async () => {
		const { items } = await runAudit(credential, {
			parameters: getMany({ returnAll: false, limit: 1500 }),
		});
		expect(cursors(items)).toEqual(stored().slice(0, 1500));
		expect(queries()).toHaveLength(2);
	});

	test('Oldest First is the reverse order, also with a limit', async () => {
		const options = { order: 'oldestFirst', pageSize: 400 };
		const { items } = await runAudit(credential, { parameters: getMany({ options }) });
		expect(cursors(items)).toEqual(stored().reverse());
		const limited = await runAudit(credential, {
			parameters: getMany({ options, returnAll: false, limit: 450 }),
		});
		expect(cursors(limited.items)).toEqual(stored().reverse().slice(0, 450));
	});

	test('a range of a year is split for an API that allows 60 days, with the same result', async () => {
		api.configure({ maxRangeDays: 60 });
		const { items, error } = await runAudit(credential, {
			parameters: getMany({ from: '2026-01-01T00:00:00Z', to: '2026-12-31T00:00:00Z' }),
		});
		expect(error).toBeUndefined();
		expect(cursors(items)).toEqual(stored());
	});

	test('simplified events have the ten fields in order, without empty ones', async () => {
		const { items } = await runAudit(credential, { parameters: getMany({ output: '' }) });
		items.forEach(({ json }, index) => {
			const event = api.events[index] as Record<string, unknown>;
			const expected = SIMPLIFIED_FIELDS.filter((field) => event[field] != null);
			expect(Object.keys(json)).toEqual(expected);
		});
	});

	test('filters are sent to Signicat as eq conditions', async () => {
		const { items } = await runAudit(credential, {
			parameters: getMany({
				filters: {
					serviceName: { __rl: true, mode: 'list', value: 'Broker' },
					eventType: 'authn_response',
				},
			}),
		});
		expect(queries()[0]?.body).toMatchObject({
			and: [
				{ field: 'eventType', operator: 'eq', value: 'authn_response' },
				{ field: 'serviceName', operator: 'eq', value: 'Broker' },
			],
		});
		const expected = api.events.filter(
			({ serviceName, eventType }) => serviceName === 'Broker' && eventType === 'authn_response',
		);
		expect(expected.length).toBeGreaterThan(0);
		expect(cursors(items)).toEqual(expected.map(({ cursor }) => cursor));
	});

	test.each([
		['eq', 'string', 'Broker', 'Broker'],
		['ne', 'string', 'Broker', 'Broker'],
		['gt', 'string', 'C', 'C'],
		['gte', 'string', 'C', 'C'],
		['lt', 'string', 'C', 'C'],
		['lte', 'string', 'C', 'C'],
		['regex', 'string', '^Bro', '^Bro'],
		['in', 'string', 'Broker, mobileid', ['Broker', 'mobileid']],
		['nin', 'json', '["Broker"]', ['Broker']],
	])('the condition %s with a %s has the same result in Signicat and in n8n', async (...args) => {
		const [operator, valueType, value, sent] = args;
		const conditions = { condition: [{ field: 'serviceName', operator, valueType, value }] };
		const there = await runAudit(credential, { parameters: getMany({ conditions }) });
		expect(queries()[0]?.body).toMatchObject({
			and: [{ field: 'serviceName', operator, value: sent }],
		});
		api.configure({ knownOperators: [] });
		const here = await runAudit(credential, {
			parameters: getMany({ conditions, options: { applyFiltersIn: 'n8n' } }),
		});
		expect(there.items.length).toBeGreaterThan(0);
		expect(cursors(here.items)).toEqual(cursors(there.items));
	});

	test('booleans and numbers are sent as such, and a custom operator unchanged', async () => {
		api.configure({ knownOperators: ['eq', 'startsWith'] });
		const conditions = {
			condition: [
				{ field: 'sandbox', operator: 'eq', valueType: 'boolean', value: 'true' },
				{ field: 'attempt', operator: 'eq', valueType: 'number', value: '2' },
				{ field: 'message', operator: 'custom', customOperator: 'startsWith', value: 'a' },
			],
		};
		await runAudit(credential, { parameters: getMany({ conditions }) });
		expect(queries()[0]?.body).toMatchObject({
			and: [
				{ field: 'sandbox', operator: 'eq', value: true },
				{ field: 'attempt', operator: 'eq', value: 2 },
				{ field: 'message', operator: 'startsWith', value: 'a' },
			],
		});
	});

	test('each input item has its own expressions, and its output is linked to it', async () => {
		const { items } = await runAudit(credential, {
			items: [{ service: 'Broker' }, { service: 'mobileid' }],
			parameters: getMany({
				returnAll: false,
				limit: 3,
				filters: { serviceName: '={{ $json.service }}' },
			}),
		});
		expect(items.map(({ json }) => json.serviceName)).toEqual([
			...Array<string>(3).fill('Broker'),
			...Array<string>(3).fill('mobileid'),
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
			...Array<unknown>(3).fill({ item: 0 }),
			...Array<unknown>(3).fill({ item: 1 }),
		]);
	});

	test.each([
		['Limit', { returnAll: false, limit: 0 }],
		['Limit', { returnAll: false, limit: 1.5 }],
		['From', { from: 'yesterday-ish' }],
		['To', { to: '2026-02-30T00:00:00Z' }],
		['From', { from: '2026-10-31T00:00:00Z', to: '2026-10-01T00:00:00Z' }],
		['Page Size', { options: { pageSize: 1001 } }],
		['Value', { conditions: { condition: [{ field: 'data', valueType: 'json', value: '{' }] } }],
		['Field', { conditions: { condition: [{ field: '', value: 'x' }] } }],
	])('an invalid %s is reported before any request, with its item', async (field, wrong) => {
		const { error } = await runAudit(credential, { parameters: getMany(wrong as INodeParameters) });
		expect(error?.message).toContain(field);
		expect(error?.description).toBeTruthy();
		expect(error?.context.itemIndex).toBe(0);
		expect(api.requests).toHaveLength(0);
	});

	test('a date without a time zone is in the time zone of the workflow', async () => {
		await runAudit(credential, {
			timezone: 'Europe/Oslo',
			parameters: getMany({ from: '2026-10-01T00:00:00', to: '2026-10-02T00:00:00' }),
		});
		expect(queries()[0]?.body).toMatchObject({
			from: '2026-09-30T22:00:00.0000000Z',
			to: '2026-10-01T22:00:00.0000000Z',
		});
	});

	test('a date keeps its seven fractional digits', async () => {
		await runAudit(credential, {
			parameters: getMany({ from: '2026-10-01T00:00:00.1234567Z' }),
		});
		expect(queries()[0]?.body).toMatchObject({ from: '2026-10-01T00:00:00.1234567Z' });
	});
});
