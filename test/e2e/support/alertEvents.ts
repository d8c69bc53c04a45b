import { expect } from '@jest/globals';
import type { AuditEvent } from '../../../dev/audit-api';
import type { Execution } from '../../../dev/n8n';
import type { Source } from './alertBed';

/** Appends events to a log, a millisecond after each other. None is in the future, where a poll might read only some. */
export function appendInOrder(
	{ api }: Pick<Source, 'api'>,
	...events: Array<Partial<AuditEvent>>
): AuditEvent[] {
	const start = Date.now() - events.length;
	const at = (index: number) => new Date(start + index).toISOString();
	return api.append(...events.map((event, index) => ({ timestamp: at(index), ...event })));
}

/** Sign-ins of the last minutes, the newest ten seconds ago. */
export function appendSignIns(
	{ api }: Source,
	{ ipAddress, count, result = 'failure' }: { ipAddress: string; count: number; result?: string },
): void {
	const at = (index: number) => new Date(Date.now() - (index + 1) * 10_000).toISOString();
	api.append(
		...Array.from({ length: count }, (_event, index) => ({
			...{ ipAddress, timestamp: at(index) },
			indexedData: { Result: result },
		})),
	);
}

export function expectSuccess({ status, data }: Execution): void {
	expect(data.resultData.error?.message).toBeUndefined();
	expect(status).toBe('success');
}
