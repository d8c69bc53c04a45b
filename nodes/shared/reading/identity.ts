import { type Instant, parseTimestamp } from './timestamp';
import type { AuditEvent } from './types';

/** What tells an event from all others: its cursor (docs/api.md#audit-log). */
export function identityOf(event: AuditEvent): string {
	return event.cursor;
}

/** When an event happened; undefined where its timestamp is missing or cannot be read. */
export function timeOf(event: AuditEvent | undefined): Instant | undefined {
	return event && parseTimestamp(event.timestamp);
}
