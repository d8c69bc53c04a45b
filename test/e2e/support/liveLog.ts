import type { AuditApi, AuditEvent } from '../../../dev/audit-api';

const TICK_MS = 100;
const MINUTE_MS = 60_000;

/** A log that grows like that of a company at noon, some of it late. */
export class LiveLog {
	readonly appended: AuditEvent[] = [];

	private readonly timer: NodeJS.Timeout;

	private readonly startedAt = Date.now();

	private count = 0;

	/**
	 * @param perSecond how many events appear each second, at an even pace
	 * @param lateShare how many of them, from 0 to 1, have a timestamp of up to `lateMs` ago
	 */
	constructor(
		private readonly api: AuditApi,
		private readonly perSecond: number,
		private readonly lateShare: number,
		private readonly lateMs = 4 * MINUTE_MS,
	) {
		this.timer = setInterval(() => this.grow(), TICK_MS);
	}

	stop(): void {
		clearInterval(this.timer);
	}

	/** Appends what is due, also if the timer was late. */
	private grow(): void {
		const now = Date.now();
		const due = Math.floor(((now - this.startedAt) / 1000) * this.perSecond);
		const drafts: Array<Partial<AuditEvent>> = [];
		for (; this.count < due; this.count++) {
			const isLate = this.count % Math.round(1 / this.lateShare) === 0;
			// No two neighbors are late by the same time; nothing is dated before the log began to grow.
			const late = isLate ? ((this.count * 7919) % 1000) * (this.lateMs / 1000) : 0;
			const at = Math.max(now - late, this.startedAt);
			drafts.push({ serviceName: 'Broker', timestamp: new Date(at).toISOString() });
		}
		this.appended.push(...this.api.append(...drafts));
	}
}
