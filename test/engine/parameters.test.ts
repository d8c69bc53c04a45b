import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { INodeParameters, NodeParameterValueType } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { credentialFor, type CredentialStore, runAudit, RunningTrigger } from './engine';

/** Values that expressions return in place of the intended ones. */
const VALUES = {
	undefined: '[][0]',
	null: 'null',
	empty: '""',
	blank: '" "',
	'"false"': '"false"',
	'"0"': '"0"',
	'0': '0',
	NaN: 'NaN',
	'[]': '[]',
	'["a","b"]': '["a", "b"]',
	'{}': '({})',
	Date: 'new Date(0)',
	// Far enough in the past: as From, it has to be before To, which is now.
	Luxon: '$now.minus({ hours: 1 })',
	'1e21': '1e21',
	surrogate: '"a\\ud800"',
	long: '"x".repeat(1000000)',
} as const;

type ValueName = keyof typeof VALUES;

const names = Object.keys(VALUES) as ValueName[];
const EMPTY: ValueName[] = ['undefined', 'null', 'empty', 'blank'];
const TEXTS: ValueName[] = ['"false"', '"0"', '0'];

interface Row {
	/** Its name in errors. */
	label: string;
	/** The parameters with the value in its place. */
	put(value: NodeParameterValueType): INodeParameters;
	/** The accepted values; all others are rejected. */
	accepted: ValueName[];
}

const getMany = (parameters: INodeParameters): INodeParameters => ({
	resource: 'event',
	operation: 'getAll',
	period: 'lastHour',
	...parameters,
});
const ofEvents = (operation: string, parameters: INodeParameters) => ({
	...getMany(parameters),
	operation,
});
const properties = (parameters: INodeParameters): INodeParameters => ({
	resource: 'property',
	operation: 'getAll',
	target: 'Default',
	serviceName: 'Broker',
	...parameters,
});
const option = (name: string, operation = 'getAll') => ({
	put: (value: NodeParameterValueType) =>
		ofEvents(operation, { options: { [name]: value } as INodeParameters }),
});
const filter = (name: string, options: INodeParameters = {}) => ({
	put: (value: NodeParameterValueType) =>
		getMany({ filters: { [name]: value } as INodeParameters, options }),
});
const condition = (name: string, others: INodeParameters = {}) => ({
	put: (value: NodeParameterValueType) =>
		getMany({
			conditions: {
				condition: [{ field: 'userId', value: 'u', ...others, [name]: value }],
			} as INodeParameters,
		}),
});
const parameter = (name: string, others: INodeParameters = {}) => ({
	put: (value: NodeParameterValueType) => getMany({ ...others, [name]: value }),
});

const FILTERS: Array<[string, string]> = [
	['clientId', 'Client ID'],
	['eventType', 'Event Type'],
	['ipAddress', 'IP Address'],
	['messageId', 'Message ID'],
	['referenceId', 'Reference ID'],
	['serviceName', 'Service Name'],
	['traceId', 'Trace ID'],
	['userId', 'User ID'],
];

const OUTCOME: Array<[string, string, ValueName[]]> = [
	['Include Original', 'includeOriginal', [...EMPTY, ...TEXTS]],
	['Outcome Property', 'outcomeProperty', [...EMPTY, ...TEXTS]],
	['Outcome Success Values', 'outcomeSuccessValues', [...EMPTY, ...TEXTS, '[]', '["a","b"]']],
	['Outcome Failure Values', 'outcomeFailureValues', [...EMPTY, ...TEXTS, '[]', '["a","b"]']],
];

