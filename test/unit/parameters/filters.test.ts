import { describe, expect, test } from '@jest/globals';
import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';
import {
	applyFiltersInOption,
	conditionsProperty,
	filtersProperty,
} from '../../../nodes/shared/parameters/filters';
import { readFiltering } from '../../../nodes/shared/parameters/readConditions';
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

	test('offer Signicat’s own lists for services and event types', () => {
		const locators = filters.filter(({ type }) => type === 'resourceLocator');
		expect(
			locators.map(({ name, modes }) => [name, modes?.[0]?.typeOptions?.searchListMethod]),
		).toEqual([
			['eventType', 'getEventTypes'],
			['serviceName', 'getServiceNames'],
		]);
	});
});

describe('the conditions', () => {
	test('are stored as a list named condition', () => {
		expect(conditionsProperty).toMatchObject({
			name: 'conditions',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
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
