import { createServer } from 'node:http';
import { close, listen } from './localServer';

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
	const port = await listen(server);
	return {
		url: `http://127.0.0.1:${port}`,
		requests,
		stop: async () => await close(server),
	};
}
