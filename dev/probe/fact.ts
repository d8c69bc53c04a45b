import type { Evidence } from './evidence';

/** What can be said of a fact, in the order of the report. */
export const VERDICTS = ['holds', 'does not hold', 'could not tell'] as const;

export interface Outcome {
	verdict: (typeof VERDICTS)[number];
	/** One line in terms of shape: no content of events, no IDs, no secrets. */
	found: string;
}

/** By the ID of a fact. They reject with CannotTell where what the fact depends on cannot be seen. */
export type Checks = Record<string, (evidence: Evidence) => Promise<Outcome>>;

export const holds = (found: string): Outcome => ({ verdict: 'holds', found });
export const doesNotHold = (found: string): Outcome => ({ verdict: 'does not hold', found });
export const couldNotTell = (found: string): Outcome => ({ verdict: 'could not tell', found });

export const judge = (isAsAssumed: boolean, found: string, otherwise = found): Outcome =>
	isAsAssumed ? holds(found) : doesNotHold(otherwise);

/** Something a fact depends on could not be seen; the message says why and becomes what was found. */
export class CannotTell extends Error {}

/** No response came at all. */
export class NoResponse extends CannotTell {}

/** The probe cannot run, or cannot go on. The message says what happened, and in a second line what to do. */
export class StopProbe extends Error {}
