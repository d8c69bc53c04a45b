import { describe, expect, test } from '@jest/globals';
import { readNames } from '../../../nodes/shared/parameters/readNames';

const options = { advice: 'Enter names.', max: 3 };
const read = (value: unknown) => readNames('Fields', value, options);

describe('names', () => {
	test.each([
		['userId', ['userId']],
		[' userId , Result,, userId ,', ['userId', 'Result']],
		[
			['Result', ' userId '],
			['Result', 'userId'],
		],
		[['with, comma'], ['with, comma']],
		[[5], ['5']],
		[5, ['5']],
		['', []],
		[' , ', []],
		[[], []],
		[null, []],
		[undefined, []],
	])('are a list or comma-separated text: %j', (value, names) => {
		expect(read(value)).toEqual(names);
	});

	test.each([
		[true, 'a boolean'],
		[{}, 'an object'],
		[new Date(0), 'a date and time'],
		[NaN, 'not a finite number'],
		[[''], 'must not be empty'],
		[[null], 'must not be empty'],
		[[['a']], 'a list'],
		['[object Object]', 'an object'],
		['a\nb', 'a line break'],
		['a\u200b', 'invisible'],
		['a, \ud800', 'an incomplete character'],
		['x'.repeat(1_000_000), 'longer than'],
		['a,b,c,d', 'more than 3 values'],
		[Array.from({ length: 100_000 }, () => 'a'), 'more than 3 values'],
	])('are rejected with the name of the field if they are not: %p', (value, problem) => {
		expect(() => read(value)).toThrow("Invalid value for 'Fields': ");
		expect(() => read(value)).toThrow(problem);
	});
});
