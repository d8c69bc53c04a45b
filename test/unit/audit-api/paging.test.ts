import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { present } from '../../support/present';
import {
	type AuditApi,
	type AuditEvent,
	type QueryCondition,
	startAuditApi,
} from '../../../dev/audit-api';
import { runs } from '../../support/seed';
import { Client, cursorsOf } from './client';

const now = () => new Date('2026-11-20T12:00:00.000Z');
const span = { from: '2026-11-01T00:00:00Z', to: '2026-11-11T00:00:00Z' };

let api: AuditApi;
let client: Client;

beforeAll(async () => {
	api = await startAuditApi({ eventCount: 300, span, now });
	client = await Client.connect(api);
});

afterEach(() => {
	api.reset();
	expect(api.violations).toEqual([]);
});

afterAll(async () => await api.stop());

/** Conditions, and the same said in code. */
const filters: Array<[QueryCondition[] | null, (event: AuditEvent) => boolean]> = [
	[null, () => true],
	[[{ field: 'serviceName', operator: 'eq', value: 'Broker' }], (e) => e.serviceName === 'Broker'],
	[[{ field: 'Idp', operator: 'eq', value: 'nbid' }], (e) => e.indexedData?.Idp === 'nbid'],
	[[{ field: 'userId', operator: 'eq', value: 'nobody' }], () => false],
	[
		[
			{ field: 'serviceName', operator: 'ne', value: 'Broker' },
			{ field: 'sandbox', operator: 'eq', value: true },
		],
		(e) => e.serviceName !== 'Broker' && e.sandbox === true,
	],
];

describe('following next', () => {
	test('gives exactly the stored events of the range, whatever the limit, the empty pages and the filter', async () => {
		const instant = fc.nat({ max: 300 });
		const options = fc.record({
			limit: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(299, 300, 301, 1000)),
			emptyPages: fc.integer({ min: 0, max: 3 }),
			filter: fc.constantFrom(...filters),
			edges: fc.tuple(instant, instant),
			nextStyle: fc.constantFrom('absolute', 'relative'),
		});
		// Every event has a timestamp of the same form, so these edges can be compared as text.
		const stamps = [span.to.replace('Z', '.0000000Z'), ...api.events.map((one) => one.timestamp)];

		await fc.assert(
			fc.asyncProperty(options, async ({ limit, emptyPages, filter, edges, nextStyle }) => {
				api.configure({ emptyPages, nextStyle: nextStyle as 'absolute' | 'relative' });
				const [newer, older] = edges.sort((a, b) => a - b);
				const to = present(stamps[newer]);
				const from = present(stamps[older]);
				const [and, matches] = filter;
				const pages = await client.pages({ and, from, to }, limit);

				const expected = api.events.filter(
					(event) => event.timestamp >= from && event.timestamp < to && matches(event),
				);
				expect(cursorsOf(pages.flat())).toEqual(cursorsOf(expected));
				expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(limit);
			}),
			{ numRuns: runs(60) },
		);
	});

	test('meets empty pages before each page with events, and at times at the end', async () => {
		api.configure({ emptyPages: 2 });
		const endings = new Set<number>();
		for (const limit of [100, 101, 102, 103, 104, 105, 106]) {
			const sizes = (await client.pages({ from: span.from, to: span.to }, limit)).map(
				(page) => page.length,
			);
			expect(sizes.slice(0, 3)).toEqual([0, 0, limit]);
			endings.add(present(sizes.at(-1)));
		}
		for (const { cursor } of api.events.slice(0, 10)) {
			const { length } = await client.pages(
				{ and: [{ field: 'cursor', operator: 'eq', value: cursor }] },
				9,
			);
			endings.add(length);
		}

		// Either three pages, or three and more empty ones.
		expect(endings.has(3)).toBe(true);
		expect([...endings].some((length) => length > 3 && length < 9)).toBe(true);
	});

	test('is not disturbed by events that arrive in the meantime', async () => {
		const range = { from: '2026-11-12T00:00:00Z', to: '2026-11-13T00:00:00Z' };
		const at = (hour: number) => ({ timestamp: `2026-11-12T0${hour}:00:00.0000000Z` });
		const [early, late] = api.append(at(1), at(3));
		const first = await client.query(range, '?limit=1');
		const [between] = api.append(at(2));
		api.append(at(4));
		const second = await client.post(String(first.body.next), range);
		const third = await client.post(String(second.body.next), range);

		const seen = [first, second, third].flatMap(({ body }) => cursorsOf(body.data));
		expect(seen).toEqual(cursorsOf([late, between, early].map(present)));
		expect(third.body.next).toBeNull();
	});

	test('needs the same body, unless the API does not mind', async () => {
		const { body } = await client.query({ from: span.from, to: span.to }, '?limit=1');
		const other = { from: span.from, to: '2026-11-10T00:00:00Z' };

		const refused = await client.post<unknown>(String(body.next), other);
		expect(refused.status).toBe(400);
		expect(refused.body).toMatchObject({ invalidParams: [{ name: 'cursor' }] });

		api.configure({ cursorNeedsSameBody: false });
		expect((await client.post(String(body.next), other)).status).toBe(200);
	});

	test('needs the cursor as it came', async () => {
		const { body } = await client.query({}, '?limit=1');
		const cursor = new URL(String(body.next)).searchParams.get('cursor') ?? '';
		const status = async (text: string) => (await client.query({}, `?cursor=${text}`)).status;

		expect(cursor).toMatch(/\/.*\+.*%.*/);
		expect(await status(encodeURIComponent(cursor))).toBe(200);
		expect(await status(cursor)).toBe(400);
		expect(await status(encodeURIComponent(encodeURIComponent(cursor)))).toBe(400);
		expect(await status('madeUp')).toBe(400);
	});

	test('can lead to another origin, where a token that is sent there is seen', async () => {
		api.configure({ nextStyle: 'otherOrigin' });
		const { body } = await client.query({}, '?limit=1');
		const next = new URL(String(body.next));

		expect(next.origin).toBe(api.baseUrl.replace('127.0.0.1', 'localhost'));
	});

	test('can lead in a circle', async () => {
		api.configure({ nextStyle: 'repeating' });
		const range = { from: span.from, to: span.to };
		const first = await client.query(range, '?limit=1');
		const second = await client.post(String(first.body.next), range);
		const third = await client.post(String(second.body.next), range);

		expect(second.body.next).toBe(first.body.next);
		expect(third.body).toEqual(second.body);
	});
});
