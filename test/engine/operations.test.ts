import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuditApi, type AuditEvent, startAuditApi } from '../../dev/audit-api';
import { credentialFor, type CredentialStore, runAudit, searchList } from './engine';

describe('The other operations', () => {
	let api: AuditApi;
	let credential: CredentialStore;

	beforeAll(async () => {
		api = await startAuditApi({ eventCount: 300 });
	});
	afterAll(async () => await api.stop());
	beforeEach(() => {
		api.reset();
		credential = credentialFor(api);
	});

	/** Get returns the whole event, so there is no more data. */
	const whole = (event: AuditEvent) =>
		event.mayHaveMoreData ? { ...event, mayHaveMoreData: false } : event;

	const get = {
		resource: 'event',
		operation: 'get',
		cursor: '={{ $json.cursor }}',
		output: 'raw',
	};

	test('Event: Get returns the whole event, for every kind of cursor, in the order of the items', async () => {
		const cursors = api.events.map(({ cursor }) => cursor);
		for (const sign of ['/', '+', '=', '%']) {
			expect(cursors.some((cursor) => cursor.includes(sign))).toBe(true);
		}
		api.configure({ latencyMs: 5 });
		const { items, error } = await runAudit(credential, {
			items: cursors.map((cursor) => ({ cursor })),
			parameters: get,
		});
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json)).toEqual(api.events.map(whole));
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
			cursors.map((_cursor, item) => ({ item })),
		);
	});

	test('Event: Get reports the item whose event does not exist, and continues with Continue On Fail', async () => {
		const items = [{ cursor: api.events[0]?.cursor }, { cursor: 'unknown' }, { cursor: '' }];
		const stopped = await runAudit(credential, { items: items.slice(0, 2), parameters: get });
		expect(stopped.error?.message).toBe('No event with this cursor exists in this account');
		expect(stopped.error?.context.itemIndex).toBe(1);
		const { items: results } = await runAudit(credential, {
			items,
			parameters: get,
			onError: 'continueRegularOutput',
		});
		expect(results.map(({ json }) => Object.keys(json).includes('error'))).toEqual([
			false,
			true,
			true,
		]);
		expect(results[2]?.json.error).toContain('Cursor');
		// The item also contains what helps: what to do, and the trace ID for Signicat's support.
		const [, unknown, empty] = results.map(({ json }) => json);
		expect(unknown).toEqual({
			error: stopped.error?.message,
			description: expect.stringContaining('Signicat says'),
			traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
		});
		expect(unknown?.description).toContain(String(unknown?.traceId));
		expect(Object.keys(empty ?? {})).toEqual(['error', 'description']);
		const { items: good, errorItems } = await runAudit(credential, {
			items,
			parameters: get,
			onError: 'continueErrorOutput',
		});
		expect(good).toHaveLength(1);
		expect(errorItems.map(({ json }) => json)).toEqual([
			{
				cursor: 'unknown',
				...unknown,
				description: expect.any(String),
				traceId: expect.any(String),
			},
			{ ...items[2], ...empty },
		]);
	});

	test('Event: Get checks every cursor before the first request', async () => {
		const items = [{ cursor: api.events[0]?.cursor }, { cursor: '..' }];
		const { error } = await runAudit(credential, { items, parameters: get });
		expect(error?.context.itemIndex).toBe(1);
		expect(api.requests).toHaveLength(0);
	});

	test.each(['objects', 'strings', 'unexpected'] as const)(
		'Metadata: Get returns the response unchanged, in the shape "%s"',
		async (metadataShape) => {
			api.configure({ metadataShape });
			const { items, error } = await runAudit(credential, {
				parameters: { resource: 'metadata', operation: 'get' },
			});
			expect(error).toBeUndefined();
			expect(items).toHaveLength(1);
		},
	);

	test.each(['objects', 'strings'] as const)(
		'Property: Get Many returns one item per property, in the shape "%s"',
		async (propertiesShape) => {
			api.configure({ propertiesShape });
			expect(await searchList(credential, 'getTargets')).toEqual(['Audit', 'Default']);
			const parameters = {
				resource: 'property',
				operation: 'getAll',
				returnAll: true,
				target: { __rl: true, mode: 'list', value: 'Default' },
				serviceName: { __rl: true, mode: 'name', value: 'Broker' },
				eventType: { __rl: true, mode: 'name', value: 'authn_response' },
			};
			const { items, error } = await runAudit(credential, { parameters });
			expect(error).toBeUndefined();
			expect(items.map(({ json }) => json.name)).toContain('Idp');
			const limited = await runAudit(credential, {
				parameters: { ...parameters, returnAll: false, limit: 1 },
			});
			expect(limited.items).toHaveLength(1);
		},
	);

	test('Property: Get Many needs a target and a service', async () => {
		const parameters = {
			resource: 'property',
			operation: 'getAll',
			target: '={{ $json.missing }}',
			serviceName: 'Broker',
		};
		const { error } = await runAudit(credential, { parameters });
		expect(error?.message).toContain('Target');
		expect(api.requests).toHaveLength(0);
	});

	describe('Lists in the editor', () => {
		test('services and event types come from the metadata, event types by the service', async () => {
			const services = new Set(api.events.map(({ serviceName }) => serviceName).filter(Boolean));
			expect(new Set(await searchList(credential, 'getServiceNames'))).toEqual(services);
			const types = await searchList(credential, 'getEventTypes', {
				parameters: { filters: { serviceName: { __rl: true, mode: 'list', value: 'Broker' } } },
			});
			const expected = api.events
				.filter(({ serviceName }) => serviceName === 'Broker')
				.map(({ eventType }) => eventType)
				.filter(Boolean);
			expect(new Set(types)).toEqual(new Set(expected));
			expect(types.length).toBeGreaterThan(0);
		});

		test('fields are those of an event, and the properties of the chosen service', async () => {
			const own = await searchList(credential, 'getFields');
			expect(own).toContain('ipAddress');
			expect(own).not.toContain('Idp');
			const more = await searchList(credential, 'getFields', {
				parameters: { filters: { serviceName: 'Broker', eventType: 'authn_response' } },
			});
			expect(more).toEqual(expect.arrayContaining([...own, 'Idp']));
		});

		test('typing narrows a list', async () => {
			expect(await searchList(credential, 'getServiceNames', { filter: 'BROK' })).toEqual([
				'Broker',
			]);
		});

		test('metadata of an unknown shape results in an empty list', async () => {
			api.configure({ metadataShape: 'unexpected' });
			expect(await searchList(credential, 'getServiceNames')).toEqual([]);
			expect(await searchList(credential, 'getTargets')).toEqual([]);
		});

		test('strings in the metadata work as well as objects', async () => {
			const objects = await searchList(credential, 'getServiceNames');
			api.configure({ metadataShape: 'strings' });
			const strings = await searchList(credential, 'getTargets');
			expect(strings.length).toBeGreaterThan(0);
			expect(objects.length).toBeGreaterThan(0);
		});
	});
});
