import type { AuditOperation, Behaviour, Fault } from '../../audit-api';

export const PLACES = ['first', 'middle', 'last'] as const;
export type Place = (typeof PLACES)[number];

export const REPEATS = { once: 1, 'three times': 3, forever: Infinity } as const;
export type Repeat = keyof typeof REPEATS;

/** Everything, each event once; everything and those odd entries that are objects; or an error. */
export type Outcome = 'all' | 'all and odd' | 'error';

/** By how often the fault strikes; more than one where it depends on the place. */
export type Outcomes = Record<Repeat, readonly Outcome[]>;

export interface FaultRow {
	/** As docs/reliability.md calls it. */
	name: string;
	/** What strikes a request; several strike one after another. */
	fault?: Fault;
	/** Strikes the request for a token that follows a refused one. */
	tokenFault?: Fault;
	/** Lasts for the whole reading; without a fault beside it there is neither a place nor a number of times. */
	behaviour?: Partial<Behaviour>;
	/** Left out: any operation. */
	only?: readonly AuditOperation[];
	/** Strikes only requests for a further page. */
	isOfNext?: boolean;
	/** The name of an operation for which it means something else. */
	notFor?: string;
	/** Left out: every place. A page address expires behind the first page only. */
	places?: readonly Place[];
	/** In how many polls the fault strikes before a trigger has to say so, 2 when left out. */
	polls?: number;
	/** Of an action: all three the same, or each. */
	action: Outcomes;
	/** Of a poll. Whatever it is, the polls after it have to give every event once. */
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
	/** Of the error. */
	message?: string;
	/** What broke a promise. */
	problems: string[];
	requests: number;
	/** How much time went by on the stopped clock. */
	virtualMs: number;
}
