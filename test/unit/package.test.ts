import { describe, expect, test } from '@jest/globals';
import {
	type INodeParameters,
	type INodeProperties,
	type INodePropertyCollection,
	type INodePropertyOptions,
	type INodeTypeDescription,
	NodeHelpers,
} from 'n8n-workflow';
import { SignicatOAuth2Api } from '../../credentials/SignicatOAuth2Api.credentials';
import { USER_AGENT } from '../../nodes/shared/signicat/context';
import { SignicatAudit } from '../../nodes/SignicatAudit/SignicatAudit.node';
import actionCodex from '../../nodes/SignicatAudit/SignicatAudit.node.json';
import { SignicatAuditTrigger } from '../../nodes/SignicatAuditTrigger/SignicatAuditTrigger.node';
import triggerCodex from '../../nodes/SignicatAuditTrigger/SignicatAuditTrigger.node.json';
import packageJson from '../../package.json';

// The names in this file are stored in people's workflows. A test that goes red here means that
// workflows in use would break: change the code, not the test.

const action = new SignicatAudit().description;
const trigger = new SignicatAuditTrigger().description;
const credential = new SignicatOAuth2Api();

const RANGE = ['period', 'amount', 'unit', 'from', 'to'];
const FILTER = ['filters', 'conditions'];
const OUTPUT = ['output', 'outputFields'];
const OUTCOME = ['outcomeFailureValues', 'outcomeProperty', 'outcomeSuccessValues'];

interface Interface {
	parameters: string[];
	options: string[];
}

const OPERATIONS: Record<string, Interface> = {
	'event:get': {
		parameters: ['cursor', ...OUTPUT, 'options'],
		options: ['includeOriginal', 'maxConcurrency', ...OUTCOME],
	},
	'event:getAll': {
		parameters: ['returnAll', 'limit', ...RANGE, ...FILTER, ...OUTPUT, 'options'],
		options: [
			'applyFiltersIn',
			'ignoreEmptyFilters',
			'includeOriginal',
			'match',
			'maxConcurrency',
			'order',
			...OUTCOME,
			'pageSize',
		],
	},
	'event:summarize': {
		parameters: [...RANGE, ...FILTER, 'groupBy', 'groupByProperties', 'emit', 'options'],
		options: [
			'applyFiltersIn',
			'compareWith',
			'forms',
			'ignoreEmptyFilters',
			'match',
			'maxConcurrency',
			'minimumCount',
			'pageSize',
			'topN',
		],
	},
	'event:export': {
		parameters: [...RANGE, ...FILTER, 'format', 'binaryPropertyName', 'options'],
		options: [
			'applyFiltersIn',
			'fileName',
			'gzip',
			'ignoreEmptyFilters',
			'includeBom',
			'includeOriginal',
			'match',
			'maxConcurrency',
			'order',
			...OUTCOME,
			'pageSize',
			'previousSha256',
			'propertyColumns',
			'separator',
		],
	},
	'metadata:get': { parameters: [], options: [] },
	'property:getAll': {
		parameters: ['returnAll', 'limit', 'target', 'serviceName', 'eventType'],
		options: [],
	},
};

/** The values of the parameters and options that are a choice. */
const CHOICES: Record<string, string[]> = {
	period: [
		'custom',
		'last',
		'last24Hours',
		'last30Days',
		'last7Days',
		'lastHour',
		'previousMonth',
		'previousWeek',
		'today',
		'yesterday',
	],
	unit: ['days', 'hours', 'minutes'],
	output: ['cef', 'ecs', 'ocsf', 'raw', 'selectedFields', 'simplified'],
	applyFiltersIn: ['n8n', 'signicat'],
	match: ['all', 'any'],
	order: ['newestFirst', 'oldestFirst'],
	groupBy: ['clientId', 'day', 'eventType', 'hour', 'ipAddress', 'serviceName', 'userId'],
	emit: ['itemPerGroup', 'oneItem'],
	compareWith: ['nothing', 'previousPeriod'],
	forms: ['html', 'slack', 'text'],
	format: ['cef', 'csv', 'ecs', 'elasticsearchBulk', 'json', 'ndjson', 'ocsf'],
	separator: ['comma', 'semicolon', 'tab'],
	startFrom: ['date', 'lookback', 'now'],
};

