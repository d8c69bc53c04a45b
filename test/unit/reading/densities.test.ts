import { beforeAll, describe, expect, test } from '@jest/globals';
import { DENSITY_NAMES } from '../../../dev/audit-api/densities';
import { PAGES, simulateReading } from '../support/simulatedReading';

/** A tenth of those of docs/performance.md, on pages of a tenth: it takes as many requests. */
const events = 10_000;

describe.each([4, 12])('With up to %i requests at a time', (most) => {
	const others = DENSITY_NAMES.filter((name) => name !== 'even');
	let evenRounds: number;

	beforeAll(async () => {
		evenRounds = (await simulateReading({ density: 'even', events, most })).rounds;
	});

	test('events that lie evenly take hardly longer than they have to', () => {
		// The first page alone; then, with twelve, 4, 6, 8 and 10 at a time.
		const least = most === 4 ? 1 + 99 / 4 : 5 + 71 / 12;
		expect(evenRounds).toBeLessThanOrEqual(Math.ceil(least) + 2);
	});

	test.each(others)('%s: Get Many takes at most 1.15 times as long', async (density) => {
		const { rounds, requests } = await simulateReading({ density, events, most });
		expect(rounds).toBeLessThanOrEqual(1.155 * evenRounds);
		expect(requests).toBeLessThanOrEqual(1.25 * PAGES + 2 * most);
	});

	test.each(
		(['newestFirst', 'oldestFirst'] as const).flatMap((order) =>
			DENSITY_NAMES.map((density) => ({ order, density })),
		),
	)('$density, $order: a file takes at most 2.3 times as long', async ({ order, density }) => {
		const buffering = { pages: 2 * most };
		const { rounds, requests } = await simulateReading({ density, events, most, order, buffering });
		expect(rounds).toBeLessThanOrEqual(2.3 * evenRounds);
		expect(requests).toBeLessThanOrEqual(1.25 * PAGES + 2 * most);
	});
});
