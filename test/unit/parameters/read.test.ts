import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { InvalidParameterError } from '../../../nodes/shared/parameters/invalidParameter';
import {
	readChoice,
	readInteger,
	readRecord,
	readSwitch,
} from '../../../nodes/shared/parameters/read';
import { refusal } from '../support/refusal';

describe('readSwitch', () => {
	test.each([true, 'true', ' TRUE ', 'yes', 'Yes', 1, '1'])('reads %p as true', (value) => {
		expect(readSwitch('Gzip', value, { fallback: false })).toBe(true);
	});

	test.each([false, 'false', 'False\n', 'no', 'NO', 0, '0', -0])('reads %p as false', (value) => {
		expect(readSwitch('Gzip', value, { fallback: true })).toBe(false);
	});

	test.each([undefined, null, '', ' \t'])('takes the default for %p', (value) => {
		expect(readSwitch('Gzip', value, { fallback: true })).toBe(true);
		expect(readSwitch('Gzip', value, { fallback: false })).toBe(false);
	});

	test.each([
		2,
		-1,
		NaN,
		'on',
		'truthy',
		'y',
		'10',
		[],
		['true'],
		{},
		new Date(0),
		1n,
		'1'.repeat(1e6),
	])('refuses %p', (value) => {
		expect(refusal(() => readSwitch('Gzip', value, { fallback: false })).message).toBe(
			"Invalid value for 'Gzip': must be true or false",
		);
	});
});

describe('readInteger', () => {
	test('takes every whole number within the bounds, as a number or as text', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 1000 }), (number) => {
				expect(readInteger('Limit', number, { min: 1, max: 1000, fallback: 7 })).toBe(number);
				expect(readInteger('Limit', ` ${number} `, { min: 1, max: 1000, fallback: 7 })).toBe(
					number,
				);
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
		'1.5',
		'ten',
		'0x10',
		'1e2',
		'5 6',
		'5'.repeat(1e6),
		true,
		[5],
		{},
		new Date(5),
		5000n,
	])('refuses %p, which is not a whole number from 1 to 1000', (value) => {
		expect(() => readInteger('Page Size', value, { min: 1, max: 1000, fallback: 7 })).toThrow(
			new InvalidParameterError('Page Size', 'must be a whole number from 1 to 1000', {
				description: 'Enter a whole number, for example 50.',
			}),
		);
	});

	test.each([undefined, null, '', ' \n'])('takes the default for %p', (value) => {
		expect(readInteger('Limit', value, { min: 1, max: 10, fallback: 7 })).toBe(7);
	});

	test('names the lower bound alone where there is no upper one', () => {
		expect(() => readInteger('Limit', 0, { min: 1, fallback: 7 })).toThrow(
			'a whole number of at least 1',
		);
		expect(readInteger('Limit', Number.MAX_SAFE_INTEGER, { min: 1, fallback: 7 })).toBe(
			Number.MAX_SAFE_INTEGER,
		);
	});

	test('refuses whole numbers that a computer cannot tell apart', () => {
		expect(() => readInteger('Limit', 2 ** 60, { min: 1, fallback: 7 })).toThrow(
			InvalidParameterError,
		);
	});

	test.each([
		[1, 16, 16],
		[100, 200, 100],
		[1, 1000, 50],
	])('suggests a number that it would take, from %i to %i: %i', (min, max, example) => {
		try {
			readInteger('Limit', 'x', { min, max, fallback: min });
			throw new Error('It was accepted');
		} catch (error) {
			expect((error as InvalidParameterError).description).toContain(`for example ${example}.`);
		}
	});
});

describe('readChoice', () => {
	const options = { choices: ['newestFirst', 'oldestFirst'], fallback: 'newestFirst' } as const;

	test('takes each choice, and the default where it is empty', () => {
		expect(readChoice('Order', ' oldestFirst\n', options)).toBe('oldestFirst');
		for (const empty of [undefined, null, '', ' ']) {
			expect(readChoice('Order', empty, options)).toBe('newestFirst');
		}
	});

	test.each(['OldestFirst', 'toString', 0, false, ['oldestFirst'], {}, 'x'.repeat(1e6)])(
		'refuses %p, and says what there is',
		(value) => {
			const error = refusal(() => readChoice('Order', value, options));
			expect(error.message).toBe("Invalid value for 'Order': not one of the options");
			expect(error.description).toBe('Use newestFirst or oldestFirst.');
		},
	);
});

describe('readRecord', () => {
	test('takes an object with names that exist', () => {
		const value = { gzip: true };
		expect(readRecord('Options', value, { keys: new Set(['gzip']) })).toBe(value);
		expect(readRecord('Options', {}, { keys: new Set() })).toEqual({});
	});

	test.each([undefined, null, '', 'text', 5, true, [], ['a'], new Date(0), DateTime.now()])(
		'refuses %p',
		(value) => {
			expect(refusal(() => readRecord('Options', value)).message).toContain(
				'expected an object but got ',
			);
		},
	);

	test('refuses a name that does not exist, in short', () => {
		const name = `g\n${'z'.repeat(1e6)}`;
		const error = refusal(() => readRecord('Options', { [name]: 1 }, { keys: new Set(['gzip']) }));
		expect(error.message).toBe(`Invalid value for 'Options': unknown key "g?${'z'.repeat(38)}…"`);
		expect(error.description).toBe('Available keys: gzip.');
	});
});
