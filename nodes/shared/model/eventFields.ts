import type { AuditEvent } from './event';

/**
 * The fields of an event by which it is likely that it can be queried (docs/api.md#field-names), with the
 * types of their values (docs/api.md#audit-log).
 */
const FIELDS = {
	accountId: 'string',
	clientId: 'string',
	eventType: 'string',
	ipAddress: 'string',
	jwtId: 'string',
	message: 'string',
	messageId: 'string',
	organizationId: 'string',
	referenceId: 'string',
	sandbox: 'boolean',
	serviceName: 'string',
	timestamp: 'string',
	traceId: 'string',
	userId: 'string',
} as const satisfies Partial<Record<keyof AuditEvent, 'string' | 'boolean'>>;

export const EVENT_FIELDS: ReadonlyMap<string, 'string' | 'boolean'> = new Map(
	Object.entries(FIELDS),
);
