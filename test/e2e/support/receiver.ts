import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
	path: string;
	contentType: string;
	body: string;
}

export interface Receiver {
	url: string;
	/** The requests received so far, in order. */
	requests: ReceivedRequest[];
	stop(): Promise<void>;
}

/** Takes the place of a log tool: accepts every request with `reply`, and keeps it. */
export async function startReceiver(reply: object): Promise<Receiver> {
	const requests: ReceivedRequest[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			requests.push({
				path: request.url ?? '',
				contentType: request.headers['content-type'] ?? '',
				body: Buffer.concat(chunks).toString(),
			});
			response.setHeader('content-type', 'application/json');
			response.end(JSON.stringify(reply));
		});
	});
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		requests,
		stop: async () => {
			server.closeAllConnections();
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
			});
		},
	};
}
