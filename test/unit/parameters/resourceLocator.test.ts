import { describe, expect, test } from '@jest/globals';
import { resourceLocator } from '../../../nodes/shared/parameters/resourceLocator';

const OPTIONS = {
	displayName: 'Service Name',
	name: 'serviceName',
	description: 'The service',
	searchListMethod: 'getServiceNames',
	placeholder: 'e.g. Broker',
};

describe('nameLocator', () => {
	test('offers a searchable list first, then free text', () => {
		expect(resourceLocator(OPTIONS)).toEqual({
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
					typeOptions: {
						searchListMethod: 'getServiceNames',
						searchable: true,
						slowLoadNotice: {
							message: "If loading is slow, choose 'Name' and enter it",
							timeout: 5000,
						},
					},
				},
				{ displayName: 'Name', name: 'name', type: 'string', placeholder: 'e.g. Broker' },
			],
		});
	});

	test('is required only where that is asked for', () => {
		expect(resourceLocator(OPTIONS)).not.toHaveProperty('required');
		expect(resourceLocator({ ...OPTIONS, required: false })).not.toHaveProperty('required');
		expect(resourceLocator({ ...OPTIONS, required: true }).required).toBe(true);
	});
});
