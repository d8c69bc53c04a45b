import { describe, expect, test } from '@jest/globals';
import { DateTime } from 'luxon';
import { readName, readRequiredName } from '../../../nodes/shared/parameters/readText';
import { refusal } from '../support/refusal';

describe('readName', () => {
	test.each([
		['a locator from the list', { __rl: true, mode: 'list', value: 'Broker' }, 'Broker'],
		['a locator by name', { __rl: true, mode: 'name', value: ' Broker ' }, 'Broker'],
		[
			'a locator with what the editor remembers',
			{ __rl: true, mode: 'list', value: 'Broker', cachedResultName: 'Broker' },
			'Broker',
		],
		['plain text', 'Broker', 'Broker'],
		['text with spaces around it', '\tBroker \r\n', 'Broker'],
		['a number, as an expression may give it', 42, '42'],
		['a number in a locator', { mode: 'name', value: 42 }, '42'],
		['zero', 0, '0'],
		['text with an invisible character within', 'a\u200db', 'a\u200db'],
		['false as text', 'false', 'false'],
		['a large whole number', 12345678901234567890n, '12345678901234567890'],
	])('takes the name from %s', (_what, value, name) => {
		expect(readName('Target', value, { advice: 'Choose one.' })).toBe(name);
	});

	test.each([
		['an empty locator', { mode: 'list', value: '' }],
		['a locator with null', { mode: 'list', value: null }],
		['a locator without a value', { mode: 'list' }],
		['an empty text', ''],
		['spaces', '  '],
		['null', null],
		['nothing', undefined],
	])('finds no name in %s, which is refused where one is needed', (_what, value) => {
		expect(readName('Target', value, { advice: 'Choose one.' })).toBe('');
		expect(
			refusal(() => readRequiredName('Target', value, { advice: 'Choose one.' })),
		).toMatchObject({
			message: "Invalid value for 'Target': must not be empty",
			description: 'Choose one.',
		});
	});

	test.each([
		['a list', ['a', 'b'], 'expected text but got a list'],
		['an empty list', [], 'expected text but got a list'],
		['an object', {}, 'expected text but got an object'],
		['an event', { cursor: 'c', mode: 'list', value: 'x' }, 'expected text but got an object'],
		['a Date', new Date(0), 'expected text but got a date and time'],
		['a DateTime', DateTime.now(), 'expected text but got a date and time'],
		['a truth value', true, 'expected text but got a boolean'],
		['NaN', NaN, 'not a finite number'],
		['a number that has lost digits', 1e21, 'too large to be exact'],
		['half of a character', 'a\ud83d', 'contains an incomplete character'],
		['a line break within', 'a\nb', 'a line break'],
		['a NUL', 'a\u0000b', 'control character'],
		['an invisible character at the end', 'a\u200b', 'invisible character'],
		['marks of text direction around it', '\u2068a\u2069', 'invisible character'],
		['nothing but an invisible character', '\u2060', 'invisible character'],
		['a very long text', 'x'.repeat(1e6), 'longer than 2,000 characters'],
		['a locator with a list in it', { mode: 'name', value: ['a'] }, 'expected text but got a list'],
	])('refuses %s', (_what, value, problem) => {
		const error = refusal(() => readName('Target', value, { advice: 'Choose one.' }));
		expect(error.field).toBe('Target');
		expect(error.message).toContain(problem);
		expect(error.message.length + error.description.length).toBeLessThan(300);
	});
});
