/** What can be said of a fact. */
export const VERDICTS = {
	holds: 'holds',
	doesNotHold: 'does not hold',
	couldNotTell: 'could not tell',
};

/**
 * @typedef {object} Outcome
 * @property {string} verdict one of VERDICTS
 * @property {string} found one line in terms of shape: no content of events, no ids, no secrets
 */

/** @returns {Outcome} */
export const holds = (found) => ({ verdict: VERDICTS.holds, found });

/** @returns {Outcome} */
export const doesNotHold = (found) => ({ verdict: VERDICTS.doesNotHold, found });

/** @returns {Outcome} */
export const couldNotTell = (found) => ({ verdict: VERDICTS.couldNotTell, found });

/** @returns {Outcome} */
export const judge = (isAsAssumed, found) => (isAsAssumed ? holds(found) : doesNotHold(found));

/** Something a fact rests on could not be seen; the message says why and becomes what was found. */
export class CannotTell extends Error {}

/** No answer came at all. */
export class NoAnswer extends CannotTell {}

/** The probe cannot run, or cannot go on. */
export class StopProbe extends Error {
	/**
	 * @param {string} message what happened, without a full stop
	 * @param {string} advice what to do about it
	 */
	constructor(message, advice) {
		super(message);
		this.advice = advice;
	}
}
