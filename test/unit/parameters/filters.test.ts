import { describe, expect, test } from '@jest/globals';
import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';
import { conditionsProperty } from '../../../nodes/shared/parameters/conditions';
import {
	applyFiltersInOption,
	filtersProperty,
	matchOption,
} from '../../../nodes/shared/parameters/filters';
import { readFiltering } from '../../../nodes/shared/parameters/readConditions';
import { SignicatAudit } from '../../../nodes/SignicatAudit/SignicatAudit.node';
import { SignicatAuditTrigger } from '../../../nodes/SignicatAuditTrigger/SignicatAuditTrigger.node';
import { refusal } from '../support/refusal';
import { isKnownOperator } from '../../../nodes/shared/model/conditions';

const filters = filtersProperty.options as INodeProperties[];
const [condition] = conditionsProperty.options as INodePropertyCollection[];

const valuesOf = (name: string) =>
	(condition?.values.find((field) => field.name === name)?.options as INodePropertyOptions[]).map(
		({ value }) => String(value),
	);

describe('the filters', () => {
	test('are the eight that workflows may hold', () => {
		expect(filters.map(({ name }) => name).sort()).toEqual([
			'clientId',
			'eventType',
			'ipAddress',
			'messageId',
			'referenceId',
			'serviceName',
			'traceId',
			'userId',
		]);
	});

	test.each(filters.map(({ name }) => name))('that the editor shows are read: %s', (name) => {
		expect(readFiltering({ filters: { [name]: 'x' }, conditions: {} }).conditions).toEqual([
			{ field: name, operator: 'eq', value: 'x' },
		]);
	});

	test('that were added and left as the editor makes them are refused, or left out', () => {
		const untouched = Object.fromEntries(filters.map(({ name, default: value }) => [name, value]));
		expect(refusal(() => readFiltering({ filters: untouched, conditions: {} })).field).toBe(
			'Filters > Client ID',
		);
		const options = { ignoreEmptyFilters: true };
		expect(readFiltering({ filters: untouched, conditions: {}, options }).conditions).toEqual([]);
	});

	test('offer several of Signicat’s own services and event types, those of the chosen services', () => {
		const lists = filters.filter(({ type }) => type === 'multiOptions');
		expect(lists.map(({ name, typeOptions }) => [name, typeOptions])).toEqual([
			[
				'eventType',
				{ loadOptionsMethod: 'getEventTypes', loadOptionsDependsOn: ['filters.serviceName'] },
			],
			['serviceName', { loadOptionsMethod: 'getServiceNames' }],
		]);
		// The editor marks no name as unknown that an expression returns.
		for (const list of lists) expect(list.allowArbitraryValues).toBe(true);
	});
});

describe('the lists of both nodes', () => {
	test.each([new SignicatAudit(), new SignicatAuditTrigger()])('have their methods', (node) => {
		const text = JSON.stringify(node.description.properties);
		const named = (key: string) =>
			[...text.matchAll(new RegExp(`"${key}":"(\\w+)"`, 'g'))].map(([, name]) => name);
		const { loadOptions, listSearch } = node.methods;
		expect(new Set(named('loadOptionsMethod'))).toEqual(new Set(Object.keys(loadOptions)));
		expect(Object.keys(listSearch)).toEqual(expect.arrayContaining(named('searchListMethod')));
	});
});

describe('the conditions', () => {
	test('are stored as a list named condition', () => {
		expect(conditionsProperty).toMatchObject({
			name: 'conditions',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, hideOptionalFields: true },
		});
		expect(condition?.name).toBe('condition');
	});

	test('have the fields that workflows may hold', () => {
		expect(condition?.values.map(({ name }) => name).sort()).toEqual([
			'customOperator',
			'field',
			'operator',
			'value',
			'valueType',
		]);
	});

	test('offer every operator that can be evaluated here, and one of their own', () => {
		const operators = valuesOf('operator');
		expect([...operators].sort()).toEqual([
			'custom',
			'eq',
			'gt',
			'gte',
			'in',
			'lt',
			'lte',
			'ne',
			'nin',
			'regex',
		]);
		expect(operators.filter((operator) => !isKnownOperator(operator))).toEqual(['custom']);
	});

	test.each(valuesOf('valueType'))('offer value types that are read: %s', (valueType) => {
		const value = { string: 'x', number: '1', boolean: 'true', json: '{}' }[valueType];
		expect(value).toBeDefined();
		expect(
			readFiltering({
				filters: {},
				conditions: { condition: [{ field: 'f', operator: 'eq', value, valueType }] },
			}).conditions,
		).toHaveLength(1);
	});

	test('hide the value type until it is asked for, and choose none', () => {
		const optional = condition?.values.filter(
			({ typeOptions }) => !typeOptions?.showEvenWhenOptional,
		);
		expect(optional?.map(({ name, default: value }) => [name, value])).toEqual([['valueType', '']]);
	});

	test('show the custom operator only where it is asked for', () => {
		const custom = condition?.values.find(({ name }) => name === 'customOperator');
		expect(custom?.displayOptions).toEqual({ show: { operator: ['custom'] } });
	});
});

describe('Apply Filters In', () => {
	test('is a choice between Signicat, the default, and n8n', () => {
		expect(applyFiltersInOption.default).toBe('signicat');
		expect(
			(applyFiltersInOption.options as INodePropertyOptions[]).map(({ value }) => value),
		).toEqual(['signicat', 'n8n']);
	});
});

describe('Must Match', () => {
	test('is a choice between all, the default, and any, shown where n8n filters', () => {
		expect(matchOption).toMatchObject({
			name: 'match',
			default: 'all',
			displayOptions: { show: { applyFiltersIn: ['n8n'] } },
		});
		expect((matchOption.options as INodePropertyOptions[]).map(({ value }) => value)).toEqual([
			'all',
			'any',
		]);
	});
});
