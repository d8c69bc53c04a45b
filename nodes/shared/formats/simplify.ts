import type { AuditEvent } from '../model/event';

/** The fields of a simplified event, in this order. */
export const SIMPLIFIED_FIELDS = [
	'timestamp',
	'serviceName',
	'eventType',
	'message',
	'userId',
	'clientId',
	'ipAddress',
	'referenceId',
	'indexedData',
	'cursor',
] as const satisfies ReadonlyArray<keyof AuditEvent>;

export type SimplifiedEvent = Partial<
	Record<(typeof SIMPLIFIED_FIELDS)[number], string | Record<string, string>>
>;

/** The ten most useful fields of an event, without those that are missing or null. */
export function simplifyEvent(event: AuditEvent): SimplifiedEvent {
	const simplified: SimplifiedEvent = {};
	for (const field of SIMPLIFIED_FIELDS) {
		const value = event[field];
		if (value !== undefined && value !== null) simplified[field] = value;
	}
	return simplified;
}
