import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { type AuditApi, type AuditEvent, startAuditApi } from '../../dev/audit-api';
import { credentialFor, type CredentialStore, runAudit } from './engine';

const summarizing = (parameters: INodeParameters = {}): INodeParameters => ({
	resource: 'event',
	operation: 'summarize',
	period: 'custom',
	from: '2026-10-01T00:00:00Z',
	to: '2026-10-31T00:00:00Z',
	...parameters,
});

describe('Event: Summarize', () => {
	let api: AuditApi;
	let credential: CredentialStore;

	beforeAll(async () => {
		const span = { from: '2026-10-01T00:00:00Z', to: '2026-10-31T00:00:00Z' };
		api = await startAuditApi({ eventCount: 3300, span });
	});
	afterAll(async () => await api.stop());
	beforeEach(() => {
		api.reset();
		credential = credentialFor(api);
	});

	const queries = () => api.requests.filter(({ operation }) => operation === 'query');

	async function summarized(parameters: INodeParameters = {}, timezone = 'UTC') {
		const { items, error } = await runAudit(credential, {
			parameters: summarizing(parameters),
			timezone,
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		expect(items[0]?.pairedItem).toEqual({ item: 0 });
		return items[0]?.json as IDataObject & { groups: IDataObject[] };
	}

	/** The groups as counted here, in no particular order. The local API's timestamps sort as text. */
	function recount(keysOf: (event: AuditEvent) => IDataObject): IDataObject[] {
		const found = new Map<string, AuditEvent[]>();
		for (const event of api.events) {
			const id = JSON.stringify(keysOf(event));
			found.set(id, [...(found.get(id) ?? []), event]);
		}
		return [...found].map(([id, members]) => {
			const times = members.map(({ timestamp }) => timestamp).sort();
			return {
				...(JSON.parse(id) as IDataObject),
				count: members.length,
				firstAt: times[0],
				lastAt: times.at(-1),
			};
		});
	}

	const byServiceAndType = () =>
		recount(({ serviceName, eventType }) => ({
			serviceName: serviceName ?? null,
			eventType: eventType ?? null,
		}));

	const sortedCounts = (groups: IDataObject[]) =>
		groups.map(({ count }) => Number(count)).sort((a, b) => b - a);

	const sum = (groups: IDataObject[]) =>
		groups.reduce((total, { count }) => total + Number(count), 0);

	test('counts every event of the range by service name and event type, the largest group first', async () => {
		const summary = await summarized({ options: { topN: 1000 } });
		expect(Object.keys(summary)).toEqual([
			'from',
			'to',
			'total',
			'groups',
			'text',
			'slack',
			'html',
		]);
		expect(summary).toMatchObject({
			from: '2026-10-01T00:00:00.0000000Z',
			to: '2026-10-31T00:00:00.0000000Z',
			total: 3300,
		});
		const expected = byServiceAndType();
		expect(expected.length).toBeGreaterThan(5);
		expect(summary.groups).toHaveLength(expected.length);
		expect(summary.groups).toEqual(expect.arrayContaining(expected));
		expect(summary.groups.map(({ count }) => count)).toEqual(sortedCounts(expected));
		expect(api.violations).toEqual([]);
	});

	test('lists ten groups by default, and counts the others together', async () => {
		const expected = recount(({ userId }) => ({ userId: userId ?? null }));
		for (const [topN, options] of [
			[10, {}],
			[3, { topN: 3 }],
		] as const) {
			const { groups, total, text } = await summarized({ groupBy: ['userId'], options });
			const top = sortedCounts(expected).slice(0, topN);
			const rest = {
				other: true,
				groups: expected.length - topN,
				count: 3300 - top.reduce((a, b) => a + b, 0),
			};
			expect(groups).toHaveLength(topN + 1);
			expect(groups.slice(0, topN).map(({ count }) => count)).toEqual(top);
			expect(groups[topN]).toMatchObject(rest);
			expect(sum(groups)).toBe(total);
			expect(text).toContain(`and ${rest.groups} more: ${rest.count.toLocaleString('en')} events`);
		}
	});

	test.each([
		['userId', ({ userId }: AuditEvent) => ({ userId: userId ?? null })],
		['sandbox', ({ sandbox }: AuditEvent) => ({ sandbox: sandbox ?? null })],
		['clientId', ({ clientId }: AuditEvent) => ({ clientId: clientId ?? null })],
		['ipAddress', ({ ipAddress }: AuditEvent) => ({ ipAddress: ipAddress ?? null })],
		['day', ({ timestamp }: AuditEvent) => ({ day: timestamp.slice(0, 10) })],
		[
			'hour',
			({ timestamp }: AuditEvent) => ({ hour: timestamp.slice(0, 13).replace('T', ' ') + ':00' }),
		],
	])('counts by %s', async (key, keysOf) => {
		const { groups, slack } = await summarized({ groupBy: [key], options: { topN: 1000 } });
		const expected = recount(keysOf);
		expect(groups).toHaveLength(expected.length);
		const order = (list: IDataObject[]) =>
			[...list].sort((a, b) => (String(a[key]) < String(b[key]) ? -1 : 1));
		expect(order(groups)).toEqual(order(expected));
		expect(String(slack).length).toBeLessThan(3000);
	});

	test('days and times are those of the time zone of the workflow', async () => {
		const zone = 'Asia/Kolkata';
		const parameters = { groupBy: ['day'], options: { topN: 1000 } };
		const { groups, from, text } = await summarized(parameters, zone);
		const expected = recount(({ timestamp }) => ({
			day: new Date(Date.parse(timestamp) + 5.5 * 3_600_000).toISOString().slice(0, 10),
		}));
		expect(groups).toHaveLength(expected.length);
		expect(groups).toEqual(expect.arrayContaining(expected));
		expect(from).toBe('2026-10-01T00:00:00.0000000Z');
		expect(text).toContain('2026-10-01 05:30 – 2026-10-31 05:30 (Asia/Kolkata)');
	});

	test('the counts do not depend on how the range is read', async () => {
		const { groups } = await summarized({ options: { topN: 1000 } });
		for (const options of [
			{ maxConcurrency: 1, pageSize: 170 },
			{ maxConcurrency: 16, pageSize: 170 },
		]) {
			const other = await summarized({ options: { ...options, topN: 1000 } });
			expect(other.groups).toEqual(groups);
		}
	});

	test('counts what matches the filters, wherever they are evaluated', async () => {
		const filters = { serviceName: 'Broker' };
		const expected = api.events.filter(({ serviceName }) => serviceName === 'Broker').length;
		const there = await summarized({ filters });
		expect(there.total).toBe(expected);
		expect(queries()[0]?.body).toMatchObject({ and: [{ field: 'serviceName', value: 'Broker' }] });
		const here = await summarized({ filters, options: { applyFiltersIn: 'n8n' } });
		expect(here).toEqual(there);
	});

	test('every text says so if the range has no events', async () => {
		const summary = await summarized({ filters: { userId: 'nobody' } });
		expect(summary).toMatchObject({ total: 0, groups: [] });
		for (const said of [summary.text, summary.slack, summary.html]) {
			expect(said).toContain('No events');
		}
	});

	test('each input item has its own expressions and its own summary', async () => {
		const { items, error } = await runAudit(credential, {
			items: [
				{ keys: ['sandbox'], top: 1, service: 'Broker' },
				{ keys: 'clientId, sandbox', top: '3', service: 'mobileid' },
			],
			parameters: summarizing({
				groupBy: '={{ $json.keys }}',
				filters: { serviceName: '={{ $json.service }}' },
				options: { topN: '={{ $json.top }}' },
			}),
		});
		expect(error).toBeUndefined();
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		const [first, second] = items.map(({ json }) => json.groups as IDataObject[]);
		expect(first?.map(Object.keys)).toEqual([
			['sandbox', 'count', 'firstAt', 'lastAt'],
			['other', 'groups', 'count', 'firstAt', 'lastAt'],
		]);
		expect(second).toHaveLength(4);
		expect(Object.keys(second?.[0] ?? {})).toEqual([
			'clientId',
			'sandbox',
			'count',
			'firstAt',
			'lastAt',
		]);
		expect(items.map(({ json }) => json.total)).toEqual(
			['Broker', 'mobileid'].map(
				(name) => api.events.filter(({ serviceName }) => serviceName === name).length,
			),
		);
	});

	test.each<[string, INodeParameters]>([
		['Group By', { groupBy: [] }],
		['Group By', { groupBy: ['message'] }],
		['Group By', { groupBy: '={{ "serviceName,nothing" }}' }],
		['Top N', { options: { topN: 0 } }],
		['Top N', { options: { topN: 2.5 } }],
		['Top N', { options: { topN: 10_001 } }],
		['Top N', { options: { topN: '={{ "many" }}' } }],
	])('an invalid %s is reported before any request, with its item', async (field, wrong) => {
		const { error } = await runAudit(credential, { parameters: summarizing(wrong) });
		expect(error?.message).toContain(field);
		expect(error?.description).toBeTruthy();
		expect(error?.context.itemIndex).toBe(0);
		expect(api.requests).toHaveLength(0);
	});

	test('a permanent fault in the middle of the range fails the node', async () => {
		api.fail({ status: 403 }, { on: 'query', skip: 1, times: Infinity });
		const { error, items } = await runAudit(credential, { parameters: summarizing() });
		expect(error?.message).toBe('The API client lacks permission to read the audit log');
		expect(items).toEqual([]);
	});
});

describe('Event: Summarize of hostile values', () => {
	const VALUES = [
		...['<script>alert(1)</script>', '<!channel>', '*bold*', '=1+1', 'two\nlines'],
		...['bob', 'bob\u200b', 'bob\u{e0041}', 'bob ', 'x: 5 (2026-10-01 12:00)', '(none)'],
	];
	let api: AuditApi;

	beforeAll(async () => {
		api = await startAuditApi({ events: [] });
		api.append(...VALUES.map((userId) => ({ userId, timestamp: '2026-10-01T12:00:00.1234567Z' })));
	});
	afterAll(async () => await api.stop());

	test('shows their characters literally, and returns them unchanged in the groups', async () => {
		const { items } = await runAudit(credentialFor(api), {
			parameters: summarizing({ groupBy: ['userId'], options: { topN: 20 } }),
		});
		const { groups, text, slack, html } = items[0]?.json as Record<string, string> & {
			groups: IDataObject[];
		};
		expect(groups.map(({ userId }) => userId).sort()).toEqual([...VALUES].sort());
		expect(text?.split('\n').slice(4).sort()).toEqual(
			[
				...['＜script＞alert(1)＜/script＞', '＜!channel＞', '*bold*', '=1+1', 'two↵lines'],
				...[
					'bob',
					'bob‹U+200B›',
					'bob‹U+E0041›',
					'bob‹U+0020›',
					'x: 5 (2026-10-01 12:00)',
					'(none)',
				],
			]
				.map((value) => `- "${value}": 1 (2026-10-01 12:00)`)
				.sort(),
		);
		expect(slack).toContain('`&lt;script&gt;alert(1)&lt;/script&gt;`');
		expect(slack).toContain('`&lt;!channel&gt;`');
		expect(slack).toContain('`*bold*`');
		expect(html).toContain('>&lt;script&gt;alert(1)&lt;/script&gt;</td>');
		expect(html).toContain('>=1+1</td>');
	});
});
