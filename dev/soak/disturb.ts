import type { AuditApi } from '../audit-api';
import { ROWS } from '../../test/engine/faults/rows';

/** Faults of single requests; additional entries would look like events that nobody appended. */
const SINGLE = ROWS.filter(
	({ fault, tokenFault }) =>
		(fault ?? tokenFault) !== undefined &&
		!(fault && 'kind' in fault && fault.kind === 'malformed'),
);

/** Injects one fault after another into the responses, each into one to three requests. */
export class Disturber {
	/** How often each fault was injected. */
	readonly injected = new Map<string, number>();

	private readonly timer: NodeJS.Timeout;

	private next = 0;

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

	/** In turn, so that each kind occurs as often, at changing moments of the readings. */
	private inject(): void {
		const row = SINGLE[this.next++ % SINGLE.length];
		if (!row) return;
		this.injected.set(row.name, (this.injected.get(row.name) ?? 0) + 1);
		// Faults that no request has met meanwhile are gone.
		this.api.clearFaults();
		const times = 1 + (this.next % 3);
		if (row.fault) this.api.fail(row.fault, { times, on: row.isOfNext ? 'nextPage' : 'query' });
		if (row.tokenFault) this.api.fail(row.tokenFault, { times, on: 'token' });
	}
}