const DEFAULTS: Record<string, unknown> = {
	returnAll: false,
	limit: 50,
	period: 'last24Hours',
	from: '',
	to: '',
	output: 'simplified',
	applyFiltersIn: 'signicat',
	match: 'all',
	pageSize: 1000,
	order: 'newestFirst',
	emit: 'oneItem',
	compareWith: 'nothing',
	minimumCount: 1,
	topN: 10,
	binaryPropertyName: 'data',
	format: 'ndjson',
	gzip: false,
	includeBom: false,
	separator: 'comma',
	propertyColumns: '',
	previousSha256: '',
	startFrom: 'now',
	lateArrivalMinutes: 5,
	settlingSeconds: 0,
	lookbackHours: 24,
	learnDays: 30,
	ignoreEmptyFilters: false,
};

const offered = action.properties
	.filter(({ name }) => name === 'operation')
	.flatMap(({ displayOptions, options }) =>
		(displayOptions?.show?.resource ?? []).flatMap((resource) =>
			(options as INodePropertyOptions[]).map(
				({ value }) => `${String(resource)}:${String(value)}`,
			),
		),
	);

function propertiesOf(name: string): INodeProperties[] {
	const [resource, operation] = name.split(':');
	return action.properties.filter(({ name: property, displayOptions }) => {
		const { show } = displayOptions ?? {};
		const isOwn =
			show?.resource?.includes(resource ?? '') && show.operation?.includes(operation ?? '');
		return isOwn && property !== 'operation';
	});
}

const optionsIn = (properties: INodeProperties[]) =>
	properties
		.filter(({ name }) => name === 'options')
		.flatMap(({ options }) => options as INodeProperties[]);

const valuesOf = ({ options }: INodeProperties) =>
	(options as INodePropertyOptions[]).map(({ value }) => String(value)).sort();

/** A property with all that it holds. */
function withNested(property: INodeProperties): INodeProperties[] {
	const nested = (property.options ?? []).flatMap((option): INodeProperties[] => {
		if ('values' in option) return (option as INodePropertyCollection).values;
		return 'type' in option ? [option as INodeProperties] : [];
	});
	return [property, ...nested.flatMap(withNested)];
}

const shown = [...action.properties, ...trigger.properties, ...credential.properties]
	.flatMap(withNested)
	.filter(({ type }) => type !== 'hidden');

const choices = shown.flatMap(({ options }) =>
	(options ?? []).filter((option): option is INodePropertyOptions => 'value' in option),
);

describe('the package', () => {
	test('has the name and the licence under which people find and use it', () => {
		expect(packageJson).toMatchObject({ name: 'n8n-nodes-signicat-audit', license: 'MIT' });
		expect(packageJson.keywords).toContain('n8n-community-node-package');
	});

	test('names its own version in every request', () => {
		expect(USER_AGENT).toBe(`${packageJson.name}/${packageJson.version}`);
	});

	test('needs nothing at run time but n8n', () => {
		expect(packageJson).not.toHaveProperty('dependencies');
		expect(packageJson).not.toHaveProperty('optionalDependencies');
		expect(packageJson).not.toHaveProperty('bundledDependencies');
		expect(packageJson.peerDependencies).toEqual({ 'n8n-workflow': '*' });
	});

	test('runs nothing when it is installed', () => {
		const lifecycle = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare'];
		expect(Object.keys(packageJson.scripts).filter((name) => lifecycle.includes(name))).toEqual([]);
	});

	test('carries nothing but what was built', () => {
		expect(packageJson.files).toEqual(['dist']);
	});

	test('tells n8n where its nodes and its credential are', () => {
		expect(packageJson.n8n).toMatchObject({
			n8nNodesApiVersion: 1,
			credentials: ['dist/credentials/SignicatOAuth2Api.credentials.js'],
			nodes: [
				'dist/nodes/SignicatAudit/SignicatAudit.node.js',
				'dist/nodes/SignicatAuditTrigger/SignicatAuditTrigger.node.js',
			],
		});
	});

	test.each([
		['action', actionCodex],
		['trigger', triggerCodex],
	])('is the one that the codex of the %s speaks of', (_which, codex) => {
		expect(codex.node).toBe(packageJson.name);
	});
});

describe('the credential', () => {
	test('has the name that workflows hold', () => {
		expect(SignicatOAuth2Api.name).toBe('SignicatOAuth2Api');
		expect(credential).toMatchObject({
			name: 'signicatOAuth2Api',
			displayName: 'Signicat OAuth2 API',
		});
	});
});

