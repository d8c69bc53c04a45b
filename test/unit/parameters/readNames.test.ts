import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readNames } from '../../../nodes/shared/parameters/readNames';
import { refusal } from '../support/refusal';

const options = { advice: 'Enter names, separated by commas.', max: 3 };
const read = (value: unknown) => readNames('Property Columns', value, options);

describe('readNames', () => {
	test.each([
		['Idp', ['Idp']],
		[' Idp ,Result, ', ['Idp', 'Result']],
		['b,a,b', ['b', 'a']],
		[
			['a,b', ' c '],
			['a,b', 'c'],
		],
		[['a', ' a'], ['a']],
		[7, ['7']],
		['data.result', ['data.result']],
		['idp,IDP', ['idp', 'IDP']],
	])('reads %j as %j', (value, names) => {
		expect(read(value)).toEqual(names);
	});

	test.each([undefined, null, '', ' ', ',', ' , ,', []])('has none for %j', (value) => {
		expect(read(value)).toEqual([]);
	});

	test.each([
		[true, 'expected text but got a boolean'],
		[{ a: 1 }, 'expected text but got an object'],
		[new Date(0), 'expected text but got a date and time'],
		[['a', ''], 'must not be empty'],
		[[null], 'must not be empty'],
		[[['a']], 'expected text but got a list'],
		['[object Object]', 'expected text but got an object'],
		['a,[object Object]', 'expected text but got an object'],
		['a\nb', 'contains a line break, a tab or another control character'],
		['a,\u200bb', 'begins or ends with an invisible character'],
		['a\ud800', 'contains an incomplete character'],
		['a,b,c,d', 'more than 3 values'],
		[['a', 'b', 'c', 'd'], 'more than 3 values'],
		['x'.repeat(2_001), 'longer than 2,000 characters'],
		['x,'.repeat(10_001), 'longer than 20,000 characters'],
		[Array.from({ length: 1_001 }, () => 'a'), 'more than 3 values'],
	])('refuses %#', (value, problem) => {
		expect(refusal(() => read(value)).message).toBe(
			`Invalid value for 'Property Columns': ${problem}`,
		);
	});

	test('reads the same from a list and from text', () => {
		const name = fc.stringMatching(/^[\w.]{1,9}$/);
		fc.assert(
			fc.property(fc.uniqueArray(name, { maxLength: 3 }), (names) => {
				expect(read(names)).toEqual(names);
				expect(read(names.join(' , '))).toEqual(names);
			}),
		);
	});
});
