import { keyOf } from '../../../nodes/SignicatAuditTrigger/state/eventKey';
import { EventSet } from '../../../nodes/SignicatAuditTrigger/state/eventSet';
import { type ReadyState, startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import { fromMilliseconds } from '../../../nodes/shared/model/instant';

/** Events at such times, in ms since 1970. */
export function eventsAt(times: readonly number[]): EventSet {
	return EventSet.of(
		times.map((ms, i) => {
			const { hash } = keyOf({ cursor: `event ${i}`, timestamp: '' }, fromMilliseconds(ms));
			return { ms, hash };
		}),
	);
}

/** A state that remembers `count` events, the first of them at `from`, `step` ms apart. */
export function remembering(count: number, from: number, step: number): ReadyState {
	const emitted = eventsAt(Array.from({ length: count }, (_, i) => Math.floor(from + i * step)));
	return { ...startAt(fromMilliseconds(from), 'key'), emitted };
}
