import { describe, expect, test } from '@jest/globals';
import {
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodeTypeDescription,
	NodeHelpers,
} from 'n8n-workflow';
import { SignicatOAuth2Api } from '../../credentials/SignicatOAuth2Api.credentials';
import { SignicatAudit } from '../../nodes/SignicatAudit/SignicatAudit.node';
import { SignicatAuditTrigger } from '../../nodes/SignicatAuditTrigger/SignicatAuditTrigger.node';

const node = new SignicatAudit().description;
const trigger = new SignicatAuditTrigger().description;

/** A field of the editor, also inside collections, with its path. */
type Field = [path: string, property: INodeProperties];

function fieldsOf(properties: INodeProperties[], parent = ''): Field[] {
	return properties.flatMap((property): Field[] => {
		const path = `${parent}${property.displayName}`;
		const inner = (property.options ?? []).flatMap((option) => {
			if ('values' in option) return fieldsOf(option.values, `${path} > `);
			return 'type' in option ? fieldsOf([option], `${path} > `) : [];
		});
		return [[path, property], ...inner];
	});
}

const shownFields: Field[] = [
	...fieldsOf(node.properties, 'Signicat Audit: '),
	...fieldsOf(trigger.properties, 'Signicat Audit Trigger: '),
	...fieldsOf(new SignicatOAuth2Api().properties, 'Credential: '),
].filter(([, { type }]) => type !== 'hidden');

/** n8n fills in both of them by itself, and its own nodes do not describe them. */
const SELF_EXPLANATORY = ['Resource'];

describe('every field helps', () => {
	test.each(shownFields)('%s', (_path, property) => {
		const { displayName, description = '', placeholder = '', options = [], type } = property;
		if (SELF_EXPLANATORY.includes(displayName)) return;
		const choices = type === 'options' || type === 'multiOptions' ? options : [];
		const explained = choices.filter((choice) => 'description' in choice && choice.description);
		const isExplainedByChoices = choices.length > 0 && explained.length === choices.length;
		const words = description.split(' ').length;
		// A placeholder such as "Add Option" is a button's label.
		const isExample = placeholder.startsWith('e.g. ');
		const isCollection = type === 'collection' && /^Add \w+$/.test(placeholder);
		expect(words >= 3 || isExample || isExplainedByChoices || isCollection).toBe(true);
		expect(description.toLowerCase()).not.toBe(displayName.toLowerCase());
	});

	test.each(shownFields.filter(([, { type }]) => type === 'string'))(
		'%s has an example of what to type, or says what is',
		(_path, { placeholder = '', typeOptions }) => {
			expect(placeholder.startsWith('e.g. ') || typeOptions?.password === true).toBe(true);
		},
	);
});

/** The labels of what the editor shows for these values, in order. */
function shown(description: INodeTypeDescription, values: INodeParameters, collection?: string) {
	const { properties } = description;
	const parameters = NodeHelpers.getNodeParameters(
		properties,
		values,
		true,
		false,
		null,
		description,
	);
	const stored = { parameters } as unknown as INode;
	const isShown = (property: INodeProperties, path: string) =>
		NodeHelpers.displayParameterPath(
			stored as unknown as INodeParameters,
			property,
			path,
			stored,
			description,
		);
	const top = properties.filter((property) => isShown(property, 'parameters'));
	const options = top.find(({ name }) => name === collection)?.options as INodeProperties[];
	const listed = collection
		? options.filter((option) => isShown(option, `parameters.${collection}`))
		: top;
	return listed.map(({ displayName }) => displayName);
}

const QUERY = ['Period', 'Filters', 'Conditions'];
const READING = ['Apply Filters In', 'Ignore Empty Filters', 'Max Concurrency', 'Page Size'];
const OUTCOME = ['Outcome Failure Values', 'Outcome Property', 'Outcome Success Values'];
const sorted = (...labels: string[]) => [...labels].sort((a, b) => a.localeCompare(b));

