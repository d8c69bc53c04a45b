import type { AuditOperation, Behaviour, Fault } from '../../../dev/audit-api';

export const PLACES = ['first', 'middle', 'last'] as const;
export type Place = (typeof PLACES)[number];

export const REPEATS = { once: 1, 'three times': 3, forever: Infinity } as const;
export type Repeat = keyof typeof REPEATS;

/** Everything, each event once; everything including the malformed entries that are objects; or an error. */
export type Outcome = 'all' | 'all and malformed' | 'error';

/** By how often the fault occurs; several outcomes if it depends on the place. */
export type Outcomes = Record<Repeat, readonly Outcome[]>;

export interface FaultRow {
	/** As in docs/reliability.md. */
	name: string;
	/** The fault of single requests. */
	fault?: Fault;
	/** The fault of the request for a token that follows a refused token. */
	tokenFault?: Fault;
	/** Lasts for the whole run; without a `fault`, there is neither a place nor a number of times. */
	behaviour?: Partial<Behaviour>;
	/** All operations by default. */
	only?: readonly AuditOperation[];
	/** Affects only requests for a next page. */
	isOfNext?: boolean;
	/** The name of an operation for which the fault means something else. */
	notFor?: string;
	/** Every place by default. */
	places?: readonly Place[];
	/** The number of polls with the fault before a trigger has to report it; 2 by default. */
	polls?: number;
	/** The outcomes of an action. */
	action: Outcomes;
	/** The outcomes of a poll. In any case, the polls after it must return every event once. */
	trigger: Outcomes;
}

/** One operation × fault × place × number of times. */
export interface Case {
	operation: string;
	kind: 'action' | 'trigger';
	fault: string;
	place: Place | 'everywhere';
	repeat: Repeat;
}

export interface Found extends Case {
	outcome: Outcome;
	/** The message of the error. */
	message?: string;
	/** The violated guarantees. */
	problems: string[];
	requests: number;
	/** The time that passed on the stopped clock. */
	virtualMs: number;
}
