import './shortBodyTimeout';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { credentialFor, runAudit } from './engine';

/** Here, n8n collects the stream in memory, and gives up after 5000 ms without bytes. */
describe('Event: Export to File with few bytes', () => {
	let api: AuditApi;

	beforeAll(async () => {
		api = await startAuditApi({ eventCount: 1200, behaviour: { latencyMs: 500 } });
	});
	afterAll(async () => await api.stop());

	const exported = async (parameters: INodeParameters) => {
		const credential = credentialFor(api);
		// The first request needs a token and loads much code. It is the gaps between pages that matter here.
		await runAudit(credential, { parameters: { resource: 'metadata', operation: 'get' } });
		return await runAudit(credential, {
			parameters: { resource: 'event', operation: 'export', period: 'last30Days', ...parameters },
		});
	};

	test('n8n does not give up if the filters match nothing', async () => {
		const { items, error } = await exported({
			filters: { userId: 'nobody' },
			options: { applyFiltersIn: 'n8n', pageSize: 50, maxConcurrency: 2 },
		});
		expect(error).toBeUndefined();
		expect(items[0]?.json.count).toBe(0);
	});
});
