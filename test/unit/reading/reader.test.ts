import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Condition } from '../../../nodes/shared/model/conditions';
import { readEvents, type ReadOptions } from '../../../nodes/shared/reading/reader';
import { DAY, fromMilliseconds, SECOND } from '../../../nodes/shared/model/instant';
import type { FetchPage } from '../../../nodes/shared/model/page';
import { MAX_WINDOW, splitWindow, type Window } from '../../../nodes/shared/model/window';
import type { Buffering } from '../../../nodes/shared/reading/segment';
import { runs } from '../../support/seed';
import { logShapes, TICK } from '../support/arbitraries';
import { type Entry, MemoryLog, newestFirst, PLAIN_LOG } from '../support/memoryLog';

const START = fromMilliseconds(Date.UTC(2026, 0, 1));

const ONLY_BROKER: Condition[] = [{ field: 'serviceName', operator: 'eq', value: 'Broker' }];

const NO_FILTER = { conditions: [], applyFiltersIn: 'signicat' } as const;

/** Ranges from one step of the API's clock to three windows, whose ends lie anywhere. */
const ranges: fc.Arbitrary<Window> = fc
	.tuple(
		fc.bigInt({ min: 0n, max: (2n * SECOND) / TICK }).map((steps) => START + steps * TICK),
		fc.oneof(
			fc.bigInt({ min: 1n, max: 100n }),
			fc.bigInt({ min: 1n, max: (180n * DAY) / TICK }),
			fc.bigInt({ min: -10n, max: 10n }).map((steps) => MAX_WINDOW / TICK + steps),
		),
	)
	.map(([from, steps]) => ({ from, to: from + steps * TICK }));

/** Times that crowd where mistakes are made: at the ends of the range and of its windows. */
function timesAround(range: Window): fc.Arbitrary<bigint> {
	const edges = splitWindow(range).flatMap(({ from, to }) => [from, to]);
	const steps = (range.to - range.from) / TICK;
	return fc.oneof(
		{
			weight: 3,
			arbitrary: fc
				.tuple(
					fc.constantFrom(...edges),
					fc.constantFrom(0n, 0n, 0n, 1n, -1n, 9_999n, -9_999n, 10_000n, -10_000n, -10_001n, 5n),
				)
				.map(([edge, shift]) => edge + shift * TICK),
		},
		{
			weight: 1,
			arbitrary: fc.bigInt({ min: 0n, max: steps }).map((step) => range.from + step * TICK),
		},
	);
}

function entriesIn(range: Window): fc.Arbitrary<Entry[]> {
	const groups = fc.array(
		fc.record({
			at: timesAround(range),
			services: fc.array(fc.constantFrom('Broker', 'mobileid', undefined), {
				minLength: 1,
				maxLength: 6,
			}),
		}),
		{ maxLength: 14 },
	);
	return groups.map((all) =>
		all
			.flatMap(({ at, services }) => services.map((serviceName) => ({ at, serviceName })))
			.map(({ at, serviceName }, sequence) => ({ at, sequence, fields: { serviceName } })),
	);
}

const scenarios = ranges.chain((window) =>
	fc.record({
		window: fc.constant(window),
		entries: entriesIn(window),
		shape: logShapes,
		pageSize: fc.constantFrom(1, 2, 5, 1000),
		limit: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
		order: fc.constantFrom('newestFirst' as const, 'oldestFirst' as const),
		conditions: fc.constantFrom<Condition[]>([], ONLY_BROKER),
		applyFiltersIn: fc.constantFrom('signicat' as const, 'n8n' as const),
		maxConcurrency: fc.constantFrom(undefined, 1, 2, 5),
		buffering: fc.constantFrom<Buffering[]>('unbounded', { pages: 1 }, { pages: 4 }),
	}),
);

type Scenario = typeof scenarios extends fc.Arbitrary<infer Value> ? Value : never;

/** The answer, worked out in the most straightforward way. */
function expected({ window, entries, shape, limit, order, conditions }: Scenario): string[] {
	const all = entries
		.filter(({ at }) => (shape.includesFrom ? at >= window.from : at > window.from))
		.filter(({ at }) => at < window.to)
		.filter(({ fields }) => conditions.length === 0 || fields?.serviceName === 'Broker')
		.sort(newestFirst)
		.map(({ sequence }) => `c${sequence}`);
	if (order === 'oldestFirst') all.reverse();
	return all.slice(0, limit);
}

async function cursors(fetchPage: FetchPage, options: ReadOptions): Promise<string[]> {
	const found: string[] = [];
	for await (const events of readEvents(fetchPage, options)) {
		found.push(...events.map(({ cursor }) => cursor));
	}
	return found;
}

function entriesAt(times: bigint[]): Entry[] {
	return times.map((at, sequence) => ({ at, sequence }));
}