describe('the action node', () => {
	test('has the name that workflows hold', () => {
		expect(SignicatAudit.name).toBe('SignicatAudit');
		expect(action).toMatchObject({
			name: 'signicatAudit',
			displayName: 'Signicat Audit',
			version: 1,
			credentials: [{ name: 'signicatOAuth2Api', required: true }],
		});
	});

	test('offers its resources', () => {
		const resource = action.properties.find(({ name }) => name === 'resource');
		expect(resource && valuesOf(resource)).toEqual(['event', 'metadata', 'property']);
	});

	test('offers its operations', () => {
		expect([...offered].sort()).toEqual(Object.keys(OPERATIONS).sort());
	});

	test.each(offered)('has the parameters of %s', (name) => {
		const names = propertiesOf(name).map((property) => property.name);
		expect(names.sort()).toEqual([...(OPERATIONS[name]?.parameters ?? [])].sort());
	});

	test.each(offered)('has the options of %s', (name) => {
		const names = optionsIn(propertiesOf(name)).map((option) => option.name);
		expect(names.sort()).toEqual(OPERATIONS[name]?.options);
	});

	test.each(offered)('has the choices and the defaults of %s', (name) => {
		const properties = propertiesOf(name);
		for (const property of [...properties, ...optionsIn(properties)]) {
			if (property.name in CHOICES) expect(valuesOf(property)).toEqual(CHOICES[property.name]);
			if (property.name in DEFAULTS) expect(property.default).toBe(DEFAULTS[property.name]);
		}
	});

	test('shows no parameter outside its operations', () => {
		const shownSomewhere = new Set(offered.flatMap(propertiesOf));
		const others = action.properties.filter((property) => !shownSomewhere.has(property));
		expect([...new Set(others.map(({ name }) => name))]).toEqual(['resource', 'operation']);
	});

	test('asks for ends of a range only where it is a custom one, and for a limit only where there is one', () => {
		for (const property of propertiesOf('event:getAll')) {
			const { show } = property.displayOptions ?? {};
			const periods: Record<string, string[]> = {
				from: ['custom'],
				to: ['custom'],
				amount: ['last'],
				unit: ['last'],
			};
			expect(show?.period).toEqual(periods[property.name]);
			expect(show?.returnAll).toEqual(property.name === 'limit' ? [false] : undefined);
		}
	});
});

describe('the trigger node', () => {
	test('has the name that workflows hold', () => {
		expect(SignicatAuditTrigger.name).toBe('SignicatAuditTrigger');
		expect(trigger).toMatchObject({
			name: 'signicatAuditTrigger',
			displayName: 'Signicat Audit Trigger',
			version: 1,
			polling: true,
			credentials: [{ name: 'signicatOAuth2Api', required: true }],
		});
	});

	test('has the parameters that workflows hold', () => {
		// n8n shows it whatever the trigger fires on.
		expect(trigger.activationMessage).toMatch(/new events, event types or values/);
		expect(trigger.properties.map(({ name }) => name)).toEqual([
			'event',
			'fields',
			'filters',
			'conditions',
			...OUTPUT,
			'emit',
			'options',
		]);
		const event = trigger.properties.find(({ name }) => name === 'event');
		expect(event && valuesOf(event)).toEqual(['newEvent', 'newEventType', 'newValue']);
		expect(event?.default).toBe('newEvent');
		const emit = trigger.properties.find(({ name }) => name === 'emit');
		expect(emit && valuesOf(emit)).toEqual(['itemPerEvent', 'oneItemPerPoll']);
		expect(emit?.default).toBe('itemPerEvent');
	});

	test('has the options that workflows hold, with their choices and defaults', () => {
		const options = optionsIn(trigger.properties);
		expect(options.map(({ name }) => name).sort()).toEqual([
			'applyFiltersIn',
			'ignoreEmptyFilters',
			'includeOriginal',
			'lateArrivalMinutes',
			'learnDays',
			'lookbackHours',
			'match',
			'maxEventsPerPoll',
			...OUTCOME,
			'settlingSeconds',
			'startDate',
			'startFrom',
		]);
		for (const option of options) {
			if (option.name in CHOICES) expect(valuesOf(option)).toEqual(CHOICES[option.name]);
			if (option.name in DEFAULTS) expect(option.default).toBe(DEFAULTS[option.name]);
		}
	});
});