describe('nothing is shown that does not apply', () => {
	test.each([
		[{ operation: 'getAll' }, ['Return All', 'Limit', ...QUERY, 'Output', 'Options']],
		[{ operation: 'getAll', returnAll: true }, ['Return All', ...QUERY, 'Output', 'Options']],
		[{ operation: 'get' }, ['Cursor', 'Output', 'Options']],
		[{ operation: 'export' }, [...QUERY, 'Format', 'Put Output File in Field', 'Options']],
		[
			{ operation: 'summarize' },
			[...QUERY, 'Group By', 'Group By Property Names or IDs', 'Emit', 'Options'],
		],
		[
			{ operation: 'summarize', period: 'custom' },
			[
				...['Period', 'From', 'To', 'Filters', 'Conditions'],
				...['Group By', 'Group By Property Names or IDs', 'Emit', 'Options'],
			],
		],
		[{ resource: 'metadata', operation: 'get' }, []],
		[
			{ resource: 'property', operation: 'getAll' },
			['Target', 'Service Name', 'Event Type', 'Return All', 'Limit'],
		],
	])('fields of %j', (values, labels) => {
		expect(shown(node, { resource: 'event', ...values })).toEqual([
			'Resource',
			'Operation',
			...labels,
		]);
	});

	test.each([
		[{ operation: 'getAll' }, [...READING, 'Order']],
		[
			{ operation: 'getAll', options: { applyFiltersIn: 'n8n' } },
			[...READING, 'Must Match', 'Order'],
		],
		[{ operation: 'getAll', output: 'cef' }, [...READING, 'Order', ...OUTCOME]],
		[{ operation: 'getAll', output: 'ecs' }, [...READING, 'Include Original', 'Order', ...OUTCOME]],
		[{ operation: 'get' }, ['Max Concurrency']],
		[{ operation: 'export' }, [...READING, 'File Name', 'Gzip', 'Order', 'Previous SHA-256']],
		[
			{ operation: 'export', format: 'csv' },
			[
				...[...READING, 'File Name', 'Gzip', 'Order', 'Previous SHA-256'],
				...['Include BOM', 'Property Columns', 'Separator'],
			],
		],
		[
			{ operation: 'summarize' },
			[...READING, 'Compare With', 'Message Formats', 'Minimum Count', 'Top N'],
		],
		[
			{ operation: 'summarize', emit: 'itemPerGroup' },
			[...READING, 'Compare With', 'Minimum Count', 'Top N'],
		],
	])('options of %j', (values, labels) => {
		expect(shown(node, { resource: 'event', ...values }, 'options')).toEqual(sorted(...labels));
	});

	test.each([
		['newEvent', ['Start From']],
		['newEventType', ['Learn Days']],
		['newValue', ['Learn Days']],
	])('the trigger on %s', (event, own) => {
		const fields = shown(trigger, { event });
		expect(fields.includes('Field Names or IDs')).toBe(event === 'newValue');
		const special = ['Start From', 'Start Date', 'Lookback Hours', 'Learn Days', 'Must Match'];
		const hidden = [...special, ...OUTCOME, 'Include Original'];
		const options = shown(trigger, { event }, 'options');
		expect(options.filter((label) => hidden.includes(label))).toEqual(own);
	});

	test.each([
		['node', node],
		['trigger', trigger],
	])('the %s names only parameters and choices that exist', (_name, description) => {
		const all = fieldsOf(description.properties).map(([, property]) => property);
		for (const { displayName, displayOptions } of all) {
			const conditions = { ...displayOptions?.show, ...displayOptions?.hide };
			for (const [name, values] of Object.entries(conditions)) {
				if (name.startsWith('@')) continue;
				const named = all.filter((other) => other.name === name.replace(/^\//, ''));
				const choices = named.flatMap(({ type, options = [] }) =>
					type === 'boolean' ? [true, false] : options.map((it) => 'value' in it && it.value),
				);
				const unknown = (values as unknown[]).filter((value) => !choices.includes(value as never));
				expect([displayName, name, unknown]).toEqual([displayName, name, []]);
			}
		}
	});
});
