import { createServer, type IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { close, listen } from './localServer';

export interface ReceivedCall {
	method: string;
	path: string;
	query: URLSearchParams;
	headers: IncomingHttpHeaders;
	/** Decoded, if it was sent with gzip. */
	body: string;
	/** Its length in bytes: as sent, and decoded. */
	size: { sent: number; decoded: number };
}

export interface Reply {
	status: number;
	/** Sent as JSON, or as it is if it is text. Left out: no body. */
	body?: unknown;
	headers?: Record<string, string>;
}

/** An HTTP server on this machine that reads each request whole, decodes gzip, and responds in JSON. */
export async function startJsonServer(
	respond: (call: ReceivedCall) => Reply,
): Promise<{ url: string; stop(): Promise<void> }> {
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const sent = Buffer.concat(chunks);
			const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
			const { status, body, headers } = replyTo(() => {
				const decoded = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
				return respond({
					method: request.method ?? '',
					path: decodeURIComponent(pathname),
					query: searchParams,
					headers: request.headers,
					body: decoded.toString(),
					size: { sent: sent.length, decoded: decoded.length },
				});
			});
			const text = typeof body === 'string' ? body : JSON.stringify(body);
			response.writeHead(status, {
				...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
				...headers,
			});
			response.end(text);
		});
	});
	const port = await listen(server);
	return { url: `http://127.0.0.1:${port}`, stop: async () => await close(server) };
}

/** A mistake in a receiver ends a request instead of the process. */
function replyTo(respond: () => Reply): Reply {
	try {
		return respond();
	} catch (error) {
		return { status: 500, body: { error: String(error) } };
	}
}
