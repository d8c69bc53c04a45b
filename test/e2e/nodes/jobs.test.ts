import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditApi, AuditEvent } from '../../../dev/audit-api';
import {
	itemsOf,
	type RunningN8n,
	type StoredCredential,
	waitFor,
	type WorkflowFile,
} from '../../../dev/n8n';
import { runOnceBySchedule, listedOnDayBefore } from '../support/exampleWorkflows';
import { countExpressions, isOurs, jobs, SENSITIVE_TYPES } from '../support/jobs';
import { type LocalSlack, startLocalSlack } from '../../../dev/receivers/slack';
import { type MailServer, startMailServer } from '../../../dev/receivers/mail';
import { type Receiver, startReceiver } from '../../../dev/receivers/http';
import { type SftpServer, startSftpServer } from '../../../dev/receivers/sftp';
import { waitPastMidnight } from '../support/realClock';
import { createCredential, TestBed } from '../support/testBed';

const DAY_MS = 86_400_000;
const TIME_ZONE = 'Europe/Oslo';

describe('Whole jobs in two or three nodes, in a real n8n', () => {
	let bed: TestBed;
	let api: AuditApi;
	let slack: LocalSlack;
	let mail: MailServer;
	let sftp: SftpServer;
	let splunk: Receiver;
	let elastic: Receiver;
	let n8n: RunningN8n;
	let credentials: StoredCredential[];
	/** The published workflow that looks up what has the same trace ID. */
	let sameTrace: string;
	/** The events that were appended while the triggers were published. */
	let appended: AuditEvent[];

	beforeAll(async () => {
		await waitPastMidnight(TIME_ZONE);
		bed = await TestBed.open('jobs');
		const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
		api = await bed.startApi({ eventCount: 6000, span: { from: daysAgo(20), to: daysAgo(0) } });
		await mkdir(path.join(bed.folder, 'sftp'));
		slack = bed.use(await startLocalSlack(bed.folder));
		mail = bed.use(await startMailServer());
		sftp = bed.use(await startSftpServer(path.join(bed.folder, 'sftp')));
		splunk = bed.use(await startReceiver({ text: 'Success', code: 0 }));
		elastic = bed.use(await startReceiver({ errors: false, items: [] }));
		n8n = await bed.startN8n({ env: { ...slack.env, GENERIC_TIMEZONE: TIME_ZONE } });
		credentials = [
			await createCredential(n8n, api),
			await n8n.createCredential('slackApi', slack.credential, 'Slack'),
			await n8n.createCredential('sftp', sftp.credential, 'SFTP'),
			await n8n.createCredential('smtp', mail.credential, 'SMTP'),
		];
		for (const job of [jobs.sensitiveActions, jobs.splunk(splunk.url), jobs.newAddress]) {
			await publish(job);
		}
		sameTrace = await publish(jobs.sameTrace);
		// Emitted after a minute; the tests below run in the meantime.
		const [known] = api.events.filter(({ eventType }) => eventType === 'authn_response');
		appended = api.append(
			{
				eventType: SENSITIVE_TYPES[1],
				userId: 'user-1',
				indexedData: { Result: 'success' },
				traceId: 'trace-of-user-1',
			},
			{ eventType: SENSITIVE_TYPES[2], userId: 'user-2', indexedData: { Result: 'failure' } },
			{ eventType: 'authn_response', userId: known?.userId, ipAddress: '198.51.100.77' },
			{ eventType: 'authn_response', userId: known?.userId, ipAddress: known?.ipAddress },
			{ eventType: 'authn_request', traceId: 'trace-of-user-1' },
		);
	});

	afterAll(async () => {
		await bed?.close();
	});

	async function publish(job: WorkflowFile): Promise<string> {
		const { id } = await n8n.importWorkflow(inTimeZone(job), credentials);
		await n8n.activate(id);
		return id;
	}

	const scheduled = async (job: WorkflowFile) => {
		const execution = await runOnceBySchedule(n8n, inTimeZone(job), credentials);
		expect(execution.data.resultData.error?.message).toBeUndefined();
		return execution;
	};

	const messages = (contains: string) =>
		slack.messages.map(({ text }) => text).filter((text) => text.includes(contains));

	const oneMessage = async (contains: string) =>
		await waitFor(async () => messages(contains)[0], {
			what: `a message with "${contains}"`,
			everyMs: 1000,
		});

	test.each([
		['sensitive actions, one message per poll', jobs.sensitiveActions, 2, 0],
		['yesterday’s archive with its checksum', jobs.archive, 3, 0],
		['Splunk in batches', jobs.splunk(''), 2, 0],
		['Elasticsearch in bulk', jobs.elastic(''), 3, 0],
		['too many failed sign-ins', jobs.failedSignIns, 3, 0],
		['last week against the week before', jobs.weeklyReport, 3, 0],
		['a sign-in from a new address', jobs.newAddress, 2, 0],
		['everything about one user', jobs.aboutOneUser, 3, 1],
		['everything with the same trace ID, behind a trigger', jobs.sameTrace, 2, 1],
	])('%s takes few nodes and expressions', (_job, { nodes }, count, expressions) => {
		expect(nodes).toHaveLength(count);
		expect(nodes.filter(({ type }) => type.endsWith('.code'))).toEqual([]);
		expect(countExpressions(nodes.filter(isOurs))).toBe(expressions);
	});

	test('the archive of yesterday has the checksum that its item says', async () => {
		const execution = await scheduled(jobs.archive);
		const events = listedOnDayBefore(api.events, execution.startedAt, TIME_ZONE);
		const [item] = itemsOf(execution, 'Export');
		const folder = path.join(sftp.home, 'audit-log');
		const [name = ''] = await readdir(folder);
		const file = await readFile(path.join(folder, name));
		expect(item).toMatchObject({
			count: events.length,
			fileName: name,
			size: file.length,
			sha256: createHash('sha256').update(file).digest('hex'),
			firstAt: events.at(-1)?.timestamp,
			lastAt: events[0]?.timestamp,
		});
	});

	test('Elasticsearch receives each event of yesterday once, with the same ID every time', async () => {
		const execution = await scheduled(jobs.elastic(elastic.url));
		await scheduled(jobs.elastic(elastic.url));
		const events = listedOnDayBefore(api.events, execution.startedAt, TIME_ZONE);
		const batches = elastic.requests.map(({ body }) => {
			const lines = body.split('\n');
			expect(lines.pop()).toBe('');
			return lines.map((line) => JSON.parse(line) as { create?: { _id: string } });
		});
		expect(elastic.requests[0]).toMatchObject({
			path: '/signicat-audit/_bulk',
			contentType: 'application/x-ndjson',
		});
		const [first = [], second] = batches.map((lines) =>
			lines.flatMap(({ create }) => create?._id ?? []),
		);
		expect(first).toHaveLength(events.length);
		expect(new Set(first).size).toBe(events.length);
		expect(second).toEqual(first);
		const [, document] = batches[0] ?? [];
		expect(document).toMatchObject({
			'@timestamp': expect.any(String),
			event: { kind: 'event', module: 'signicat' },
		});
	});

	test('an address with too many failed sign-ins is named once', async () => {
		api.append(
			...Array.from({ length: 25 }, (_event, index) => ({
				eventType: 'authn_response',
				ipAddress: '203.0.113.99',
				indexedData: { Result: 'failure' },
				timestamp: new Date(Date.now() - (index + 2) * 10_000).toISOString(),
			})),
		);
		await scheduled(jobs.failedSignIns);
		expect(messages('failed sign-ins')).toEqual([
			expect.stringMatching(/^2[5-9] failed sign-ins from 203\.0\.113\.99/),
		]);
	});

	test('the weekly report compares last week with the week before', async () => {
		const execution = await scheduled(jobs.weeklyReport);
		const [summary] = itemsOf(execution, 'Summarize');
		const [message] = mail.messages.filter(({ subject }) => subject === 'Audit log, last week');
		const inRange = (from: unknown, to: unknown) =>
			api.events.filter(({ timestamp }) => timestamp >= String(from) && timestamp < String(to));
		const { from, to, previousFrom, previousTo } = summary ?? {};
		expect(previousTo).toBe(from);
		expect(summary).toMatchObject({
			total: inRange(from, to).length,
			previousTotal: inRange(previousFrom, previousTo).length,
		});
		expect(message?.text?.trim()).toContain(String(summary?.text).split('\n')[0]);
		expect(message?.html).toContain('<table');
	});

	test('the events of a user arrive as CSV', async () => {
		await publish(jobs.aboutOneUser);
		const userId = api.events.find((event) => event.userId)?.userId ?? '';
		const form = new FormData();
		form.append('field-0', userId);
		await fetch(`${n8n.url}/form/about-one-user`, { method: 'POST', body: form });
		const message = await waitFor(
			async () => mail.messages.find(({ subject }) => subject === 'Audit log of a user'),
			{ what: 'the email with the CSV file' },
		);
		const [attachment] = message.attachments;
		expect(attachment?.filename).toMatch(/\.csv$/);
		const lines = attachment?.content.toString().trim().split('\r\n') ?? [];
		const expected = api.events.filter((event) => event.userId === userId);
		expect(lines).toHaveLength(1 + expected.length);
	});

	test('sensitive actions arrive in one message, with their outcome', async () => {
		const text = await oneMessage(`${SENSITIVE_TYPES[1]} by user-1`);
		expect(text.split('\n').slice(0, 2).sort()).toEqual([
			`${SENSITIVE_TYPES[1]} by user-1: success`,
			`${SENSITIVE_TYPES[2]} by user-2: failure`,
		]);
		expect(messages(SENSITIVE_TYPES[1] ?? '')).toHaveLength(1);
	});

	test('Splunk receives each new event once', async () => {
		await waitFor(async () => splunk.requests.length > 0, {
			what: 'a batch for Splunk',
			everyMs: 1000,
		});
		const cursors = splunk.requests.flatMap(({ body }) =>
			body.split('\n').map((line) => (JSON.parse(line) as { event: AuditEvent }).event.cursor),
		);
		expect(cursors).toEqual(expect.arrayContaining(appended.map(({ cursor }) => cursor)));
		expect(new Set(cursors).size).toBe(cursors.length);
	});

	test('everything with the trace ID of a sensitive action is looked up', async () => {
		const found = await waitFor(
			async () => {
				const ended = (await n8n.executions(sameTrace)).filter(({ stoppedAt }) => stoppedAt);
				const whole = await Promise.all(ended.map(async ({ id }) => await n8n.execution(id)));
				const items = whole.flatMap((execution) => itemsOf(execution, 'Get Many'));
				return items.length > 0 && items;
			},
			{ what: 'the events of a trace', everyMs: 1000 },
		);
		const expected = api.events.filter(({ traceId }) => traceId === 'trace-of-user-1');
		expect(expected).toHaveLength(2);
		const cursors = found.map(({ cursor }) => cursor);
		expect(cursors).toEqual(expect.arrayContaining(expected.map(({ cursor }) => cursor)));
	});

	test('a sign-in from a new address is reported, one from a known address is not', async () => {
		const text = await oneMessage('198.51.100.77');
		expect(text).toContain(`${appended[2]?.userId} signed in from 198.51.100.77`);
		expect(messages(`signed in from ${appended[3]?.ipAddress}`)).toEqual([]);
	});
});

/** n8n's own setting decides, as for most users. */
function inTimeZone(job: WorkflowFile): WorkflowFile {
	return { ...job, settings: { executionOrder: 'v1' } };
}
