import { describe, expect, test } from '@jest/globals';
import {
	readApplyFiltersIn,
	readConditions,
} from '../../../nodes/shared/parameters/readConditions';
import { refusal } from '../support/refusal';

const one = (condition: unknown, applyFiltersIn?: string) =>
	readConditions({ filters: {}, conditions: { condition: [condition] }, applyFiltersIn });

/** The value that the one condition ends up with. */
const valueOf = (condition: object) => one({ field: 'f', ...condition })[0]?.value;

describe('filters', () => {
	test('become one eq condition each, in an order that does not depend on theirs', () => {
		const filters = {
			userId: 'user',
			traceId: 'trace',
			serviceName: { mode: 'list', value: 'Broker' },
			referenceId: 'reference',
			messageId: 'message',
			ipAddress: '192.0.2.1',
			eventType: { mode: 'name', value: 'authn_response' },
			clientId: 'client',
		};
		const reversed = Object.fromEntries(Object.entries(filters).reverse());
		const expected = [
			['clientId', 'client'],
			['eventType', 'authn_response'],
			['ipAddress', '192.0.2.1'],
			['messageId', 'message'],
			['referenceId', 'reference'],
			['serviceName', 'Broker'],
			['traceId', 'trace'],
			['userId', 'user'],
		].map(([field, value]) => ({ field, operator: 'eq', value }));
		expect(readConditions({ filters, conditions: {} })).toEqual(expected);
		expect(readConditions({ filters: reversed, conditions: {} })).toEqual(expected);
	});

	test('that are empty are left out', () => {
		const filters = { userId: '', traceId: ' ', serviceName: { mode: 'list', value: '' } };
		expect(readConditions({ filters, conditions: {} })).toEqual([]);
	});

	test('by anything else do not exist', () => {
		expect(readConditions({ filters: { sandbox: 'true', toString: 'x' }, conditions: {} })).toEqual(
			[],
		);
	});

	test.each([undefined, null, '', 'text', []])('may be %p, which is none', (nothing) => {
		expect(readConditions({ filters: nothing, conditions: nothing })).toEqual([]);
	});

	test('come before conditions', () => {
		const conditions = { condition: [{ field: 'a', operator: 'ne', value: 'b' }] };
		expect(readConditions({ filters: { userId: 'u' }, conditions })).toEqual([
			{ field: 'userId', operator: 'eq', value: 'u' },
			{ field: 'a', operator: 'ne', value: 'b' },
		]);
	});
});

