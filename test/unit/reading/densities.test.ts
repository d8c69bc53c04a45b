import { beforeAll, describe, expect, test } from '@jest/globals';
import { DENSITIES, DENSITY_NAMES, type DensityName } from '../../../dev/audit-api/densities';
import { type SimulatedLog, SimulatedServer, simulatedLog } from '../../../dev/bench/simulation';
import { readEvents } from '../../../nodes/shared/reading/reader';
import { AdaptiveLimit } from '../../../nodes/shared/signicat/adaptiveLimit';
import type { Buffering } from '../../../nodes/shared/reading/segment';

/** A tenth of those of docs/performance.md, on pages of a tenth: it takes as many requests. */
const EVENTS = 10_000;
const PAGES = 100;

const made = new Map<DensityName, SimulatedLog>();

function logOf(name: DensityName): SimulatedLog {
	const log = made.get(name) ?? simulatedLog(DENSITIES[name], EVENTS);
	made.set(name, log);
	return log;
}

type Order = 'newestFirst' | 'oldestFirst';

/** How many responses of equal length a reading takes, one after the other, and how many requests. */
async function measure(
	name: DensityName,
	{ most, order = 'newestFirst' }: { most: number; order?: Order },
	buffering?: Buffering,
) {
	const log = logOf(name);
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
			pageSize: EVENTS / PAGES,
			maxConcurrency: most,
			order,
			limiter,
			buffering,
		})) {
			count += page.length;
		}
		return count;
	};
	expect(await server.run(reading())).toBe(EVENTS);
	return { rounds: server.now, requests: server.requests };
}

describe.each([4, 12])('With up to %i requests at a time', (most) => {
	const others = DENSITY_NAMES.filter((name) => name !== 'even');
	let evenRounds: number;

	beforeAll(async () => {
		evenRounds = (await measure('even', { most })).rounds;
	});

	test('events that lie evenly take hardly longer than they have to', () => {
		// The first page alone; then, with twelve, 4, 6, 8 and 10 at a time.
		const least = most === 4 ? 1 + 99 / 4 : 5 + 71 / 12;
		expect(evenRounds).toBeLessThanOrEqual(Math.ceil(least) + 2);
	});

	test.each(others)('%s: Get Many takes at most 1.15 times as long', async (name) => {
		const { rounds, requests } = await measure(name, { most });
		expect(rounds).toBeLessThanOrEqual(1.155 * evenRounds);
		expect(requests).toBeLessThanOrEqual(1.25 * PAGES + 2 * most);
	});

	test.each(
		(['newestFirst', 'oldestFirst'] as const).flatMap((order) =>
			DENSITY_NAMES.map((name) => ({ order, name })),
		),
	)('$name, $order: a file takes at most 2.3 times as long', async ({ order, name }) => {
		const { rounds, requests } = await measure(name, { most, order }, { pages: 2 * most });
		expect(rounds).toBeLessThanOrEqual(2.3 * evenRounds);
		expect(requests).toBeLessThanOrEqual(1.25 * PAGES + 2 * most);
	});
});
