import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import type { Page } from 'playwright-core';
import type { AuditApi } from '../../../dev/audit-api';
import {
	type Editor,
	type Execution,
	itemsOf,
	openEditor,
	type RunningN8n,
} from '../../../dev/n8n';
import { EMPTY_RANGE, HOSTILE, RANGE, startHostileApi } from '../support/hostileLog';
import { createCredential, TestBed } from '../support/testBed';
import { auditNode, startedByHand } from '../support/workflows';

const summarizing = (name: string, parameters: INodeParameters): INode => {
	const range = { resource: 'event', operation: 'summarize', period: 'custom', ...RANGE };
	return auditNode(name, { ...range, ...parameters }, { executeOnce: true });
};

/** The middle of RANGE, so that the period before is its first half. */
const COMPARED_FROM = '2026-10-16T00:00:00Z';

/** Run in a page: the contrast of each text with its background, as WCAG defines it. */
const CONTRASTS = `(() => {
	const parts = (color) => color.match(/[\\d.]+/g).map(Number);
	const luminance = (color) => {
		const [red, green, blue] = parts(color).slice(0, 3)
			.map((part) => part / 255)
			.map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4));
		return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
	};
	const behind = (element) => {
		const color = element ? getComputedStyle(element).backgroundColor : 'rgb(255, 255, 255)';
		return parts(color)[3] === 0 ? behind(element.parentElement) : color;
	};
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	const contrasts = [];
	while (walker.nextNode()) {
		if (walker.currentNode.data.trim() === '') continue;
		const element = walker.currentNode.parentElement;
		const both = [luminance(getComputedStyle(element).color), luminance(behind(element))];
		contrasts.push((Math.max(...both) + 0.05) / (Math.min(...both) + 0.05));
	}
	return contrasts;
})()`;

