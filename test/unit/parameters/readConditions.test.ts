import { describe, expect, test } from '@jest/globals';
import { readApplyFiltersIn, readFiltering } from '../../../nodes/shared/parameters/readConditions';
import { DateTime } from 'luxon';
import { refusal } from '../support/refusal';

const readConditions = (
	filters: unknown,
	conditions: unknown = {},
	options: Record<string, unknown> = {},
) => readFiltering({ filters, conditions, options }).conditions;

const readSingle = (condition: unknown, applyFiltersIn?: string) =>
	readConditions({}, { condition: [condition] }, { applyFiltersIn });

/** The value of a single condition. */
const valueOf = (condition: object) => readSingle({ field: 'f', ...condition })[0]?.value;

describe('filters', () => {
	test('become one eq condition each, in an order that does not depend on theirs', () => {
		const filters = {
			userId: 'user',
			traceId: 'trace',
			serviceName: ['Broker'],
			referenceId: 'reference',
			messageId: 'message',
			ipAddress: '192.0.2.1',
			eventType: 'authn_response',
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
		expect(readConditions(filters)).toEqual(expected);
		expect(readConditions(reversed)).toEqual(expected);
	});

	test.each([
		['', 'must not be empty'],
		[' \n', 'must not be empty'],
		[null, 'must not be empty'],
		[undefined, 'must not be empty'],
		[[], 'must not be empty'],
		[{}, 'must not be empty'],
		[{ __rl: true, mode: 'list', value: '' }, 'must not be empty'],
		[[undefined, ''], 'must not be empty'],
		[['a', null], 'one of the values is empty'],
	])(
		'that come to nothing are refused, or left out where that is asked for: %p',
		(value, problem) => {
			for (const [name, label] of [
				['userId', 'User ID'],
				['serviceName', 'Service Name'],
			] as const) {
				const error = refusal(() => readConditions({ [name]: value }));
				expect(error.message).toBe(`Invalid value for 'Filters > ${label}': ${problem}`);
				expect(error.description).toContain('Ignore Empty Filters');
				const ignored = readConditions({ [name]: value }, {}, { ignoreEmptyFilters: 'yes' });
				const left =
					problem === 'must not be empty' ? [] : [{ field: name, operator: 'eq', value: 'a' }];
				expect(ignored).toEqual(left);
			}
		},
	);

	test('are left out for an AI agent that leaves them empty, unless the option says otherwise', () => {
		const values = { filters: { userId: null, traceId: 't' }, conditions: {}, isToolCall: true };
		expect(readFiltering(values).conditions).toEqual([
			{ field: 'traceId', operator: 'eq', value: 't' },
		]);
		const options = { ignoreEmptyFilters: false };
		expect(refusal(() => readFiltering({ ...values, options })).field).toBe('Filters > User ID');
	});

	test.each([
		[['a', ' b '], { operator: 'in', value: ['a', 'b'] }],
		[['a'], { operator: 'eq', value: 'a' }],
		[['a', 'a'], { operator: 'eq', value: 'a' }],
		[['b', 'a', ' b'], { operator: 'in', value: ['b', 'a'] }],
		[[1, 'b'], { operator: 'in', value: ['1', 'b'] }],
		[['a,b'], { operator: 'eq', value: 'a,b' }],
		[['a,b', 'c'], { operator: 'in', value: ['a,b', 'c'] }],
		[0, { operator: 'eq', value: '0' }],
		['false', { operator: 'eq', value: 'false' }],
	])('given as %p mean %p', (value, condition) => {
		for (const field of ['serviceName', 'eventType', 'userId']) {
			expect(readConditions({ [field]: value })).toEqual([{ field, ...condition }]);
		}
	});

	test.each([
		['a,b', { operator: 'in', value: ['a', 'b'] }],
		[' a , b,a', { operator: 'in', value: ['a', 'b'] }],
		['a,a', { operator: 'eq', value: 'a' }],
		['a b', { operator: 'eq', value: 'a b' }],
		['["a,b", "c", 1]', { operator: 'in', value: ['a,b', 'c', '1'] }],
		[' ["a"] ', { operator: 'eq', value: 'a' }],
	])('that are multi-selects split a text: %p means %p', (value, condition) => {
		for (const field of ['serviceName', 'eventType']) {
			expect(readConditions({ [field]: value })).toEqual([{ field, ...condition }]);
		}
		expect(readConditions({ userId: value })).toEqual([
			{ field: 'userId', operator: 'eq', value: value.trim() },
		]);
	});

	test.each([
		['["a"', 'not valid JSON'],
		['[a]', 'not valid JSON'],
		['["a", null]', 'one of the values is empty'],
		['["a", ["b"]]', 'expected text but got a list'],
		['["a", true]', 'expected text but got a boolean'],
		[',,', 'must not be empty'],
		['a,', 'one of the values is empty'],
		['a, ,b', 'one of the values is empty'],
		['[]', 'must not be empty'],
		['x,'.repeat(50_001), 'longer than 100,000 characters'],
		['x,'.repeat(1_000), 'more than 1,000 values'],
		[`a,${'x'.repeat(2_001)}`, 'longer than 2,000 characters'],
		['a,b\tc', 'a line break, a tab'],
		['a,b\u200b', 'an invisible character'],
		['a,[object Object]', 'expected text but got an object'],
		['a,\ud800', 'contains an incomplete character'],
	])('that are multi-selects refuse a text that cannot be meant: %#', (value, problem) => {
		const error = refusal(() => readConditions({ serviceName: value }));
		expect(error.field).toBe('Filters > Service Name');
		expect(error.message).toContain(problem);
		expect(error.message.length).toBeLessThan(200);
		expect(error.description).not.toBe('');
		expect(error.description).not.toContain("change 'Value Type'");
	});

	test.each([
		[{ id: 'u' }, 'an object'],
		[new Date(), 'a date and time'],
		[DateTime.now(), 'a date and time'],
		[DateTime.now().toString(), 'a date and time'],
		['Invalid DateTime', 'a date and time'],
		['user [object Object]', 'an object'],
		[true, 'a boolean'],
		[['a', ['b']], 'a list'],
		[['a', {}], 'an object'],
		[NaN, 'not a finite number'],
		[1e21, 'too large'],
		['a\nb', 'a line break'],
		['\udc00', 'contains an incomplete character'],
		['x'.repeat(1e6), 'longer than 2,000 characters'],
		[Array.from({ length: 1001 }, (_, index) => `u${index}`), 'more than 1,000 values'],
	])('are refused where they are no text: %p', (value, problem) => {
		const error = refusal(() =>
			readConditions({ userId: value }, {}, { ignoreEmptyFilters: true }),
		);
		expect(error.field).toBe('Filters > User ID');
		expect(error.message).toContain(problem);
	});

	test('by anything else are refused', () => {
		const error = refusal(() => readConditions({ userID: 'u' }));
		expect(error.message).toBe(`Invalid value for 'Filters': unknown key "userID"`);
		expect(error.description).toContain('userId');
	});

	test.each([undefined, null, '', 'text', [], ['a'], 5, true])(
		'that are no object are refused, and so are conditions: %p',
		(value) => {
			expect(refusal(() => readConditions(value)).field).toBe('Filters');
			expect(refusal(() => readFiltering({ filters: {}, conditions: value })).field).toBe(
				'Conditions',
			);
		},
	);

	test.each([[{ condition: null }], [{ condition: {} }], [{ conditions: [] }]])(
		'conditions that hold no list are refused: %p',
		(conditions) => {
			expect(refusal(() => readConditions({}, conditions)).field).toBe('Conditions');
		},
	);

	test('come before conditions', () => {
		const conditions = { condition: [{ field: 'a', operator: 'ne', value: 'b' }] };
		expect(readConditions({ userId: 'u' }, conditions)).toEqual([
			{ field: 'userId', operator: 'eq', value: 'u' },
			{ field: 'a', operator: 'ne', value: 'b' },
		]);
	});
});

describe('a condition', () => {
	test('is eq and a string where nothing else is said', () => {
		expect(readSingle({ field: 'Idp', value: ' nbid ' })).toEqual([
			{ field: 'Idp', operator: 'eq', value: 'nbid' },
		]);
	});

	test('takes its field from a locator', () => {
		expect(readSingle({ field: { mode: 'list', value: 'Idp' }, value: 'x' })[0]?.field).toBe('Idp');
	});

	test.each(['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'regex'])(
		'passes the operator %s on',
		(operator) => {
			expect(readSingle({ field: 'f', operator, value: 'x' })).toEqual([
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
		expect(readSingle(condition)).toEqual([{ field: 'f', operator: 'startsWith', value: 'x' }]);
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
		['string', 0, '0'],
		['json', '""', ''],
		['json', '[1.50, 1e21, -0]', [1.5, 1e21, 0]],
		['json', '"x-[object Object]"', 'x-[object Object]'],
		['json', '"Invalid Date"', 'Invalid Date'],
		['json', '"a\\u200b"', 'a\u200b'],
		[
			'json',
			{ at: new Date(0), n: [null, 0.1] },
			{ at: '1970-01-01T00:00:00.000Z', n: [null, 0.1] },
		],
		['number', '1.50', 1.5],
		['number', '0.1', 0.1],
		['number', '1e21', 1e21],
		['number', '-0', 0],
		['boolean', 'yes', true],
		['boolean', 0, false],
		['string', '["a"]', '["a"]'],
	])('makes a %s of %p', (valueType, value, result) => {
		expect(valueOf({ valueType, value })).toEqual(result);
	});

	test.each([
		['number', ''],
		['number', '7615917337495251231'],
		['number', 7615917337495251000],
		['number', '1e400'],
		['number', '1e-400'],
		['number', '0.1000000000000000055511151231257827'],
		['number', NaN],
		['number', '0x10'],
		['number', '1_000'],
		['number', '9'.repeat(1e6)],
		['json', '{"id": 7615917337495251231}'],
		['json', '[1, [1e400]]'],
		['json', [7615917337495251000]],
		['json', { a: undefined }],
		['json', { a: NaN }],
		['json', () => 1],
		['json', 1n],
		['json', new Date(NaN)],
		['json', new Map([['a', 1]])],
		['json', [new Set(['a'])]],
		['json', /a/],
		['json', '['.repeat(60) + ']'.repeat(60)],
		['json', `"${'x'.repeat(1e6)}"`],
		['json', '"\\ud800"'],
		['json', undefined],
		['json', []],
		['string', ''],
		['string', undefined],
		['string', null],
		['string', 1e21],
		['string', '\ud800'],
		['string', 'x'.repeat(1e6)],
		['string', 'x-[object Object]'],
		['string', 'Invalid DateTime'],
		['string', 'a\u200b'],
		['string', '\u2068a\u2069'],
		['string', new Date()],
		['string', DateTime.now()],
		['number', 'ten'],
		['number', 'Infinity'],
		['number', true],
		['number', null],
		['number', undefined],
		['number', []],
		['number', {}],
		['boolean', ''],
		['boolean', 'on'],
		['boolean', 2],
		['json', '{'],
		['json', ''],
		['json', 'text'],
		['string', { a: 1 }],
		['string', ['a']],
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

	describe.each([undefined, null, '', ' '])('without a value type (%p)', (valueType) => {
		const typed = (field: string, operator: string, value: unknown) =>
			valueOf({ field, operator, value, valueType });

		test.each(['eq', 'ne', 'regex', 'custom'])('is text for a property: %s', (operator) => {
			for (const value of ['5', '-0.5', 'true', 'null', '{"a":1}', '007', 5, -0.5, true, false]) {
				expect(valueOf({ operator, customOperator: 'is', valueType, value })).toBe(String(value));
			}
		});

		test.each(['eq', 'ne', 'custom'])(
			'keeps a number or a boolean that an expression returns for data, and text as text: %s',
			(operator) => {
				for (const field of ['data', 'data.result', 'data.codes.1']) {
					for (const value of [5, -0.5, true, false, '5', 'true']) {
						expect(valueOf({ field, operator, customOperator: 'is', valueType, value })).toBe(
							value,
						);
					}
				}
				// Only the field itself, not another that begins like it.
				expect(valueOf({ field: 'dataset', operator, customOperator: 'is', value: 5 })).toBe('5');
			},
		);

		test.each(['gt', 'gte', 'lt', 'lte'])('takes a plain number as a number: %s', (operator) => {
			for (const [text, number] of [
				['5', 5],
				[' 100 ', 100],
				['-0.50', -0.5],
				['0', 0],
				[7, 7],
			] as const) {
				expect(typed('f', operator, text)).toBe(number);
				expect(typed('data.result', operator, text)).toBe(number);
			}
			for (const text of ['007', '1e3', '+5', '.5', '5.', '0x10', '1,000', '2026-11-01', 'b']) {
				expect(typed('f', operator, text)).toBe(text);
			}
			expect(refusal(() => typed('f', operator, '7615917337495251231')).description).toContain(
				"set 'Value Type' to 'String'",
			);
		});

		test('is what it is for a single value in a list', () => {
			for (const operator of ['in', 'nin']) {
				for (const list of [[1, 'a', true, '2'], '[1, "a", true, "2"]']) {
					expect(typed('f', operator, list)).toEqual(['1', 'a', 'true', '2']);
					expect(typed('data.a', operator, list)).toEqual([1, 'a', true, '2']);
				}
				expect(typed('data.a', operator, '1, a, true')).toEqual(['1', 'a', 'true']);
				expect(typed('data.a', operator, 5)).toEqual([5]);
				expect(typed('f', operator, false)).toEqual(['false']);
			}
		});

		test('a regular expression is text', () => {
			expect(typed('f', 'regex', 5)).toBe('5');
			expect(typed('f', 'regex', ' 5 ')).toBe(' 5 ');
		});

		test('a field of the event has its own type', () => {
			expect(typed('userId', 'eq', 12345)).toBe('12345');
			expect(typed('userId', 'gt', '100')).toBe('100');
			expect(typed('messageId', 'in', [1, true])).toEqual(['1', 'true']);
			expect(typed('timestamp', 'gte', '2026-11-01')).toBe('2026-11-01');
			expect(typed('sandbox', 'eq', 'true')).toBe(true);
			expect(typed('sandbox', 'in', 'true, no')).toEqual([true, false]);
			expect(refusal(() => typed('sandbox', 'eq', 'maybe')).message).toContain(
				"'Conditions > Condition 1 > Value': must be true or false",
			);
			// The name of a function of every object is not a field.
			expect(typed('toString', 'eq', 5)).toBe('5');
		});

		test.each([[{ a: 1 }], [['a']], [new Date()], [NaN], [1e21], [7615917337495251000], [() => 1]])(
			'refuses %p',
			(value) => {
				for (const field of ['f', 'userId', 'data.a']) {
					const error = refusal(() => valueOf({ field, valueType, value }));
					expect(error.field).toBe('Conditions > Condition 1 > Value');
					expect(error.description).not.toBe('');
				}
			},
		);
	});

	test('has the value type that is chosen, whatever would follow without it', () => {
		expect(valueOf({ operator: 'gt', value: '5', valueType: 'string' })).toBe('5');
		expect(valueOf({ field: 'userId', value: '5', valueType: 'number' })).toBe(5);
		expect(valueOf({ field: 'sandbox', value: 'true', valueType: 'string' })).toBe('true');
		expect(valueOf({ field: 'data.a', value: 5, valueType: 'string' })).toBe('5');
		expect(valueOf({ value: 5, valueType: 'number' })).toBe(5);
	});

	test('refuses a type of value that does not exist', () => {
		const error = refusal(() => valueOf({ valueType: 'date', value: 'x' }));
		expect(error.field).toBe('Conditions > Condition 1 > Value Type');
	});

	test('refuses lists with something empty, too many values, inexact numbers or half a list', () => {
		for (const value of [
			['a', ''],
			['a', null],
			[],
			',',
			'a,',
			'a, ,b',
			'["a",',
			'[7615917337495251231]',
			['a', 7615917337495251000],
			Array.from({ length: 1001 }, String),
			{ a: 1 },
		]) {
			const error = refusal(() => valueOf({ operator: 'in', value }));
			expect(error.field).toBe('Conditions > Condition 1 > Value');
		}
	});

	test('that is empty is left out where that is asked for, by its value alone', () => {
		const conditions = {
			condition: [
				{ field: '', operator: 'eq', value: '' },
				{ field: 'a', value: undefined, valueType: 'number' },
				{ field: 'b', operator: 'in', value: [] },
				{ field: 'c', operator: 'in', value: ['x', ''] },
			],
		};
		const options = { ignoreEmptyFilters: true };
		expect(readConditions({}, conditions, options)).toEqual([
			{ field: 'c', operator: 'in', value: ['x'] },
		]);
		const nameless = { condition: [{ field: '', value: 'x' }] };
		expect(refusal(() => readConditions({}, nameless, options)).field).toBe(
			'Conditions > Condition 1 > Field',
		);
	});

	test.each([null, 'text', [], 5])('that is no object is refused: %p', (condition) => {
		expect(refusal(() => readSingle(condition)).field).toBe('Conditions > Condition 1');
	});

	test('with a part that does not exist is refused', () => {
		expect(refusal(() => readSingle({ field: 'f', value: 'x', type: 'json' })).message).toContain(
			'"type"',
		);
	});

	test('keeps the blanks of a regular expression, which count', () => {
		expect(valueOf({ operator: 'regex', value: ' a \n' })).toBe(' a ');
	});

	test('refuses a list with a value of another type, and JSON that is no list', () => {
		expect(
			refusal(() => valueOf({ operator: 'in', value: '1,x', valueType: 'number' })).message,
		).toContain('not a number');
		expect(
			refusal(() => valueOf({ operator: 'in', value: '{"a":1}', valueType: 'json' })).message,
		).toContain('require a list');
	});

	test.each([
		['without a field', { value: 'x' }, 'Field'],
		['with an empty field', { field: { mode: 'list', value: '' }, value: 'x' }, 'Field'],
		['with a list for a field', { field: ['a'], value: 'x' }, 'Field'],
		[
			'with an operator that does not exist',
			{ field: 'f', operator: 'like', value: 'x' },
			'Operator',
		],
		[
			'with an operator of another object',
			{ field: 'f', operator: 'toString', value: 'x' },
			'Operator',
		],
		[
			'with an empty custom operator',
			{ field: 'f', operator: 'custom', value: 'x' },
			'Custom Operator',
		],
	])('is refused %s, by its number and field', (_what, condition, field) => {
		const conditions = { condition: [{ field: 'fine', value: 'x' }, condition] };
		const error = refusal(() => readConditions({}, conditions));
		expect(error.field).toBe(`Conditions > Condition 2 > ${field}`);
	});
});

describe('conditions that n8n is to evaluate', () => {
	const custom = { field: 'Idp', operator: 'custom', customOperator: 'startsWith', value: 'n' };
	const broken = { field: 'Idp', operator: 'regex', value: '(' };

	test('may use every operator of the list', () => {
		for (const operator of ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'regex']) {
			expect(readSingle({ field: 'f', operator, value: 'x' }, 'n8n')).toHaveLength(1);
		}
	});

	test('may not use an operator of their own, nor a broken regular expression', () => {
		expect(refusal(() => readSingle(custom, 'n8n')).message).toContain('"startsWith"');
		expect(refusal(() => readSingle(broken, 'n8n')).message).toContain(
			'not a valid regular expression',
		);
		expect(refusal(() => readSingle(broken, 'n8n')).field).toBe('Conditions > Condition 1 > Value');
	});

	test('may not use an expression that cannot be matched in a bounded time', () => {
		const lookahead = { field: 'Idp', operator: 'regex', value: '^(?!nbid)' };
		const error = refusal(() => readSingle(lookahead, 'n8n'));
		expect(error.message).toContain('it contains a lookaround');
		expect(error.description).toContain('Apply Filters In');
		const number = { field: 'Idp', operator: 'regex', value: '5', valueType: 'number' };
		expect(refusal(() => readSingle(number, 'n8n')).message).toContain(
			'a regular expression must be text',
		);
	});

	test('are Signicat’s own affair where Signicat evaluates them', () => {
		expect(readSingle(custom, 'signicat')).toHaveLength(1);
		expect(readSingle(broken, 'signicat')).toHaveLength(1);
	});
});

describe('Must Match', () => {
	const matchOf = (match: unknown, applyFiltersIn: string) =>
		readFiltering({ filters: {}, conditions: {}, options: { match, applyFiltersIn } }).match;

	test('is all unless any is chosen', () => {
		expect([undefined, null, '', 'all'].map((match) => matchOf(match, 'signicat'))).toEqual(
			Array(4).fill('all'),
		);
		expect([undefined, ' ', 'all', 'any'].map((match) => matchOf(match, 'n8n'))).toEqual([
			'all',
			'all',
			'all',
			'any',
		]);
	});

	test.each(['Any', 'or', 0, true, ['any'], { value: 'any' }])('refuses %p', (match) => {
		const error = refusal(() => matchOf(match, 'n8n'));
		expect(error.field).toBe('Must Match');
		expect(error.description).toBe('Use all or any.');
	});

	test('refuses any where Signicat filters, and says what to do', () => {
		const error = refusal(() => matchOf('any', 'signicat'));
		expect(error.message).toBe(
			"Invalid value for 'Must Match': 'Any' requires 'Apply Filters In' to be 'This Workflow'",
		);
		expect(error.description).toContain("'Apply Filters In' to 'This Workflow'");
	});
});

describe('readApplyFiltersIn', () => {
	test('is Signicat unless n8n is chosen', () => {
		expect([undefined, null, '', 'signicat', ' n8n'].map(readApplyFiltersIn)).toEqual([
			'signicat',
			'signicat',
			'signicat',
			'signicat',
			'n8n',
		]);
	});

	test.each(['N8N', 0, [], true])('refuses %p', (value) => {
		expect(refusal(() => readApplyFiltersIn(value)).field).toBe('Apply Filters In');
	});
});
