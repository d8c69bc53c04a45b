import type { AuditApi } from '../audit-api';
import { Random } from '../audit-api/random';
import { ROWS } from '../../test/engine/faults/rows';

/**
 * Faults of single requests that show: a page without its events is a response like any other, and additional entries
 * look like events that nobody appended.
 */
const SINGLE = ROWS.filter(
	({ fault, tokenFault, only }) =>
		(fault ?? tokenFault) !== undefined &&
		(only === undefined || only.includes('query')) &&
		!(fault && 'kind' in fault && fault.kind === 'malformed'),
);

/** The faults are drawn, but the same way in every run. */
const SEED = 14;

/** Injects one fault after another into the responses, each into one to three requests. */
export class Disturber {
	/** How often each fault was injected. */
	readonly injected = new Map<string, number>();

	private readonly timer: NodeJS.Timeout;

	private readonly random = new Random(SEED);

	/** Those of this round that have not been injected yet. */
	private waiting: typeof SINGLE = [];

	constructor(
		private readonly api: AuditApi,
		everyMs: number,
	) {
		this.timer = setInterval(() => this.inject(), everyMs);
	}

	stop(): void {
		clearInterval(this.timer);
		this.api.clearFaults();
	}

	/** Each fault once per round, in another order each time: each kind occurs as often, whatever the poll then does. */
	private inject(): void {
		if (this.waiting.length === 0) this.waiting = [...SINGLE];
		const [row] = this.waiting.splice(this.random.below(this.waiting.length), 1);
		if (!row) return;
		this.injected.set(row.name, (this.injected.get(row.name) ?? 0) + 1);
		// Faults that no request has met meanwhile are gone.
		this.api.clearFaults();
		const times = 1 + this.random.below(3);
		if (row.fault) this.api.fail(row.fault, { times, on: row.isOfNext ? 'nextPage' : 'query' });
		if (row.tokenFault) this.api.fail(row.tokenFault, { times, on: 'token' });
	}
}
