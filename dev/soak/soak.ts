import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEvent } from '../audit-api';
import type { LiveLog } from '../audit-api/liveLog';
import { meansOfThirds } from '../bench/measure';
import { residentBytes, retainedBytes } from '../bench/memory';
import { MEGABYTE } from '../bench/units';
import { itemsOf, type RunningN8n } from '../n8n';
import type { Disturber } from './disturb';
import type { Line } from './plot';
import { pollingWorkflow, READERS, readingWorkflow } from './workflows';

const SAMPLE_EVERY_MS = 5_000;
const READ_EVERY_MS = 20_000;
const COLLECT_EVERY_MS = 30_000;
/** Once per swing of the load, where it is lowest. */
const RETAINED_EVERY_MS = 600_000;
/** Caches and the heap grow in the first minutes, whatever follows. */
const WARM_UP_S = 600;
/** Readings end this far in the past, where the log no longer changes. */
const SETTLED_MS = 300_000;
const READ_RANGE_MS = 120_000;
/** An event that appears so long after its timestamp is late. */
const LATE_MS = 2_000;

/** What is measured while n8n runs. */
export class Soak {
	private readonly startedAt = Date.now();

	private readonly memory: Array<[number, number]> = [];

	/** After a garbage collection. */
	private readonly retained: Array<[number, number]> = [];

	private readonly load: Array<[number, number]> = [];

	private readonly backlog: Array<[number, number]> = [];

	/** How often the trigger returned an event, by cursor. */
	private readonly returned = new Map<string, number>();

	private readonly readExecutions = new Set<string>();

	/** Failed executions by message. */
	private readonly failures = new Map<string, number>();

	private readonly ids = new Map<string, string>();

	private readings = { right: 0, wrong: 0, failed: 0 };

	constructor(private readonly n8n: RunningN8n) {}

	async publish(fields: Record<string, string>): Promise<void> {
		const credential = await this.n8n.createCredential('signicatOAuth2Api', fields);
		const files = [pollingWorkflow, ...Object.keys(READERS).map(readingWorkflow)];
		for (const file of files) {
			const { id } = await this.n8n.importWorkflow(file, [credential]);
			await this.n8n.activate(id);
			this.ids.set(file.name, id);
		}
	}

	async runFor(ms: number, log: LiveLog): Promise<void> {
		const end = Date.now() + ms;
		const every = (intervalMs: number, work: () => Promise<void>) =>
			this.repeat(intervalMs, end, work);
		let appended = 0;
		await Promise.all([
			every(SAMPLE_EVERY_MS, async () => {
				this.memory.push([this.seconds, residentBytes(this.n8n.pid) / MEGABYTE]);
				const grown = log.appended.length;
				this.load.push([this.seconds, (grown - appended) / (SAMPLE_EVERY_MS / 1000)]);
				appended = grown;
			}),
			every(COLLECT_EVERY_MS, async () => {
				await this.collect();
				this.backlog.push([this.seconds, log.appended.length - this.returned.size]);
			}),
			every(READ_EVERY_MS, async () => await this.read(log)),
			every(RETAINED_EVERY_MS, async () => {
				this.retained.push([this.seconds, (await retainedBytes(this.n8n)) / MEGABYTE]);
			}),
		]);
	}

	async awaitAll(log: LiveLog, withinMs: number): Promise<void> {
		const deadline = Date.now() + withinMs;
		while (Date.now() < deadline) {
			await this.collect();
			if (log.appended.every(({ cursor }) => this.returned.has(cursor))) return;
			await sleep(5_000);
		}
	}

	get lines(): Line[] {
		return [
			{ label: 'Resident memory of n8n', unit: 'MB', points: this.memory },
			{ label: 'In use after a garbage collection', unit: 'MB', points: this.retained },
			{ label: 'New events', unit: 'per second', points: this.load },
			{ label: 'Not yet returned by the trigger', unit: 'events', points: this.backlog },
		];
	}