const ROWS: Row[] = [
	{ label: 'Return All', ...parameter('returnAll'), accepted: [...EMPTY, ...TEXTS] },
	{ label: 'Limit', ...parameter('limit'), accepted: EMPTY },
	{ label: 'Output', ...parameter('output'), accepted: EMPTY },
	{
		label: 'Output Field Names or IDs',
		...parameter('outputFields', { output: 'selectedFields' }),
		accepted: [...TEXTS, '["a","b"]'],
	},
	// Not read unless the editor shows it.
	{
		label: 'Output Field Names or IDs',
		...parameter('outputFields', { output: 'raw' }),
		accepted: names,
	},
	...OUTCOME.map(([label, name, accepted]) => ({
		label,
		accepted,
		put: (value: NodeParameterValueType) =>
			getMany({ output: 'ocsf', options: { [name]: value } as INodeParameters }),
	})),
	...OUTCOME.map(([label, name]) => ({ label, ...option(name), accepted: names })),
	{ label: 'Period', ...parameter('period'), accepted: EMPTY },
	{ label: 'Amount', ...parameter('amount', { period: 'last' }), accepted: EMPTY },
	{ label: 'Unit', ...parameter('unit', { period: 'last' }), accepted: EMPTY },
	// A date in 1970 is moved to the year 2000. Now is not before now.
	{
		label: 'From',
		...parameter('from', { period: 'custom' }),
		accepted: [...EMPTY, 'Date', 'Luxon'],
	},
	{ label: 'To', ...parameter('to', { period: 'custom' }), accepted: [...EMPTY, 'Luxon'] },
	{ label: 'Page Size', ...option('pageSize'), accepted: EMPTY },
	{ label: 'Order', ...option('order'), accepted: EMPTY },
	{ label: 'Max Concurrency', ...option('maxConcurrency'), accepted: EMPTY },
	{ label: 'Apply Filters In', ...option('applyFiltersIn'), accepted: EMPTY },
	{
		label: 'Must Match',
		put: (value) =>
			getMany({ options: { applyFiltersIn: 'n8n', match: value } as INodeParameters }),
		accepted: EMPTY,
	},
	{
		label: 'Ignore Empty Filters',
		...option('ignoreEmptyFilters'),
		accepted: [...EMPTY, ...TEXTS],
	},
	{ label: 'Gzip', ...option('gzip', 'export'), accepted: [...EMPTY, ...TEXTS] },
	{
		label: 'Include BOM',
		put: (value) =>
			ofEvents('export', { format: 'csv', options: { includeBom: value } as INodeParameters }),
		accepted: [...EMPTY, ...TEXTS],
	},
	// n8n turns a DateTime in a collection into text.
	{ label: 'File Name', ...option('fileName', 'export'), accepted: [...EMPTY, ...TEXTS, 'Luxon'] },
	{ label: 'Top N', ...option('topN', 'summarize'), accepted: EMPTY },
	{
		label: 'Group By',
		put: (value) => ofEvents('summarize', { groupBy: value }),
		accepted: EMPTY,
	},
	{ label: 'Format', put: (value) => ofEvents('export', { format: value }), accepted: EMPTY },
	{
		label: 'Put Output File in Field',
		put: (value) => ofEvents('export', { binaryPropertyName: value }),
		accepted: TEXTS,
	},
	{ label: 'Cursor', put: (value) => ofEvents('get', { cursor: value }), accepted: TEXTS },
	{ label: 'Target', put: (value) => properties({ target: value }), accepted: TEXTS },
	{ label: 'Service Name', put: (value) => properties({ serviceName: value }), accepted: TEXTS },
	{
		label: 'Event Type',
		put: (value) => properties({ eventType: value }),
		accepted: [...EMPTY, ...TEXTS],
	},
	...FILTERS.flatMap(([name, label]): Row[] => [
		{ label: `Filters > ${label}`, ...filter(name), accepted: [...TEXTS, '["a","b"]'] },
		{
			label: `Filters > ${label}`,
			...filter(name, { ignoreEmptyFilters: true }),
			accepted: [...EMPTY, ...TEXTS, '[]', '["a","b"]', '{}'],
		},
	]),
	{ label: 'Conditions > Condition 1 > Field', ...condition('field'), accepted: TEXTS },
	{ label: 'Conditions > Condition 1 > Operator', ...condition('operator'), accepted: EMPTY },
	{
		label: 'Conditions > Condition 1 > Custom Operator',
		...condition('customOperator', { operator: 'custom' }),
		accepted: TEXTS,
	},
	{ label: 'Conditions > Condition 1 > Value Type', ...condition('valueType'), accepted: EMPTY },
	{
		label: 'Conditions > Condition 1 > Value',
		...condition('value'),
		accepted: [...TEXTS, 'Luxon'],
	},
	{
		label: 'Conditions > Condition 1 > Value',
		...condition('value', { field: 'attempt' }),
		accepted: [...TEXTS, 'Luxon'],
	},
	{
		label: 'Conditions > Condition 1 > Value',
		...condition('value', { field: 'sandbox' }),
		accepted: TEXTS,
	},
	{
		label: 'Conditions > Condition 1 > Value',
		...condition('value', { valueType: 'number' }),
		accepted: ['"0"', '0'],
	},
	{
		label: 'Conditions > Condition 1 > Value',
		...condition('value', { valueType: 'boolean' }),
		accepted: TEXTS,
	},
	{
		label: 'Conditions > Condition 1 > Value',
		...condition('value', { valueType: 'json' }),
		accepted: [...TEXTS, '["a","b"]', '{}', 'Date'],
	},
	{
		label: 'Conditions > Condition 1 > Value',
		...condition('value', { operator: 'in' }),
		accepted: [...TEXTS, '["a","b"]', 'Luxon'],
	},
];

