import { describe, expect, test } from '@jest/globals';
import { nameLocator, readName } from '../../../nodes/shared/parameters/locator';

const OPTIONS = {
	displayName: 'Service Name',
	name: 'serviceName',
	description: 'The service',
	searchListMethod: 'getServiceNames',
	placeholder: 'e.g. Broker',
};

describe('nameLocator', () => {
	test('offers a searchable list first, then free text', () => {
		expect(nameLocator(OPTIONS)).toEqual({
			displayName: 'Service Name',
			name: 'serviceName',
			type: 'resourceLocator',
			default: { mode: 'list', value: '' },
			description: 'The service',
			modes: [
				{
					displayName: 'From List',
					name: 'list',
					type: 'list',
					typeOptions: { searchListMethod: 'getServiceNames', searchable: true },
				},
				{ displayName: 'Name', name: 'name', type: 'string', placeholder: 'e.g. Broker' },
			],
		});
	});

	test('is required only where that is asked for', () => {
		expect(nameLocator(OPTIONS)).not.toHaveProperty('required');
		expect(nameLocator({ ...OPTIONS, required: false })).not.toHaveProperty('required');
		expect(nameLocator({ ...OPTIONS, required: true }).required).toBe(true);
	});
});

describe('readName', () => {
	test.each([
		['a locator from the list', { __rl: true, mode: 'list', value: 'Broker' }, 'Broker'],
		['a locator by name', { __rl: true, mode: 'name', value: ' Broker ' }, 'Broker'],
		['plain text', 'Broker', 'Broker'],
		['text with spaces around it', '\tBroker ', 'Broker'],
		['a number, as an expression may give it', 42, '42'],
		['a number in a locator', { mode: 'name', value: 42 }, '42'],
	])('takes the name from %s', (_what, value, name) => {
		expect(readName(value)).toBe(name);
	});

	test.each([
		['an empty locator', { mode: 'list', value: '' }],
		['a locator with null', { mode: 'list', value: null }],
		['a locator without a value', { mode: 'list' }],
		['an empty object', {}],
		['an empty text', ''],
		['spaces', '  '],
		['null', null],
		['nothing', undefined],
	])('finds no name in %s', (_what, value) => {
		expect(readName(value)).toBe('');
	});
});
