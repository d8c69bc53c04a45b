import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidParameterError, readInteger } from '../../../nodes/shared/parameters/invalid';

describe('InvalidParameterError', () => {
	test('names the parameter in its message, and carries advice', () => {
		const error = new InvalidParameterError('Limit', 'it is odd', 'Enter an even one.');
		expect(error).toMatchObject({
			name: 'InvalidParameterError',
			message: 'The value of Limit cannot be used: it is odd',
			field: 'Limit',
			description: 'Enter an even one.',
		});
	});
});

describe('readInteger', () => {
	test('takes every whole number within the bounds, as a number or as text', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 1000 }), (number) => {
				expect(readInteger('Limit', number, { min: 1, max: 1000 })).toBe(number);
				expect(readInteger('Limit', ` ${number} `, { min: 1, max: 1000 })).toBe(number);
			}),
		);
	});

	test.each([
		0,
		1001,
		-1,
		1.5,
		NaN,
		Infinity,
		'',
		' ',
		'1.5',
		'ten',
		true,
		null,
		undefined,
		[5],
		{},
	])('refuses %p, which is not a whole number from 1 to 1000', (value) => {
		expect(() => readInteger('Page Size', value, { min: 1, max: 1000 })).toThrow(
			new InvalidParameterError(
				'Page Size',
				'it is not a whole number from 1 to 1000',
				'Enter a whole number, for example 50.',
			),
		);
	});

	test('names the lower bound alone where there is no upper one', () => {
		expect(() => readInteger('Limit', 0, { min: 1 })).toThrow('a whole number of at least 1');
		expect(readInteger('Limit', Number.MAX_SAFE_INTEGER, { min: 1 })).toBe(Number.MAX_SAFE_INTEGER);
	});

	test('refuses whole numbers that a computer cannot tell apart', () => {
		expect(() => readInteger('Limit', 2 ** 60, { min: 1 })).toThrow(InvalidParameterError);
	});

	test.each([
		[1, 16, 16],
		[100, 200, 100],
		[1, 1000, 50],
	])('suggests a number that it would take, from %i to %i: %i', (min, max, example) => {
		try {
			readInteger('Limit', 'x', { min, max });
			throw new Error('It was accepted');
		} catch (error) {
			expect((error as InvalidParameterError).description).toContain(`for example ${example}.`);
		}
	});
});
