import type { AuditApi, AuditEvent } from './types';

const TICK_MS = 100;
const MINUTE_MS = 60_000;

export interface LiveLogOptions {
	/** How many events appear each second, `seconds` after the start. */
	perSecond(seconds: number): number;
	/** How many of them, from 0 to 1, have a timestamp of up to `lateMs` ago. */
	lateShare: number;
	/** Four minutes by default. */
	lateMs?: number;
}

/** A log that grows like that of a company during the day, some of it late. */
export class LiveLog {
	readonly appended: AuditEvent[] = [];

	private readonly timer: NodeJS.Timeout;

	private readonly startedAt = Date.now();

	private grownAt = Date.now();

	/** What is due, with the fraction of the next event. */
	private due = 0;

	private count = 0;

	constructor(
		private readonly api: AuditApi,
		private readonly options: LiveLogOptions,
	) {
		this.timer = setInterval(() => this.grow(), TICK_MS);
	}

	stop(): void {
		clearInterval(this.timer);
	}

	/** Appends what is due, also if the timer was late. */
	private grow(): void {
		const { perSecond, lateShare, lateMs = 4 * MINUTE_MS } = this.options;
		const now = Date.now();
		this.due += ((now - this.grownAt) / 1000) * perSecond((now - this.startedAt) / 1000);
		this.grownAt = now;
		const drafts: Array<Partial<AuditEvent>> = [];
		for (; this.due >= 1; this.due--) {
			const isLate = lateShare > 0 && this.count % Math.round(1 / lateShare) === 0;
			// Neighbors are late by different times; nothing is dated before the log began to grow.
			const late = isLate ? ((this.count * 7919) % 1000) * (lateMs / 1000) : 0;
			const at = Math.max(now - late, this.startedAt);
			drafts.push({ serviceName: 'Broker', timestamp: new Date(at).toISOString() });
			this.count++;
		}
		if (drafts.length > 0) this.appended.push(...this.api.append(...drafts));
	}
}
