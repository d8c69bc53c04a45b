import { describe, expect, test } from '@jest/globals';
import { SplitBudget } from '../../../nodes/shared/reading/splitBudget';

describe('SplitBudget', () => {
	test('allows as many nearly empty last pages as it has from the beginning', () => {
		const budget = new SplitBudget(4);
		expect(budget.allows(3, 0)).toBe(true);
		expect(budget.allows(4, 0)).toBe(false);
	});

	test('grows by one for four pages that were read', () => {
		const budget = new SplitBudget(4);
		expect(budget.allows(5, 4)).toBe(false);
		expect(budget.allows(5, 8)).toBe(true);
		expect(budget.allows(6, 8)).toBe(false);
	});

	test('is used up by what was empty on last pages, which count as not read', () => {
		const budget = new SplitBudget(4);
		budget.spend(2);
		expect(budget.allows(1, 2)).toBe(true);
		expect(budget.allows(2, 2)).toBe(false);
		expect(budget.allows(2, 6)).toBe(true);
		budget.spend(1);
		expect(budget.allows(2, 6)).toBe(false);
	});
});
