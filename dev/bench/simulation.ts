import {
	DAY,
	formatTimestamp,
	fromMilliseconds,
	type Instant,
} from '../../nodes/shared/model/instant';
import type { AuditEvent } from '../../nodes/shared/model/event';
import type { FetchPage, PageQuery } from '../../nodes/shared/model/page';
import type { Window } from '../../nodes/shared/model/window';
import { type Density, placesOf } from '../audit-api/densities';

/** A log of events with a density, oldest first. */
export interface SimulatedLog {
	window: Window;
	times: readonly Instant[];
	events: readonly AuditEvent[];
}

const START = fromMilliseconds(Date.UTC(2026, 9, 1));

export function simulatedLog(density: Density, count: number, days = 30): SimulatedLog {
	const window = { from: START, to: START + BigInt(days) * DAY };
	const length = Number(window.to - window.from);
	const times = placesOf(density, count).map(
		(place) => window.from + BigInt(Math.floor((place * length) / 100)) * 100n,
	);
	const events = times.map((time, index) => ({
		cursor: `c${index}`,
		timestamp: formatTimestamp(time),
	}));
	return { window, times, events };
}

interface Response {
	at: number;
	respond(): void;
}

/**
 * A server over a log, and a clock that only its responses move: what a reading takes is counted in responses of
 * equal length, whatever machine it runs on.
 */
export class SimulatedServer {
	/** In lengths of a response. */
	now = 0;

	requests = 0;

	private readonly pending: Response[] = [];

	private readonly positions = new Map<string, number>();

	/**
	 * @param latency how long a response takes, 1 by default; is told how many requests are in progress
	 * @param onResponse is told how long each response took
	 */
	constructor(
		private readonly log: SimulatedLog,
		private readonly latency: (inProgress: number) => number = () => 1,
		private readonly onResponse: (latency: number) => void = () => {},
	) {}

	readonly fetchPage: FetchPage = async (query, next) => {
		this.requests++;
		const latency = this.latency(this.pending.length + 1);
		const at = this.now + latency;
		await new Promise<void>((respond) => this.pending.push({ at, respond }));
		this.onResponse(latency);
		return this.pageOf(query, next);
	};

	/**
	 * Lets responses arrive until a reading ends.
	 *
	 * @throws what the reading throws, and Error when it waits without a request in progress
	 */
	async run<Result>(reading: Promise<Result>): Promise<Result> {
		let isDone = false;
		const ended = reading.finally(() => (isDone = true));
		ended.catch(() => undefined);
		for (;;) {
			await new Promise((resolve) => setImmediate(resolve));
			if (isDone) return await ended;
			if (this.pending.length === 0) throw new Error('The reading waits for nothing');
			this.now = Math.min(...this.pending.map(({ at }) => at));
			const due = this.pending.filter(({ at }) => at <= this.now);
			this.pending.splice(0, Infinity, ...this.pending.filter(({ at }) => at > this.now));
			for (const { respond } of due) respond();
		}
	}

	private pageOf({ window, pageSize }: PageQuery, next: string | undefined) {
		const { events } = this.log;
		const first = this.rankOf(window.from);
		const end = next === undefined ? this.rankOf(window.to) : this.positions.get(next);
		if (end === undefined) throw new Error(`There is no page ${String(next)}`);
		const start = Math.max(first, end - pageSize);
		const name = `${this.positions.size}`;
		if (start > first) this.positions.set(name, start);
		return {
			events: events.slice(start, end).reverse(),
			next: start > first ? name : null,
		};
	}

	/** How many events are before an instant. */
	private rankOf(instant: Instant): number {
		const { times } = this.log;
		let [low, high] = [0, times.length];
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((times[middle] as Instant) < instant) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}
