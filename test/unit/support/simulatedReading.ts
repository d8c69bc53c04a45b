import { expect } from '@jest/globals';
import { DENSITIES, type DensityName } from '../../../dev/audit-api/densities';
import { type SimulatedLog, SimulatedServer, simulatedLog } from '../../../dev/bench/simulation';
import { readEvents } from '../../../nodes/shared/reading/reader';
import type { Buffering } from '../../../nodes/shared/reading/segment';
import { AdaptiveLimit } from '../../../nodes/shared/signicat/adaptiveLimit';

/** How many pages the events of a log fill. */
export const PAGES = 100;

export interface SimulatedReading {
	density: DensityName;
	/** In the log. */
	events: number;
	/** Requests at a time. */
	most: number;
	order?: 'newestFirst' | 'oldestFirst';
	buffering?: Buffering;
}

const made = new Map<string, SimulatedLog>();

function logOf(density: DensityName, events: number): SimulatedLog {
	const key = `${density} ${events}`;
	const log = made.get(key) ?? simulatedLog(DENSITIES[density], events);
	made.set(key, log);
	return log;
}

/** How many responses of equal length a reading takes, one after the other, and how many requests. */
export async function simulateReading({
	density,
	events,
	most,
	order = 'newestFirst',
	buffering,
}: SimulatedReading): Promise<{ rounds: number; requests: number }> {
	const log = logOf(density, events);
	const limiter = new AdaptiveLimit(most);
	const server = new SimulatedServer(
		log,
		() => 1,
		(latencyMs) => limiter.onResponse({ latencyMs, size: 1, nowMs: server.now }),
	);
	const reading = async () => {
		let count = 0;
		for await (const page of readEvents(server.fetchPage, {
			window: log.window,
			conditions: [],
			applyFiltersIn: 'signicat',
			pageSize: events / PAGES,
			maxConcurrency: most,
			order,
			limiter,
			buffering,
		})) {
			count += page.length;
		}
		return count;
	};
	expect(await server.run(reading())).toBe(events);
	return { rounds: server.now, requests: server.requests };
}
