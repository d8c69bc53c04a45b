import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuditApi, type AuditEvent, startAuditApi } from '../../../dev/audit-api';
import { Client, cursorsOf } from './client';

const NOW = '2026-11-20T12:00:00.1234567Z';
const now = () => new Date('2026-11-20T12:00:00.123Z');
const span = { from: '2026-11-01T00:00:00Z', to: '2026-11-11T00:00:00Z' };

let api: AuditApi;
let client: Client;

beforeAll(async () => {
	api = await startAuditApi({ eventCount: 400, span, now });
	client = await Client.connect(api);
});

afterEach(() => {
	api.reset();
	expect(api.violations).toEqual([]);
});

afterAll(async () => await api.stop());

describe('a query', () => {
	test('without a range covers the 30 days before now', async () => {
		const { body } = await client.query({});

		expect(body).toMatchObject({
			from: '2026-10-21T12:00:00.1230000Z',
			to: '2026-11-20T12:00:00.1230000Z',
			next: null,
		});
		expect(cursorsOf(body.data)).toEqual(cursorsOf(api.events));
	});

	test('gives the newest events first, events of one instant in a stable order', async () => {
		const { body: first } = await client.query({});
		const { body: second } = await client.query({});
		const timestamps = first.data.map(({ timestamp }) => timestamp);

		expect(timestamps).toEqual([...timestamps].sort().reverse());
		expect(cursorsOf(second.data)).toEqual(cursorsOf(first.data));
	});

	test.each([0, 1001, -1, 1.5, 'many'])('refuses a limit of %s', async (limit) => {
		const { status, body } = await client.query<unknown>({}, `?limit=${limit}`);

		expect(status).toBe(400);
		expect(body).toMatchObject({
			code: 'invalid_request_parameter',
			traceId: expect.any(String),
			invalidParams: [{ name: 'limit', reason: expect.any(String) }],
		});
	});

	test.each([
		[{ from: 'yesterday' }, 'from'],
		[{ to: '2026-02-30T00:00:00Z' }, 'to'],
		[{ from: '2026-11-20T00:00:00' }, 'from'],
		[{ from: NOW, to: span.from }, 'from'],
		[{ order: 'asc' }, 'order'],
		[{ and: { field: 'userId' } }, 'and'],
	])('refuses the body %j and names %s', async (body, name) => {
		const refused = await client.query<{ invalidParams: unknown }>(body);

		expect(refused.status).toBe(400);
		expect(refused.body.invalidParams).toContainEqual({ name, reason: expect.any(String) });
	});

	test('refuses a body that is not JSON, and one that is not called JSON', async () => {
		const send = async (type: string, body: string) =>
			await fetch(`${api.baseUrl}/audit/query`, {
				method: 'POST',
				headers: { Authorization: `Bearer ${client.token}`, 'Content-Type': type },
				body,
			});

		expect((await send('application/json', '{"and":')).status).toBe(400);
		expect((await send('text/plain', '{}')).status).toBe(415);
	});

	test('can refuse long ranges', async () => {
		api.configure({ maxRangeDays: 60 });

		const exact = await client.query({ from: '2026-09-01T00:00:00Z', to: '2026-10-31T00:00:00Z' });
		const longer = await client.query({
			from: '2026-08-31T23:59:59.9999999Z',
			to: '2026-10-31T00:00:00Z',
		});

		expect([exact.status, longer.status]).toEqual([200, 400]);
	});
});

describe('the edges of a range', () => {
	const at = (timestamp: string): AuditEvent => ({ cursor: timestamp, timestamp });
	const stamps = [
		'2026-11-05T12:00:00.0000000Z',
		'2026-11-05T12:00:00.0000001Z',
		'2026-11-05T12:00:00.0000009Z',
		'2026-11-05T12:00:00.0010000Z',
	] as const;
	let edges: AuditApi;
	let reader: Client;

	beforeAll(async () => {
		edges = await startAuditApi({ events: stamps.map(at), now });
		reader = await Client.connect(edges);
	});

	afterEach(() => edges.reset());
	afterAll(async () => await edges.stop());

	const read = async (from: string, to: string) =>
		(await reader.query({ from, to })).body.data.map(({ timestamp }) => timestamp);

	test('are exact to the seventh digit: from belongs to it, to does not', async () => {
		expect(await read(stamps[1], stamps[2])).toEqual([stamps[1]]);
		expect(await read(stamps[0], stamps[3])).toEqual([stamps[2], stamps[1], stamps[0]]);
		expect(await read(stamps[1], stamps[1])).toEqual([]);
	});

	test('can be read without from', async () => {
		edges.configure({ fromInclusive: false });

		expect(await read(stamps[1], stamps[3])).toEqual([stamps[2]]);
	});

	test('can come in any time zone and with any number of digits', async () => {
		expect(await read('2026-11-05T14:00:00.0000001+02:00', '2026-11-05T12:00:00.001Z')).toEqual([
			stamps[2],
			stamps[1],
		]);
	});

	test('stay exact where timestamps are shown cut to milliseconds', async () => {
		edges.configure({ timestampDigits: 3 });

		expect(await read(stamps[1], stamps[3])).toEqual([
			'2026-11-05T12:00:00.000Z',
			'2026-11-05T12:00:00.000Z',
		]);
	});
});

