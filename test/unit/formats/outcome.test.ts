import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
	DEFAULT_OUTCOME_RULE,
	outcomeOf,
	type OutcomeRule,
} from '../../../nodes/shared/formats/outcome';
import { FULL_EVENT, oddEvent } from '../../support/auditEvents';

const rule = (property: string): OutcomeRule => ({ ...DEFAULT_OUTCOME_RULE, property });
const withResult = (Result: unknown) => ({
	...FULL_EVENT,
	indexedData: { Result } as Record<string, string>,
});

describe('the outcome of an event', () => {
	test('is unknown without a property, whatever the event says', () => {
		expect(outcomeOf(FULL_EVENT, DEFAULT_OUTCOME_RULE)).toBe('unknown');
		expect(outcomeOf({ ...FULL_EVENT, message: 'failure' }, DEFAULT_OUTCOME_RULE)).toBe('unknown');
	});

	test.each([
		['success', 'success'],
		['Success', 'success'],
		['  SUCCEEDED\n', 'success'],
		['completed', 'success'],
		[true, 'success'],
		['failure', 'failure'],
		['Failed', 'failure'],
		[false, 'failure'],
		['cancelled', 'unknown'],
		['successfully', 'unknown'],
		['', 'unknown'],
		[1, 'unknown'],
		[null, 'unknown'],
		[undefined, 'unknown'],
		[['success'], 'unknown'],
		[{ success: true }, 'unknown'],
	])('follows from the value of the property: %p is %s', (value, outcome) => {
		expect(outcomeOf(withResult(value), rule('Result'))).toBe(outcome);
	});

	test('may be told by a field, a property or a path', () => {
		const event = { ...FULL_EVENT, data: { step: { result: 'denied' } }, sandbox: true };
		expect(outcomeOf(event, rule('data.step.result'))).toBe('failure');
		expect(outcomeOf(event, rule('sandbox'))).toBe('success');
		expect(outcomeOf(event, rule('data.step'))).toBe('unknown');
		expect(outcomeOf(event, rule('constructor'))).toBe('unknown');
	});

	test('may have values of its own, numbers among them', () => {
		const own = { property: 'Result', success: [' 0 ', 'Godkjent'], failure: ['1'] };
		expect(outcomeOf(withResult(0), own)).toBe('success');
		expect(outcomeOf(withResult('GODKJENT'), own)).toBe('success');
		expect(outcomeOf(withResult('1'), own)).toBe('failure');
		expect(outcomeOf(withResult('success'), own)).toBe('unknown');
	});

	test('is one of three, whatever the event', () => {
		fc.assert(
			fc.property(oddEvent, fc.string(), (event, property) => {
				const outcome = outcomeOf(event, rule(property));
				expect(['success', 'failure', 'unknown']).toContain(outcome);
			}),
		);
	});
});
