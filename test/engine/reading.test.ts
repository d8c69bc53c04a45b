import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sleep } from 'n8n-workflow';
import { formatTimestamp, fromMilliseconds } from '../../nodes/shared/model/instant';
import { type AuditEvent, startAuditApi } from '../../dev/audit-api';
import { runs } from '../support/seed';
import { credentialFor, runAudit } from './engine';

const FROM = fromMilliseconds(Date.UTC(2026, 9, 1));
const DAY = 86_400_000_000_000n;
const TICK = 100n;

/** Events in a few clusters of random width within 30 days, many of them at the same instant. */
const logs = fc
	.array(
		fc.record({
			at: fc.bigInt({ min: 0n, max: 29n * DAY }),
			step: fc.constantFrom(0n, 1n, 5_000n, 1_000_000n, 10_000_000_000n),
			count: fc.integer({ min: 1, max: 120 }),
		}),
		{ maxLength: 6 },
	)
	.map((crowds) =>
		crowds.flatMap(({ at, step, count }, crowd) =>
			Array.from({ length: count }, (_one, index) => ({
				cursor: `c${crowd}-${index}/+=%`,
				timestamp: formatTimestamp(FROM + ((at / TICK) * TICK + step * TICK * BigInt(index))),
			})),
		),
	);

const getMany = {
	resource: 'event',
	operation: 'getAll',
	returnAll: true,
	output: 'raw',
	period: 'custom',
	from: formatTimestamp(FROM),
	to: formatTimestamp(FROM + 30n * DAY),
};

describe('Reading in several windows at once, over HTTP', () => {
	test('returns the events of the log, whatever its shape, the API and the concurrency', async () => {
		await fc.assert(
			fc.asyncProperty(
				logs,
				fc.record({
					emptyPages: fc.constantFrom(0, 0, 1, 2),
					timestampDigits: fc.constantFrom<7 | 3>(7, 3),
					nextStyle: fc.constantFrom<'absolute' | 'relative'>('absolute', 'relative'),
				}),
				fc.integer({ min: 1, max: 16 }),
				fc.constantFrom(1, 7, 40),
				fc.constantFrom('newestFirst', 'oldestFirst'),
				async (events, behaviour, maxConcurrency, pageSize, order) => {
					const api = await startAuditApi({ events: events as AuditEvent[], behaviour });
					try {
						const { items, error } = await runAudit(credentialFor(api), {
							parameters: { ...getMany, options: { maxConcurrency, pageSize, order } },
						});
						expect(error).toBeUndefined();
						const to = FROM + 30n * DAY;
						const stored = api.events
							.filter(({ timestamp }) => timestamp < formatTimestamp(to))
							.map(({ cursor }) => cursor);
						const expected = order === 'newestFirst' ? stored : stored.reverse();
						expect(items.map(({ json }) => json.cursor)).toEqual(expected);
						expect(api.violations).toEqual([]);
					} finally {
						await api.stop();
					}
				},
			),
			{ numRuns: runs(60) },
		);
	});

	test('after a 429, every request waits as long as Signicat asks, and none is lost', async () => {
		const api = await startAuditApi({
			eventCount: 2000,
			span: { from: getMany.from, to: getMany.to },
			behaviour: { latencyMs: 20 },
		});
		try {
			api.fail({ status: 429, retryAfter: '3' }, { on: 'query', skip: 12 });
			const { items, error } = await runAudit(credentialFor(api), {
				parameters: { ...getMany, options: { maxConcurrency: 8, pageSize: 20 } },
			});
			expect(error).toBeUndefined();
			expect(items.map(({ json }) => json.cursor)).toEqual(api.events.map(({ cursor }) => cursor));
			const queries = api.requests.filter(({ operation }) => operation === 'query');
			const refused = queries.findIndex(({ status }) => status === 429);
			const gaps = queries
				.slice(refused)
				.map(({ at }, index, all) => (all[index + 1]?.at ?? at) - at);
			// Requests that were sent before the 429 may still arrive; then none for three seconds.
			const pause = gaps.findIndex((gap) => gap > 1500);
			expect(pause).toBeGreaterThanOrEqual(0);
			expect(pause).toBeLessThan(8);
			expect(gaps.length - pause).toBeGreaterThan(10);
		} finally {
			await api.stop();
		}
	});

	test('events that arrive during the read are not included, because the end of the range is fixed', async () => {
		const now = new Date();
		const api = await startAuditApi({ eventCount: 1500, behaviour: { latencyMs: 30 } });
		try {
			const before = api.events.map(({ cursor }) => cursor);
			const running = runAudit(credentialFor(api), {
				parameters: { ...getMany, period: 'last30Days', options: { pageSize: 50 } },
			});
			for (let count = 0; count < 8; count++) {
				await sleep(15);
				api.append({ timestamp: new Date(now.getTime() + 60_000).toISOString() });
			}
			const { items } = await running;
			expect(items.map(({ json }) => json.cursor)).toEqual(before);
			expect(api.events.length).toBe(before.length + 8);
		} finally {
			await api.stop();
		}
	});
});
