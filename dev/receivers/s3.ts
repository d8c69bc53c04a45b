import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import S3rver from '@20minutes/s3rver';
import { arrivalNow, formatSize } from './arrivals';
import { close, listen } from './localServer';
import type { Arrival, LocalReceiver } from './types';

const BUCKET = 'signicat-audit';

/** The only key that the server knows. */
const KEY = 'S3RVER';

export interface LocalS3 extends LocalReceiver {
	/** The only bucket. */
	bucket: string;
	/** The keys of all objects, in alphabetical order. */
	list(): Promise<string[]>;
	/** @throws Error if there is no object with that key */
	read(key: string): Promise<Buffer>;
}

/**
 * Storage with S3's API, which checks the signature of each request.
 *
 * @param folder contains the objects; those of an earlier start are kept
 */
export async function startS3(folder: string): Promise<LocalS3> {
	await mkdir(folder, { recursive: true });
	const s3 = new S3rver({
		directory: folder,
		silent: true,
		vhostBuckets: false,
		configureBuckets: [{ name: BUCKET }],
	});
	await s3.configureBuckets();
	const arrivals: Arrival[] = [];
	const refused: string[] = [];

	const list = async (): Promise<string[]> => {
		const { objects } = await s3.store.listObjects(BUCKET, {});
		return objects.map(({ key }) => key).sort();
	};
	const read = async (key: string): Promise<Buffer> => {
		const object = await s3.store.getObject(BUCKET, key);
		if (!object) throw new Error(`The bucket has no object "${key}"`);
		return await buffer(object.content);
	};
	const record = async (key: string): Promise<void> => {
		const stored = await s3.store.getObject(BUCKET, key);
		if (!stored) return;
		const content = await buffer(stored.content);
		const name = key.split('/').at(-1) ?? key;
		arrivals.push(
			arrivalNow({
				at: stored.lastModifiedDate.toISOString(),
				receiver: 'S3',
				to: `${BUCKET}/${key}`,
				title: name,
				text: formatSize(content.length),
				files: [{ name, content }],
			}),
		);
	};
	s3.on('event', ({ Records: records }) => {
		for (const { eventName, s3: changed } of records) {
			// An object that was deleted in the meantime is no arrival.
			if (eventName.startsWith('ObjectCreated')) void record(changed.object.key).catch(() => {});
		}
	});

	for (const key of await list()) await record(key);

	const handle = s3.callback();
	const server = createServer((request, response) => {
		if (receiver.isDown) {
			request.resume();
			response.writeHead(503, { 'content-type': 'application/xml' });
			response.end('<Error><Code>ServiceUnavailable</Code><Message>Outage</Message></Error>');
			return;
		}
		response.once('finish', () => {
			if (response.statusCode < 400) return;
			refused.push(`${request.method} ${request.url}: ${response.statusCode}`);
		});
		handle(request, response);
	});
	const port = await listen(server);
	const receiver: LocalS3 = {
		name: 'S3',
		bucket: BUCKET,
		arrivals,
		refused,
		isDown: false,
		credentials: [
			{
				type: 's3',
				// n8n wants three characters or more.
				name: 'S3 bucket',
				data: {
					endpoint: `http://127.0.0.1:${port}`,
					region: 'us-east-1',
					accessKeyId: KEY,
					secretAccessKey: KEY,
					forcePathStyle: true,
					ignoreSSLIssues: false,
				},
			},
		],
		settings: { s3Bucket: BUCKET },
		list,
		read,
		stop: async () => await close(server),
	};
	return receiver;
}
