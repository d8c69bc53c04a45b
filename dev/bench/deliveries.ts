import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '../n8n';

/** What the workflow delivered: each request is the cursors of one execution. */
export class Deliveries {
	/** By cursor: when it was first delivered, in ms since 1970. */
	readonly delivered = new Map<string, number>();

	doubled = 0;

	/** When each execution delivered. */
	readonly times: number[] = [];

	private constructor(private readonly server: Server) {}

	static async open(): Promise<Deliveries> {
		const server = createServer();
		const deliveries = new Deliveries(server);
		server.on('request', (request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				deliveries.take(JSON.parse(Buffer.concat(chunks).toString()) as { cursor: string[] });
				response.end('{}');
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return deliveries;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
	}

	/** Waits for as many executions more. */
	async next(executions: number): Promise<void> {
		const wanted = this.times.length + executions;
		await waitFor(() => this.times.length >= wanted, {
			what: `${executions} executions`,
			timeoutMs: (executions + 1) * 90_000,
		});
	}

	close(): void {
		this.server.closeAllConnections();
		this.server.close();
	}

	private take({ cursor: cursors }: { cursor: string[] }): void {
		const nowMs = Date.now();
		this.times.push(nowMs);
		for (const cursor of cursors) {
			if (this.delivered.has(cursor)) this.doubled++;
			else this.delivered.set(cursor, nowMs);
		}
	}
}
