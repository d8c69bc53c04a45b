import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { IDataObject, INodeParameters, NodeParameterValueType } from 'n8n-workflow';
import { type AuditApi, type AuditEvent, startAuditApi } from '../../dev/audit-api';
import { startClock, stopClock } from '../trigger-model/clock';
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
				{ keys: ['clientId'], top: 1, service: 'Broker' },
				{ keys: 'clientId, serviceName', top: '3', service: 'mobileid' },
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
			['clientId', 'count', 'firstAt', 'lastAt'],
			['other', 'groups', 'count', 'firstAt', 'lastAt'],
		]);
		expect(second).toHaveLength(4);
		expect(Object.keys(second?.[0] ?? {})).toEqual([
			'clientId',
			'serviceName',
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

	describe('by properties', () => {
		const property = (name: string) => (event: AuditEvent) => ({
			[name]: (event.indexedData as IDataObject | null)?.[name] ?? null,
		});

		test.each<[string, INodeParameters]>([
			['a list', { groupBy: [], groupByProperties: ['Idp', 'Result'] }],
			['comma-separated text', { groupBy: [], groupByProperties: ' Idp,Result, Idp, ' }],
			['an expression', { groupBy: [], groupByProperties: "={{ ['Idp', 'Result'] }}" }],
		])('counts each combination, from %s', async (_what, parameters) => {
			const { groups, text } = await summarized({ ...parameters, options: { topN: 1000 } });
			const expected = recount((event) => ({
				...property('Idp')(event),
				...property('Result')(event),
			}));
			expect(expected.length).toBeGreaterThan(5);
			expect(groups).toHaveLength(expected.length);
			expect(groups).toEqual(expect.arrayContaining(expected));
			expect(text).toContain('\nIdp · Result:\n');
		});

		test('counts them within the fields of Group By, which come first', async () => {
			const { groups, text } = await summarized({
				groupByProperties: ['Result', 'clientId'],
				groupBy: ['serviceName', 'clientId'],
				options: { topN: 1000 },
			});
			const expected = recount((event) => ({
				serviceName: event.serviceName ?? null,
				clientId: event.clientId ?? null,
				...property('Result')(event),
			}));
			expect(groups).toHaveLength(expected.length);
			expect(groups).toEqual(expect.arrayContaining(expected));
			expect(text).toContain('\nService Name · Client ID · Result:\n');
		});

		test('takes paths, and names that a group needs for itself', async () => {
			const { groups } = await summarized({
				groupBy: [],
				groupByProperties: 'data.result, count',
				options: { topN: 1 },
			});
			expect(Object.keys(groups[0] ?? {})).toEqual([
				'data.result',
				'property.count',
				'count',
				'firstAt',
				'lastAt',
			]);
		});

		test('with an empty Group By expression, the default fields come first', async () => {
			const { groups } = await summarized({ groupBy: '', groupByProperties: ['Idp'] });
			expect(Object.keys(groups[0] ?? {}).slice(0, 3)).toEqual(['serviceName', 'eventType', 'Idp']);
		});
	});

	describe('with Minimum Count', () => {
		test('lists the groups that are large enough, and says how many are not', async () => {
			const expected = recount(({ userId }) => ({ userId: userId ?? null }));
			const large = expected.filter(({ count }) => Number(count) >= 20);
			expect(large.length).toBeGreaterThan(1);
			const options = { minimumCount: '20', topN: 1000 };
			const { groups, total, note, text } = await summarized({ groupBy: ['userId'], options });
			const rest = expected.length - large.length;
			expect(groups).toHaveLength(large.length + 1);
			expect(groups).toEqual(expect.arrayContaining(large));
			expect(groups.at(-1)).toMatchObject({ other: true, groups: rest });
			expect(sum(groups)).toBe(total);
			expect(note).toBe(`${rest} groups are not listed: fewer than 20 events.`);
			expect(text).toContain(String(note));
		});
	});

	describe('with One Item per Group', () => {
		const perGroup = async (parameters: INodeParameters = {}) => {
			const { items, error, run } = await runAudit(credential, {
				parameters: summarizing({ emit: 'itemPerGroup', ...parameters }),
			});
			expect(error).toBeUndefined();
			expect(items.every(({ pairedItem }) => JSON.stringify(pairedItem) === '{"item":0}')).toBe(
				true,
			);
			return { json: items.map(({ json }) => json), run };
		};

		test('returns each group as One Item does, with the range, all of them if Top N is not set', async () => {
			const { groups, from, to } = await summarized({
				groupBy: ['userId'],
				options: { topN: 1000 },
			});
			const { json } = await perGroup({ groupBy: ['userId'] });
			expect(json.length).toBeGreaterThan(100);
			expect(json).toEqual(groups.map((group) => ({ ...group, from, to })));
		});

		test('returns the largest Top N, without an item for the others', async () => {
			const { groups } = await summarized({ groupBy: ['userId'], options: { topN: 3 } });
			const { json } = await perGroup({ groupBy: ['userId'], options: { topN: 3 } });
			expect(json.map(({ userId, count }) => [userId, count])).toEqual(
				groups.slice(0, 3).map(({ userId, count }) => [userId, count]),
			);
		});

		test('returns only the groups with the minimum, and none without events', async () => {
			const { json } = await perGroup({ groupBy: ['userId'], options: { minimumCount: 20 } });
			expect(json.length).toBeGreaterThan(1);
			expect(json.every(({ count }) => Number(count) >= 20)).toBe(true);
			expect((await perGroup({ filters: { userId: 'nobody' } })).json).toEqual([]);
		});

		test('compares each group', async () => {
			const half = { from: '2026-10-16T00:00:00Z', options: { compareWith: 'previousPeriod' } };
			const { json } = await perGroup(half);
			const { groups } = await summarized({
				...half,
				options: { ...half.options, topN: 1000 },
			});
			expect(json).toEqual(
				groups.map((group) => ({
					...group,
					from: '2026-10-16T00:00:00.0000000Z',
					to: '2026-10-31T00:00:00.0000000Z',
					previousFrom: '2026-10-01T00:00:00.0000000Z',
					previousTo: '2026-10-16T00:00:00.0000000Z',
				})),
			);
		});
	});

	describe('with Message Formats', () => {
		const DATA = ['from', 'to', 'total', 'groups'];

		test.each<[string, NodeParameterValueType | undefined, string[]]>([
			['not set', undefined, ['text', 'slack', 'html']],
			['blank', '', ['text', 'slack', 'html']],
			['one', ['slack'], ['slack']],
			['two as text', 'html, text', ['text', 'html']],
			['an empty list', [], []],
		])('%s, returns what it says', async (_what, forms, expected) => {
			const summary = await summarized({
				options: (forms === undefined ? {} : { forms }) as INodeParameters,
			});
			expect(Object.keys(summary)).toEqual([...DATA, ...expected]);
		});

		test('returns only counts to an AI agent, unless they are set', async () => {
			const call = async (options: INodeParameters) => {
				const { items, error } = await runAudit(credential, {
					parameters: summarizing({ options }),
					asTool: true,
				});
				expect(error).toBeUndefined();
				return Object.keys(items[0]?.json ?? {});
			};
			expect(await call({})).toEqual(DATA);
			expect(await call({ forms: ['text'] })).toEqual([...DATA, 'text']);
		});
	});

	describe('compared with the previous period', () => {
		const MIDDLE = '2026-10-16T00:00:00Z';
		const compared = { from: MIDDLE, options: { compareWith: 'previousPeriod', topN: 1000 } };
		const isNow = ({ timestamp }: AuditEvent) => timestamp >= MIDDLE;
		const isBefore = (event: AuditEvent) => !isNow(event);

		test('has every group with the counts of both, as recounted', async () => {
			const summary = await summarized({ ...compared, groupBy: ['userId'] });
			const events = (of: typeof isNow) => api.events.filter(of);
			const [now, before] = [events(isNow).length, events(isBefore).length];
			expect(summary).toMatchObject({
				from: '2026-10-16T00:00:00.0000000Z',
				to: '2026-10-31T00:00:00.0000000Z',
				total: now,
				previousFrom: '2026-10-01T00:00:00.0000000Z',
				previousTo: '2026-10-16T00:00:00.0000000Z',
				previousTotal: before,
				change: now - before,
				changePercent: Math.round(((now - before) / before) * 1000) / 10,
			});
			const countsOf = (of: typeof isNow) => {
				const counts = new Map<unknown, number>();
				for (const { userId = null } of events(of)) {
					counts.set(userId, (counts.get(userId) ?? 0) + 1);
				}
				return counts;
			};
			const [nowBy, beforeBy] = [countsOf(isNow), countsOf(isBefore)];
			expect(summary.groups).toHaveLength(new Set([...nowBy.keys(), ...beforeBy.keys()]).size);
			for (const { userId, count, previousCount, change, isNew, isEnded } of summary.groups) {
				const [n, b] = [nowBy.get(userId) ?? 0, beforeBy.get(userId) ?? 0];
				expect({ userId, count, previousCount, change, isNew, isEnded }).toEqual({
					userId,
					count: n,
					previousCount: b,
					change: n - b,
					isNew: b === 0,
					isEnded: n === 0,
				});
			}
			expect(summary.text).toMatch(
				/\nBefore: 1,\d+ events \(2026-10-01 00:00 – 2026-10-16 00:00\) · [▲▼=]/,
			);
			for (const said of [summary.text, summary.slack, summary.html]) {
				expect(said).toMatch(/▲ \+\d/);
				expect(said).toMatch(/▼ −\d/);
			}
		});

		test('reads one period after the other, with the same filters and options', async () => {
			const { total, previousTotal } = await summarized({
				...compared,
				filters: { serviceName: 'Broker' },
				options: { ...compared.options, pageSize: 50, maxConcurrency: 2 },
			});
			const count = (of: typeof isNow) =>
				api.events.filter((event) => of(event) && event.serviceName === 'Broker').length;
			expect([total, previousTotal]).toEqual([count(isNow), count(isBefore)]);
			// Each window asks for what lies on its boundary, too.
			const periods = queries().map(({ body }) =>
				String((body as IDataObject).from) < '2026-10-15T23:59' ? 'before' : 'now',
			);
			expect(periods.lastIndexOf('now')).toBeLessThan(periods.indexOf('before'));
			for (const { body } of queries()) {
				expect(body).toMatchObject({ and: [{ field: 'serviceName', value: 'Broker' }] });
			}
		});

		test('combines the other groups of both periods, so that both totals add up', async () => {
			const summary = await summarized({
				...compared,
				groupBy: ['userId'],
				options: { ...compared.options, topN: 5 },
			});
			expect(summary.groups).toHaveLength(6);
			expect(sum(summary.groups)).toBe(summary.total);
			const before = summary.groups.reduce((all, group) => all + Number(group.previousCount), 0);
			expect(before).toBe(summary.previousTotal);
			expect(summary.groups.at(-1)).toMatchObject({ other: true, groups: expect.any(Number) });
			expect(summary.groups.at(-1)).not.toHaveProperty('isNew');
		});

		test('an event type that appeared is new, and one that stopped has ended with a count of 0', async () => {
			api.append(
				{ eventType: 'started', timestamp: '2026-10-20T00:00:00.0000000Z' },
				{ eventType: 'stopped', timestamp: '2026-10-10T00:00:00.0000000Z' },
			);
			const { groups, text } = await summarized({ ...compared, groupBy: ['eventType'] });
			const named = (name: string) => groups.find(({ eventType }) => eventType === name);
			expect(named('started')).toEqual({
				eventType: 'started',
				count: 1,
				firstAt: '2026-10-20T00:00:00.0000000Z',
				lastAt: '2026-10-20T00:00:00.0000000Z',
				previousCount: 0,
				change: 1,
				changePercent: null,
				isNew: true,
				isEnded: false,
			});
			expect(named('stopped')).toEqual({
				eventType: 'stopped',
				count: 0,
				firstAt: null,
				lastAt: null,
				previousCount: 1,
				change: -1,
				changePercent: -100,
				isNew: false,
				isEnded: true,
			});
			expect(text).toContain('- "started": 1 ▲ new (2026-10-20 00:00)');
			expect(text).toContain('- "stopped": 0 ▼ ended, before 1');
		});

		test('a fault in the previous period fails the node, rather than showing half of the truth', async () => {
			api.fail({ status: 403 }, { on: 'query', skip: queriesOfOnePeriod, times: Infinity });
			const { error, items } = await runAudit(credential, {
				parameters: summarizing({
					...compared,
					options: { ...compared.options, maxConcurrency: 1 },
				}),
			});
			expect(api.requests.filter(({ operation }) => operation === 'query').length).toBe(
				queriesOfOnePeriod + 1,
			);
			expect(error?.message).toBe('The API client lacks permission to read the audit log');
			expect(items).toEqual([]);
		});

		let queriesOfOnePeriod: number;
		beforeAll(async () => {
			api.reset();
			await summarized({ from: MIDDLE, options: { maxConcurrency: 1 } });
			queriesOfOnePeriod = queries().length;
		});

		test.each([
			['day', { groupBy: ['day'] }],
			['hour', { groupBy: 'serviceName,hour' }],
		])('a %s is refused, because no other period has it', async (_what, parameters) => {
			const { error } = await runAudit(credential, {
				parameters: summarizing({ ...compared, ...parameters }),
			});
			expect(error?.message).toBe(
				"Invalid value for 'Compare With': days and hours cannot be compared with those of another period",
			);
			expect(error?.description).toContain("'Group By'");
			expect(api.requests).toHaveLength(0);
		});
	});

	test.each<[string, INodeParameters]>([
		['Group By', { groupBy: [] }],
		['Group By', { groupBy: ['message'] }],
		['Group By', { groupBy: '={{ "serviceName,nothing" }}' }],
		['Top N', { options: { topN: 0 } }],
		['Top N', { options: { topN: 2.5 } }],
		['Top N', { options: { topN: 10_001 } }],
		['Top N', { options: { topN: '={{ "many" }}' } }],
		['Group By', { groupBy: ['sandbox'] }],
		['Group By', { groupBy: [], groupByProperties: ', ' }],
		['Group By Property Names or IDs', { groupByProperties: '={{ [$json] }}' }],
		['Group By Property Names or IDs', { groupByProperties: '={{ ["Idp", $json.nothing] }}' }],
		['Group By Property Names or IDs', { groupByProperties: 'a,b,c,d,e,f' }],
		['Group By Property Names or IDs', { groupByProperties: 'a\tb' }],
		['Group By Property Names or IDs', { groupByProperties: '={{ "x".repeat(3000) }}' }],
		['Group By Property Names or IDs', { groupByProperties: '={{ true }}' }],
		['Emit', { emit: 'itemPerEvent' }],
		['Emit', { emit: '={{ true }}' }],
		['Emit', { emit: '={{ ["oneItem"] }}' }],
		['Emit', { emit: 'One Item' }],
		['Emit', { emit: '={{ 1 }}' }],
		['Compare With', { options: { compareWith: 'previousWeek' } }],
		['Compare With', { options: { compareWith: '={{ false }}' } }],
		['Compare With', { options: { compareWith: '={{ ["previousPeriod"] }}' } }],
		['Compare With', { options: { compareWith: '={{ 1 }}' } }],
		['Compare With', { from: '2001-01-01', options: { compareWith: 'previousPeriod' } }],
		['Message Formats', { options: { forms: ['pdf'] } }],
		['Message Formats', { options: { forms: 'text,Slack' } }],
		['Message Formats', { options: { forms: '={{ true }}' } }],
		['Message Formats', { options: { forms: '={{ ["text", null] }}' } }],
		['Message Formats', { options: { forms: '={{ ({}) }}' } }],
		['Minimum Count', { options: { minimumCount: 0 } }],
		['Minimum Count', { options: { minimumCount: -5 } }],
		['Minimum Count', { options: { minimumCount: 2.5 } }],
		['Minimum Count', { options: { minimumCount: '={{ "20 events" }}' } }],
		['Minimum Count', { options: { minimumCount: '={{ [20] }}' } }],
	])('an invalid %s is reported before any request, with its item', async (field, wrong) => {
		const { error } = await runAudit(credential, { parameters: summarizing(wrong) });
		expect(error?.message).toContain(`'${field}'`);
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

describe('Event: Summarize on a schedule', () => {
	/** Monday at eight in Oslo, after a week that ended with a day of 25 hours. */
	const MONDAY = Date.UTC(2026, 9, 26, 7);
	let api: AuditApi;

	beforeAll(async () => {
		stopClock(MONDAY);
		api = await startAuditApi({ events: [], now: () => new Date() });
		const at = (timestamp: string, eventType: string) => ({ timestamp, eventType });
		api.append(
			// Local midnights: the first instant of the week before, and the last one of it.
			at('2026-10-11T21:59:59.9999999Z', 'too early'),
			at('2026-10-11T22:00:00.0000000Z', 'sign-in'),
			at('2026-10-18T21:59:59.9999999Z', 'sign-out'),
			// The first instant of the week, an hour that occurs twice, and the last instant.
			at('2026-10-18T22:00:00.0000000Z', 'sign-in'),
			at('2026-10-25T00:30:00.0000000Z', 'sign-in'),
			at('2026-10-25T01:30:00.0000000Z', 'sign-in'),
			at('2026-10-25T22:59:59.9999999Z', 'sign-up'),
			at('2026-10-25T23:00:00.0000000Z', 'too late'),
		);
	});
	afterAll(async () => {
		startClock();
		await api.stop();
	});

	const report = async (parameters: INodeParameters) => {
		const { items, error } = await runAudit(credentialFor(api), {
			parameters: {
				resource: 'event',
				operation: 'summarize',
				groupBy: ['eventType'],
				options: { compareWith: 'previousPeriod' },
				...parameters,
			},
			timezone: 'Europe/Oslo',
		});
		expect(error).toBeUndefined();
		return items[0]?.json as IDataObject & { groups: IDataObject[] };
	};

	test('reports the last week against the one before as an email, without any expression', async () => {
		const { html, groups, ...summary } = await report({ period: 'previousWeek' });
		expect(summary).toMatchObject({
			from: '2026-10-18T22:00:00.0000000Z',
			to: '2026-10-25T23:00:00.0000000Z',
			total: 4,
			previousFrom: '2026-10-11T22:00:00.0000000Z',
			previousTo: '2026-10-18T22:00:00.0000000Z',
			previousTotal: 2,
			change: 2,
			changePercent: 100,
		});
		expect(
			groups.map(({ eventType, count, previousCount }) => [eventType, count, previousCount]),
		).toEqual([
			['sign-in', 3, 1],
			['sign-up', 1, 0],
			['sign-out', 0, 1],
		]);
		const seen = String(html)
			.replace(/<[^>]*>/g, '|')
			.replace(/[|\n]+/g, '|')
			.replaceAll('| |', ' ');
		expect(seen).toContain(
			'|Before: 2 events (2026-10-12 00:00 – 2026-10-19 00:00) · ▲ +2 (+100%)|',
		);
		expect(seen).toContain('|sign-in|3|1|▲ +2 (+200%)|');
		expect(seen).toContain('|sign-up|1|0|▲ new|');
		expect(seen).toContain('|sign-out|0|1|▼ ended|');
	});

	test.each([
		[
			'today',
			['2026-10-25T23:00:00', '2026-10-26T07:00:00', '2026-10-24T22:00:00', '2026-10-25T07:00:00'],
		],
		[
			'yesterday',
			['2026-10-24T22:00:00', '2026-10-25T23:00:00', '2026-10-23T22:00:00', '2026-10-24T22:00:00'],
		],
		[
			'previousMonth',
			['2026-08-31T22:00:00', '2026-09-30T22:00:00', '2026-07-31T22:00:00', '2026-08-31T22:00:00'],
		],
		[
			'last7Days',
			['2026-10-19T07:00:00', '2026-10-26T07:00:00', '2026-10-12T07:00:00', '2026-10-19T07:00:00'],
		],
	])(
		'compares %s with the period before it, in the time zone of the workflow',
		async (period, expected) => {
			const { from, to, previousFrom, previousTo } = await report({ period });
			expect([from, to, previousFrom, previousTo].map((at) => String(at).slice(0, 19))).toEqual(
				expected,
			);
		},
	);
});

describe('Event: Summarize of more groups than it can tell apart', () => {
	let api: AuditApi;

	beforeAll(async () => {
		api = await startAuditApi({ events: [] });
		const events = Array.from({ length: 10_003 }, (_, i) => ({
			userId: `user-${i}`,
			timestamp: '2026-10-20T12:00:00.0000000Z',
		}));
		api.append(...events, { userId: 'user-0', timestamp: '2026-10-10T12:00:00.0000000Z' });
	});
	afterAll(async () => await api.stop());

	const summarize = async (parameters: INodeParameters, options: INodeParameters = {}) => {
		const result = await runAudit(credentialFor(api), {
			parameters: summarizing({
				from: '2026-10-16T00:00:00Z',
				groupBy: ['userId'],
				options: { compareWith: 'previousPeriod', ...options },
				...parameters,
			}),
		});
		expect(result.error).toBeUndefined();
		const [task] = result.run.data.resultData.runData['Signicat Audit'] ?? [];
		return { json: result.items.map(({ json }) => json), hints: task?.hints ?? [] };
	};

	test('says so in a note, and calls no group ended that it cannot know of', async () => {
		const { json, hints } = await summarize({}, { topN: 10_000 });
		const { total, groups, note } = json[0] as IDataObject & { groups: IDataObject[] };
		expect(total).toBe(10_003);
		expect(note).toContain('There are more than 10,000 groups.');
		expect(note).toContain('Groups that may be among the others are not compared.');
		expect(groups.filter(({ isEnded }) => isEnded)).toEqual([]);
		expect(groups.reduce((sum, { count }) => sum + Number(count), 0)).toBe(10_003);
		expect(groups.reduce((sum, group) => sum + Number(group.previousCount), 0)).toBe(1);
		expect(hints).toEqual([]);
	});

	test('says so in a hint on the node where there is an item per group', async () => {
		const { json, hints } = await summarize({ emit: 'itemPerGroup' });
		expect(json).toHaveLength(10_000);
		expect(hints).toEqual([
			{
				message: expect.stringContaining('There are more than 10,000 groups.'),
				type: 'warning',
				location: 'outputPane',
			},
		]);
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
		expect(html).toContain('>&lt;script&gt;alert(1)&lt;/script&gt;</th>');
		expect(html).toContain('>=1+1</th>');
	});
});
