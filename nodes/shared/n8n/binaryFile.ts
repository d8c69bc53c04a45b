import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { isRecord } from '../model/json';
import type { AuditClient } from '../signicat/client';

/** Node's stream, as n8n takes it. */
type Readable = Exclude<Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0], Buffer>;

interface ReadableClass {
	from(chunks: AsyncIterable<Uint8Array>, options: { objectMode: boolean }): Readable;
}

const NO_BYTES = Buffer.alloc(0);

export interface BinaryFile {
	/** Reads with the client that it is passed, and yields the bytes of the file. */
	write(client: AuditClient): AsyncIterable<Uint8Array>;
	fileName: string;
	mimeType: string;
}

/**
 * Streams a file into n8n's binary data, wherever n8n keeps it: memory does not grow with the file where n8n
 * writes it to a folder. Only if n8n has no stream for it is the file put together in memory.
 *
 * A store that collects the file gives up on a stream that is silent for minutes, as this one can be while
 * filters or compression hold its bytes back. So each page that the client reads is a sign of life.
 */
export async function storeBinaryFile(
	context: IExecuteFunctions,
	client: AuditClient,
	{ write, fileName, mimeType }: BinaryFile,
): Promise<IBinaryData> {
	let heartbeat = () => {};
	const bytes = write({
		...client,
		async fetchPage(...request) {
			const page = await client.fetchPage(...request);
			heartbeat();
			return page;
		},
	});
	const stream = await nodeStreamFrom(context, bytes);
	heartbeat = () => stream?.emit('data', NO_BYTES);
	const content = stream ?? (await toBuffer(bytes));
	return await context.helpers.prepareBinaryData(content, fileName, mimeType);
}

/**
 * Makes a Node.js stream of chunks. Community nodes may not import Node's stream module, and most of n8n's
 * stores accept nothing but a stream of that module or a buffer: so the class is taken from a stream of n8n's.
 */
async function nodeStreamFrom(
	context: IExecuteFunctions,
	chunks: AsyncIterable<Uint8Array>,
): Promise<Readable | undefined> {
	const sample = await emptyStream(context).catch(() => undefined);
	if (!isRecord(sample)) return undefined;
	(sample as Partial<Readable & { destroy(): void }>).destroy?.();
	const { constructor } = sample as { constructor?: Partial<ReadableClass> };
	if (typeof constructor?.from !== 'function') return undefined;
	return (constructor as ReadableClass).from(chunks, { objectMode: false });
}

/**
 * A stream of n8n's own without content. Nothing is sent for it: n8n's HTTP client reads a `data:` URL itself.
 * n8n's protection against SSRF refuses a URL without a host; then an empty file is stored and opened, which
 * stays in the execution's binary data until n8n prunes the execution, since no helper deletes a file. If n8n
 * keeps binary data in memory, such a file has no ID, and a stream would be collected in memory anyway.
 */
async function emptyStream({ helpers }: IExecuteFunctions): Promise<unknown> {
	try {
		return (await helpers.httpRequest({ url: 'data:,', encoding: 'stream' })) as unknown;
	} catch {
		const { id } = await helpers.prepareBinaryData(NO_BYTES, undefined, 'text/plain');
		return id === undefined ? undefined : await helpers.getBinaryStream(id);
	}
}

async function toBuffer(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of bytes) chunks.push(chunk);
	return Buffer.concat(chunks);
}
