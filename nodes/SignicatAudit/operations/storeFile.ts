import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import type { AuditClient } from '../../shared/signicat/client';
import { streamLike } from '../../shared/n8n/stream';

const NOTHING = Buffer.alloc(0);

export interface FileToStore {
	/** Reads the events with the given client. @returns the bytes of the file */
	write(client: AuditClient): AsyncIterable<Uint8Array>;
	fileName: string;
	mimeType: string;
}

/** Streams a file into n8n's binary data, wherever n8n stores it. */
export async function storeFile(
	context: IExecuteFunctions,
	client: AuditClient,
	{ write, fileName, mimeType }: FileToStore,
): Promise<IBinaryData> {
	const bytes = write({
		...client,
		async fetchPage(...query) {
			const page = await client.fetchPage(...query);
			// Some of n8n's stores abort a stream that is silent for minutes, as this one can be while filters or
			// compression hold its bytes back. An empty chunk keeps it alive.
			stream?.emit('data', NOTHING);
			return page;
		},
	});
	const stream = streamLike(await client.openStream(), bytes);
	return await context.helpers.prepareBinaryData(
		stream ?? (await toBuffer(bytes)),
		fileName,
		mimeType,
	);
}

async function toBuffer(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of bytes) chunks.push(chunk);
	return Buffer.concat(chunks);
}
