import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { type AuditApi, type AuditEvent, startAuditApi } from '../../dev/audit-api';
import { cefLine } from '../../nodes/shared/formats/cef';
import { ecsDocument } from '../../nodes/shared/formats/ecs';
import { ocsfEvent } from '../../nodes/shared/formats/ocsf';
import { DEFAULT_OUTCOME_RULE } from '../../nodes/shared/formats/outcome';
import { selectFields } from '../../nodes/shared/formats/selectedFields';
import { SIMPLIFIED_FIELDS } from '../../nodes/shared/formats/simplify';
import { credentialFor, type CredentialStore, loadList, runAudit, RunningTrigger } from './engine';

const span = { from: '2026-10-01T00:00:00Z', to: '2026-10-31T00:00:00Z' };
const getMany = (parameters: INodeParameters): INodeParameters => ({
	resource: 'event',
	operation: 'getAll',
	returnAll: true,
	period: 'custom',
	...span,
	...parameters,
});

const outcome = { ...DEFAULT_OUTCOME_RULE, property: 'Result' };
const options: INodeParameters = { outcomeProperty: 'Result' };

/** The parameters of each output, and what it makes of an event. */
const OUTPUTS: Array<[INodeParameters, (event: AuditEvent) => object]> = [
	[
		{ output: '' },
		(event) =>
			Object.fromEntries(
				SIMPLIFIED_FIELDS.flatMap((field) =>
					event[field] === null || event[field] === undefined ? [] : [[field, event[field]]],
				),
			),
	],
	[{ output: 'raw' }, (event) => event],
	[
		{ output: 'selectedFields', outputFields: ['Result', 'userId', 'data.transaction.id'] },
		(event) => selectFields(event, ['Result', 'userId', 'data.transaction.id']),
	],
	[
		{ output: 'selectedFields', outputFields: '={{ "Idp, message" }}' },
		(event) => selectFields(event, ['Idp', 'message']),
	],
	[{ output: 'ecs', options }, (event) => ecsDocument(event, { outcome })],
	[
		{ output: 'ecs', options: { ...options, includeOriginal: true } },
		(event) => ecsDocument(event, { outcome, includeOriginal: true }),
	],
	[{ output: 'ocsf', options }, (event) => ocsfEvent(event, { outcome })],
	[
		{ output: 'ocsf', options: { includeOriginal: true } },
		(event) => ocsfEvent(event, { outcome: DEFAULT_OUTCOME_RULE, includeOriginal: true }),
	],
	[
		{ output: 'cef', options },
		(event) => ({ cef: cefLine(event, { outcome }), cursor: event.cursor }),
	],
	[
		{
			output: 'cef',
			options: {
				outcomeProperty: { __rl: true, mode: 'list', value: 'Result' },
				outcomeSuccessValues: 'failure',
				outcomeFailureValues: '={{ ["success"] }}',
			},
		},
		(event) => ({
			cef: cefLine(event, {
				outcome: { property: 'Result', success: ['failure'], failure: ['success'] },
			}),
			cursor: event.cursor,
		}),
	],
];

const cases = OUTPUTS.map(
	([parameters, shape]) => [JSON.stringify(parameters), parameters, shape] as const,
);

describe('Output', () => {
	let api: AuditApi;
	let credential: CredentialStore;

	beforeAll(async () => (api = await startAuditApi({ eventCount: 300, span })));
	afterAll(async () => await api.stop());
	beforeEach(() => {
		api.reset();
		credential = credentialFor(api);
	});

	/** Listed events may be cut short; these are not. */
	const wholeEvents = () => api.events.filter(({ mayHaveMoreData }) => mayHaveMoreData !== true);

	test.each(cases)(
		'is the shape of each event of Get Many: %s',
		async (_name, parameters, shape) => {
			const { items, error } = await runAudit(credential, { parameters: getMany(parameters) });
			expect(error).toBeUndefined();
			expect(items).toHaveLength(300);
			const whole = wholeEvents();
			expect(whole.length).toBeGreaterThan(100);
			const results = items.map(({ json }) => json);
			for (const event of whole) expect(results).toContainEqual(shape(event));
		},
	);

	test.each(cases)('is the shape of the event of Get: %s', async (_name, parameters, shape) => {
		const [event] = wholeEvents() as [AuditEvent];
		const { items } = await runAudit(credential, {
			parameters: { resource: 'event', operation: 'get', cursor: event.cursor, ...parameters },
		});
		expect(items.map(({ json }) => json)).toEqual([shape(event)]);
		expect(Object.keys(items[0]?.json ?? {})).toEqual(Object.keys(shape(event)));
	});

	test.each(cases)(
		'is the shape of each event of the trigger: %s',
		async (_name, parameters, shape) => {
			const { options: others, ...rest } = parameters;
			const settings = { ...rest, options: { ...(others as object), startFrom: 'now' } };
			const trigger = new RunningTrigger(credential, settings as INodeParameters);
			await trigger.poll();
			const [event] = api.append({
				indexedData: { Result: 'success', Idp: 'nbid' },
				timestamp: new Date().toISOString(),
			}) as [AuditEvent];
			expect(await trigger.poll()).toEqual([shape(event)]);
		},
	);

	test('is the shape of the event of a new event type, too', async () => {
		const trigger = new RunningTrigger(credential, { event: 'newEventType', output: 'ocsf' });
		await trigger.poll();
		const [event] = api.append({
			eventType: 'never.seen',
			timestamp: new Date().toISOString(),
		}) as [AuditEvent];
		expect(await trigger.poll()).toEqual([
			{
				serviceName: event.serviceName,
				eventType: 'never.seen',
				firstSeenAt: event.timestamp,
				event: ocsfEvent(event, { outcome: DEFAULT_OUTCOME_RULE }),
			},
		]);
	});

	test('can be changed without losing what the trigger knows', async () => {
		const trigger = new RunningTrigger(credential, { output: 'raw' });
		await trigger.poll();
		const before = JSON.stringify(trigger.state);
		const changed = new RunningTrigger(credential, { output: 'ecs' });
		await changed.poll();
		expect((JSON.parse(before) as { key: string }).key).toBe(changed.state?.key);
	});
});

describe('the list of output fields', () => {
	let api: AuditApi;
	let credential: CredentialStore;

	beforeAll(async () => (api = await startAuditApi({ eventCount: 20 })));
	afterAll(async () => await api.stop());
	beforeEach(() => {
		api.reset();
		credential = credentialFor(api);
	});

	test('has the fields of an event, sorted, without the cursor, and needs no request', async () => {
		const names = await loadList(credential, 'getOutputFields');
		expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
		expect(new Set(names)).toEqual(
			new Set(Object.keys(api.events[0] as object).filter((name) => name !== 'cursor')),
		);
		expect(api.requests).toEqual([]);
	});

	test('also has the properties of the chosen service', async () => {
		const filters = { serviceName: ['Broker'] };
		const parameters = { filters } as INodeParameters;
		const names = await loadList(credential, 'getOutputFields', { parameters });
		expect(names).toEqual(expect.arrayContaining(['Idp', 'Result', 'userId', 'data']));
		expect(names).toHaveLength(new Set(names).size);
	});

	test('reports an API that does not respond', async () => {
		const parameters = { filters: { serviceName: 'Broker' } };
		api.fail({ status: 403 }, { on: 'metadata', times: Infinity });
		await expect(loadList(credential, 'getOutputFields', { parameters })).rejects.toThrow();
	});
});