const TRIGGER_ROWS: Row[] = [
	{ label: 'Output', put: (value) => ({ output: value }), accepted: EMPTY },
	{
		label: 'Output Field Names or IDs',
		put: (value) => ({ output: 'selectedFields', outputFields: value }) as INodeParameters,
		accepted: [...TEXTS, '["a","b"]'],
	},
	...OUTCOME.map(([label, name, accepted]) => ({
		label,
		accepted,
		put: (value: NodeParameterValueType) =>
			({ output: 'ecs', options: { [name]: value } }) as INodeParameters,
	})),
	...(
		[
			['Filters > Event Type', 'eventType'],
			['Filters > Service Name', 'serviceName'],
			['Filters > User ID', 'userId'],
		] as const
	).map(([label, name]) => ({
		label,
		put: (value: NodeParameterValueType) => ({ filters: { [name]: value } }) as INodeParameters,
		accepted: [...TEXTS, '["a","b"]'] as ValueName[],
	})),
	{
		label: 'Must Match',
		put: (value) => ({ options: { applyFiltersIn: 'n8n', match: value } }) as INodeParameters,
		accepted: EMPTY,
	},
	...(
		[
			['Apply Filters In', 'applyFiltersIn', EMPTY],
			['Ignore Empty Filters', 'ignoreEmptyFilters', [...EMPTY, ...TEXTS]],
			['Start From', 'startFrom', EMPTY],
			['Late Arrival Minutes', 'lateArrivalMinutes', [...EMPTY, '"0"', '0']],
			['Settling Seconds', 'settlingSeconds', [...EMPTY, '"0"', '0']],
			['Max Events per Poll', 'maxEventsPerPoll', EMPTY],
		] as Array<[string, string, ValueName[]]>
	).map(([label, name, accepted]) => ({
		label,
		accepted,
		put: (value: NodeParameterValueType) => ({ options: { [name]: value } }) as INodeParameters,
	})),
	{
		label: 'Lookback Hours',
		put: (value) =>
			({ options: { startFrom: 'lookback', lookbackHours: value } }) as INodeParameters,
		accepted: EMPTY,
	},
	{
		label: 'Learn Days',
		put: (value) => ({ event: 'newEventType', options: { learnDays: value } }) as INodeParameters,
		accepted: EMPTY,
	},
	{
		label: 'Learn Days',
		put: (value) =>
			({ event: 'newValue', fields: 'userId', options: { learnDays: value } }) as INodeParameters,
		accepted: EMPTY,
	},
	{
		label: 'Field Names or IDs',
		put: (value) => ({ event: 'newValue', fields: value }),
		accepted: [...TEXTS, '["a","b"]'],
	},
	{ label: 'Emit', put: (value) => ({ emit: value }), accepted: EMPTY },
	{
		label: 'Start Date',
		put: (value) => ({ options: { startFrom: 'date', startDate: value } }) as INodeParameters,
		accepted: ['Luxon'],
	},
];