describe('The digest of Summarize, in a real n8n', () => {
	let bed: TestBed;
	let api: AuditApi;
	let n8n: RunningN8n;
	let execution: Execution;

	beforeAll(async () => {
		bed = await TestBed.open('digest');
		({ api } = await startHostileApi(bed));
		n8n = await bed.startN8n();
		const workflow = startedByHand(
			'Digests',
			summarizing('Summarize', { options: { topN: 1000 } }),
			summarizing('Summarize nothing', EMPTY_RANGE),
			summarizing('Summarize compared', {
				from: COMPARED_FROM,
				options: { topN: 1000, compareWith: 'previousPeriod' },
			}),
		);
		const credentials = [await createCredential(n8n, api)];
		execution = await n8n.runWorkflow(workflow, { credentials });
		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(execution.status).toBe('success');
	});

	afterAll(async () => await bed?.close());

	interface Group {
		serviceName: string | null;
		eventType: string | null;
		count: number;
		firstAt: string;
		lastAt: string;
	}

	interface ComparedGroup extends Group {
		previousCount: number;
		change: number;
		changePercent: number | null;
		isNew: boolean;
		isEnded: boolean;
	}

	/** Counted from the stored events, whose timestamps sort as text. */
	function counted(): Group[] {
		const groups = new Map<string, Group>();
		for (const { serviceName = null, eventType = null, timestamp } of api.events) {
			const id = JSON.stringify([serviceName, eventType]);
			const group = groups.get(id) ?? {
				serviceName,
				eventType,
				count: 0,
				firstAt: timestamp,
				lastAt: timestamp,
			};
			group.count++;
			if (timestamp < group.firstAt) group.firstAt = timestamp;
			if (timestamp > group.lastAt) group.lastAt = timestamp;
			groups.set(id, group);
		}
		return [...groups.values()];
	}

	const byId = (groups: Group[]) =>
		new Map(groups.map((it) => [JSON.stringify([it.serviceName, it.eventType]), it]));

	const summaryOf = (nodeName: string) =>
		itemsOf(execution, nodeName)[0] as IDataObject & { groups: Group[]; html: string };

	test('the counts are those of an independent count', () => {
		const summary = summaryOf('Summarize');
		expect(summary.total).toBe(api.events.length);
		expect(byId(summary.groups)).toEqual(byId(counted()));
		expect(summary.groups).toHaveLength(counted().length);
		const counts = summary.groups.map(({ count }) => count);
		expect(counts).toEqual([...counts].sort((a, b) => b - a));
	});

	test('a comparison has the counts of both halves of the range', () => {
		const summary = summaryOf('Summarize compared');
		const isNow = ({ timestamp }: { timestamp: string }) => timestamp >= COMPARED_FROM;
		const now = api.events.filter(isNow).length;
		expect(summary).toMatchObject({
			total: now,
			previousTotal: api.events.length - now,
			previousFrom: '2026-10-01T00:00:00.0000000Z',
			previousTo: '2026-10-16T00:00:00.0000000Z',
		});
		const groups = summary.groups as ComparedGroup[];
		expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(now);
		expect(groups.reduce((sum, { previousCount }) => sum + previousCount, 0)).toBe(
			api.events.length - now,
		);
		// The hostile names are from the first half.
		const ended = groups.filter(({ isEnded }) => isEnded);
		expect(ended.map(({ serviceName, eventType }) => [serviceName, eventType])).toEqual(
			expect.arrayContaining(HOSTILE.map((names) => [...names])),
		);
	});

	describe('its HTML in a browser, at the width of a mail', () => {
		const MAIL_WIDTH = 600;
		let editor: Editor;
		let page: Page;
		const dialogs: string[] = [];
		const requests: string[] = [];

		beforeAll(async () => {
			editor = await openEditor(n8n, {
				viewport: { width: MAIL_WIDTH, height: 900 },
				scale: 2,
			});
			page = editor.page;
			page.on('dialog', (dialog) => {
				dialogs.push(dialog.message());
				void dialog.dismiss();
			});
			page.on('request', (request) => requests.push(request.url()));
		});
		afterAll(async () => await editor?.close());

		const show = async (html: string) =>
			await page.setContent(`<!doctype html><body style="margin:0">${html}</body>`, {
				waitUntil: 'networkidle',
			});

		/** The cells as a reader sees them, row by row, without the headings. */
		const rows = async (): Promise<string[][]> => {
			const lines = await page.locator('tr', { has: page.locator('td') }).all();
			return await Promise.all(
				lines.map(async (line) => await line.locator('td, th').allInnerTexts()),
			);
		};

		test('these tests notice a page that runs scripts', async () => {
			await show('<img src="x:y" onerror="alert(1)"><script>alert(2)</script>');
			expect(dialogs.sort()).toEqual(['1', '2']);
			dialogs.length = 0;
			requests.length = 0;
		});

		test('every group is a row with its names exactly as in the log, and none of them runs', async () => {
			const { html, groups } = summaryOf('Summarize');
			await show(html);
			const minute = (timestamp: string) => timestamp.slice(0, 16).replace('T', ' ');
			const expected = groups.map(({ serviceName, eventType, count, firstAt, lastAt }) => [
				serviceName ?? '(none)',
				eventType ?? '(none)',
				count.toLocaleString('en-US'),
				[...new Set([minute(firstAt), minute(lastAt)])].join(' – '),
			]);
			const shown = await rows();
			expect(shown).toEqual(expected);
			for (const names of HOSTILE) {
				expect(shown).toContainEqual([...names, '1', expect.any(String)]);
			}
			expect(await page.locator('table').count()).toBe(1);
			expect(await page.locator('h1').count()).toBe(1);
			expect(await page.locator('script, img, svg, b, a, iframe, link').count()).toBe(0);
			expect(dialogs).toEqual([]);
			expect(requests).toEqual([]);
		});

		test('a comparison is a row for every group, with what was before and the change', async () => {
			const summary = summaryOf('Summarize compared');
			await show(summary.html);
			const minute = (timestamp: string | null) => timestamp?.slice(0, 16).replace('T', ' ') ?? '';
			const signed = (number: number) =>
				`${number > 0 ? '+' : '−'}${Math.abs(number).toLocaleString('en-US')}`;
			const expected = (summary.groups as ComparedGroup[]).map((group) => [
				group.serviceName ?? '(none)',
				group.eventType ?? '(none)',
				group.count.toLocaleString('en-US'),
				group.previousCount.toLocaleString('en-US'),
				group.isNew
					? '▲ new'
					: group.isEnded
						? '▼ ended'
						: group.change === 0
							? '= unchanged'
							: `${group.change > 0 ? '▲' : '▼'} ${signed(group.change)}${group.changePercent ? ` (${signed(group.changePercent)}%)` : ''}`,
				[...new Set([minute(group.firstAt), minute(group.lastAt)])].join(' – '),
			]);
			const shown = await rows();
			expect(shown.map((cells) => cells.map((cell) => cell.replace(/\s*\n\s*/g, ' ')))).toEqual(
				expected,
			);
			expect(await page.locator('th').allInnerTexts()).toEqual(
				expect.arrayContaining(['Events', 'Before', 'Change']),
			);
			expect(dialogs).toEqual([]);
			expect(requests).toEqual([]);
		});

		test('it states how many events there are, and in which period', async () => {
			await show(summaryOf('Summarize').html);
			const total = api.events.length.toLocaleString('en-US');
			const text = await page.locator('body').innerText();
			expect(text).toContain(`Signicat audit log: ${total} events`);
			expect(text).toContain('2026-10-01 00:00 – 2026-10-31 00:00 (UTC)');
		});

		test.each(['Summarize', 'Summarize compared'])(
			'the table is visible and no wider than the mail: %s',
			async (nodeName) => {
				await show(summaryOf(nodeName).html);
				expect(await page.locator('table').isVisible()).toBe(true);
				const box = await page.locator('table').boundingBox();
				expect(box?.height).toBeGreaterThan(200);
				expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(MAIL_WIDTH);
				const overflow = 'document.documentElement.scrollWidth';
				expect(await page.evaluate(overflow)).toBeLessThanOrEqual(MAIL_WIDTH);
				await page.screenshot({
					path:
						nodeName === 'Summarize compared'
							? path.join(bed.folder, 'comparison.png')
							: (process.env.SUMMARY_SCREENSHOT ?? path.join(bed.folder, 'summary.png')),
					fullPage: true,
				});
			},
		);

		test.each([
			['light', ''],
			['dark', 'body { background: #121212; color: #e8e8e8 }'],
			['dark', '* { color: #e8e8e8 !important }'],
			['dark', '* { background-color: #121212 !important }'],
			['dark', '* { background: #121212 !important; color: #e8e8e8 !important }'],
		] as const)('every text is readable in a %s mail reader with %j', async (scheme, style) => {
			await page.emulateMedia({ colorScheme: scheme });
			for (const nodeName of ['Summarize', 'Summarize compared']) {
				const { html } = summaryOf(nodeName);
				await page.setContent(`<!doctype html><style>${style}</style><body>${html}</body>`);
				const contrasts = (await page.evaluate(CONTRASTS)) as number[];
				expect(contrasts.length).toBeGreaterThan(20);
				expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5);
			}
			await page.emulateMedia({ colorScheme: null });
		});

		test('for a range without events it says so, without a table', async () => {
			const summary = summaryOf('Summarize nothing');
			expect(summary).toMatchObject({ total: 0, groups: [] });
			expect(summary.text).toContain('No events');
			expect(summary.slack).toContain('No events');
			await show(summary.html);
			expect(await page.locator('body').innerText()).toContain('No events');
			expect(await page.locator('table').count()).toBe(0);
		});
	});
});
