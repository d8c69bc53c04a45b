import { ACTION_PATIENCE, POLL_PATIENCE } from '../../../nodes/shared/api/patience';
import type { FaultRow } from './types';

/** Long enough for a response on a busy machine, since it is waited for real. */
const SHORT = { requestMs: 200, timeouts: 2 };

/** Runs the cases of a row; where only a deadline ends the fault, with a short one. */
export async function withPatience<T>(row: FaultRow, run: () => Promise<T>): Promise<T> {
	if (!row.isEndless) return await run();
	const usual = [{ ...ACTION_PATIENCE }, { ...POLL_PATIENCE }];
	[ACTION_PATIENCE, POLL_PATIENCE].forEach((one) => Object.assign(one, SHORT));
	try {
		return await run();
	} finally {
		Object.assign(ACTION_PATIENCE, usual[0]);
		Object.assign(POLL_PATIENCE, usual[1]);
	}
}