describe('what is shown only where it counts', () => {
	const displayed = (
		{ displayOptions }: INodeProperties | INodePropertyOptions,
		{
			options = {},
			description = trigger,
			...values
		}: {
			options?: INodeParameters;
			event?: string;
			format?: string;
			output?: string;
			description?: INodeTypeDescription;
		},
	) =>
		NodeHelpers.displayParameter(
			options,
			{ displayOptions } as INodeProperties,
			null,
			description,
			{ ...values, options },
		);
	const option = (name: string) =>
		optionsIn(trigger.properties).find((one) => one.name === name) as INodeProperties;

	test('is Lookback Hours with Start From set to Lookback', () => {
		const hours = option('lookbackHours');
		const lookback = { options: { startFrom: 'lookback' } };
		expect(displayed(hours, { event: 'newEvent', ...lookback })).toBe(true);
		expect(displayed(hours, { event: 'newEvent', options: { startFrom: 'now' } })).toBe(false);
		expect(displayed(hours, { event: 'newEvent' })).toBe(false);
		expect(displayed(hours, { event: 'newEventType', ...lookback })).toBe(false);
	});

	test('is Must Match with Apply Filters In set to This Workflow', () => {
		const options = [...optionsIn(propertiesOf('event:getAll')), option('match')];
		const all = options.filter(({ name }) => name === 'match');
		expect(all).toHaveLength(2);
		for (const match of all) {
			expect(displayed(match, { options: { applyFiltersIn: 'n8n' } })).toBe(true);
			expect(displayed(match, { options: { applyFiltersIn: 'signicat' } })).toBe(false);
			expect(displayed(match, {})).toBe(false);
		}
	});

	test('is Start Date with Start From set to Date', () => {
		const date = option('startDate');
		const from = (startFrom: string) => ({ options: { startFrom } });
		expect(displayed(date, { event: 'newEvent', ...from('date') })).toBe(true);
		expect(displayed(date, { event: 'newEvent', ...from('lookback') })).toBe(false);
		expect(displayed(date, { event: 'newEvent' })).toBe(false);
		expect(displayed(date, { event: 'newValue', ...from('date') })).toBe(false);
	});

	test('are the fields with New Value', () => {
		const fields = trigger.properties.find(({ name }) => name === 'fields') as INodeProperties;
		const shows = (event: string) =>
			NodeHelpers.displayParameter({ event }, fields, null, trigger, { event });
		expect(['newEvent', 'newEventType', 'newValue'].map(shows)).toEqual([false, false, true]);
	});

	test('is Learn Days with New Event Type and New Value', () => {
		expect(displayed(option('learnDays'), { event: 'newValue' })).toBe(true);
		expect(displayed(option('learnDays'), { event: 'newEventType' })).toBe(true);
		expect(displayed(option('learnDays'), { event: 'newEvent' })).toBe(false);
	});

	test('is a format for log tools where no AI agent is the one who calls', () => {
		const tool = { ...action, name: `${action.name}Tool` };
		const outputs = [action, trigger].flatMap(({ properties }) =>
			properties.filter(({ name }) => name === 'output'),
		);
		expect(outputs).toHaveLength(3);
		for (const one of outputs.flatMap(({ options }) => options as INodePropertyOptions[])) {
			expect(displayed(one, { description: action })).toBe(true);
			expect(displayed(one, { description: trigger })).toBe(true);
			expect([one.value, displayed(one, { description: tool })]).toEqual([
				one.value,
				['simplified', 'raw', 'selectedFields'].includes(String(one.value)),
			]);
		}
	});

	test('is what belongs to one of the outputs', () => {
		const getMany = optionsIn(propertiesOf('event:getAll'));
		for (const options of [getMany, optionsIn(trigger.properties)]) {
			const shownWith = (output: string) =>
				options
					.filter(({ name }) => name.startsWith('outcome') || name === 'includeOriginal')
					.filter((one) => displayed(one, { output }))
					.map(({ name }) => name)
					.sort();
			expect(shownWith('simplified')).toEqual([]);
			expect(shownWith('raw')).toEqual([]);
			expect(shownWith('selectedFields')).toEqual([]);
			expect(shownWith('cef')).toEqual(OUTCOME);
			for (const output of ['ecs', 'ocsf'])
				expect(shownWith(output)).toEqual(['includeOriginal', ...OUTCOME]);
		}
		const fields = trigger.properties.find(({ name }) => name === 'outputFields');
		expect(displayed(fields as INodeProperties, { options: { output: 'selectedFields' } })).toBe(
			true,
		);
		expect(displayed(fields as INodeProperties, { options: { output: 'raw' } })).toBe(false);
	});

	test.each([
		['includeBom', ['csv']],
		['separator', ['csv']],
		['propertyColumns', ['csv']],
		['includeOriginal', ['ecs', 'elasticsearchBulk', 'ocsf']],
		['outcomeProperty', ['cef', 'ecs', 'elasticsearchBulk', 'ocsf']],
		['outcomeSuccessValues', ['cef', 'ecs', 'elasticsearchBulk', 'ocsf']],
		['outcomeFailureValues', ['cef', 'ecs', 'elasticsearchBulk', 'ocsf']],
		['previousSha256', CHOICES.format ?? []],
		['gzip', CHOICES.format ?? []],
	])('is the option %s of Export to File with the formats %j', (name, formats) => {
		const exportOption = optionsIn(propertiesOf('event:export')).find(
			(one) => one.name === name,
		) as INodeProperties;
		const shownWith = (CHOICES.format ?? []).filter((format) =>
			displayed(exportOption, { description: action, format }),
		);
		expect(shownWith).toEqual(formats);
	});

	test('is Export to File where no AI agent is the one who calls', () => {
		const tool = { ...action, name: `${action.name}Tool` };
		const operations = action.properties.filter(({ name }) => name === 'operation');
		for (const one of operations.flatMap(({ options }) => options as INodePropertyOptions[])) {
			expect(displayed(one, { description: action })).toBe(true);
			expect([one.value, displayed(one, { description: tool })]).toEqual([
				one.value,
				one.value !== 'export',
			]);
		}
	});
});