describe('a condition', () => {
	test('is eq and a string where nothing else is said', () => {
		expect(one({ field: 'Idp', value: ' nbid ' })).toEqual([
			{ field: 'Idp', operator: 'eq', value: 'nbid' },
		]);
	});

	test('takes its field from a locator', () => {
		expect(one({ field: { mode: 'list', value: 'Idp' }, value: 'x' })[0]?.field).toBe('Idp');
	});

	test.each(['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'regex'])(
		'passes the operator %s on',
		(operator) => {
			expect(one({ field: 'f', operator, value: 'x' })).toEqual([
				{ field: 'f', operator, value: 'x' },
			]);
		},
	);

	test('passes an operator of its own on', () => {
		const condition = {
			field: 'f',
			operator: 'custom',
			customOperator: ' startsWith ',
			value: 'x',
		};
		expect(one(condition)).toEqual([{ field: 'f', operator: 'startsWith', value: 'x' }]);
	});

	test.each([
		['number', '42', 42],
		['number', ' -0.5 ', -0.5],
		['number', 7, 7],
		['boolean', 'true', true],
		['boolean', ' False ', false],
		['boolean', true, true],
		['json', '{"a":[1,null]}', { a: [1, null] }],
		['json', '"text"', 'text'],
		['json', 'null', null],
		['json', { a: 1 }, { a: 1 }],
		['json', false, false],
		['string', 42, '42'],
		['string', true, 'true'],
		['string', '', ''],
		['string', undefined, ''],
		['string', '["a"]', '["a"]'],
	])('makes a %s of %p', (valueType, value, result) => {
		expect(valueOf({ valueType, value })).toEqual(result);
	});

	test.each([
		['number', ''],
		['number', 'ten'],
		['number', 'Infinity'],
		['number', true],
		['number', null],
		['number', undefined],
		['number', []],
		['number', {}],
		['boolean', ''],
		['boolean', 'yes'],
		['boolean', 1],
		['json', '{'],
		['json', ''],
		['json', 'text'],
		['string', { a: 1 }],
		['string', ['a']],
		['date', 'x'],
	])('refuses to make a %s of %p', (valueType, value) => {
		const error = refusal(() => valueOf({ valueType, value }));
		expect(error.field).toBe('Conditions > Condition 1 > Value');
		expect(error.description).not.toBe('');
	});

	test.each(['in', 'nin'])('makes a list for %s', (operator) => {
		expect(valueOf({ operator, value: 'nbid, mobileid ' })).toEqual(['nbid', 'mobileid']);
		expect(valueOf({ operator, value: 'nbid' })).toEqual(['nbid']);
		expect(valueOf({ operator, value: ['a', 'b'] })).toEqual(['a', 'b']);
		expect(valueOf({ operator, value: '1,2', valueType: 'number' })).toEqual([1, 2]);
		expect(valueOf({ operator, value: 'true,false', valueType: 'boolean' })).toEqual([true, false]);
		expect(valueOf({ operator, value: '["a,b", 1]', valueType: 'json' })).toEqual(['a,b', 1]);
	});

	test('refuses a list with a value of another type, and JSON that is no list', () => {
		expect(
			refusal(() => valueOf({ operator: 'in', value: '1,x', valueType: 'number' })).message,
		).toContain('it is not a number');
		expect(
			refusal(() => valueOf({ operator: 'in', value: '{"a":1}', valueType: 'json' })).message,
		).toContain('need a list');
	});

	test.each([
		['without a field', { value: 'x' }, 'Field'],
		['with an empty field', { field: { mode: 'list', value: '' }, value: 'x' }, 'Field'],
		['with an operator that does not exist', { field: 'f', operator: 'like' }, 'Operator'],
		['with an operator of another object', { field: 'f', operator: 'toString' }, 'Operator'],
		['with an empty custom operator', { field: 'f', operator: 'custom' }, 'Custom Operator'],
	])('is refused %s, by its number and field', (_what, condition, field) => {
		const conditions = { condition: [{ field: 'fine', value: 'x' }, condition] };
		const error = refusal(() => readConditions({ filters: {}, conditions }));
		expect(error.field).toBe(`Conditions > Condition 2 > ${field}`);
	});
});

describe('conditions that n8n is to evaluate', () => {
	const custom = { field: 'Idp', operator: 'custom', customOperator: 'startsWith', value: 'n' };
	const broken = { field: 'Idp', operator: 'regex', value: '(' };

	test('may use every operator of the list', () => {
		for (const operator of ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'regex']) {
			expect(one({ field: 'f', operator, value: 'x' }, 'n8n')).toHaveLength(1);
		}
	});

	test('may not use an operator of their own, nor a broken regular expression', () => {
		expect(refusal(() => one(custom, 'n8n')).message).toContain('"startsWith"');
		expect(refusal(() => one(broken, 'n8n')).message).toContain('not a regular expression');
		expect(refusal(() => one(broken, 'n8n')).field).toContain('Idp');
	});

	test('are Signicat’s own affair where Signicat evaluates them', () => {
		expect(one(custom, 'signicat')).toHaveLength(1);
		expect(one(broken, 'signicat')).toHaveLength(1);
	});
});

describe('readApplyFiltersIn', () => {
	test('is Signicat unless n8n is chosen', () => {
		expect([undefined, 'signicat', 'n8n'].map(readApplyFiltersIn)).toEqual([
			'signicat',
			'signicat',
			'n8n',
		]);
	});

	test.each(['N8N', '', null, true])('refuses %p', (value) => {
		expect(refusal(() => readApplyFiltersIn(value)).field).toBe('Apply Filters In');
	});
});
