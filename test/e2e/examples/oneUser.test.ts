import path from 'node:path';
import { read, utils } from '@e965/xlsx';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ParsedMail } from 'mailparser';
import type { AuditApi } from '../../../dev/audit-api';
import { readExample } from '../../../dev/examples';
import {
	type Editor,
	type Execution,
	openEditor,
	type RunningN8n,
	TEST_OWNER,
	waitFor,
} from '../../../dev/n8n';
import { type MailServer, startMailServer } from '../../../dev/receivers/mail';
import { type LocalSlack, startLocalSlack } from '../../../dev/receivers/slack';
import { createCredential, TestBed } from '../support/testBed';

const DAY_MS = 86_400_000;
const FORM = '/form/signicat-events-of-one-user';

/** n8n's own name for its address, under which it checks who is logged in. */
const addressOf = ({ url }: RunningN8n) => url.replace('127.0.0.1', 'localhost');

describe('events-of-one-user, in a real n8n', () => {
	let bed: TestBed;
	let api: AuditApi;
	let slack: LocalSlack;
	let mail: MailServer;
	let n8n: RunningN8n;
	let editor: Editor;
	let workflowId: string;
	let userId: string;

	beforeAll(async () => {
		bed = await TestBed.open('one-user');
		const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
		api = await bed.startApi({ eventCount: 3000, span: { from: daysAgo(20), to: daysAgo(0) } });
		slack = bed.use(await startLocalSlack(bed.folder));
		mail = bed.use(await startMailServer());
		n8n = await bed.startN8n({ env: slack.env });
		const credentials = [
			await createCredential(n8n, api, 'Signicat'),
			await n8n.createCredential('smtp', mail.credential, 'SMTP'),
			await n8n.createCredential('slackApi', slack.credential, 'Slack'),
		];
		({ id: workflowId } = await n8n.importWorkflow(readExample('events-of-one-user'), credentials));
		await n8n.activate(workflowId);
		userId = api.events.find((event) => event.userId)?.userId ?? '';
		api.append({ userId, message: '=1+1', timestamp: daysAgo(1) });
		editor = await openEditor(n8n, { viewport: { width: 1000, height: 900 } });
		await editor.page
			.context()
			.addCookies([{ name: 'n8n-auth', value: n8n.sessionToken, url: addressOf(n8n) }]);
	});

	afterAll(async () => {
		await editor?.close();
		await bed?.close();
	});

	/** Fills the form in as a person does, and waits for the execution that it starts. */
	async function ask({ user, days }: { user: string; days?: string }): Promise<Execution> {
		const before = await n8n.executions(workflowId);
		const { page } = editor;
		await page.goto(`${addressOf(n8n)}${FORM}`);
		// The first time, n8n asks whether the form may know who is logged in.
		const consent = page.getByRole('button', { name: 'Allow access' });
		await consent.or(page.getByLabel('User ID')).waitFor();
		if (await consent.isVisible()) await consent.click();
		await page.getByLabel('User ID').fill(user);
		const field = page.getByLabel('How many days back');
		expect(await field.inputValue()).toBe('30');
		if (days !== undefined) await field.fill(days);
		const picture = process.env.FORM_SCREENSHOT ?? path.join(bed.folder, 'form.png');
		await editor.screenshot(picture);
		await page.getByRole('button', { name: 'Send the events' }).click();
		await page.getByText('The answer is on its way by email.').waitFor();
		const started = await waitFor(
			async () => {
				const all = await n8n.executions(workflowId);
				return all.length > before.length && all[0];
			},
			{ what: 'the execution of the form' },
		);
		return await n8n.finishedExecution(started.id);
	}

	/** What the mail server received because of `action`. */
	async function mailsOf(action: () => Promise<Execution>) {
		const before = mail.messages.length;
		const execution = await action();
		return { execution, mails: mail.messages.slice(before) };
	}

	test('only somebody who is logged in to n8n sees the form', async () => {
		const response = await fetch(`${n8n.url}${FORM}`, { redirect: 'manual' });
		expect(response.status).toBe(302);
		expect(response.headers.get('location')).toContain('/oauth/authorize?');
		const form = new FormData();
		form.append('field-0', userId);
		const posted = await fetch(`${n8n.url}${FORM}`, { method: 'POST', body: form });
		expect(posted.status).toBe(401);
		expect(await n8n.executions(workflowId)).toEqual([]);
	});

	test('the events of the user arrive as a CSV file', async () => {
		const { execution, mails } = await mailsOf(async () => await ask({ user: ` ${userId} ` }));
		expect(execution.status).toBe('success');
		const expected = api.events.filter((event) => event.userId === userId);
		expect(expected.length).toBeGreaterThan(1);
		const [message] = mails as [ParsedMail];
		expect(mails).toHaveLength(1);
		expect(message.from?.text).toBe('n8n@example.com');
		expect(message.subject).toBe(`Signicat audit log: ${expected.length} events of one user`);
		expect(message.text?.split('\n')).toEqual(
			expect.arrayContaining([
				`User ID: ${userId}`,
				`Events: ${expected.length}, in the attached CSV file`,
				`Requested by: ${TEST_OWNER.email}`,
			]),
		);
		const [file] = message.attachments;
		expect(file?.filename).toBe('signicat-events-of-one-user.csv');
		const rows = csvRows(file?.content);
		expect(rows.map(({ cursor }) => cursor)).toEqual(expected.map(({ cursor }) => cursor));
		expect(new Set(rows.map((row) => row.userId))).toEqual(new Set([userId]));
		expect(rows.map(({ message: text }) => text)).toContain("'=1+1");
	});

	test('only those of the chosen number of days', async () => {
		const before = api.requests.length;
		const { execution, mails } = await mailsOf(async () => await ask({ user: userId, days: '2' }));
		const query = api.requests.slice(before).find(({ operation }) => operation === 'query');
		const { from } = query?.body as { from: string };
		const end = Date.parse(from) + 2 * DAY_MS;
		expect(end).toBeGreaterThanOrEqual(Date.parse(execution.startedAt));
		expect(end).toBeLessThanOrEqual(Date.parse(execution.stoppedAt ?? ''));
		const expected = api.events.filter(
			({ userId: user, timestamp }) => user === userId && Date.parse(timestamp) >= Date.parse(from),
		);
		expect(csvRows(mails[0]?.attachments[0]?.content).map(({ cursor }) => cursor)).toEqual(
			expected.map(({ cursor }) => cursor),
		);
	});

	test('the email says so if there is nothing, whatever was asked for', async () => {
		const asked = '<b>nobody</b> {{ 7 * 7 }}';
		const { execution, mails } = await mailsOf(async () => await ask({ user: asked }));
		expect(execution.status).toBe('success');
		expect(mails).toHaveLength(1);
		expect(mails[0]).toMatchObject({
			subject: 'Signicat audit log: no events of one user',
			attachments: [],
			html: false,
		});
		expect(mails[0]?.text).toContain(`User ID: ${asked}\n`);
		expect(mails[0]?.text).toContain('Events: none.');
	});

	test('if email fails, Slack hears of it, without the user, and the execution fails', async () => {
		mail.isDown = true;
		const execution = await ask({ user: userId }).finally(() => {
			mail.isDown = false;
		});
		expect(execution.status).toBe('error');
		expect(execution.data.resultData.error?.message).toBe(
			'The answer was not sent. A Slack message says so.',
		);
		expect(slack.messages.map(({ channel }) => channel)).toEqual(['#n8n-errors']);
		const [{ text = '' } = {}] = slack.messages;
		expect(text).toContain(`open the execution ${execution.id} in n8n`);
		expect(text).not.toContain(userId);
	});
});

function csvRows(content?: Buffer): Array<Record<string, unknown>> {
	const text = content?.toString().replace(/^\uFEFF/, '') ?? '';
	const { Sheets: sheets, SheetNames: names } = read(text, { type: 'string', raw: true });
	const sheet = sheets[names[0] ?? ''];
	return sheet ? utils.sheet_to_json(sheet) : [];
}
