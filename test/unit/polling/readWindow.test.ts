import { describe, expect, test } from '@jest/globals';
import { PollMemory } from '../../../nodes/SignicatAuditTrigger/polling/pollMemory';
import type { PollSettings } from '../../../nodes/SignicatAuditTrigger/polling/pollSettings';
import { readWindow } from '../../../nodes/SignicatAuditTrigger/polling/readWindow';
import { ServerClock } from '../../../nodes/SignicatAuditTrigger/polling/serverClock';
import { WindowSizer } from '../../../nodes/SignicatAuditTrigger/polling/windowSizer';
import { keyOf } from '../../../nodes/SignicatAuditTrigger/state/eventKey';
import { EventSet } from '../../../nodes/SignicatAuditTrigger/state/eventSet';
import type { AuditEvent } from '../../../nodes/shared/model/event';
import {
	formatTimestamp,
	fromMilliseconds,
	type Instant,
	MILLISECOND,
	MINUTE,
	SECOND,
	toMilliseconds,
} from '../../../nodes/shared/model/instant';
import type { FetchPage } from '../../../nodes/shared/model/page';
import { PageSize } from '../../../nodes/shared/model/pageSize';
import { pollSettings } from '../support/polls';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);
const WINDOW = { from: NOW - MINUTE, to: NOW };

const eventAt = (cursor: string, at?: Instant): AuditEvent => ({
	cursor,
	timestamp: at === undefined ? 'soon' : formatTimestamp(at),
});

interface Given {
	settings?: Partial<PollSettings>;
	emitted?: Array<[cursor: string, at: Instant]>;
	/** Where no window of more than a few events is wanted. */
	budget?: number;
	window?: typeof WINDOW;
}

/** Reads the window from these pages, newest event first. */
async function read(
	pages: AuditEvent[][],
	{ settings = {}, emitted = [], budget = 5000, window = WINDOW }: Given = {},
) {
	let requests = 0;
	const sizes: number[] = [];
	const fetchPage: FetchPage = async ({ pageSize }, next) => {
		requests++;
		sizes.push(pageSize);
		const page = Number(next ?? 0);
		return { events: pages[page] ?? [], next: page + 1 < pages.length ? String(page + 1) : null };
	};
	const clock = new ServerClock(() => NOW_MS, { watermark: NOW, polledAtMs: NOW_MS - 60_000 });
	const keys = emitted.map(([cursor, at]) => ({
		ms: toMilliseconds(at),
		hash: keyOf(eventAt(cursor, at), at).hash,
	}));
	const reading = await readWindow(fetchPage, window, {
		settings: pollSettings(() => NOW_MS, {
			allowedLateness: 0n,
			deadlineMs: NOW_MS + 30_000,
			...settings,
		}),
		clock,
		budget,
		memory: new PollMemory({ emitted: EventSet.of(keys), undated: new Map() }),
		sizer: new WindowSizer(5000, MINUTE),
		signal: new AbortController().signal,
	});
	const cursors = reading.events.map(({ event }) => event.cursor);
	return { ...reading, cursors, clock, requests, sizes };
}

describe('the events of a window', () => {
	test('are oldest first, with how many there were and the oldest time', async () => {
		const found = await read([
			[eventAt('d', NOW - SECOND), eventAt('c', NOW - 2n * SECOND)],
			[eventAt('a', NOW - 4n * SECOND), eventAt('b', NOW - 3n * SECOND)],
		]);
		expect(found.cursors).toEqual(['a', 'b', 'c', 'd']);
		expect(found).toMatchObject({ read: 4, oldest: NOW - 4n * SECOND, complete: true });
		// The newest one shows that its time has come.
		expect(found.clock.surelyPast).toBe(NOW - SECOND);
	});

	test('keep their order where they share a time', async () => {
		const at = NOW - 2n * SECOND;
		const { cursors } = await read([
			[eventAt('d', at), eventAt('e', NOW - SECOND), eventAt('c', at), eventAt('b', at)],
		]);
		expect(cursors).toEqual(['b', 'c', 'd', 'e']);
	});

	test('are none of those that are older than the window by more than a second', async () => {
		const first = WINDOW.from - SECOND;
		const found = await read([[eventAt('a', first), eventAt('b', first - 1n)]]);
		expect(found.cursors).toEqual(['a']);
		expect(found).toMatchObject({ read: 2, oldest: WINDOW.from });
	});

	test('have no time of their own from the end of the window on', async () => {
		const found = await read([[eventAt('c', NOW), eventAt('b'), eventAt('a', NOW - 1n)]]);
		expect(found.events.map(({ isDated }) => isDated)).toEqual([true, false, false]);
		expect(found.oldest).toBe(NOW - 1n);
		expect((await read([[eventAt('a', NOW), eventAt('b')]])).oldest).toBe(NOW);
	});

	test('are none that were emitted, that came twice, that do not match, or that do not count', async () => {
		const at = NOW - SECOND;
		const events = ['a', 'b', 'c', 'd'].map((cursor) => ({
			...eventAt(cursor, at),
			serviceName: cursor === 'c' ? 'other' : 'Broker',
		}));
		const found = await read([[...events, ...events]], {
			emitted: [['a', at]],
			settings: {
				conditions: [{ field: 'serviceName', operator: 'eq', value: 'Broker' }],
				applyFiltersIn: 'n8n',
				counts: ({ cursor }) => cursor !== 'b',
			},
		});
		expect(found.cursors).toEqual(['d']);
		expect(found.read).toBe(4);
	});

	test('are read in pages of the size that was found to work', async () => {
		const settings = { pages: { size: new PageSize() } };
		settings.pages.size.reduce(1000);
		const { sizes } = await read([[]], { settings });
		expect(sizes).toEqual([500]);
	});
});

describe('a window that is not read to its end', () => {
	const many = [
		Array.from({ length: 1000 }, (_, i) => eventAt(`${i}`, NOW - BigInt(i + 1) * MILLISECOND)),
		[eventAt('last', NOW - 30n * SECOND)],
	];

	test('holds far more events than the poll still takes', async () => {
		const { requests, ...found } = await read(many, { budget: 1 });
		expect(found).toMatchObject({
			events: [],
			read: 1000,
			oldest: NOW - SECOND,
			complete: false,
		});
		expect(requests).toBe(1);
		expect((await read(many.slice(0, 1), { budget: 1 })).complete).toBe(true);
	});

	test('takes longer than the poll may', async () => {
		const small = [[eventAt('b', NOW - SECOND)], [eventAt('a', NOW - 2n * SECOND)]];
		const settings = { deadlineMs: NOW_MS };
		expect(await read(small, { settings })).toMatchObject({ events: [], complete: false });
		// It is not asked for again where that was the last page, or none can be shorter.
		expect(await read(small.slice(0, 1), { settings })).toMatchObject({ complete: true });
		const window = { from: NOW - 2n * MILLISECOND, to: NOW };
		expect(await read(small, { settings, window })).toMatchObject({ complete: true });
	});
});
