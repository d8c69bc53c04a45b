import { createHash } from 'crypto';
import { jsonText } from './json';
import { type Instant, parseEventTime } from './instant';
import type { AuditEvent } from './event';

/** The hashes of events without a cursor, each worked out once. */
const hashes = new WeakMap<AuditEvent, string>();

/**
 * What tells an event from all others: its cursor (docs/api.md#audit-log), as text where it is a number;
 * without one the hash of its content, as `#` and 43 characters.
 */
export function identityOf(event: AuditEvent): string {
	const cursor: unknown = event.cursor;
	if (typeof cursor === 'string' && cursor !== '') return cursor;
	if (typeof cursor === 'number' || typeof cursor === 'boolean') return String(cursor);
	let hash = hashes.get(event);
	if (hash === undefined) {
		hash = `#${createHash('sha256').update(jsonText(event)).digest('base64url')}`;
		hashes.set(event, hash);
	}
	return hash;
}

/** When an event happened; undefined where its timestamp is missing or cannot be read. */
export function timeOf(event: AuditEvent | undefined): Instant | undefined {
	const timestamp: unknown = event?.timestamp;
	return typeof timestamp === 'string' ? parseEventTime(timestamp) : undefined;
}
