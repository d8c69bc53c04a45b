import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { type AuditApi, type AuditEvent, startAuditApi } from '../../dev/audit-api';
import { credentialFor, type CredentialStore, loadList, runAudit, searchList } from './engine';

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

	test('Event: Get sends no request where no item has a cursor, and fails each with Continue On Fail', async () => {
		const items = [{ cursor: '' }, { cursor: '..' }];
		const onError = 'continueRegularOutput';
		const { items: results } = await runAudit(credential, { items, parameters: get, onError });
		expect(results.map(({ json }) => json.error)).toEqual([
			"Invalid value for 'Cursor': must not be empty",
			expect.stringContaining("Invalid value for 'Cursor'"),
		]);
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
		const namesOf = (...services: string[]) => {
			const logged = api.events.filter(({ serviceName }) => services.includes(String(serviceName)));
			return new Set(logged.map(({ eventType }) => eventType).filter(Boolean));
		};

		test('services and event types come from the metadata, event types by the service', async () => {
			const services = new Set(api.events.map(({ serviceName }) => serviceName).filter(Boolean));
			expect(new Set(await searchList(credential, 'getServiceNames'))).toEqual(services);
			expect(new Set(await loadList(credential, 'getServiceNames'))).toEqual(services);
			const types = await searchList(credential, 'getEventTypes', {
				parameters: { serviceName: { __rl: true, mode: 'list', value: 'Broker' } },
			});
			expect(new Set(types)).toEqual(namesOf('Broker'));
			expect(types.length).toBeGreaterThan(0);
		});

		test.each([
			[['Broker']],
			['Broker'],
			[['Broker', 'mobileid']],
			['Broker, mobileid'],
			['["mobileid"]'],
		])('event types follow the services that are chosen as filters: %p', async (serviceName) => {
			const chosen = ['Broker', 'mobileid'].filter((name) => serviceName.includes(name));
			const types = await loadList(credential, 'getEventTypes', {
				parameters: { filters: { serviceName } },
			});
			expect(new Set(types)).toEqual(namesOf(...chosen));
			expect(types).toEqual([...types].sort((a, b) => a.localeCompare(b)));
		});

		test.each([[undefined], [null], [{}], [{ serviceName: [] }], [{ serviceName: '[' }]])(
			'event types are all where no service is chosen: %p',
			async (filters) => {
				const parameters = { filters } as unknown as INodeParameters;
				const types = await loadList(credential, 'getEventTypes', { parameters });
				const services = await loadList(credential, 'getServiceNames');
				expect(new Set(types)).toEqual(namesOf(...services));
			},
		);

		test('fields are those of an event, and the properties of what is chosen', async () => {
			const own = await searchList(credential, 'getFields');
			expect(own).toContain('ipAddress');
			expect(own).not.toContain('Idp');
			const fields = async (filters: INodeParameters) =>
				(await searchList(credential, 'getFields', { parameters: { filters } })).filter(
					(name) => !own.includes(name),
				);
			const broker = await fields({ serviceName: ['Broker'] });
			const mobile = await fields({ serviceName: 'mobileid' });
			expect(broker).toContain('Idp');
			expect(new Set(await fields({ serviceName: ['Broker', 'mobileid'] }))).toEqual(
				new Set([...broker, ...mobile]),
			);
			const ofType = await fields({ serviceName: ['Broker'], eventType: ['authn_response'] });
			expect(ofType).toContain('Idp');
			expect(broker).toEqual(expect.arrayContaining(ofType));
			expect(new Set(await fields({ eventType: 'authn_response' }))).toEqual(new Set(ofType));
		});

		test('properties are asked for by service, and by event type if one is chosen of a service', async () => {
			const types = await loadList(credential, 'getEventTypes', {
				parameters: { filters: { serviceName: 'Broker' } },
			});
			const asked = async (filters: INodeParameters) => {
				api.reset();
				await searchList(credential, 'getFields', { parameters: { filters } });
				const requests = api.requests.filter(({ operation }) => operation === 'properties');
				return requests.map(({ query }) => [query.serviceName, query.eventType]);
			};
			const [first = '', second = ''] = types;
			expect(await asked({ serviceName: 'Broker', eventType: first })).toContainEqual([
				'Broker',
				first,
			]);
			expect(await asked({ serviceName: 'Broker', eventType: [first, second] })).toContainEqual([
				'Broker',
				undefined,
			]);
		});

		test('properties are asked for at most 20 times for one list', async () => {
			const names = Array.from({ length: 30 }, (_one, index) => `service-${index}`);
			const services = names.map((name) => ({ name, eventTypes: [] }));
			const text = JSON.stringify({ targets: [{ name: 'Default', services }] });
			api.fail({ kind: 'response', text }, { on: 'metadata' });
			api.fail(
				{ kind: 'response', text: '{"properties":["Own"]}' },
				{ on: 'properties', times: 30 },
			);
			const parameters = { filters: { serviceName: names } };
			expect(await searchList(credential, 'getFields', { parameters })).toContain('Own');
			expect(api.requests.filter(({ operation }) => operation === 'properties')).toHaveLength(20);
		});

		test('a list that cannot be loaded says why, and a name that is typed still works', async () => {
			api.fail({ status: 503 }, { on: 'metadata', times: Infinity });
			for (const loading of [
				loadList(credential, 'getServiceNames'),
				loadList(credential, 'getEventTypes'),
				searchList(credential, 'getFields', { parameters: { filters: { serviceName: 'Broker' } } }),
			]) {
				await expect(loading).rejects.toThrow('Signicat is temporarily unavailable');
			}
			const { items, error } = await runAudit(credential, {
				parameters: {
					resource: 'event',
					operation: 'getAll',
					period: 'last30Days',
					filters: { serviceName: '={{ "Broker, mobileid" }}' },
				},
			});
			expect(error).toBeUndefined();
			expect(new Set(items.map(({ json }) => json.serviceName))).toEqual(
				new Set(['Broker', 'mobileid']),
			);
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
