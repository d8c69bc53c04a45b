import { createHash } from 'crypto';
import { canonicalText } from './json';
import { fromMilliseconds, type Instant, parseEventTime } from './instant';
import type { AuditEvent } from './event';

/** The hashes of events without a cursor, each worked out once. */
const hashes = new WeakMap<AuditEvent, string>();

/**
 * What tells an event from all others: its cursor (docs/api.md#audit-log), as text where it is a number;
 * without one the hash of its content, as `#` and 43 characters. The order of its keys does not matter.
 */
export function identityOf(event: AuditEvent): string {
	const cursor: unknown = event.cursor;
	if (typeof cursor === 'string' && cursor !== '') return cursor;
	if (typeof cursor === 'number' || typeof cursor === 'boolean') return String(cursor);
	let hash = hashes.get(event);
	if (hash === undefined) {
		hash = `#${createHash('sha256').update(canonicalText(event)).digest('base64url')}`;
		hashes.set(event, hash);
	}
	return hash;
}

/** No event is so old: a time before it is a default value, such as 1970-01-01. */
const EARLIEST_TIME: Instant = fromMilliseconds(Date.UTC(2000, 0, 1));

/** When an event happened; undefined where its timestamp is missing, cannot be read, or lies before 2000. */
export function timeOf(event: AuditEvent | undefined): Instant | undefined {
	const timestamp: unknown = event?.timestamp;
	const time = typeof timestamp === 'string' ? parseEventTime(timestamp) : undefined;
	return time !== undefined && time >= EARLIEST_TIME ? time : undefined;
}
