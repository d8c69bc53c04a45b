import type { AuditEvent } from '../../shared/model/event';
import { timeOf } from '../../shared/model/identity';
import { earlier, fromMilliseconds, later, toMilliseconds } from '../../shared/model/instant';
import { MAX_VALUES } from '../state/bounds';
import type { ReadyState } from '../state/pollState';
import { hashOfEvent, valuesHash, type WatchedFields, watchedValues } from './watchedFields';

/** Values that are new, with the first event that has them. */
export interface NewValue {
	/** In the order of the watched fields; null where the event lacks one. */
	values: unknown[];
	/** The timestamp of the event, as the API sent it. */
	firstSeenAt: string;
	event: AuditEvent;
}

/**
 * The values that are known during a poll, and when each was last seen in it. As memory is bounded, the values
 * that were not seen for the longest time are forgotten.
 */
export class KnownValues {
	/** When the values that the poll has seen were last seen, in ms since 1970. */
	private readonly seen = new Map<string, number>();

	constructor(
		/** Hashes, those not seen for the longest time first. */
		private readonly known: ReadonlySet<string>,
		private readonly watched: WatchedFields,
	) {}

	/** Notes that an event was read. @returns whether it has values that are not known */
	note(event: AuditEvent): boolean {
		const hash = hashOfEvent(event, this.watched);
		if (hash === undefined) return false;
		if (this.known.has(hash)) {
			this.see(hash, event);
			return false;
		}
		return true;
	}

	/**
	 * Takes the values that are not known yet from events that are emitted: they are known from then on.
	 *
	 * @param events oldest first
	 */
	takeNew(events: readonly AuditEvent[]): NewValue[] {
		return events.flatMap((event): NewValue[] => {
			const values = watchedValues(event, this.watched);
			if (!values) return [];
			const hash = valuesHash(values);
			const isKnown = this.known.has(hash) || this.seen.has(hash);
			this.see(hash, event);
			return isKnown ? [] : [{ values, firstSeenAt: event.timestamp, event }];
		});
	}

	/**
	 * The state with the known values, those not seen for the longest time first. Where there is no room for all that
	 * were seen, the overlap begins after the last one that will be forgotten: read once more, it would be new again.
	 */
	rememberIn(state: ReadyState): ReadyState {
		const unseen = [...this.known].filter((hash) => !this.seen.has(hash));
		const seen = [...this.seen].sort(([, a], [, b]) => a - b);
		const excess = unseen.length + seen.length - MAX_VALUES;
		const lastForgotten = seen[excess - unseen.length - 1];
		const overlapFrom = lastForgotten
			? later(state.overlapFrom, fromMilliseconds(lastForgotten[1] + 1))
			: state.overlapFrom;
		return {
			...state,
			overlapFrom: earlier(overlapFrom, later(state.overlapFrom, state.watermark)),
			knownValues: new Set([...unseen, ...seen.map(([hash]) => hash)]),
		};
	}

	private see(hash: string, event: AuditEvent): void {
		const time = timeOf(event);
		const ms = time === undefined ? 0 : toMilliseconds(time);
		this.seen.set(hash, Math.max(ms, this.seen.get(hash) ?? 0));
	}
}
