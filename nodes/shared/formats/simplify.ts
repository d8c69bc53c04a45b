import type { AuditEvent } from '../model/event';

/** The fields of a simplified event, in their order. */
export const SIMPLIFIED_FIELDS = [
	'cursor',
	'timestamp',
	'serviceName',
	'eventType',
	'message',
	'userId',
	'clientId',
	'ipAddress',
	'referenceId',
	'traceId',
] as const satisfies ReadonlyArray<keyof AuditEvent>;

export type SimplifiedEvent = Partial<Record<(typeof SIMPLIFIED_FIELDS)[number], string>>;

/** The ten fields that matter most, those without a value left out. */
export function simplifyEvent(event: AuditEvent): SimplifiedEvent {
	const simplified: SimplifiedEvent = {};
	for (const field of SIMPLIFIED_FIELDS) {
		const value = event[field];
		if (value !== undefined && value !== null) simplified[field] = value;
	}
	return simplified;
}
