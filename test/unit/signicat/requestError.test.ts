import { describe, expect, test } from '@jest/globals';
import { NodeOperationError } from 'n8n-workflow';
import { isTransientError, RequestError } from '../../../nodes/shared/signicat/requestError';
import { failure, KINDS, NODE } from '../support/failures';

describe('isTransientError', () => {
	test('holds for what may well succeed a little later', () => {
		const transient = KINDS.filter((kind) => isTransientError(new RequestError(failure(kind))));
		expect(transient).toEqual([
			'expiredPage',
			'rateLimited',
			'unavailable',
			'unreachable',
			'timeout',
			'unreadable',
			'empty',
		]);
	});

	test('does not hold for any other error', () => {
		expect(isTransientError(new Error('x'))).toBe(false);
		expect(isTransientError(new NodeOperationError(NODE, 'x'))).toBe(false);
		expect(isTransientError({ context: { passing: true } })).toBe(false);
		expect(isTransientError(undefined)).toBe(false);
	});
});
