import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type * as BlobStorage from '@n8n/blob-storage';
import type * as Config from '@n8n/config';
import type * as Di from '@n8n/di';
import {
	BinaryDataBlobManager,
	BinaryDataConfig,
	BinaryDataService,
	ErrorReporter,
} from 'n8n-core';
import type { IBinaryData, INodeParameters } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { asListed } from '../../dev/audit-api/events';
import { type LocalS3, startS3 } from '../../dev/receivers/s3';
import { credentialFor, runAudit } from './engine';

// n8n-core's own copies of these, because a container that n8n-core does not use would have no effect.
const requireFromCore = createRequire(require.resolve('n8n-core'));
const { Container } = requireFromCore('@n8n/di') as typeof Di;
const { SsrfProtectionConfig } = requireFromCore('@n8n/config') as typeof Config;
const { S3ByteStore } = requireFromCore('@n8n/blob-storage') as typeof BlobStorage;
const { ObjectStoreService } = requireFromCore('@n8n/blob-storage/object-store') as {
	ObjectStoreService: new (logger: object, config: object) => BlobStorage.ObjectStoreService;
};

const exporting = (parameters: INodeParameters = {}): INodeParameters => ({
	resource: 'event',
	operation: 'export',
	period: 'custom',
	from: '2026-10-01T00:00:00Z',
	to: '2026-10-31T00:00:00Z',
	...parameters,
});

