import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type AuditApi, type AuditEvent, startAuditApi } from '../../../dev/audit-api';
import { present } from '../../support/present';
import { Client } from './client';

let api: AuditApi;
let client: Client;

beforeAll(async () => {
	api = await startAuditApi({ eventCount: 400 });
	client = await Client.connect(api);
});

afterEach(() => {
	api.reset();
	expect(api.violations).toEqual([]);
});

afterAll(async () => await api.stop());

const itemPath = (cursor: string) => `/audit/query/cursor/${encodeURIComponent(cursor)}`;

describe('reading one event', () => {
	test('finds every stored event by its percent-encoded cursor', async () => {
		for (const event of api.events) {
			const { status, body } = await client.get<AuditEvent>(itemPath(event.cursor));

			expect([status, body.cursor]).toEqual([200, event.cursor]);
		}
	});

	test('does not find it when the cursor is encoded twice', async () => {
		const { cursor } = present(api.events[0]);
		const { status, body } = await client.get(itemPath(encodeURIComponent(cursor)));

		expect(status).toBe(404);
		expect(body).toMatchObject({ code: 'not_found', traceId: expect.any(String) });
	});

	test('gives the whole of an event that is listed truncated', async () => {
		const cut = api.events.find(({ mayHaveMoreData }) => mayHaveMoreData) as AuditEvent;
		const listed = (await client.query({})).body.data.find(({ cursor }) => cursor === cut.cursor);
		const { body: whole } = await client.get<AuditEvent>(itemPath(cut.cursor));

		expect(listed).toMatchObject({ mayHaveMoreData: true });
		expect(JSON.stringify(listed?.data).length).toBeLessThan(JSON.stringify(cut.data).length);
		expect(whole).toEqual({ ...cut, mayHaveMoreData: false });
	});

	test('answers 404 for a cursor that nobody has', async () => {
		expect((await client.get(itemPath('nobody'))).status).toBe(404);
	});
});

describe('metadata', () => {
	const metadata = async () =>
		(await client.get<{ extended: boolean; targets: unknown[] }>('/audit/query/metadata')).body;

	test('lists the services and event types of the stored events', async () => {
		const { extended, targets } = await metadata();

		expect(extended).toBe(true);
		expect(targets).toContainEqual({
			target: 'Default',
			services: expect.arrayContaining([
				{ serviceName: 'Broker', eventTypes: ['authn_request', 'authn_response'] },
			]),
		});
	});

	test('learns of new services as their events arrive', async () => {
		api.append({ serviceName: 'brand-new', eventType: 'first.event' });

		expect(JSON.stringify(await metadata())).toContain('"brand-new","eventTypes":["first.event"]');
	});

	test('can be of names alone, or of a shape that nobody expects', async () => {
		api.configure({ metadataShape: 'strings' });
		expect((await metadata()).targets).toEqual(['Default', 'Audit']);

		api.configure({ metadataShape: 'unexpected' });
		expect((await metadata()).targets).toContain(null);
	});
});

describe('properties', () => {
	const properties = async (query: string) =>
		(await client.get<{ properties: unknown[] }>(`/audit/query/properties?${query}`)).body
			.properties;

	test('are those of the service, or of one event type', async () => {
		const service = 'target=Default&serviceName=signature-api';

		expect(await properties(service)).toEqual([
			{ name: 'OrderStatus', type: 'string' },
			{ name: 'Signers', type: 'string' },
		]);
		expect(await properties(`${service}&eventType=order.created`)).toEqual([
			{ name: 'OrderStatus', type: 'string' },
		]);
	});

	test('hold Idp for authentication responses, as names alone too', async () => {
		api.configure({ propertiesShape: 'strings' });

		expect(
			await properties('target=Default&serviceName=Broker&eventType=authn_response'),
		).toContain('Idp');
	});

	test('are none for a service that the target does not have', async () => {
		expect(await properties('target=Audit&serviceName=Broker')).toEqual([]);
		expect(await properties('target=Default&serviceName=nothing')).toEqual([]);
	});

	test('need a target and a service', async () => {
		const { status, body } = await client.get('/audit/query/properties?target=Default');

		expect(status).toBe(400);
		expect(body.invalidParams).toMatchObject([{ name: 'serviceName' }]);
	});
});