describe('conditions', () => {
	const events: AuditEvent[] = [
		{ serviceName: 'Broker', userId: 'user-0001', indexedData: { Idp: 'nbid' }, data: 3 },
		{ serviceName: 'Broker', userId: null, indexedData: { Idp: 'sbid' }, sandbox: true, data: 5 },
		{ serviceName: 'mobileid', expiresAt: '2026-11-05T12:00:00.0000001Z', data: { a: [1] } },
	].map((event, index) => ({
		cursor: String(index),
		timestamp: `2026-11-0${5 - index}T12:00:00.0000001Z`,
		...event,
	}));
	let few: AuditApi;
	let reader: Client;

	beforeAll(async () => {
		few = await startAuditApi({ events, now });
		reader = await Client.connect(few);
	});

	beforeEach(() => few.reset());
	afterAll(async () => await few.stop());

	test.each([
		['serviceName', 'eq', 'Broker', '01'],
		['serviceName', 'ne', 'Broker', '2'],
		['Idp', 'eq', 'sbid', '1'],
		['Idp', 'ne', 'sbid', '02'],
		['Idp', 'in', ['nbid', 'sbid'], '01'],
		['Idp', 'nin', ['nbid'], '12'],
		['userId', 'eq', null, '12'],
		['userId', 'regex', '^user-\\d+$', '0'],
		['sandbox', 'eq', true, '1'],
		['sandbox', 'eq', 'true', ''],
		['data', 'gt', 3, '1'],
		['data', 'gte', 3, '01'],
		['data', 'lt', '4', ''],
		['data', 'eq', { a: [1] }, '2'],
		['timestamp', 'gt', '2026-11-04T12:00:00.0000001Z', '0'],
		['timestamp', 'lte', '2026-11-04T13:00:00.0000001+01:00', '12'],
		['expiresAt', 'eq', '2026-11-05T12:00:00.000000100Z', '2'],
	])('%s %s %j holds for %s', async (field, operator, value, expected) => {
		const { status, body } = await reader.query({ and: [{ field, operator, value }] });

		expect(status).toBe(200);
		expect(cursorsOf(body.data).join('')).toBe(expected);
	});

	test('all have to hold', async () => {
		const and = [
			{ field: 'serviceName', operator: 'eq', value: 'Broker' },
			{ field: 'Idp', operator: 'ne', value: 'nbid' },
		];

		expect(cursorsOf((await reader.query({ and })).body.data)).toEqual(['1']);
	});

	test.each([
		['nothing', 'eq', 1, 'field'],
		['constructor', 'eq', 1, 'field'],
		['userId', 'like', 'a', 'operator'],
		['userId', 'in', 'a', 'value'],
		['userId', 'regex', '(', 'value'],
		['timestamp', 'gt', 'today', 'value'],
	])('%s %s %j is refused because of its %s', async (field, operator, value, part) => {
		const and = [
			{ field: 'userId', operator: 'eq', value: 'a' },
			{ field, operator, value },
		];
		const { status, body } = await reader.query<unknown>({ and });

		expect(status).toBe(400);
		expect(body).toMatchObject({ invalidParams: [{ name: `and[1].${part}` }] });
	});

	test('can be limited to some operators', async () => {
		few.configure({ knownOperators: ['eq'] });
		const withOperator = async (operator: string) =>
			(await reader.query({ and: [{ field: 'userId', operator, value: 'a' }] })).status;

		expect(await withOperator('eq')).toBe(200);
		expect(await withOperator('ne')).toBe(400);
	});
});
