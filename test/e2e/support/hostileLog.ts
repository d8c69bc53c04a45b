import type { AuditApi, AuditEvent } from '../../../dev/audit-api';
import { asListed } from '../../../dev/audit-api/events';
import type { TestBed } from './testBed';

export const RANGE = { from: '2026-10-01T00:00:00Z', to: '2026-10-31T00:00:00Z' };
export const EMPTY_RANGE = { from: '2026-08-01T00:00:00Z', to: '2026-08-02T00:00:00Z' };

/** What somebody could write into a log to attack those who read it. */
export const HOSTILE: ReadonlyArray<[serviceName: string, eventType: string]> = [
	['<script>alert(1)</script>', '<img src="x" onerror="alert(2)">'],
	['<!channel>', '*bold*'],
	['=1+1', '|pipe|'],
	['</td></table><h1>out', `"><svg onload='alert(3)'>`],
	['&lt;b&gt; &amp;amp;', '{{ $json }} ${7*7} %3Cscript%3E'],
	['W'.repeat(75), 'https://example.com/?'.padEnd(80, 'q')],
];

/**
 * Starts an Audit API with 2,500 events in RANGE, and one more for each hostile name.
 *
 * @returns also the events as a query lists them, newest first, taken from the store and not queried
 */
export async function startHostileApi(
	bed: TestBed,
): Promise<{ api: AuditApi; listed: AuditEvent[] }> {
	const api = await bed.startApi({ eventCount: 2500, span: RANGE });
	api.append(
		...HOSTILE.map(([serviceName, eventType], index) => ({
			serviceName,
			eventType,
			message: `=HYPERLINK("${serviceName}")`,
			timestamp: `2026-10-${10 + index}T12:34:56.789012${index}Z`,
		})),
	);
	return { api, listed: api.events.map(asListed) };
}
