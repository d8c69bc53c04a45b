import './shortBodyTimeout';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../audit-api';
import { credentialFor, runAudit } from './engine';

/** n8n collects the stream in memory here, and gives it up when no bytes come for 2000 ms. */
describe('Event: Export to File, where bytes come rarely', () => {
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

	test('filters that leave nothing do not let n8n give it up', async () => {
		const { items, error } = await exported({
			filters: { userId: 'nobody' },
			options: { applyFiltersIn: 'n8n', pageSize: 100, maxConcurrency: 2 },
		});
		expect(error).toBeUndefined();
		expect(items[0]?.json.count).toBe(0);
	}, 30_000);
});
