/**
 * Compresses chunk by chunk, with the web platform's stream: community nodes may not import Node's zlib.
 *
 * @throws what `chunks` throws
 */
export async function* gzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	const stream = new CompressionStream('gzip');
	const writer = stream.writable.getWriter();
	const write = async () => {
		for await (const chunk of chunks) await writer.write(chunk);
		await writer.close();
	};
	let failure: { cause: unknown } | undefined;
	const writing = write().catch(async (cause: unknown) => {
		failure = { cause };
		await writer.abort(cause).catch(() => undefined);
	});
	const reader = stream.readable.getReader();
	try {
		for (;;) {
			const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
			if (done) break;
			yield value as Uint8Array;
		}
	} finally {
		await reader.cancel().catch(() => undefined);
		await writing;
	}
	if (failure) throw failure.cause;
}
