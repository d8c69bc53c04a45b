import { expect } from '@jest/globals';
import { pollEvents } from '../../../nodes/SignicatAuditTrigger/polling/pollEvents';
import type { PollSettings } from '../../../nodes/SignicatAuditTrigger/polling/pollSettings';
import type { ReadyState } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import { type Instant, MINUTE } from '../../../nodes/shared/model/instant';
import type { FetchPage } from '../../../nodes/shared/model/page';
import { logOf } from './orderedLog';
import { pollSettings } from './polls';

export interface Request {
	from: Instant;
	to: Instant;
	/** Whether it was ended before it had a response. */
	wasEnded: boolean;
}

/** A log whose responses take their time, and come in any order. */
export class SlowLog {
	/** The time on both clocks. */
	nowMs = 0;

	requests: Request[] = [];

	inProgress = 0;

	mostInProgress = 0;

	/** Whether a request fails, told how many came before it in this poll. */
	fails: (request: Request, count: number) => unknown = () => undefined;

	/** How many turns of the event loop a response takes. */
	delay: (request: Request) => number = () => 3;

	private readonly log: { fetchPage: FetchPage };

	/** @param arrivesMs when each event appears, in ms since 1970; at its time by default */
	constructor(times: readonly Instant[], arrivesMs?: readonly number[]) {
		const isThere = arrivesMs && ((place: number) => (arrivesMs[place] ?? 0) <= this.nowMs);
		this.log = logOf(times, isThere);
	}

	readonly fetchPage: FetchPage = async (query, next, signal) => {
		const request = { ...query.window, wasEnded: false };
		const failure = this.fails(request, this.requests.length);
		this.requests.push(request);
		this.mostInProgress = Math.max(this.mostInProgress, ++this.inProgress);
		try {
			for (let turn = this.delay(request); turn > 0; turn--) {
				await new Promise((resolve) => setImmediate(resolve));
				if (signal?.aborted) {
					request.wasEnded = true;
					throw signal.reason;
				}
			}
			if (failure !== undefined) throw failure;
			const page = await this.log.fetchPage(query, next);
			return { ...page, serverTime: Math.floor(this.nowMs / 1000) * 1000 };
		} finally {
			this.inProgress--;
		}
	};

	async poll(state: ReadyState, settings: Partial<PollSettings> = {}) {
		this.requests = [];
		this.mostInProgress = 0;
		const result = await pollEvents(
			this.fetchPage,
			state,
			pollSettings(() => this.nowMs, { allowedLateness: MINUTE, capacity: 50_000, ...settings }),
		);
		// Nothing goes on in the background.
		expect(this.inProgress).toBe(0);
		return result;
	}
}
