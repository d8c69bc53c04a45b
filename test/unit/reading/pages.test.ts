import { describe, expect, test } from '@jest/globals';
import { UnexpectedResponseError } from '../../../nodes/shared/model/unexpectedResponse';
import { followPages } from '../../../nodes/shared/reading/pages';
import type { FetchPage, Page, PageQuery } from '../../../nodes/shared/model/page';

const QUERY: PageQuery = { window: { from: 0n, to: 1n }, conditions: [], pageSize: 10 };

const event = (cursor: string) => ({ cursor, timestamp: '2026-11-01T00:00:00Z' });

/** Answers with the page that is written down for each `next`; '' stands for the first one. */
function book(pages: Record<string, Page>) {
	const calls: Array<[PageQuery, string | undefined]> = [];
	const fetchPage: FetchPage = async (query, next) => {
		calls.push([query, next]);
		const page = pages[next ?? ''];
		if (!page) throw new Error(`no page ${next}`);
		return page;
	};
	return { fetchPage, calls };
}

async function read(fetchPage: FetchPage): Promise<string[]> {
	const cursors: string[] = [];
	for await (const page of followPages(fetchPage, QUERY)) {
		cursors.push(...page.events.map(({ cursor }) => cursor));
	}
	return cursors;
}

describe('followPages', () => {
	test('follows next to the page that names none, with the same query each time', async () => {
		const { fetchPage, calls } = book({
			'': { events: [event('a')], next: 'second' },
			second: { events: [event('b')], next: 'third' },
			third: { events: [event('c')], next: null },
		});
		expect(await read(fetchPage)).toEqual(['a', 'b', 'c']);
		expect(calls).toEqual([
			[QUERY, undefined],
			[QUERY, 'second'],
			[QUERY, 'third'],
		]);
	});

	test('does not take an empty page for the end', async () => {
		const { fetchPage } = book({
			'': { events: [], next: 'second' },
			second: { events: [], next: 'third' },
			third: { events: [event('a')], next: null },
		});
		expect(await read(fetchPage)).toEqual(['a']);
	});

	test('requests nothing before it is asked, and nothing after it was left', async () => {
		const { fetchPage, calls } = book({
			'': { events: [event('a')], next: 'second' },
			second: { events: [event('b')], next: null },
		});
		const pages = followPages(fetchPage, QUERY);
		expect(calls).toHaveLength(0);
		await pages.next();
		await pages.return(undefined);
		expect(await pages.next()).toEqual({ done: true, value: undefined });
		expect(calls).toHaveLength(1);
	});

	test.each([
		['itself', { '': 'loop', loop: 'loop' }, 2],
		['a page before it', { '': 'a', a: 'b', b: 'c', c: 'a' }, 4],
	])('stops at a page that names %s as the next', async (_what, links, requests) => {
		const { fetchPage, calls } = book(
			Object.fromEntries(Object.entries(links).map(([at, next]) => [at, { events: [], next }])),
		);
		await expect(read(fetchPage)).rejects.toThrow(UnexpectedResponseError);
		expect(calls).toHaveLength(requests);
	});

	test('passes on what the request threw', async () => {
		const fault = new Error('fault');
		await expect(
			read(async () => {
				throw fault;
			}),
		).rejects.toBe(fault);
	});
});

describe('UnexpectedResponseError', () => {
	test('carries what happened and how to get unstuck', () => {
		const error = new UnexpectedResponseError('what happened', 'what to do');
		expect(error).toMatchObject({
			name: 'UnexpectedResponseError',
			message: 'what happened',
			description: 'what to do',
		});
	});
});
