import { read, utils } from '@e965/xlsx';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ParsedMail } from 'mailparser';
import type { AuditApi, AuditEvent } from '../../../dev/audit-api';
import { readExample } from '../../../dev/examples';
import { itemsOf, type RunningN8n, type StoredCredential } from '../../../dev/n8n';
import { type MailServer, startMailServer } from '../../../dev/receivers/mail';
import { type LocalSlack, startLocalSlack } from '../../../dev/receivers/slack';
import { addDays, countsOf, dateIn, eventsOfDays, mondayOf } from '../support/calendar';
import { runOnceBySchedule } from '../support/exampleWorkflows';
import { waitPastMidnight } from '../support/realClock';
import { createCredential, TestBed } from '../support/testBed';

/** A day begins here when it does not in UTC, and its clocks change. */
const timeZone = 'Europe/Oslo';

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

/** What somebody could have logged to attack those who read the report. */
const FORMULA = '=HYPERLINK("https://example.com")';
const MARKUP = '<b>&amp;</b> <!channel>';

describe('The reports, in a real n8n', () => {
	let bed: TestBed;
	let api: AuditApi;
	let slack: LocalSlack;
	let mail: MailServer;
	let n8n: RunningN8n;
	let credentials: StoredCredential[];
	let quietCredentials: StoredCredential[];

	beforeAll(async () => {
		await waitPastMidnight(timeZone);
		bed = await TestBed.open('reports');
		api = await bed.startApi({ eventCount: 9000, span: { from: daysAgo(24), to: daysAgo(0) } });
		const monday = mondayOf(dateIn(timeZone, new Date()));
		api.append(
			{ serviceName: FORMULA, eventType: MARKUP, timestamp: `${addDays(monday, -3)}T12:00:00Z` },
			{ serviceName: 'Gone', eventType: 'ended', timestamp: `${addDays(monday, -9)}T12:00:00Z` },
			...Array.from({ length: 3 }, () => ({ eventType: MARKUP, timestamp: yesterdayNoon() })),
		);
		const quiet = await bed.startApi({
			eventCount: 50,
			span: { from: daysAgo(60), to: daysAgo(50) },
		});
		slack = bed.use(await startLocalSlack(bed.folder));
		mail = bed.use(await startMailServer());
		n8n = await bed.startN8n({ env: { ...slack.env, GENERIC_TIMEZONE: timeZone } });
		const receivers = [
			await n8n.createCredential('smtp', mail.credential, 'SMTP'),
			await n8n.createCredential('slackApi', slack.credential, 'Slack'),
		];
		credentials = [await createCredential(n8n, api, 'Signicat'), ...receivers];
		quietCredentials = [await createCredential(n8n, quiet, 'Quiet'), ...receivers];
	});

	afterAll(async () => await bed?.close());

	const yesterdayNoon = () => `${addDays(dateIn(timeZone, new Date()), -1)}T12:00:00Z`;

	const scheduled = async (name: string) => {
		const execution = await runOnceBySchedule(n8n, readExample(name), credentials);
		expect(execution.data.resultData.error?.message).toBeUndefined();
		return execution;
	};

	/** What `action` made Slack and the mail server receive. */
	async function received<Result>(action: () => Promise<Result>) {
		const before = { messages: slack.messages.length, mails: mail.messages.length };
		const result = await action();
		return {
			result,
			messages: slack.messages.slice(before.messages),
			mails: mail.messages.slice(before.mails),
		};
	}

	const run = async (name: string, used = credentials) =>
		await received(async () => await n8n.runWorkflow(readExample(name), { credentials: used }));

	describe('daily-slack-digest', () => {
		test('posts how many events of each type happened yesterday', async () => {
			const { result, messages, mails } = await received(
				async () => await scheduled('daily-slack-digest'),
			);
			const today = dateIn(timeZone, result.startedAt);
			const events = eventsOfDays(api.events, { from: addDays(today, -1), to: today, timeZone });
			expect(events.length).toBeGreaterThan(200);
			expect(mails).toEqual([]);
			expect(messages.map(({ channel }) => channel)).toEqual(['#audit']);
			const text = messages[0]?.text ?? '';
			expect(text).toContain(
				`*Signicat audit log: ${events.length.toLocaleString('en-US')} events*`,
			);
			const lines = [...text.matchAll(/^• (.+) · (.+): \*([\d,]+)\*/gm)];
			const shown = new Map(
				lines.map(([, service, type, count]) => [
					JSON.stringify([plain(service), plain(type)]),
					Number(count?.replaceAll(',', '')),
				]),
			);
			expect(shown.size).toBeGreaterThan(5);
			const counts = countsOf(events);
			expect([...shown]).toEqual([...shown.keys()].map((key) => [key, counts.get(key)]));
			const largest = [...counts.values()].sort((a, b) => b - a).slice(0, shown.size);
			expect([...shown.values()]).toEqual(largest);
		});

		test('posts on a quiet day that nothing happened', async () => {
			const { result, messages } = await run('daily-slack-digest', quietCredentials);
			expect(result.status).toBe('success');
			expect(messages).toHaveLength(1);
			expect(messages[0]?.text).toMatch(/^\*Signicat audit log: No events\*/);
		});

		test('says by email that Slack failed, without anything from an event, and fails', async () => {
			slack.isDown = true;
			const { result, messages, mails } = await run('daily-slack-digest').finally(() => {
				slack.isDown = false;
			});
			expect(messages).toEqual([]);
			expect(mails.map(addresses)).toEqual([
				{ from: 'n8n@example.com', to: 'security@example.com' },
			]);
			expect(mails[0]?.subject).toBe('The Signicat digest was not posted to Slack');
			expect(mails[0]?.text).toContain(`its execution ${result.id} in n8n`);
			expectNoEvents(mails[0]?.text, api.events);
			expect(result.status).toBe('error');
			expect(result.data.resultData.error?.message).toBe(
				'The digest was not posted to Slack. An email says so.',
			);
		});
	});

	describe('weekly-email-report', () => {
		/** The weeks that are compared, counted without the package. */
		function weeks() {
			const monday = mondayOf(dateIn(timeZone, new Date()));
			const week = (from: string) =>
				eventsOfDays(api.events, { from, to: addDays(from, 7), timeZone });
			return {
				from: addDays(monday, -7),
				last: week(addDays(monday, -7)),
				before: week(addDays(monday, -14)),
			};
		}

		/** Each group of both weeks: its names, the count, the count before, the change. */
		function expectedRows(): Array<[string, string, number, number, number]> {
			const { last, before } = weeks();
			const [now, then] = [countsOf(last), countsOf(before)];
			return [...new Set([...now.keys(), ...then.keys()])].map((key) => {
				const [service, type] = JSON.parse(key) as [string, string];
				const [count, previous] = [now.get(key) ?? 0, then.get(key) ?? 0];
				return [service, type, count, previous, count - previous];
			});
		}

		const sorted = (rows: unknown[][]) => rows.map((row) => JSON.stringify(row)).sort();

		test('sends the table as HTML and as text, with the same figures in the CSV file', async () => {
			const { result, messages, mails } = await received(
				async () => await scheduled('weekly-email-report'),
			);
			const { from, last, before } = weeks();
			expect(messages).toEqual([]);
			const [message] = mails as [ParsedMail];
			expect(mails.map(addresses)).toEqual([
				{ from: 'n8n@example.com', to: 'security@example.com' },
			]);
			expect(message.subject).toBe(`Signicat audit log, week of ${from}: ${last.length} events`);
			const total = last.length.toLocaleString('en-US');
			expect(message.text).toContain(`Signicat audit log: ${total} events`);
			expect(itemsOf(result, 'Compare the weeks')).toEqual([
				expect.objectContaining({ total: last.length, previousTotal: before.length }),
			]);

			const html = tableIn(String(message.html));
			const groups = expectedRows();
			expect(html.heads).toEqual([
				'Service Name',
				'Event Type',
				'Events',
				'Before',
				'Change',
				'First – Last',
			]);
			const shown = html.rows.map(([service, type, count, previous, change]) => [
				service,
				type,
				numberIn(count),
				numberIn(previous),
				changeIn(String(change), numberIn(count), numberIn(previous)),
			]);
			expect(sorted(shown)).toEqual(sorted(groups));

			const [file, ...others] = message.attachments;
			expect(others).toEqual([]);
			expect(file).toMatchObject({
				filename: `signicat-audit-log_week-of-${from}.csv`,
				contentType: 'text/csv',
				contentDisposition: 'attachment',
			});
			const csv = file?.content.toString() ?? '';
			const [heads, ...rows] = sheetRows(csv);
			expect(heads).toEqual(['Service Name', 'Event Type', 'Events', 'Before', 'Change']);
			expect(sorted(rows)).toEqual(
				sorted(groups.map(([service, ...cells]) => [service.replace(/^=/, "'="), ...cells])),
			);
			expect(csv).toContain(`'=HYPERLINK`);
			expect(rows).toContainEqual(['Gone', 'ended', 0, 1, -1]);
		});

		test('sends a report about a week in which nothing happened', async () => {
			const { result, mails } = await run('weekly-email-report', quietCredentials);
			expect(result.status).toBe('success');
			expect(mails).toHaveLength(1);
			expect(mails[0]?.subject).toMatch(/: 0 events$/);
			expect(mails[0]?.text).toContain('No events');
			expect(sheetRows(mails[0]?.attachments[0]?.content.toString() ?? '')).toEqual([
				['Service Name', 'Event Type', 'Events', 'Before', 'Change'],
				['(none)', '(none)', 0, 0, 0],
			]);
		});

		test('says in Slack that email failed, without anything from an event, and fails', async () => {
			mail.isDown = true;
			const { result, messages, mails } = await run('weekly-email-report').finally(() => {
				mail.isDown = false;
			});
			expect(mails).toEqual([]);
			expect(messages.map(({ channel }) => channel)).toEqual(['#n8n-errors']);
			expect(messages[0]?.text).toContain(`open the execution ${result.id} in n8n`);
			expectNoEvents(messages[0]?.text, api.events);
			expect(result.status).toBe('error');
			expect(result.data.resultData.error?.message).toBe(
				'The report was not sent. A Slack message says so.',
			);
		});
	});
});

