import { describe, expect, test } from '@jest/globals';
import { InvalidParameterError } from '../../../nodes/shared/parameters/invalidParameter';

describe('InvalidParameterError', () => {
	test('names the parameter in its message, and carries advice', () => {
		const error = new InvalidParameterError('Limit', 'it is odd', {
			description: 'Enter an even one.',
		});
		expect(error).toMatchObject({
			name: 'InvalidParameterError',
			message: "Invalid value for 'Limit': it is odd",
			field: 'Limit',
			description: 'Enter an even one.',
		});
	});
});