describe('Event: Export to File, into the stores that n8n has for binary data', () => {
	let api: AuditApi;
	let s3: LocalS3;
	let folder: string;
	let bucketFolder: string;
	/** The body of each file that was passed to a store. */
	let bodies: unknown[];
	const service = Container.get(BinaryDataService);
	const ssrfProtection = Container.get(SsrfProtectionConfig);

	beforeAll(async () => {
		const span = { from: '2026-10-01T00:00:00Z', to: '2026-10-31T00:00:00Z' };
		api = await startAuditApi({ eventCount: 2500, span });
		// Read once, and of no effect until the protection is turned on.
		ssrfProtection.allowedIpRanges = ['127.0.0.0/8'];
	});
	afterAll(async () => await api.stop());

	beforeEach(async () => {
		api.reset();
		bodies = [];
		folder = await mkdtemp(path.join(tmpdir(), 'n8n-stores-'));
		bucketFolder = await mkdtemp(path.join(tmpdir(), 'n8n-bucket-'));
		s3 = await startS3(bucketFolder);
	});
	afterEach(async () => {
		ssrfProtection.enabled = false;
		await s3.stop();
		expect(s3.refused).toEqual([]);
		for (const it of [folder, bucketFolder]) await rm(it, { recursive: true, force: true });
	});

	/** Sets a mode for binary data, as n8n's start command does. */
	async function use(mode: 's3' | 'filesystem'): Promise<void> {
		Object.assign(Container.get(BinaryDataConfig), { mode, localStoragePath: folder });
		if (mode === 's3') service.setManager('s3', await objectStoreManager());
		await service.init();
	}

	/** n8n's store with Amazon's own client, connected to the local server: what n8n does with a license for it. */
	async function objectStoreManager(): Promise<BinaryDataBlobManager> {
		const ignore = () => {};
		const { endpoint, region, accessKeyId, secretAccessKey } = (s3.credentials[0]?.data ??
			{}) as Record<string, string>;
		const objectStore = new ObjectStoreService(
			{ debug: ignore, info: ignore, error: ignore },
			{
				host: new URL(endpoint ?? '').host,
				protocol: 'http',
				forcePathStyle: true,
				maxAttempts: 1,
				startupTimeoutMs: 2000,
				bucket: { name: s3.bucket, region },
				credentials: {
					accessKey: accessKeyId,
					accessSecret: secretAccessKey,
					authAutoDetect: false,
				},
			},
		);
		// Not its check at n8n's start, whose signature the local server does not accept because its path ends with a slash.
		const bytes = new S3ByteStore(objectStore);
		const write = bytes.write.bind(bytes);
		bytes.write = async (key, body, metadata) => {
			bodies.push(body);
			return await write(key, body, metadata);
		};
		return new BinaryDataBlobManager(bytes, Container.get(ErrorReporter));
	}

	async function exported(parameters: INodeParameters = {}): Promise<IBinaryData> {
		const { items, error } = await runAudit(credentialFor(api), {
			parameters: exporting(parameters),
		});
		expect(error).toBeUndefined();
		return items[0]?.binary?.data as IBinaryData;
	}

	/** The expected file, built from the local API's events. */
	const expected = () =>
		Buffer.from(api.events.map((event) => `${JSON.stringify(asListed(event))}\n`).join(''));

	const filesIn = async (dir: string) =>
		(await readdir(dir, { recursive: true, withFileTypes: true })).filter((it) => it.isFile());

	test('an S3 bucket receives the bytes of the file, its name and its type', async () => {
		await use('s3');
		const { id, bytes } = await exported();
		expect(id).toMatch(/^s3:workflows\/workflow-1\/executions\/1\/binary_data\//);
		const keys = await s3.list();
		expect(keys.map((key) => `s3:${key}`)).toEqual([id]);
		expect((await s3.read(keys[0] ?? '')).equals(expected())).toBe(true);
		expect(bytes).toBe(expected().length);
		expect(await service.getMetadata(id ?? '')).toEqual({
			fileName: 'signicat-audit_20261001T000000Z_20261031T000000Z.ndjson',
			mimeType: 'application/x-ndjson',
			fileSize: expected().length,
		});
	});

	test("the bucket's store receives an instance of Node's Readable, not an imitation", async () => {
		await use('s3');
		await exported();
		expect(bodies).toHaveLength(1);
		expect(bodies[0]).toBeInstanceOf(Readable);
	});

	test('a gzip file comes out of the bucket unchanged, as a whole and as a stream', async () => {
		await use('s3');
		const file = await exported({ options: { gzip: true } });
		const whole = await service.getAsBuffer(file);
		expect(gunzipSync(whole).equals(expected())).toBe(true);
		const streamed = await buffer(await service.getAsStream(file.id ?? '', 1000));
		expect(streamed.equals(whole)).toBe(true);
		expect(await service.getMetadata(file.id ?? '')).toEqual({
			fileName: 'signicat-audit_20261001T000000Z_20261031T000000Z.ndjson.gz',
			mimeType: 'application/gzip',
			fileSize: whole.length,
		});
	});

	test('a folder receives the bytes of the file', async () => {
		await use('filesystem');
		const file = await exported();
		expect(file.id).toMatch(/^filesystem-v2:/);
		expect((await service.getAsBuffer(file)).equals(expected())).toBe(true);
		expect(service.getPath(file.id ?? '').startsWith(folder)).toBe(true);
	});

	test.each(['s3', 'filesystem'] as const)(
		'the item has the size and the hash of what comes out of the store: %s',
		async (mode) => {
			await use(mode);
			for (const gzip of [false, true]) {
				const { items } = await runAudit(credentialFor(api), {
					parameters: exporting({ options: { gzip } }),
				});
				const stored = await service.getAsBuffer(items[0]?.binary?.data as IBinaryData);
				expect(items[0]?.json).toMatchObject({
					size: stored.length,
					sha256: createHash('sha256').update(stored).digest('hex'),
				});
			}
		},
	);

	test("with n8n's protection against SSRF, the store of the bucket receives a Readable, too", async () => {
		ssrfProtection.enabled = true;
		await use('s3');
		const { id } = await exported();
		// The first one is the empty file that a stream is opened from.
		expect(bodies).toHaveLength(2);
		expect(bodies[1]).toBeInstanceOf(Readable);
		const key = id?.replace('s3:', '') ?? '';
		expect((await s3.read(key)).equals(expected())).toBe(true);
	});

	test("with n8n's protection against SSRF, what is left beside the file is deleted with the execution", async () => {
		ssrfProtection.enabled = true;
		await use('filesystem');
		const file = await exported();
		expect((await service.getAsBuffer(file)).equals(expected())).toBe(true);
		// Each file has its metadata beside it.
		expect(await filesIn(folder)).toHaveLength(4);
		await service.deleteMany([{ type: 'execution', workflowId: 'workflow-1', executionId: '1' }]);
		expect(await filesIn(folder)).toEqual([]);
	});

	test('a gzip file comes out of the folder unchanged', async () => {
		await use('filesystem');
		const file = await exported({ options: { gzip: true } });
		expect(gunzipSync(await service.getAsBuffer(file)).equals(expected())).toBe(true);
	});

	test.each(['s3', 'filesystem'] as const)(
		'a range without events is an empty file in %s',
		async (mode) => {
			await use(mode);
			const file = await exported({ filters: { userId: 'nobody' } });
			expect(await service.getAsBuffer(file)).toHaveLength(0);
		},
	);

	test.each([
		{ mode: 's3', gzip: false },
		{ mode: 's3', gzip: true },
		{ mode: 'filesystem', gzip: false },
		{ mode: 'filesystem', gzip: true },
	] as const)(
		'a fault in the middle of the range leaves nothing behind, with %j',
		async ({ mode, gzip }) => {
			await use(mode);
			api.fail({ status: 403 }, { on: 'query', skip: 2, times: Infinity });
			const { items, error } = await runAudit(credentialFor(api), {
				parameters: exporting({ options: { gzip } }),
			});
			expect(error?.message).toBe('The API client lacks permission to read the audit log');
			expect(items).toEqual([]);
			expect(await s3.list()).toEqual([]);
			expect(await filesIn(folder)).toEqual([]);
		},
	);
});