function addresses({ from, to }: ParsedMail) {
	return { from: from?.text, to: Array.isArray(to) ? to.map(({ text }) => text).join() : to?.text };
}

/** A value as it was before it became code in a message of Slack. */
function plain(text = ''): string {
	return text
		.replaceAll(/[`\u2068\u2069]/g, '')
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&amp;', '&');
}

function sheetRows(csv: string): unknown[][] {
	const { Sheets: sheets, SheetNames: names } = read(csv.replace(/^\uFEFF/, ''), {
		type: 'string',
	});
	const sheet = sheets[names[0] ?? ''];
	return sheet ? utils.sheet_to_json(sheet, { header: 1 }) : [];
}

/** The only table in the HTML of an email, as a spreadsheet would read it. */
function tableIn(html: string) {
	const { Sheets: sheets, SheetNames: names } = read(html, { type: 'string', raw: true });
	expect(names).toHaveLength(1);
	const [heads = [], ...rows] = utils.sheet_to_json<string[]>(sheets[names[0] ?? ''] ?? {}, {
		header: 1,
	});
	return { heads, rows };
}

function numberIn(cell: unknown): number {
	return Number(String(cell).replaceAll(',', ''));
}

/** The change that a cell says, such as "▲ +200 (+20%)" or "▲ new". */
function changeIn(text: string, count: number, previous: number): number {
	if (text.includes('new') || text.includes('ended') || text.includes('unchanged'))
		return count - previous;
	const [, sign, digits] = /([+−])([\d,]+)/.exec(text) ?? [];
	return numberIn(digits) * (sign === '−' ? -1 : 1);
}

/** None of the values that identify somebody or something in an event is in a text. */
function expectNoEvents(text: string | undefined, events: readonly AuditEvent[]): void {
	const values = events.flatMap(({ userId, eventType, ipAddress, cursor }) => [
		userId,
		eventType,
		ipAddress,
		cursor,
	]);
	const found = [...new Set(values)].filter((value) => value && text?.includes(value));
	expect(found).toEqual([]);
}
