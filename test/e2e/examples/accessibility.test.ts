import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { readExample } from '../../../dev/examples';
import { type Editor, itemsOf, openEditor } from '../../../dev/n8n';
import { type MailServer, startMailServer } from '../../../dev/receivers/mail';
import { addDays, dateIn, mondayOf } from '../support/calendar';
import { HOSTILE } from '../support/hostileLog';
import { waitPastMidnight } from '../support/realClock';
import { createCredential, TestBed } from '../support/testBed';
import { auditNode, startedByHand } from '../support/workflows';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2, levels A and AA, and what is good practice beside it. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Mail readers in light and dark, and how some of them change the colors of a message. */
const READERS = [
	['light', ''],
	['dark', 'body { background: #121212; color: #e8e8e8 }'],
	['dark', '* { color: #e8e8e8 !important }'],
	['dark', '* { background-color: #121212 !important }'],
] as const;

describe('The HTML of digest and report, as a mail reader shows it', () => {
	let bed: TestBed;
	let mail: MailServer;
	let editor: Editor;
	let page: Page;
	const messages = new Map<string, string>();

	beforeAll(async () => {
		await waitPastMidnight('UTC');
		bed = await TestBed.open('accessibility');
		const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
		const api = await bed.startApi({
			eventCount: 1500,
			span: { from: daysAgo(22), to: daysAgo(0) },
		});
		const lastWeek = addDays(mondayOf(dateIn('UTC', new Date())), -3);
		api.append(
			...HOSTILE.map(([serviceName, eventType]) => ({
				serviceName,
				eventType,
				timestamp: `${lastWeek}T12:00:00Z`,
			})),
		);
		mail = bed.use(await startMailServer());
		const n8n = await bed.startN8n();
		const credentials = [
			await createCredential(n8n, api, 'Signicat'),
			await n8n.createCredential('smtp', mail.credential, 'SMTP'),
		];
		await n8n.runWorkflow(readExample('weekly-email-report'), { credentials });
		messages.set('the weekly report', String(mail.messages[0]?.html));
		const summarize = { resource: 'event', operation: 'summarize', options: { topN: 5 } };
		const digests = await n8n.runWorkflow(
			startedByHand(
				'Digests',
				auditNode('Digest', { ...summarize, period: 'last30Days' }),
				auditNode(
					'Nothing',
					{ ...summarize, period: 'custom', from: '2020-01-01', to: '2020-01-02' },
					{ executeOnce: true },
				),
			),
			{ credentials },
		);
		messages.set('a digest', String(itemsOf(digests, 'Digest')[0]?.html));
		messages.set('a digest without events', String(itemsOf(digests, 'Nothing')[0]?.html));
		editor = await openEditor(n8n, { viewport: { width: 700, height: 900 } });
		({ page } = editor);
	});

	afterAll(async () => {
		await editor?.close();
		await bed?.close();
	});

	/** Opens a message in a page like that of a mail reader, whose language is another one. */
	async function open(name: string, style = ''): Promise<void> {
		const message = messages.get(name) ?? '';
		expect(message).toContain('Signicat audit log');
		await page.setContent(
			`<!doctype html><html lang="nb"><title>Innboks</title><style>${style}</style>` +
				`<body><main>${message}</main></body></html>`,
		);
	}

	async function audit(): Promise<AxeResults> {
		await page.evaluate(AXE);
		const options = JSON.stringify({ runOnly: { type: 'tag', values: TAGS } });
		return (await page.evaluate(`axe.run(document, ${options})`)) as AxeResults;
	}

	/** Each rule that is violated, with the elements. */
	const findings = ({ violations }: AxeResults) =>
		violations.map(({ id, help, nodes }) => ({ id, help, html: nodes.map(({ html }) => html) }));

	test('these tests notice what is wrong with a message', async () => {
		messages.set(
			'a bad one',
			'<h1>Signicat audit log</h1><p style="color:#ccc">pale</p><img src="x:y">',
		);
		await open('a bad one');
		expect(findings(await audit()).map(({ id }) => id)).toEqual(
			expect.arrayContaining(['color-contrast', 'image-alt']),
		);
	});

	describe.each(['the weekly report', 'a digest', 'a digest without events'])('%s', (name) => {
		test.each(READERS)('axe finds nothing in a %s mail reader with %j', async (scheme, style) => {
			await page.emulateMedia({ colorScheme: scheme });
			await open(name, style);
			const results = await audit();
			expect(findings(results)).toEqual([]);
			const checked = results.passes.map(({ id }) => id);
			expect(checked).toEqual(expect.arrayContaining(['color-contrast', 'page-has-heading-one']));
			await page.screenshot({
				path: path.join(process.env.MAIL_SCREENSHOTS ?? bed.folder, `${name}-${scheme}.png`),
				fullPage: true,
			});
			await page.emulateMedia({ colorScheme: null });
		});

		test('a screen reader hears its language, a heading, and the names of columns and rows', async () => {
			await open(name);
			await expect(page.locator('[lang=en]').count()).resolves.toBe(1);
			const headings = await page.getByRole('heading').allInnerTexts();
			expect(headings).toEqual([expect.stringMatching(/^Signicat audit log: /)]);
			const tables = page.getByRole('table');
			expect(await tables.count()).toBe(name.includes('without') ? 0 : 1);
			if (name.includes('without')) return;
			const heads = await page.getByRole('columnheader').allInnerTexts();
			expect(heads.slice(0, 3)).toEqual(['Service Name', 'Event Type', 'Events']);
			expect(await page.getByRole('row').count()).toBeGreaterThan(5);
			const [first] = await page
				.getByRole('row')
				.filter({ has: page.locator('td') })
				.all();
			expect(await first?.getByRole('rowheader').count()).toBe(2);
		});
	});
});
