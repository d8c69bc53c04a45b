import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../n8n';

/** How often events are appended, in ms. */
const APPEND_EVERY_MS = 100;

/** How late the late events are at most, in ms: within the Late Arrival Minutes of the default settings. */
const MAX_LATE_MS = 240_000;

export interface Load {
	perSecond: number;
	/** The part of the events that are late. */
	lateShare: number;
}

/** Appends events to the local Audit API at a steady rate, and notes when. */
export class Feed {
	/** By cursor: when the event appeared, in ms since 1970. */
	readonly appeared = new Map<string, number>();

	private isStopped = false;

	private readonly ended: Promise<void>;

	constructor(
		private readonly baseUrl: string,
		private readonly load: Load,
	) {
		this.ended = this.run();
	}

	/** @throws what appending threw */
	async stop(): Promise<void> {
		this.isStopped = true;
		await this.ended;
	}

	private async run(): Promise<void> {
		const beganMs = Date.now();
		for (let appended = 0; !this.isStopped; ) {
			const due = Math.floor(((Date.now() - beganMs) * this.load.perSecond) / 1000);
			await this.append(due - appended);
			appended = due;
			await sleep(APPEND_EVERY_MS);
		}
	}

	private async append(count: number): Promise<void> {
		const nowMs = Date.now();
		const body = Array.from({ length: count }, () => {
			const isLate = Math.random() < this.load.lateShare;
			const ageMs = Math.random() * (isLate ? MAX_LATE_MS : APPEND_EVERY_MS);
			return { timestamp: `${new Date(nowMs - ageMs).toISOString().slice(0, -1)}${fourDigits()}Z` };
		});
		const response = await fetch(`${this.baseUrl}/_control/append`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		const events = (await response.json()) as Array<{ cursor: string }>;
		const appearedMs = Date.now();
		for (const { cursor } of events) this.appeared.set(cursor, appearedMs);
	}
}

function fourDigits(): string {
	return String(Math.floor(Math.random() * 10_000)).padStart(4, '0');
}

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
