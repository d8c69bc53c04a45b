import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
	fieldValue,
	isKnownOperator,
	matchesAll,
	matchesAny,
	OPERATORS,
	splitFilters,
} from '../../../nodes/shared/model/conditions';
import { formatTimestamp } from '../../../nodes/shared/model/instant';
import type { AuditEvent } from '../../../nodes/shared/model/event';
import { ticks } from '../support/arbitraries';

const EVENT: AuditEvent = {
	cursor: 'c1',
	timestamp: '2026-11-01T12:00:00.1234567Z',
	serviceName: 'Broker',
	eventType: 'authn_response',
	message: null,
	sandbox: true,
	attempts: 3,
	tags: ['a', 'b'],
	data: { result: 'ok', codes: [200, 404], nothing: null },
	indexedData: { Idp: 'nbid', 'deep.key': 'flat' },
};

const matches = (field: string, operator: string, value: unknown) =>
	matchesAll([{ field, operator, value }], EVENT);

describe('the operators', () => {
	test('are the nine of the API next door', () => {
		expect([...OPERATORS].sort()).toEqual([
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
	});

	test('are known by their exact names only', () => {
		expect(OPERATORS.filter(isKnownOperator)).toHaveLength(9);
		expect(['EQ', 'custom', '', 'toString', 'eq '].filter(isKnownOperator)).toEqual([]);
	});
});

describe('matchesAny', () => {
	const service = { field: 'serviceName', operator: 'eq', value: 'Broker' };
	const user = { field: 'userId', operator: 'eq', value: 'somebody' };

	test('holds without any condition', () => {
		expect(matchesAny([], EVENT)).toBe(true);
	});

	test('holds where one condition holds, wherever it stands', () => {
		expect(matchesAny([service, user], EVENT)).toBe(true);
		expect(matchesAny([user, service], EVENT)).toBe(true);
		expect(matchesAny([user, user], EVENT)).toBe(false);
		expect(matchesAny([user], EVENT)).toBe(false);
	});

	test('agrees with matchesAll on a single condition', () => {
		for (const condition of [service, user]) {
			expect(matchesAny([condition], EVENT)).toBe(matchesAll([condition], EVENT));
		}
	});
});

describe('splitFilters', () => {
	const conditions = [
		{ field: 'serviceName', operator: 'eq', value: 'Broker' },
		{ field: 'userId', operator: 'eq', value: 'somebody' },
	];

	test('sends everything to Signicat, which then is believed', () => {
		const { remote, matches: isMatch } = splitFilters({ conditions, applyFiltersIn: 'signicat' });
		expect(remote).toBe(conditions);
		expect(isMatch(EVENT)).toBe(true);
	});

	test.each([
		[undefined, false],
		['all', false],
		['any', true],
	] as const)('sends nothing where it filters here, and matches %p', (match, expected) => {
		const { remote, matches: isMatch } = splitFilters({ conditions, applyFiltersIn: 'n8n', match });
		expect(remote).toEqual([]);
		expect(isMatch(EVENT)).toBe(expected);
	});
});

describe('matchesAll', () => {
	test('holds without any condition', () => {
		expect(matchesAll([], EVENT)).toBe(true);
	});

	test('holds only where every condition holds', () => {
		const service = { field: 'serviceName', operator: 'eq', value: 'Broker' };
		const user = { field: 'userId', operator: 'eq', value: 'somebody' };
		expect(matchesAll([service, service], EVENT)).toBe(true);
		expect(matchesAll([service, user], EVENT)).toBe(false);
		expect(matchesAll([user, service], EVENT)).toBe(false);
	});

	test.each([
		['text', 'serviceName', 'Broker', 'broker'],
		['numbers', 'attempts', 3, 4],
		['truth values', 'sandbox', true, false],
		['lists', 'tags', ['a', 'b'], ['b', 'a']],
		['objects', 'data', EVENT.data, { result: 'ok' }],
		['a property in indexedData', 'Idp', 'nbid', 'mobileid'],
		['a path', 'data.result', 'ok', 'failed'],
		['a place in a list', 'data.codes.1', 404, 200],
	])('compares %s: eq, ne, in and nin agree', (_what, field, same, other) => {
		expect([matches(field, 'eq', same), matches(field, 'eq', other)]).toEqual([true, false]);
		expect([matches(field, 'ne', same), matches(field, 'ne', other)]).toEqual([false, true]);
		expect(matches(field, 'in', [other, same])).toBe(true);
		expect(matches(field, 'in', [other])).toBe(false);
		expect(matches(field, 'nin', [other, same])).toBe(false);
		expect(matches(field, 'nin', [other])).toBe(true);
	});

	test('compares objects by content, whatever the order of their keys', () => {
		const reordered = { nothing: null, codes: [200, 404], result: 'ok' };
		expect(matches('data', 'eq', reordered)).toBe(true);
	});

	test('tells a list from an object with the same keys', () => {
		expect(matches('data', 'eq', { nothing: null, codes: { 0: 200, 1: 404 }, result: 'ok' })).toBe(
			false,
		);
	});

	test('tells a text from a number and from a truth value', () => {
		expect(matches('attempts', 'eq', '3')).toBe(false);
		expect(matches('sandbox', 'eq', 'true')).toBe(false);
	});

	test.each(['userId', 'message', 'data.nothing', 'data.missing'])(
		'takes the missing %s for null, and for nothing else',
		(field) => {
			expect(matches(field, 'eq', null)).toBe(true);
			expect(matches(field, 'ne', null)).toBe(false);
			expect(matches(field, 'eq', '')).toBe(false);
			expect(matches(field, 'ne', 'somebody')).toBe(true);
			expect(matches(field, 'nin', ['somebody'])).toBe(true);
			expect(matches(field, 'in', ['somebody'])).toBe(false);
		},
	);

	test('does not take a field that has a value for null', () => {
		expect(matches('serviceName', 'eq', null)).toBe(false);
		expect(matches('data', 'eq', null)).toBe(false);
		expect(matches('serviceName', 'ne', null)).toBe(true);
	});

	test('takes a single value of in and nin for a list of one', () => {
		expect(matches('serviceName', 'in', 'Broker')).toBe(true);
		expect(matches('serviceName', 'nin', 'Broker')).toBe(false);
	});

	test('finds nothing in an empty list', () => {
		expect(matches('serviceName', 'in', [])).toBe(false);
		expect(matches('serviceName', 'nin', [])).toBe(true);
	});

	test('compares date-times as instants, whatever their digits and time zones', () => {
		expect(matches('timestamp', 'eq', '2026-11-01T13:00:00.123456700+01:00')).toBe(true);
		expect(matches('timestamp', 'eq', '2026-11-01T12:00:00.123Z')).toBe(false);
		expect(matches('timestamp', 'gt', '2026-11-01T14:00:00+02:00')).toBe(true);
		expect(matches('timestamp', 'lt', '2026-11-01T11:30:00-01:00')).toBe(true);
	});

	test.each([
		['numbers', 'attempts', 2, 3, 4],
		['text', 'serviceName', 'Brokeq', 'Broker', 'Brokes'],
		[
			'date-times',
			'timestamp',
			'2026-11-01T12:00:00.1234566Z',
			'2026-11-01T12:00:00.1234567Z',
			'2026-11-01T12:00:00.1234568Z',
		],
	])('orders %s', (_what, field, below, same, above) => {
		const signs = (operator: string) =>
			[below, same, above].map((value) => matches(field, operator, value));
		expect(signs('gt')).toEqual([true, false, false]);
		expect(signs('gte')).toEqual([true, true, false]);
		expect(signs('lt')).toEqual([false, false, true]);
		expect(signs('lte')).toEqual([false, true, true]);
	});

	test('takes a date-time without a time zone for UTC', () => {
		const bare = { cursor: 'c', timestamp: '2026-11-01T12:00:00.5' };
		const holds = (operator: string, value: string, event: AuditEvent = bare) =>
			matchesAll([{ field: 'timestamp', operator, value }], event);
		expect(holds('eq', '2026-11-01T12:00:00.500Z')).toBe(true);
		expect(holds('lt', '2026-11-01T13:00:00.6+01:00')).toBe(true);
		expect(holds('gt', '2026-11-01T13:00:00.4+01:00')).toBe(true);
		expect(
			holds('eq', '2026-11-01 12:00:00.5', { ...bare, timestamp: '2026-11-01T12:00:00.5Z' }),
		).toBe(true);
	});

	test('orders timestamps to their last digit', () => {
		fc.assert(
			fc.property(ticks, fc.bigInt({ min: -3n, max: 3n }), (instant, steps) => {
				const event = { cursor: 'c', timestamp: formatTimestamp(instant) };
				const value = formatTimestamp(instant + steps * 100n);
				const holds = (operator: string) =>
					matchesAll([{ field: 'timestamp', operator, value }], event);
				expect([holds('lt'), holds('eq'), holds('gt')]).toEqual([
					steps > 0n,
					steps === 0n,
					steps < 0n,
				]);
			}),
		);
	});

	test.each(['gt', 'gte', 'lt', 'lte'])(
		'finds no %s between values of different kinds',
		(operator) => {
			expect(matches('attempts', operator, '3')).toBe(false);
			expect(matches('serviceName', operator, 3)).toBe(false);
			expect(matches('userId', operator, 'a')).toBe(false);
			expect(matches('message', operator, null)).toBe(false);
			expect(matches('sandbox', operator, true)).toBe(false);
		},
	);

	test('compares a property, which is text, with a number as the number that it spells', () => {
		const event = {
			...EVENT,
			name: '10',
			indexedData: {
				Signers: '10',
				Share: '-0.5',
				Id: '7615917337495251231',
				Idp: 'nbid',
				Empty: '',
			},
		};
		const holds = (field: string, operator: string, value: unknown) =>
			matchesAll([{ field, operator, value }], event);
		expect(holds('Signers', 'gt', 9)).toBe(true);
		expect(holds('Signers', 'lte', 9)).toBe(false);
		expect(holds('Share', 'lt', 0)).toBe(true);
		expect(holds('Id', 'gt', 5)).toBe(true);
		// As text, "10" comes before "9".
		expect(holds('Signers', 'gt', '9')).toBe(false);
		for (const operator of ['gt', 'gte', 'lt', 'lte']) {
			for (const field of ['Idp', 'Empty', 'Missing', 'name']) {
				expect(holds(field, operator, 0)).toBe(false);
			}
		}
	});

	test('searches text for a regular expression, unanchored', () => {
		expect(matches('eventType', 'regex', 'n_r')).toBe(true);
		expect(matches('eventType', 'regex', '^response')).toBe(false);
		expect(matches('Idp', 'regex', '^(nbid|mobileid)$')).toBe(true);
	});

	test('finds no regular expression in what is not text', () => {
		expect(matches('attempts', 'regex', '.*')).toBe(false);
		expect(matches('userId', 'regex', '.*')).toBe(false);
		expect(matches('data', 'regex', '.*')).toBe(false);
	});

	test('lets no event pass an operator that it does not know', () => {
		expect(matches('serviceName', 'startsWith', 'B')).toBe(false);
	});
});

describe('a number with more digits than can be held, which is text in an event', () => {
	const event = { cursor: 'c', data: { id: '7615917337495251231', name: '5', huge: '-1e400' } };
	const holds = (field: string, operator: string, value: unknown) =>
		matchesAll([{ field, operator, value }], event as unknown as AuditEvent);

	test('is greater or less than a number, as a number', () => {
		expect(holds('data.id', 'gt', 5)).toBe(true);
		expect(holds('data.id', 'lt', 5)).toBe(false);
		expect(holds('data.huge', 'lt', -1e308)).toBe(true);
	});

	test('is equal to its own digits alone', () => {
		expect(holds('data.id', 'eq', '7615917337495251231')).toBe(true);
		expect(holds('data.id', 'in', ['7615917337495251230'])).toBe(false);
	});

	test('is not confused with other text of digits', () => {
		expect(holds('data.name', 'gte', 5)).toBe(false);
	});
});

describe('fieldValue', () => {
	test('prefers a field of the event to a property of the same name', () => {
		const event = { ...EVENT, indexedData: { serviceName: 'other' } };
		expect(fieldValue(event, 'serviceName')).toBe('Broker');
	});

	test('prefers a property with dots in its name to a path', () => {
		const event = { ...EVENT, deep: { key: 'nested' } };
		expect(fieldValue(event, 'deep.key')).toBe('flat');
	});

	test('goes down a path through objects and lists', () => {
		expect(fieldValue(EVENT, 'data.codes.0')).toBe(200);
		expect(fieldValue(EVENT, 'indexedData.Idp')).toBe('nbid');
	});

	test.each([
		'',
		'.',
		'data.',
		'data.result.length',
		'message.x',
		'toString',
		'__proto__',
		'data.constructor',
		'constructor.name',
	])('finds nothing at "%s"', (field) => {
		expect(fieldValue(EVENT, field)).toBeUndefined();
	});

	test('finds nothing where indexedData is missing or null', () => {
		const bare = { cursor: 'c', timestamp: 't' };
		expect(fieldValue(bare, 'Idp')).toBeUndefined();
		expect(fieldValue({ ...bare, indexedData: null }, 'Idp')).toBeUndefined();
	});
});

test('what is nested deeper than calls can be is compared by its content', () => {
	const deep = (end: string) => {
		let value: unknown = end;
		for (let level = 0; level < 50_000; level++) value = [value];
		return value;
	};
	const event = { ...EVENT, data: deep('a') };
	const equals = (value: unknown) => matchesAll([{ field: 'data', operator: 'eq', value }], event);
	expect(equals(deep('a'))).toBe(true);
	expect(equals(deep('b'))).toBe(false);
});
