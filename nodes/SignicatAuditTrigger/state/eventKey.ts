import { createHash } from 'crypto';
import type { AuditEvent } from '../../shared/model/event';
import { identityOf } from '../../shared/model/identity';
import { type Instant, toMilliseconds } from '../../shared/model/instant';

/**
 * What tells an event from all others between two polls. With a time, the millisecond and 32 bits of a hash: two events
 * are taken for one only if they share both. At 500 events a second, that is 1 in 10^10 per event. Without a time, 48 bits.
 */
export class EventKey {
	/** The first 32 bits. */
	readonly hash: number;

	constructor(
		/** In ms since 1970; undefined where the event has no time that can be read. */
		readonly ms: number | undefined,
		private readonly digest: Buffer,
	) {
		this.hash = digest.readUInt32BE(0);
	}

	/** The first 48 bits, as eight characters (`shortHash`). */
	get name(): string {
		return this.digest.toString('base64url', 0, 6);
	}

	/** The whole key as text. */
	get text(): string {
		return this.ms === undefined ? this.name : `${this.ms} ${this.hash}`;
	}
}

/** @param time of the event; undefined where it has none */
export function keyOf(event: AuditEvent, time: Instant | undefined): EventKey {
	const digest = createHash('sha256').update(identityOf(event)).digest();
	return new EventKey(time === undefined ? undefined : toMilliseconds(time), digest);
}
