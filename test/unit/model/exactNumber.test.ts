import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hasExactNumbers, isExact, parseNumber } from '../../../nodes/shared/model/exactNumber';

describe('a number in decimal digits', () => {
	test.each([
		'0',
		'-0',
		'0.0e5',
		'1.50',
		'0.1',
		'1e21',
		'1E+2',
		'100',
		'9007199254740991',
		'5e-324',
		'+7',
		'.5',
		'1.',
	])('is held exactly: %s', (text) => {
		expect(parseNumber(text)).toEqual({ number: Number(text) + 0, isExact: true });
	});

	test.each([
		'7615917337495251231',
		'9007199254740993',
		'1e400',
		'-1e400',
		'1e-400',
		'0.1000000000000000055511151231257827',
		'123456789012345678.5',
		'1e99999999999999999999',
	])('is not held exactly: %s', (text) => {
		expect(parseNumber(text)?.isExact).toBe(false);
	});

	test.each(['', ' ', 'x', '0x10', '1e', 'e5', '1_0', 'Infinity', 'NaN', '1 2', '--1', '.', '٣'])(
		'is none: %p',
		(text) => {
			expect(parseNumber(text)).toBeUndefined();
		},
	);

	test('as JavaScript writes it is held exactly', () => {
		fc.assert(
			fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
				expect(isExact(String(number))).toBe(true);
				expect(isExact(number.toExponential())).toBe(true);
			}),
		);
	});

	test('of whole numbers is held exactly where it comes out again', () => {
		fc.assert(
			fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (number) => {
				// The whole number that JavaScript prints for it, without an exponent.
				const [mantissa = '', exponent] = Number(number).toExponential().split('e');
				const digits = mantissa.replace('.', '');
				const places = Number(exponent) - digits.replace('-', '').length + 1;
				const shown = BigInt(digits) * 10n ** BigInt(places);
				expect(isExact(String(number))).toBe(shown === number);
			}),
		);
	});

	test('costs time in proportion to its length, with zeros everywhere', () => {
		// In quadratic time, this would take hours.
		const zeros = '0'.repeat(4_000_000);
		expect(isExact(`${zeros}1${zeros}1`)).toBe(false);
	});
});

describe('the numbers of JSON', () => {
	test.each([
		['{"id": 7615917337495251231}', false],
		['[1, {"a": [1e400]}]', false],
		['-9007199254740993', false],
		['{"7615917337495251231": "7615917337495251231"}', true],
		['["\\\\", "\\"7615917337495251231", 1.50, -0, 1e21]', true],
		['["\\\\", 7615917337495251231]', false],
		['true', true],
	])('are looked at outside of text: %s', (json, exact) => {
		expect(() => JSON.parse(json)).not.toThrow();
		expect(hasExactNumbers(json)).toBe(exact);
	});
});
