import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { arrivalNow, formatSize } from './arrivals';
import { close, listen } from './localServer';
import type { LocalReceiver } from './types';

export interface ReceivedRequest {
	method: string;
	path: string;
	contentType: string;
	body: string;
}

export interface Receiver extends LocalReceiver {
	url: string;
	/** The requests received so far, in order. */
	requests: ReceivedRequest[];
}

/**
 * Takes the place of any HTTP API: accepts every request with `reply`, and keeps it.
 *
 * @param name whose place it takes
 */
export async function startReceiver(reply: object, name = 'HTTP'): Promise<Receiver> {
	const server = createServer((request, response) => {
		const answer = (status: number, body: object): void => {
			response.writeHead(status, { 'content-type': 'application/json' });
			response.end(JSON.stringify(body));
		};
		const keep = (content: Buffer): void => {
			if (receiver.isDown) return answer(503, { error: 'Service Unavailable' });
			const { method = '', url: path = '', headers } = request;
			const body = content.toString();
			const contentType = headers['content-type'] ?? '';
			receiver.requests.push({ method, path, contentType, body });
			receiver.arrivals.push(
				arrivalNow({
					receiver: name,
					to: path,
					title: `${method} ${path} (${formatSize(content.length)})`,
					text: body,
				}),
			);
			answer(200, reply);
		};
		buffer(request).then(keep, () => response.destroy());
	});
	const receiver: Receiver = {
		name,
		url: `http://127.0.0.1:${await listen(server)}`,
		requests: [],
		arrivals: [],
		refused: [],
		isDown: false,
		credentials: [],
		settings: {},
		stop: async () => await close(server),
	};
	return receiver;
}
