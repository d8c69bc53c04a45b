import { fieldValue } from '../model/conditions';
import type { AuditEvent } from '../model/event';

/** How an event tells success from failure. */
export interface OutcomeRule {
	/** The field or property to look at, or a path such as `data.result`. Without it, no outcome is known. */
	property?: string;
	/** The values that mean success. */
	success: readonly string[];
	/** The values that mean failure. */
	failure: readonly string[];
}

export type Outcome = 'success' | 'failure' | 'unknown';

/** Signicat lists neither the properties of its events nor their values: these are common words. */
export const DEFAULT_OUTCOME_RULE: OutcomeRule = {
	success: ['success', 'successful', 'succeeded', 'ok', 'completed', 'true'],
	failure: ['failure', 'failed', 'fail', 'error', 'rejected', 'denied', 'false'],
};

/** Unknown unless the property has one of the values. They are compared as text, without regard to case. */
export function outcomeOf(event: AuditEvent, rule: OutcomeRule): Outcome {
	if (rule.property === undefined) return 'unknown';
	const value = fieldValue(event, rule.property);
	if (!['string', 'number', 'boolean'].includes(typeof value)) return 'unknown';
	const text = normalize(String(value));
	if (rule.success.some((one) => normalize(one) === text)) return 'success';
	return rule.failure.some((one) => normalize(one) === text) ? 'failure' : 'unknown';
}

function normalize(text: string): string {
	return text.trim().toLowerCase();
}
