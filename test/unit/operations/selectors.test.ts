import { describe, expect, test } from '@jest/globals';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { findOperation, nodeProperties } from '../../../nodes/SignicatAudit/operations';

// n8n's lint only checks lists that are written out. These are derived from the operations, so a test
// checks n8n's rules for them.

const optionsOf = ({ options }: INodeProperties) => options as INodePropertyOptions[];
const resourceOf = ({ displayOptions }: INodeProperties) => displayOptions?.show?.resource?.[0];

const resources = nodeProperties.filter(({ name }) => name === 'resource');
const operations = nodeProperties.filter(({ name }) => name === 'operation');

describe('the lists that select an operation', () => {
	test.each([...resources, ...operations].map((list) => [list.name, resourceOf(list), list]))(
		'are sorted and cannot be expressions: %s of %s',
		(_name, _resource, list) => {
			const labels = optionsOf(list as INodeProperties).map(({ name }) => name);
			expect(labels).toEqual([...labels].sort((a, b) => a.localeCompare(b)));
			expect(list).toMatchObject({ noDataExpression: true });
		},
	);

	test('exist for each resource', () => {
		expect(operations.map(resourceOf)).toEqual(
			resources.flatMap(optionsOf).map(({ value }) => value),
		);
	});

	test.each(operations.map((list) => [resourceOf(list), list.default]))(
		'select first what runs if nothing is selected: %s %s',
		(resource, selected) => {
			expect(findOperation(resource, '').option.value).toBe(selected);
		},
	);

	test.each(operations.flatMap(optionsOf))(
		'have an action and a description in sentence case: $action',
		({ action, description }) => {
			expect(action).toMatch(/^[A-Z][a-z]+(?: [a-z]+)*$/);
			expect(description).toMatch(/^[A-Z].*[^.]$/);
		},
	);
});
