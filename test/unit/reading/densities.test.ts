import { beforeAll, describe, expect, test } from '@jest/globals';
import { DENSITIES, DENSITY_NAMES } from '../../../dev/audit-api/densities';
import { SimulatedServer, simulatedLog } from '../../../dev/bench/simulation';
import { readEvents } from '../../../nodes/shared/reading/reader';
import { AdaptiveLimit } from '../../../nodes/shared/signicat/adaptiveLimit';
import type { Buffering } from '../../../nodes/shared/reading/segment';

const EVENTS = 20_000;
const PAGES = 100;

const logs = DENSITY_NAMES.map((name) => ({ name, log: simulatedLog(DENSITIES[name], EVENTS) }));

type Order = 'newestFirst' | 'oldestFirst';

/** How many responses of equal length a reading takes, one after the other, and how many requests. */
async function measure(
	{ log }: (typeof logs)[number],
	{ most, order = 'newestFirst' }: { most: number; order?: Order },
	buffering?: Buffering,
) {
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
	const even = logs[0] as (typeof logs)[number];
	const others = logs.slice(1);
	let evenRounds: number;

	beforeAll(async () => {
		evenRounds = (await measure(even, { most })).rounds;
	});

	test('events that lie evenly take hardly longer than they have to', () => {
		// The first page alone; then, with twelve, 4, 6, 8 and 10 at a time.
		const least = most === 4 ? 1 + 99 / 4 : 5 + 71 / 12;
		expect(evenRounds).toBeLessThanOrEqual(Math.ceil(least) + 2);
	});

	test.each(others)('$name: Get Many takes at most 1.15 times as long', async (one) => {
		const { rounds, requests } = await measure(one, { most });
		expect(rounds).toBeLessThanOrEqual(1.155 * evenRounds);
		expect(requests).toBeLessThanOrEqual(1.25 * PAGES + 2 * most);
	});

	test.each(
		(['newestFirst', 'oldestFirst'] as const).flatMap((order) =>
			logs.map((one) => ({ order, name: one.name, one })),
		),
	)('$name, $order: a file takes at most 2.3 times as long', async ({ order, one }) => {
		const { rounds, requests } = await measure(one, { most, order }, { pages: 2 * most });
		expect(rounds).toBeLessThanOrEqual(2.3 * evenRounds);
		expect(requests).toBeLessThanOrEqual(1.25 * PAGES + 2 * most);
	});
});
