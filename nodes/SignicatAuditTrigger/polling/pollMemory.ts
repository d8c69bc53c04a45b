import { toMilliseconds } from '../../shared/model/instant';
import type { EventKey } from '../state/eventKey';
import type { EventSet } from '../state/eventSet';
import type { PollState } from '../state/pollState';
import type { PlacedEvent } from './placement';

/** What was emitted, before a poll and in it. */
export class PollMemory {
	/** The events of this poll that have a time, by their text. */
	private readonly added = new Map<string, EventKey & { ms: number }>();

	/** The names of events without a time that can be read, with the latest that it can be in ms since 1970. */
	readonly undated: Map<string, number>;

	/** Those of this poll for which nothing newer bounds it, with the time that they show or may have at the latest. */
	readonly strays = new Map<string, number>();

	constructor(private readonly before: Pick<PollState, 'emitted' | 'undated'>) {
		this.undated = new Map(before.undated);
	}

	has(key: EventKey): boolean {
		const { ms, hash } = key;
		if (ms !== undefined && this.before.emitted.has(ms, hash)) return true;
		if (this.added.size > 0 && this.added.has(key.text)) return true;
		return this.undated.size > 0 && this.undated.has(key.name);
	}

	add({ key, place, isDated }: PlacedEvent): void {
		if (isDated) {
			this.added.set(key.text, key as EventKey & { ms: number });
			return;
		}
		const latestMs = toMilliseconds(place.latest);
		this.undated.set(key.name, latestMs);
		if (place.isStray) this.strays.set(key.name, key.ms ?? latestMs);
	}

	/** All events that have a time. */
	get emitted(): EventSet {
		return this.before.emitted.with(this.added.values());
	}
}
