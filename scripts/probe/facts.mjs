import { conditionFacts } from './facts/conditions.mjs';
import { errorFacts } from './facts/errors.mjs';
import { eventFacts } from './facts/events.mjs';
import { operationFacts } from './facts/operations.mjs';
import { pagingFacts } from './facts/paging.mjs';
import { rangeFacts } from './facts/range.mjs';
import { tokenFacts } from './facts/token.mjs';

/**
 * @typedef {object} Fact
 * @property {string} id
 * @property {string} anchor the heading of docs/api.md that says what rests on it
 * @property {string} states what this package assumes
 * @property {(evidence: import('./evidence.mjs').Evidence) => Promise<import('./outcome.mjs').Outcome>} check
 *   throws CannotTell where what it rests on cannot be seen
 */

const GROUPS = {
	Authentication: tokenFacts,
	Operations: operationFacts,
	Pages: pagingFacts,
	Range: rangeFacts,
	Events: eventFacts,
	Conditions: conditionFacts,
	Errors: errorFacts,
};

/** @type {Array<Fact & { group: string }>} in the order in which they are checked */
export const FACTS = Object.entries(GROUPS).flatMap(([group, facts]) =>
	facts.map((fact) => ({ group, ...fact })),
);
