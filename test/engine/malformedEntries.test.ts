import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { credentialFor, runAudit } from './engine';

const SPAN = { from: '2026-10-01T00:00:00Z', to: '2026-10-31T00:00:00Z' };

const RANGE = { resource: 'event', period: 'custom', from: SPAN.from, to: SPAN.to };

const SECRET = 'only-in-entries';

/** Objects, which count as events whatever they contain. */
const ODD_EVENTS = [
	{ cursor: 'without-time', timestamp: null, message: SECRET },
	{ cursor: 'no-time-at-all' },
	{ cursor: 'number-for-time', timestamp: 1793534400 },
	{ cursor: 'list-for-time', timestamp: [] },
	{ cursor: 4711, timestamp: '2026-10-02T00:00:00Z' },
	{ cursor: null, timestamp: '2026-10-02T00:00:00Z', message: 'null for a cursor' },
	{ message: 'no cursor, no time' },
	{ cursor: '', message: 'an empty cursor' },
	{ cursor: { a: 1 }, timestamp: {}, serviceName: {}, data: 'text', indexedData: [1] },
	{},
];

const NOT_EVENTS = [null, 1, SECRET, true, [], [{ cursor: 'x' }]];

describe('Malformed entries', () => {
	let api: AuditApi;

	beforeEach(async () => {
		api = await startAuditApi({ eventCount: 40, span: SPAN });
	});
	afterEach(async () => {
		jest.restoreAllMocks();
		await api.stop();
	});

	const read = async (parameters: INodeParameters) =>
		await runAudit(credentialFor(api), {
			parameters: { ...RANGE, ...parameters },
		});

	const hintsOf = ({ run }: Awaited<ReturnType<typeof read>>) =>
		run.data.resultData.runData['Signicat Audit']?.[0]?.hints;

	describe.each([1, 4])('with %i requests at a time', (maxConcurrency) => {
		test.each(['newestFirst', 'oldestFirst'])(
			'Get Many, %s: objects are returned unchanged, once',
			async (order) => {
				api.configure({ malformed: ODD_EVENTS });
				const { items, error } = await read({
					operation: 'getAll',
					returnAll: true,
					output: 'raw',
					options: { maxConcurrency, order, pageSize: 12 },
				});
				expect(error).toBeUndefined();
				const json = items.map((item) => item.json);
				for (const event of ODD_EVENTS) {
					const same = json.filter((one) => JSON.stringify(one) === JSON.stringify(event));
					expect(same).toEqual([event]);
				}
				expect(items).toHaveLength(40 + ODD_EVENTS.length);
			},
		);

		test.each(['getAll', 'export', 'summarize'])(
			'%s skips entries that are not objects, and says how many',
			async (operation) => {
				api.configure({ malformed: [...NOT_EVENTS, ...ODD_EVENTS] });
				const result = await read({
					operation,
					returnAll: true,
					groupBy: ['serviceName', 'day', 'sandbox'],
					format: 'csv',
					options: { maxConcurrency, pageSize: 1000 },
				});
				expect(result.error).toBeUndefined();
				const count = 40 + ODD_EVENTS.length;
				const [first] = result.items;
				if (operation === 'getAll') expect(result.items).toHaveLength(count);
				if (operation === 'export') expect(first?.json.count).toBe(count);
				if (operation === 'summarize') expect(first?.json.total).toBe(count);
				expect(hintsOf(result)).toEqual([
					{
						message: `Signicat returned ${NOT_EVENTS.length} entries that are not events. The output does not include them.`,
						type: 'warning',
						location: 'outputPane',
					},
				]);
			},
		);
	});

	test('conditions in n8n are applied to them, too', async () => {
		api.configure({ malformed: [...NOT_EVENTS, ...ODD_EVENTS] });
		const { items, error } = await read({
			operation: 'getAll',
			returnAll: true,
			conditions: { condition: [{ field: 'cursor', operator: 'eq', value: 'without-time' }] },
			options: { applyFiltersIn: 'n8n' },
		});
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.cursor)).toEqual(['without-time']);
	});

	test('there is no hint if nothing was skipped', async () => {
		api.configure({ malformed: ODD_EVENTS });
		expect(hintsOf(await read({ operation: 'getAll', returnAll: true }))).toEqual([]);
	});

	test.each([
		['null', '{"data":null}'],
		['missing', '{"next":null}'],
		['empty', '{}'],
	])('data that is %s means no events', async (_what, text) => {
		api.fail({ kind: 'response', text }, { times: Infinity });
		const { items, error } = await read({ operation: 'getAll', returnAll: true });
		expect(error).toBeUndefined();
		expect(items).toEqual([]);
	});

	test.each(['{"error":"x"}', '{"data":{}}', '[]', '"text"', '{"data":[],"next":7}'])(
		'%s is not a page',
		async (text) => {
			api.fail({ kind: 'response', text }, { times: Infinity });
			const { error } = await read({ operation: 'getAll', returnAll: true });
			expect(error?.message).toMatch(
				/Unexpected response from Signicat: no |could not be completed/,
			);
		},
	);

	test.each([{ cursor: 'x' }, { timestamp: null }, { traceId: null, eventType: 'login' }])(
		'Get returns %j unchanged',
		async (event) => {
			api.fail({ kind: 'response', text: JSON.stringify(event) });
			const { items, error } = await read({ operation: 'get', cursor: 'x', output: 'raw' });
			expect(error).toBeUndefined();
			expect(items.map(({ json }) => json)).toEqual([event]);
		},
	);
});

describe('Timestamps without a time zone', () => {
	test('are UTC: days, conditions and windows are the same as with one', async () => {
		const api = await startAuditApi({ eventCount: 300, span: SPAN });
		const readBoth = async (parameters: INodeParameters) => {
			const results = [];
			for (const timestampZone of ['Z', 'none'] as const) {
				api.configure({ timestampZone });
				const { items, error } = await runAudit(credentialFor(api), {
					timezone: 'Europe/Oslo',
					parameters: { ...RANGE, options: { pageSize: 20 }, ...parameters },
				});
				expect(error).toBeUndefined();
				results.push(items.map(({ json }) => json));
			}
			return results;
		};
		try {
			const [withZone, without] = await readBoth({ operation: 'summarize', groupBy: ['day'] });
			const counts = (all: typeof withZone) =>
				(all?.[0]?.groups as Array<Record<string, unknown>>).map(({ day, count }) => ({
					day,
					count,
				}));
			expect(counts(without)).toEqual(counts(withZone));
			expect(counts(without)[0]?.day).toMatch(/^2026-10-/);

			const value = '2026-10-15T12:00:00+02:00';
			const [one, other] = await readBoth({
				operation: 'getAll',
				returnAll: true,
				conditions: { condition: [{ field: 'timestamp', operator: 'gte', value }] },
				options: { applyFiltersIn: 'n8n', pageSize: 20, maxConcurrency: 4 },
			});
			expect(one?.length).toBeGreaterThan(50);
			expect(other?.map(({ cursor }) => cursor)).toEqual(one?.map(({ cursor }) => cursor));
		} finally {
			await api.stop();
		}
	});
});