describe('readEvents', () => {
	test('gives each event of the range once, in the asked order, whatever the log looks like', async () => {
		await fc.assert(
			fc.asyncProperty(scenarios, async (scenario) => {
				const log = new MemoryLog(scenario.entries, scenario.shape);
				expect(await cursors(log.fetchPage, scenario)).toEqual(expected(scenario));
			}),
			{ numRuns: runs(400) },
		);
	});

	test('never gives an empty list of events', async () => {
		await fc.assert(
			fc.asyncProperty(scenarios, async (scenario) => {
				const log = new MemoryLog(scenario.entries, scenario.shape);
				for await (const events of readEvents(log.fetchPage, scenario)) {
					expect(events.length).toBeGreaterThan(0);
				}
			}),
		);
	});

	test('gives events exactly as the API sent them', async () => {
		const fields = { data: { deep: [1, null] }, unheardOf: 'kept', message: null };
		const log = new MemoryLog([{ at: START, sequence: 0, fields }]);
		const window = { from: START, to: START + SECOND };
		const pages = [];
		for await (const events of readEvents(log.fetchPage, {
			...NO_FILTER,
			window,
			pageSize: 10,
			order: 'newestFirst',
		})) {
			pages.push(events);
		}
		expect(pages).toEqual([
			[{ cursor: 'c0', timestamp: '2026-01-01T00:00:00.0000000Z', ...fields }],
		]);
	});

	test('asks for nothing before it is read from', async () => {
		const log = new MemoryLog([]);
		const window = { from: START, to: START + SECOND };
		const events = readEvents(log.fetchPage, {
			...NO_FILTER,
			window,
			pageSize: 10,
			order: 'newestFirst',
		});
		expect(log.requests).toBe(0);
		await events.next();
		expect(log.requests).toBe(1);
	});

	test('stops requesting as soon as the limit is reached', async () => {
		const log = new MemoryLog(entriesAt(Array.from({ length: 30 }, (_, i) => START + BigInt(i))), {
			...PLAIN_LOG,
			pageCap: 5,
		});
		const window = { from: START, to: START + 150n * DAY };
		const found = await cursors(log.fetchPage, {
			...NO_FILTER,
			window,
			pageSize: 1000,
			order: 'newestFirst',
			limit: 10,
		});
		expect(found).toHaveLength(10);
		// Two windows without an event, and two pages of the third.
		expect(log.requests).toBe(4);
	});

	test('stops requesting when its consumer stops', async () => {
		const log = new MemoryLog(entriesAt([START, START + 1n, START + 2n]), {
			...PLAIN_LOG,
			pageCap: 1,
		});
		const window = { from: START, to: START + SECOND };
		for await (const events of readEvents(log.fetchPage, {
			...NO_FILTER,
			window,
			pageSize: 10,
			order: 'newestFirst',
		})) {
			expect(events).toHaveLength(1);
			break;
		}
		expect(log.requests).toBe(1);
	});

	test.each([
		['the limit, where that is less than a page', 'newestFirst', 'signicat', 3],
		['whole pages, where it filters here', 'newestFirst', 'n8n', 500],
		['whole pages, where the oldest events are wanted', 'oldestFirst', 'signicat', 500],
	] as const)('asks for %s', async (_what, order, applyFiltersIn, pageSize) => {
		const log = new MemoryLog([]);
		await cursors(log.fetchPage, {
			window: { from: START, to: START + SECOND },
			conditions: ONLY_BROKER,
			applyFiltersIn,
			pageSize: 500,
			order,
			limit: 3,
		});
		expect(log.queries.map((query) => query.pageSize)).toEqual([pageSize]);
	});

	test.each([
		['to Signicat', 'signicat', ONLY_BROKER],
		['to nobody, where it filters here', 'n8n', []],
	] as const)('gives the conditions %s', async (_what, applyFiltersIn, sent) => {
		const log = new MemoryLog([]);
		await cursors(log.fetchPage, {
			window: { from: START, to: START + SECOND },
			conditions: ONLY_BROKER,
			applyFiltersIn,
			pageSize: 500,
			order: 'newestFirst',
		});
		expect(log.queries.map(({ conditions }) => conditions)).toEqual([sent]);
	});

	test('asks for the very range where that fits into one query', async () => {
		const log = new MemoryLog([]);
		const window = { from: START + 1n, to: START + MAX_WINDOW };
		await cursors(log.fetchPage, { ...NO_FILTER, window, pageSize: 10, order: 'oldestFirst' });
		expect(log.queries.map((query) => query.window)).toEqual([window]);
	});

	test('keeps an event whose timestamp it cannot read', async () => {
		const fetchPage: FetchPage = async () => ({
			events: [{ cursor: 'odd', timestamp: 'yesterday' }],
			next: null,
		});
		const window = { from: START, to: START + SECOND };
		expect(
			await cursors(fetchPage, { ...NO_FILTER, window, pageSize: 10, order: 'newestFirst' }),
		).toEqual(['odd']);
	});

	test('passes on what a request threw, after the events that came before it', async () => {
		const log = new MemoryLog(entriesAt([START, START + 1n]), { ...PLAIN_LOG, pageCap: 1 });
		const found: string[] = [];
		const reading = async () => {
			const fetchPage: FetchPage = async (query, next) => {
				if (next !== undefined) throw new Error('fault');
				return await log.fetchPage(query, next);
			};
			const window = { from: START, to: START + SECOND };
			const options = { ...NO_FILTER, window, pageSize: 10, order: 'newestFirst' } as const;
			for await (const events of readEvents(fetchPage, options)) {
				found.push(...events.map(({ cursor }) => cursor));
			}
		};
		await expect(reading()).rejects.toThrow('fault');
		expect(found).toEqual(['c1']);
	});
});
