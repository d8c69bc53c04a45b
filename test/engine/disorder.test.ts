import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuditApi, type Behaviour, startAuditApi } from '../../dev/audit-api';
import { credentialFor, runAudit } from './engine';

const EVENTS = 1500;

const SPAN = { from: '2026-10-01T00:00:00Z', to: '2026-10-31T00:00:00Z' };

const RANGE = { resource: 'event', period: 'custom', from: SPAN.from, to: SPAN.to };

const DISORDERS: Array<[string, Partial<Behaviour>]> = [
	['out of order', { pageOrder: 'unsorted' }],
	['overlapping', { pageOrder: 'overlapping' }],
	[
		'with timestamps truncated to milliseconds, out of order',
		{ pageOrder: 'unsorted', timestampDigits: 3 },
	],
	...[null, '0001-01-01T00:00:00Z'].map((value): [string, Partial<Behaviour>] => [
		`with ${JSON.stringify(value)} as some timestamps`,
		{ oddTimestamps: { every: 7, value } },
	]),
	['with almost no timestamps', { oddTimestamps: { every: 1, value: null } }],
	[
		'out of order, with unreadable timestamps',
		{ pageOrder: 'unsorted', oddTimestamps: { every: 5, value: 'n/a' } },
	],
];

describe.each(DISORDERS)('Pages %s', (_what, behaviour) => {
	let api: AuditApi;

	beforeEach(async () => {
		api = await startAuditApi({ eventCount: EVENTS, span: SPAN, behaviour });
	});
	afterEach(async () => await api.stop());

	const queries = () => api.requests.filter(({ operation }) => operation === 'query').length;

	const stored = () => api.events.map(({ cursor }) => cursor).sort();

	test.each([
		[1, 'newestFirst', 50],
		[4, 'newestFirst', 50],
		[8, 'newestFirst', 7],
		[4, 'oldestFirst', 1000],
	])(
		'Get Many, %i at a time, %s, %i per page: returns each event once',
		async (maxConcurrency, order, pageSize) => {
			const { items, error } = await runAudit(credentialFor(api), {
				parameters: {
					...RANGE,
					operation: 'getAll',
					returnAll: true,
					options: { maxConcurrency, order, pageSize },
				},
			});
			expect(error).toBeUndefined();
			expect(items.map(({ json }) => json.cursor).sort()).toEqual(stored());
			expect(queries()).toBeLessThanOrEqual(1.6 * (EVENTS / pageSize) + 4 * maxConcurrency);
		},
	);

	test.each([
		[4, 'newestFirst'],
		[4, 'oldestFirst'],
	])('Export, %i at a time, %s: writes each event once', async (maxConcurrency, order) => {
		const { items, error } = await runAudit(credentialFor(api), {
			parameters: {
				...RANGE,
				operation: 'export',
				options: { maxConcurrency, order, pageSize: 50 },
			},
		});
		expect(error).toBeUndefined();
		const text = Buffer.from(String(items[0]?.binary?.data?.data), 'base64').toString();
		const lines = text.trim().split('\n');
		const cursors = lines.map((line) => (JSON.parse(line) as { cursor: string }).cursor);
		expect(cursors.sort()).toEqual(stored());
		expect(queries()).toBeLessThanOrEqual(4 * (EVENTS / 50));
	});

	test('Summarize counts each event once', async () => {
		const { items, error } = await runAudit(credentialFor(api), {
			parameters: { ...RANGE, operation: 'summarize', options: { pageSize: 50 } },
		});
		expect(error).toBeUndefined();
		expect(items[0]?.json.total).toBe(EVENTS);
	});
});
