import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Inbox, startInbox } from '../../../dev/receivers/inbox';
import type { Arrival, LocalReceiver } from '../../../dev/receivers/types';

const SCRIPT = '<script>alert(1)</script>';
const QUOTES = `"><img src=x onerror='alert(1)'>`;

const arrivals: Arrival[] = [
	{
		at: '2026-11-30T10:00:00.000Z',
		receiver: 'Slack',
		to: `#${QUOTES}`,
		title: SCRIPT,
		text: `*Bold* ${SCRIPT} <javascript:alert(1)|${QUOTES}> <https://example.com/?a="b|link> \`${SCRIPT}\``,
		format: 'mrkdwn',
		buttons: [
			{ text: SCRIPT, url: 'https://example.com/answer?a=1&b="2"' },
			{ text: 'Unsafe', url: 'javascript:alert(1)' },
		],
	},
	{
		at: '2026-11-30T11:00:00.000Z',
		receiver: 'Email',
		to: 'security@example.com',
		title: SCRIPT,
		text: 'Plain',
		html: `<p>Hello</p>${SCRIPT}`,
		files: [{ name: `../${QUOTES}.csv`, content: Buffer.from('a,b') }],
	},
	{
		at: '2026-11-30T12:00:00.000Z',
		receiver: 'Splunk',
		to: 'index',
		title: '2 events',
		text: JSON.stringify({ event: { message: SCRIPT } }) + JSON.stringify({ event: QUOTES }),
	},
];

describe('The page of what arrived', () => {
	let inbox: Inbox;
	let page: string;

	beforeAll(async () => {
		const receiver = { arrivals } as LocalReceiver;
		inbox = await startInbox([receiver], () => ({
			editorUrl: 'http://localhost:5678',
			email: 'demo@example.com',
			password: '<secret>',
			workflows: [
				{
					name: SCRIPT,
					url: 'http://localhost:5678/workflow/1',
					click: QUOTES,
					appears: SCRIPT,
					receivers: [SCRIPT],
				},
			],
		}));
		page = await (await fetch(inbox.url)).text();
	});

	afterAll(async () => await inbox.stop());

	const stored = async () => {
		const response = await fetch(`${inbox.url}/arrivals.json`);
		return ((await response.json()) as { arrivals: StoredJson[] }).arrivals;
	};

	test('escapes whatever comes from events, wherever it stands', async () => {
		const cards = await Promise.all(
			(await stored()).map(
				async ({ id }) => await (await fetch(`${inbox.url}/cards/${id}`)).text(),
			),
		);
		for (const text of [page, ...cards]) {
			const tags = text.replace(/"[^"]*"/g, '""').match(/<[^>]*>/g) ?? [];
			expect(tags.filter((tag) => /^<img| on\w+=/.test(tag))).toEqual([]);
			expect(text).not.toMatch(/href="(?!https?:|\/)/);
			expect(text).not.toContain(SCRIPT);
		}
		expect(page.match(/<script/g)).toHaveLength(1);
		expect(page).toContain('&lt;secret&gt;');
		expect(cards.join('')).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
	});

	test('formats a Slack message, with its links and those buttons that are safe', async () => {
		expect(page).toContain('<strong>Bold</strong>');
		expect(page).toContain('<code>&lt;script&gt;alert(1)&lt;/script&gt;</code>');
		expect(page).toContain('href="https://example.com/?a=&quot;b"');
		expect(page).toContain('href="https://example.com/answer?a=1&amp;b=&quot;2&quot;"');
		expect(page).not.toContain('>Unsafe<');
	});

	test('runs and loads nothing but its own script and style', async () => {
		const { headers } = await fetch(inbox.url);
		const policy = headers.get('content-security-policy') ?? '';
		expect(policy).toContain("default-src 'none'");
		expect(policy).toContain("script-src 'self'");
		expect(policy).not.toContain('unsafe-inline');
	});

	test('shows an email in a frame without scripts', async () => {
		const [, email] = await stored();
		const response = await fetch(`${inbox.url}/html/${email?.id}`);
		expect(response.headers.get('content-security-policy')).toMatch(
			/^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'/,
		);
		expect(await response.text()).toContain('<p>Hello</p>');
		expect(page).toMatch(/<iframe[^>]+sandbox="allow-popups allow-popups-to-escape-sandbox"/);
	});

	test('offers files for download only', async () => {
		const [, email] = await stored();
		const [file] = email?.files ?? [];
		expect(file).toMatchObject({ size: 3 });
		const response = await fetch(inbox.url + file?.path);
		expect(response.headers.get('content-disposition')).toMatch(
			/^attachment; filename\*=UTF-8''\.\.%2F/,
		);
		expect(response.headers.get('x-content-type-options')).toBe('nosniff');
		expect(await response.text()).toBe('a,b');
	});

	test('lists what arrived, newest first, each with an id of its own that stays', async () => {
		const first = await stored();
		expect(first.map(({ receiver }) => receiver)).toEqual(['Splunk', 'Email', 'Slack']);
		expect(new Set(first.map(({ id }) => id)).size).toBe(3);
		expect((await stored()).map(({ id }) => id)).toEqual(first.map(({ id }) => id));
	});

	test('answers only to its own address', async () => {
		const status = await new Promise<number | undefined>((resolve, reject) => {
			request(inbox.url, { headers: { host: 'example.com' } }, (response) => {
				response.resume();
				resolve(response.statusCode);
			})
				.once('error', reject)
				.end();
		});
		expect(status).toBe(403);
		expect((await fetch(`${inbox.url}/cards/none`)).status).toBe(404);
		expect((await fetch(`${inbox.url}/../inbox.ts`)).status).toBe(404);
	});
});

interface StoredJson {
	id: string;
	receiver: string;
	files: Array<{ name: string; size: number; path: string }>;
}
