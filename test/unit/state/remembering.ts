import {
	type ReadyState,
	shortHash,
	startAt,
} from '../../../nodes/SignicatAuditTrigger/state/pollState';
import { fromMilliseconds } from '../../../nodes/shared/model/instant';

/** A state that remembers `count` events, the first of them at `from`, `step` ms apart. */
export function remembering(count: number, from: number, step: number): ReadyState {
	const emitted = Array.from({ length: count }, (_, i): [string, number] => [
		shortHash(`event ${i}`),
		from + i * step,
	]);
	return { ...startAt(fromMilliseconds(from), 'key'), emitted: new Map(emitted) };
}
