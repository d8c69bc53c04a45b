import type { PollSettings } from '../../../nodes/SignicatAuditTrigger/polling/pollSettings';
import type { ReadyState } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import { parseState, serializeState } from '../../../nodes/SignicatAuditTrigger/state/storedState';
import { MINUTE } from '../../../nodes/shared/model/instant';

/** Settings like those of the trigger by default, for polls that have time for everything, but for what a test changes. */
export function pollSettings(now: () => number, changes: Partial<PollSettings> = {}): PollSettings {
	return {
		conditions: [],
		applyFiltersIn: 'signicat',
		allowedLateness: 5n * MINUTE,
		delay: 0n,
		capacity: 5000,
		deadlineMs: Infinity,
		now,
		...changes,
	};
}

/** What n8n does with a state between two polls. */
export function stored(state: ReadyState): ReadyState {
	const again = parseState(JSON.parse(JSON.stringify(serializeState(state))));
	if (again?.phase !== 'ready') throw new Error('The state cannot be read again');
	return again;
}
