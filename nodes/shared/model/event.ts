import type { components } from './schema';

/** An audit event as the API sends it. Every field but `cursor` and `timestamp` may be missing or null. */
export type AuditEvent = components['schemas']['AuditLog'];