describe('the words that people read', () => {
	const SMALL_WORDS = /^(a|an|and|as|at|by|for|in|n8n|of|on|or|per|than|the|to|with)$/;

	test.each([...new Set([...shown, ...action.properties].map(({ displayName }) => displayName))])(
		'are Title Case in a label: %s',
		(label) => {
			for (const word of label.split(' ')) {
				if (!SMALL_WORDS.test(word)) expect(word).toMatch(/^[A-Z0-9]/);
			}
		},
	);

	test.each([
		...new Set(
			[...shown, ...choices, action, trigger]
				.map(({ description }) => description)
				.filter((text): text is string => text !== undefined),
		),
	])('are a sentence in a description: %s', (text) => {
		expect(text).toMatch(/^[A-Z]/);
		expect(text).toBe(text.trim());
		expect(text).not.toMatch(/ {2}|\bTODO\b|undefined|\[object/);
		// One sentence ends without a full stop, several end with one.
		expect(text.endsWith('.')).toBe(/[.?!] [A-Z]/.test(text));
	});

	test('explain everything that can be filled in', () => {
		const selects = new Set(['resource', 'operation', 'options', 'event']);
		const unexplained = shown.filter(
			({ name, description, type }) => !description && !selects.has(name) && type !== 'notice',
		);
		expect(unexplained.map(({ name }) => name)).toEqual([]);
	});

	test('say “Whether” of what is on or off', () => {
		for (const { type, description } of shown) {
			if (type === 'boolean') expect(description).toMatch(/^Whether /);
		}
	});

	test('begin an example with “e.g.”, and a button with “Add”', () => {
		const placeholders = shown
			.flatMap(({ placeholder, modes = [] }) => [
				placeholder,
				...modes.map((mode) => mode.placeholder),
			])
			.filter((text): text is string => text !== undefined);
		expect(placeholders.length).toBeGreaterThan(10);
		expect(placeholders.filter((text) => !/^(e\.g\. |Add )\S/.test(text))).toEqual([]);
	});

	test('name what each operation does', () => {
		const operations = action.properties
			.filter(({ name }) => name === 'operation')
			.flatMap(({ options }) => options as INodePropertyOptions[]);
		for (const { action: words } of operations) expect(words).toMatch(/^[A-Z][a-z]+ [a-z]/);
		expect(new Set(operations.map(({ action: words }) => words)).size).toBe(operations.length);
	});
});