	report(log: LiveLog, { injected }: Disturber): boolean {
		const missing = log.appended.filter(({ cursor }) => !this.returned.has(cursor));
		const lost = missing.length;
		const twice = [...this.returned.values()].filter((times) => times > 1).length;
		const warm = this.memory.filter(([second]) => second >= WARM_UP_S);
		const { first, last } = meansOfThirds(warm.map(([, megabytes]) => megabytes));
		const growth = first && last ? last / first : 1;
		const faults = [...injected.values()].reduce((sum, count) => sum + count, 0);
		const { right, wrong, failed } = this.readings;
		console.log(`
Events appended            ${log.appended.length}
Returned by the trigger    ${this.returned.size} (lost ${lost}, twice ${twice})
Readings beside it         ${right} right, ${wrong} wrong, ${failed} with an error
Faults injected            ${faults}, of ${injected.size} kinds
Memory after the warm-up   ${first.toFixed(0)} MB in the first third, ${last.toFixed(0)} MB in the last: ${growth.toFixed(2)} times
In use after collections   ${this.retained.map(([, megabytes]) => megabytes.toFixed(0)).join(', ')} MB, every ten minutes

Failed executions by message:
${[...this.failures].map(([message, count]) => `  ${String(count).padStart(4)}  ${message}`).join('\n')}

${this.describeLost(log, missing)}`);
		return lost === 0 && twice === 0 && wrong === 0 && growth <= 1.1;
	}

	/** When what is missing appeared, how late it was, and what the trigger has said about it. */
	private describeLost({ appeared }: LiveLog, missing: AuditEvent[]): string {
		const minutes = new Map<string, { late: number; onTime: number }>();
		for (const { cursor, timestamp } of missing) {
			const at = appeared.get(cursor) ?? 0;
			const minute = ((at - this.startedAt) / 60_000).toFixed(0);
			const counts = minutes.get(minute) ?? { late: 0, onTime: 0 };
			counts[at - Date.parse(timestamp) > LATE_MS ? 'late' : 'onTime']++;
			minutes.set(minute, counts);
		}
		const lines = [...minutes].map(
			([minute, { late, onTime }]) => `  minute ${minute}: ${late} late, ${onTime} on time`,
		);
		const said = this.n8n.log.split('\n').filter((line) => line.includes('Signicat Audit:'));
		return ['Lost events by minute:', ...lines, '', 'What the nodes logged:', ...said].join('\n');
	}

	private get seconds(): number {
		return (Date.now() - this.startedAt) / 1000;
	}

	private async repeat(everyMs: number, end: number, work: () => Promise<void>): Promise<void> {
		while (Date.now() < end) {
			const next = Date.now() + everyMs;
			await work();
			await sleep(Math.max(0, next - Date.now()));
		}
	}

	/** Counts what the trigger has returned since the last time, and why executions failed. */
	private async collect(): Promise<void> {
		for (const [name, id] of this.ids) {
			for (const { id: executionId, stoppedAt } of await this.n8n.executions(id)) {
				if (stoppedAt === null || this.readExecutions.has(executionId)) continue;
				this.readExecutions.add(executionId);
				const execution = await this.n8n.execution(executionId);
				const message = execution.data.resultData.error?.message;
				if (message) this.failures.set(message, (this.failures.get(message) ?? 0) + 1);
				if (name !== pollingWorkflow.name || execution.status === 'error') continue;
				for (const { cursor } of itemsOf(execution, 'Trigger')) {
					this.returned.set(String(cursor), (this.returned.get(String(cursor)) ?? 0) + 1);
				}
			}
		}
	}

	/** Each operation reads the same range, which no longer changes, and is compared with the log. */
	private async read(log: LiveLog): Promise<void> {
		const to = Date.now() - SETTLED_MS;
		if (to - READ_RANGE_MS < this.startedAt) return;
		const range = {
			from: new Date(to - READ_RANGE_MS).toISOString(),
			to: new Date(to).toISOString(),
		};
		const expected = log.appended.filter(
			({ timestamp }) => Date.parse(timestamp) >= to - READ_RANGE_MS && Date.parse(timestamp) < to,
		).length;
		for (const name of Object.keys(READERS)) {
			const response = await fetch(
				`${this.n8n.url}/webhook/${name}?${new URLSearchParams(range).toString()}`,
			);
			const body = (await response.json().catch(() => undefined)) as unknown;
			const count = response.ok ? countIn(body) : undefined;
			if (count === undefined) this.readings.failed++;
			else if (count === expected) this.readings.right++;
			else this.readings.wrong++;
		}
	}
}

function countIn(body: unknown): number | undefined {
	if (Array.isArray(body)) return body.length;
	const { count, total } = (body ?? {}) as { count?: number; total?: number };
	return count ?? total;
}