const all = `={{ [${Object.values(VALUES).join(', ')}][$itemIndex] }}`;

describe('the value of an expression for a parameter', () => {
	let api: AuditApi;
	let credential: CredentialStore;

	beforeAll(async () => (api = await startAuditApi({ eventCount: 20 })));
	afterAll(async () => await api.stop());
	beforeEach(() => {
		api.reset();
		credential = credentialFor(api);
	});

	test.each(ROWS.map((row) => [row.label, JSON.stringify(row.put('…')), row] as const))(
		'is accepted, or rejected with the name of the parameter: %s in %s',
		async (label, _parameters, { put, accepted }) => {
			const { items, error } = await runAudit(credential, {
				items: names.map(() => ({})),
				parameters: put(all),
				onError: 'continueRegularOutput',
			});
			expect(error).toBeUndefined();
			const rejected = new Map<ValueName, string>();
			for (const { json, pairedItem } of items) {
				const { item } = pairedItem as { item: number };
				// What the API rejects was accepted by the node.
				const message = String(json.error ?? '');
				if (message.startsWith('Invalid value for'))
					rejected.set(names[item] as ValueName, message);
			}
			expect(names.filter((name) => !rejected.has(name))).toEqual(
				names.filter((name) => accepted.includes(name)),
			);
			for (const message of rejected.values()) {
				expect(message.slice(0, 100)).toContain(`Invalid value for '${label}': `);
				expect(message.length).toBeLessThan(250);
			}
		},
	);

	// n8n does not evaluate expressions here: they are text.
	test.each([
		['Resource', { resource: 'events' }],
		['Resource', { resource: '={{ "event" }}' }],
		['Operation', { operation: 'delete' }],
		['Operation', { resource: 'metadata', operation: 'getAll' }],
	] as Array<[string, INodeParameters]>)(
		'is rejected with the name of the parameter: %s in %p',
		async (label, parameters) => {
			const { error } = await runAudit(credential, { parameters });
			expect(error?.message).toBe(`Invalid value for '${label}': not one of the options`);
			const trigger = new RunningTrigger(credential, { event: 'events' });
			await expect(trigger.poll()).rejects.toThrow("Invalid value for 'Trigger On': ");
		},
	);

	test.each(TRIGGER_ROWS.map((row) => [row.label, row] as const))(
		'is accepted, or rejected with the name of the parameter, by the trigger: %s',
		async (label, { put, accepted }) => {
			for (const name of names) {
				api.reset();
				const trigger = new RunningTrigger(credential, put(`={{ ${VALUES[name]} }}`));
				const message = await trigger.poll().then(
					() => undefined,
					(error: Error) => error.message,
				);
				if (accepted.includes(name)) {
					expect([name, message]).toEqual([name, undefined]);
				} else {
					expect([name, message]).toEqual([
						name,
						expect.stringContaining(`Invalid value for '${label}': `),
					]);
					expect(api.requests).toEqual([]);
					expect(trigger.state).toBeUndefined();
				}
			}
		},
	);

	test.each([
		['', 'must not be empty'],
		['soon', 'not a valid date and time'],
		['2026-02-30', 'not a valid date and time'],
		['1999-12-31T23:59:59Z', 'before the year 2000'],
		['2999-01-01', 'must be in the past'],
		['10000-01-01', 'not a valid date and time'],
		['={{ $now.plus({ minutes: 1 }) }}', 'must be in the past'],
		['={{ 1 }}', 'not a valid date and time'],
	])('is rejected for Start Date, with the reason: %s', async (startDate, problem) => {
		const trigger = new RunningTrigger(credential, { options: { startFrom: 'date', startDate } });
		await expect(trigger.poll()).rejects.toMatchObject({
			message: `Invalid value for 'Start Date': ${problem}`,
			description: expect.stringContaining('2026-11-01T00:00:00Z'),
		});
		expect(api.requests).toEqual([]);
	});

	test.each([
		[[], 'must not be empty'],
		[' , ,', 'must not be empty'],
		['a,b,c,d', 'more than 3 values'],
		[['userId', ''], 'must not be empty'],
		[['userId', '\u200b'], 'begins or ends with an invisible character'],
		['x'.repeat(2001), 'longer than 2,000 characters'],
		['={{ true }}', 'expected text but got a boolean'],
	])('is rejected for the fields of New Value, with the reason: %j', async (fields, problem) => {
		const trigger = new RunningTrigger(credential, { event: 'newValue', fields });
		await expect(trigger.poll()).rejects.toThrow(
			`Invalid value for 'Field Names or IDs': ${problem}`,
		);
		expect(api.requests).toEqual([]);
	});

	test('is ignored where the editor does not show the parameter of the trigger', async () => {
		const options = { startDate: 'soon', lookbackHours: 'soon', learnDays: 'soon' };
		for (const parameters of [
			{ fields: [], options },
			{ event: 'newEventType', options: { ...options, startFrom: 'soon', learnDays: 1 } },
		] as INodeParameters[]) {
			expect(await new RunningTrigger(credential, parameters).poll()).toEqual([]);
		}
	});

	test('is rejected before any request, with the item', async () => {
		const { error } = await runAudit(credential, {
			items: [{ userId: 'user-1' }, { userID: 'user-2' }],
			parameters: getMany({ filters: { userId: '={{ $json.userId }}' } }),
		});
		expect(error).toMatchObject({
			message: "Invalid value for 'Filters > User ID': must not be empty",
			description: expect.stringContaining('Ignore Empty Filters'),
			context: { itemIndex: 1 },
		});
		expect(api.requests).toEqual([]);
	});

	test('a list for a filter is sent as One Of', async () => {
		await runAudit(credential, {
			parameters: getMany({ filters: { userId: '={{ ["user-1", "user-2"] }}' } }),
		});
		const query = api.requests.find(({ operation }) => operation === 'query');
		expect(query?.body).toMatchObject({
			and: [{ field: 'userId', operator: 'in', value: ['user-1', 'user-2'] }],
		});
	});

	test.each([
		['={{ "Broker, mobileid" }}', { operator: 'in', value: ['Broker', 'mobileid'] }],
		['=Broker,{{ "mobileid" }}', { operator: 'in', value: ['Broker', 'mobileid'] }],
		[['Broker', 'a, b', 'Broker'], { operator: 'in', value: ['Broker', 'a, b'] }],
		[['a, b'], { operator: 'eq', value: 'a, b' }],
		['={{ ["Broker"] }}', { operator: 'eq', value: 'Broker' }],
		['Broker', { operator: 'eq', value: 'Broker' }],
	])(
		'several names are sent as One Of, a single one as Equals, by both nodes: %p',
		async (...args) => {
			const [serviceName, sent] = args;
			const filters = { serviceName } as INodeParameters;
			const and = [{ field: 'serviceName', ...sent }];
			const { error } = await runAudit(credential, { parameters: getMany({ filters }) });
			expect(error).toBeUndefined();
			expect(api.requests.find(({ operation }) => operation === 'query')?.body).toMatchObject({
				and,
			});
			api.reset();
			await new RunningTrigger(credential, { filters }).poll();
			expect(api.requests.find(({ operation }) => operation === 'query')?.body).toMatchObject({
				and,
			});
		},
	);

	test.each([
		['matches any', { match: '={{ "any" }}', applyFiltersIn: '={{ "signicat" }}' }],
		[
			'matches any where nothing else is set',
			{ match: '={{ "any" }}', applyFiltersIn: '={{ "" }}' },
		],
	])('Signicat cannot do what is asked, so that is an error: %s', async (_what, options) => {
		const { error } = await runAudit(credential, { parameters: getMany({ options }) });
		expect(error).toMatchObject({
			message:
				"Invalid value for 'Must Match': 'Any' requires 'Apply Filters In' to be 'This Workflow'",
			description: expect.stringContaining("Change 'Apply Filters In' to 'This Workflow'"),
		});
		const trigger = new RunningTrigger(credential, { options });
		await expect(trigger.poll()).rejects.toThrow("Invalid value for 'Must Match': ");
		expect(api.requests).toEqual([]);
	});

	test('switches accept text', async () => {
		const { items } = await runAudit(credential, {
			parameters: getMany({
				period: 'last30Days',
				returnAll: '={{ "false" }}',
				limit: '={{ "5" }}',
				output: '={{ " raw " }}',
			}),
		});
		expect(items).toHaveLength(5);
		expect(items[0]?.json).toHaveProperty('accountId');
		const exported = await runAudit(credential, {
			parameters: ofEvents('export', { options: { gzip: '={{ "true" }}' } as INodeParameters }),
		});
		expect(exported.items[0]?.binary?.data?.mimeType).toBe('application/gzip');
	});

	test('a line break at the end of a cursor is ignored', async () => {
		const cursor = api.events[0]?.cursor;
		const { items } = await runAudit(credential, {
			parameters: ofEvents('get', { cursor: `${cursor}\r\n` }),
		});
		expect(items[0]?.json.cursor).toBe(cursor);
	});

	test('an AI agent omits a filter by leaving it empty; other invalid values are errors', async () => {
		const filters = { userId: '={{ null }}', traceId: '' } as unknown as INodeParameters;
		const called = await runAudit(credential, { parameters: getMany({ filters }), asTool: true });
		expect(called.error).toBeUndefined();
		const { error } = await runAudit(credential, {
			parameters: getMany({ filters: { userId: '={{ true }}' } }),
			asTool: true,
		});
		expect(error?.message).toContain("Invalid value for 'Filters > User ID'");
	});

	test('a range that ends in the future is shortened to now, with one hint and no additional requests', async () => {
		const { run, error } = await runAudit(credential, {
			items: [{}, {}],
			parameters: getMany({ period: 'custom', from: '2026-11-01T00:00:00Z', to: '9999-12-31' }),
		});
		expect(error).toBeUndefined();
		const queries = api.requests.filter(({ operation }) => operation === 'query');
		expect(queries.length).toBeLessThan(10);
		const [task] = run.data.resultData.runData['Signicat Audit'] ?? [];
		expect(task?.hints).toEqual([
			expect.objectContaining({
				message: "'To' is in the future, so only events up to now are returned",
			}),
		]);
	});

	test('an unknown time zone of the workflow is reported', async () => {
		for (const parameters of [
			getMany({ period: 'custom', from: '2026-11-01T00:00:00' }),
			getMany({ period: 'yesterday' }),
			ofEvents('summarize', {}),
		]) {
			const { error } = await runAudit(credential, { parameters, timezone: 'Mars/Olympus' });
			expect(error?.message).toContain("'Workflow Settings > Timezone'");
		}
		expect(api.requests).toEqual([]);
	});

	test('a regular expression that could block n8n is rejected or matched immediately', async () => {
		const matching = (value: string) =>
			getMany({
				period: 'last30Days',
				conditions: { condition: [{ field: 'message', operator: 'regex', value }] },
				options: { applyFiltersIn: 'n8n' },
			});
		api.append({ message: `${'a'.repeat(40)}!`, timestamp: new Date().toISOString() });
		const run = await runAudit(credential, { parameters: matching('^(\\w+\\s?)*$') });
		expect(run.error).toBeUndefined();
		api.reset();
		const { error } = await runAudit(credential, { parameters: matching('^(?=(a+))\\1$') });
		expect(error?.message).toContain('cannot evaluate this regular expression');
		expect(api.requests).toEqual([]);
	});
});
