import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startQueueServers, type QueueServers } from '../support/queueServers';
import { TestBed } from '../support/testBed';

/** What docs/operations.md says about settings that n8n reserves for paid licenses. */
describe('n8n’s queue mode without a license', () => {
	let bed: TestBed;
	let servers: QueueServers;

	beforeAll(async () => {
		bed = await TestBed.open('licenses');
		servers = bed.use(await startQueueServers());
	});

	afterAll(async () => await bed?.close());

	test.each([
		[
			{ N8N_MULTI_MAIN_SETUP_ENABLED: 'true' },
			'Your license does not allow for feat:multipleMainInstances',
		],
		[{ N8N_DEFAULT_BINARY_DATA_MODE: 's3' }, 'S3 binary data storage requires a valid license'],
	])('does not start with %j', async (setting, message) => {
		const starting = bed.startN8n({ env: { ...servers.env, ...setting } });
		await expect(starting).rejects.toThrow(message);
	});
});
