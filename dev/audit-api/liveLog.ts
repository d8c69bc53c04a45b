import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from './random';
import type { AuditEvent } from './types';

const TICK_MS = 100;
const MINUTE_MS = 60_000;
const SEED = 1;

export interface LiveLogOptions {
	/** How many events appear each second, `seconds` after the start. */
	perSecond(seconds: number): number;
	/** How many of them, from 0 to 1, have a timestamp of up to `lateMs` ago. */
	lateShare: number;
	/** Four minutes by default. */
	lateMs?: number;
}

/** Where events are appended: a local Audit API, in this process or in another one. */
export interface AppendTarget {
	append(...drafts: Array<Partial<AuditEvent>>): AuditEvent[] | Promise<AuditEvent[]>;
}

/** A log that grows like that of a company during the day, some of it late. */
export class LiveLog {
	readonly appended: AuditEvent[] = [];

	/** By cursor: when the event appeared, in ms since 1970. */
	readonly appeared = new Map<string, number>();

	private readonly random = new Random(SEED);

	private readonly startedAt = Date.now();

	private grownAt = this.startedAt;

	/** What is due, with the fraction of the next event. */
	private due = 0;

	private isStopped = false;

	private readonly ended: Promise<void>;

	constructor(
		private readonly target: AppendTarget,
		private readonly options: LiveLogOptions,
	) {
		this.ended = this.run();
		// Whoever stops it receives the error.
		this.ended.catch(() => {});
	}

	/** @throws what appending threw */
	async stop(): Promise<void> {
		this.isStopped = true;
		await this.ended;
	}

	private async run(): Promise<void> {
		while (!this.isStopped) {
			await sleep(TICK_MS);
			await this.grow();
		}
	}

	/** Appends what is due, also if the timer was late. */
	private async grow(): Promise<void> {
		const { perSecond, lateShare, lateMs = 4 * MINUTE_MS } = this.options;
		const now = Date.now();
		this.due += ((now - this.grownAt) / 1000) * perSecond((now - this.startedAt) / 1000);
		this.grownAt = now;
		const drafts: Array<Partial<AuditEvent>> = [];
		for (; this.due >= 1; this.due--) {
			const ageMs = this.random.next() * (this.random.chance(lateShare) ? lateMs : TICK_MS);
			// Nothing is dated before the log began to grow.
			const at = Math.max(now - ageMs, this.startedAt);
			drafts.push({ serviceName: 'Broker', timestamp: this.timestampOf(at) });
		}
		if (drafts.length === 0) return;
		const events = await this.target.append(...drafts);
		const appearedAt = Date.now();
		this.appended.push(...events);
		for (const { cursor } of events) this.appeared.set(cursor, appearedAt);
	}

	/** With as many digits as the API's. */
	private timestampOf(ms: number): string {
		const digits = String(this.random.below(10_000)).padStart(4, '0');
		return new Date(ms).toISOString().replace('Z', `${digits}Z`);
	}
}
