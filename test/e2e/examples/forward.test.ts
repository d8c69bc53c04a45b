import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { AuditApi, AuditEvent } from '../../../dev/audit-api';
import { asListed } from '../../../dev/audit-api/events';
import { readExample, withSettings } from '../../../dev/examples';
import {
	type Execution,
	type RunningN8n,
	type StoredCredential,
	waitFor,
	type WorkflowFile,
} from '../../../dev/n8n';
import { type LocalElastic, startLocalElastic } from '../../../dev/receivers/elastic';
import {
	type LocalSentinel,
	SENTINEL_MAX_BYTES,
	startLocalSentinel,
} from '../../../dev/receivers/sentinel';
import { type LocalSlack, startLocalSlack } from '../../../dev/receivers/slack';
import {
	type LocalSplunk,
	SPLUNK_MAX_BYTES,
	startLocalSplunk,
} from '../../../dev/receivers/splunk';
import type { LocalReceiver } from '../../../dev/receivers/types';
import { createCredential, TestBed } from '../support/testBed';

jest.setTimeout(400_000);

const HOUR_MS = 3_600_000;

/** What stands in every large event, and must not be in a message. */
const CONTENT = '語';

describe('The workflows that forward to log tools, in a real n8n', () => {
	let bed: TestBed;
	let api: AuditApi;
	let slack: LocalSlack;
	let n8n: RunningN8n;
	let credentials: StoredCredential[];
	let splunk: LocalSplunk;
	let sentinel: LocalSentinel;
	let elastic: LocalElastic;
	/** Receivers that are down when the first events come. */
	let splunkOut: LocalSplunk;
	let sentinelOut: LocalSentinel;
	let ids: Record<'splunk' | 'sentinel' | 'splunkOut' | 'sentinelOut' | 'wrongToken', string>;
	/** The message about the outage of `splunkOut`, which ends as soon as it arrives. */
	let recovered: Promise<string>;
	/** The events that were appended while the triggers were published, oldest first. */
	let appended: AuditEvent[];

	beforeAll(async () => {
		bed = await TestBed.open('forward');
		const daysAgo = (days: number) => new Date(Date.now() - days * 24 * HOUR_MS).toISOString();
		api = await bed.startApi({ eventCount: 6000, span: { from: daysAgo(3), to: daysAgo(0) } });
		slack = bed.use(await startLocalSlack(bed.folder));
		splunk = bed.use(await startLocalSplunk());
		sentinel = bed.use(await startLocalSentinel());
		elastic = bed.use(await startLocalElastic());
		splunkOut = bed.use(await startLocalSplunk());
		sentinelOut = bed.use(await startLocalSentinel());
		splunkOut.isDown = true;
		sentinelOut.isDown = true;
		n8n = await bed.startN8n({ env: slack.env });
		credentials = [
			await createCredential(n8n, api, 'Signicat'),
			await n8n.createCredential('slackApi', slack.credential, 'Slack'),
		];
		const wrongToken = await n8n.createCredential(
			'httpHeaderAuth',
			{ name: 'Authorization', value: 'Splunk wrong' },
			'Splunk HEC',
		);
		ids = {
			splunk: await publish('forward-to-splunk', splunk),
			sentinel: await publish('forward-to-sentinel', sentinel),
			// n8n stores an execution that waits for more than 65 seconds, and loads it again.
			splunkOut: await publish('forward-to-splunk', splunkOut, { retryMinutes: '1.1' }),
			sentinelOut: await publish('forward-to-sentinel', sentinelOut, { retryMinutes: '0' }),
			wrongToken: await publish(
				'forward-to-splunk',
				{ ...splunk, credentials: [] },
				{ retryMinutes: '0', slackErrorChannel: '#wrong-token' },
				[wrongToken],
			),
		};
		// 100 large events of 54 kB, of which each character takes three bytes, and one with a value of 120 kB.
		const large = Array.from({ length: 100 }, (_event, index) => ({
			message: CONTENT.repeat(18_000),
			userId: `user-${index}`,
		}));
		const longData = { data: { text: CONTENT.repeat(40_000) } };
		recovered = eventually('a message', () => messages('Splunk', 'reason: 503')[0]).finally(() => {
			splunkOut.isDown = false;
		});
		const start = Date.now();
		appended = api.append(
			...[{ message: 'small', data: null }, ...large, longData].map((event, index) => ({
				...event,
				timestamp: new Date(start + index).toISOString(),
			})),
		);
	});

	afterAll(async () => await bed?.close());

	async function withCredentials(receiver: Pick<LocalReceiver, 'credentials'>) {
		const stored: StoredCredential[] = [...credentials];
		for (const { type, name, data } of receiver.credentials) {
			stored.push(await n8n.createCredential(type, data, name));
		}
		return stored;
	}

	function ready(name: string, settings: Record<string, string>): WorkflowFile {
		return withSettings(readExample(name), settings);
	}

	/** Publishes a workflow that sends to a receiver. Nothing but its settings and credentials is changed. */
	async function publish(
		name: string,
		receiver: Pick<LocalReceiver, 'credentials' | 'settings'>,
		settings: Record<string, string> = {},
		others: StoredCredential[] = [],
	): Promise<string> {
		const file = ready(name, { ...receiver.settings, ...settings });
		const { id } = await n8n.importWorkflow(file, [
			...others,
			...(await withCredentials(receiver)),
		]);
		await n8n.activate(id);
		return id;
	}

	/** The first of what was received, without the events of other tests; expects that nothing came twice. */
	function ownOf<Received>(received: Received[], cursorOf: (one: Received) => unknown): Received[] {
		expect(new Set(received.map(cursorOf)).size).toBe(received.length);
		const own = new Set<unknown>(appended.map(({ cursor }) => cursor));
		return received.filter((one) => own.has(cursorOf(one)));
	}

	const rawEvents = ({ events }: LocalSplunk) =>
		ownOf(
			events.map(({ event }) => event as AuditEvent),
			({ cursor }) => cursor,
		);

	const ownRecords = ({ records }: LocalSentinel) => ownOf(records, ({ cursor }) => cursor);

	const messages = (...parts: string[]) =>
		slack.messages
			.filter(({ text }) => parts.every((part) => text.includes(part)))
			.map(({ text }) => text);

	const eventually = async <T>(what: string, look: () => T | undefined | false) =>
		await waitFor(async () => look(), { what, timeoutMs: 200_000, everyMs: 500 });

	/** The one execution of a workflow, once it has ended. */
	const ended = async (id: string): Promise<Execution> => {
		const summary = await waitFor(
			async () => (await n8n.executions(id)).find(({ stoppedAt }) => stoppedAt !== null),
			{ what: `the end of an execution of ${id}`, timeoutMs: 200_000, everyMs: 1000 },
		);
		return await n8n.execution(summary.id);
	};

	describe('forward-to-elastic', () => {
		let stored: StoredCredential[];
		const run = async (settings: Record<string, string> = {}, used = stored) =>
			await n8n.runWorkflow(ready('forward-to-elastic', { ...elastic.settings, ...settings }), {
				credentials: used,
			});

		/** The identities of the events since `from`, counted without the package. */
		const cursorsSince = (from: number, events = api.events) =>
			events.filter(({ timestamp }) => Date.parse(timestamp) >= from).map((it) => it.cursor);

		const storedCursors = () =>
			[...elastic.documents.values()].map((it) => (it.event as { id: string }).id).sort();

		beforeAll(async () => {
			stored = await withCredentials(elastic);
		});

		test('the first run sends the last 24 hours, oldest first, each event once', async () => {
			const execution = await run();
			expect(execution.data.resultData.error?.message).toBeUndefined();
			const from = Date.parse(execution.startedAt) - 24 * HOUR_MS;
			const cursors = new Set(storedCursors());
			expect(cursors.size).toBeGreaterThan(1500);
			// The workflow starts a moment after the execution.
			const expected = cursorsSince(from);
			expect(cursorsSince(from + 5000).filter((it) => !cursors.has(it))).toEqual([]);
			expect([...cursors].filter((it) => !expected.includes(it))).toEqual([]);
			expect(elastic.bulks.length).toBeGreaterThanOrEqual(4);
			const times = [...elastic.documents.values()].map((it) => String(it['@timestamp']));
			expect(times).toEqual([...times].sort());
			expect(elastic.refused).toEqual([]);
		});

		test('the next run sends what is new, and doubles nothing', async () => {
			const before = storedCursors();
			const [late] = api.append({
				message: 'late',
				timestamp: new Date(Date.now() - 50 * 60_000).toISOString(),
			});
			const [added] = api.append({ message: 'new' });
			const bulks = elastic.bulks.length;
			const execution = await run();
			expect(execution.status).toBe('success');
			const [bulk, ...others] = elastic.bulks.slice(bulks);
			expect(others).toEqual([]);
			expect(bulk).toMatchObject({ created: 2, refused: 0 });
			expect(bulk?.known).toBeGreaterThan(20);
			expect(storedCursors()).toEqual([...before, late?.cursor, added?.cursor].sort());
		});

		test('an outage is told to Slack, and the run after it sends everything', async () => {
			elastic.isDown = true;
			const failed = await run();
			elastic.isDown = false;
			expect(failed.status).toBe('error');
			expect(messages('Elastic did not answer', '(503)', `Execution: ${failed.id}.`)).toHaveLength(
				1,
			);
			const [added] = api.append({ message: 'during the outage' });
			expect((await run()).status).toBe('success');
			expect(storedCursors()).toContain(added?.cursor);
		});

		test('what Elastic rejects is told by number and reason, without content', async () => {
			elastic.problemOf = ({ message }) =>
				message === 'odd secret'
					? {
							type: 'document_parsing_exception',
							reason:
								"[1:2] failed to parse field [signicat.audit.data] of type [flattened]. Preview of field's value: 'odd secret'",
						}
					: undefined;
			const [first, second, good] = api.append(
				{ message: 'odd secret' },
				{ message: 'odd secret' },
				{ message: 'good' },
			);
			const failed = await run();
			expect(failed.status).toBe('error');
			const [message, ...others] = messages('Elastic rejected', `Execution: ${failed.id}.`);
			expect(others).toEqual([]);
			expect(message).toContain(
				'rejected 2 events of the Signicat audit log: 2 × document_parsing_exception in signicat.audit.data.',
			);
			expect(message).not.toContain('secret');
			expect(storedCursors()).toContain(good?.cursor);
			elastic.problemOf = () => undefined;
			// As the message says: the next run goes back far enough.
			expect((await run({ overlapMinutes: '90' })).status).toBe('success');
			expect(storedCursors()).toEqual(expect.arrayContaining([first?.cursor, second?.cursor]));
		});

		test('a wrong API key is told to Slack', async () => {
			const data = { name: 'Authorization', value: 'ApiKey wrong' };
			const wrong = await n8n.createCredential('httpHeaderAuth', data, 'Elasticsearch');
			const failed = await run({}, [...credentials, wrong]);
			expect(failed.status).toBe('error');
			expect(messages('Elastic did not answer', '(401)', `Execution: ${failed.id}.`)).toHaveLength(
				1,
			);
		});
	});

	describe('forward-to-splunk', () => {
		test('sends every event once, oldest first, as Signicat recorded it', async () => {
			await eventually('events in Splunk', () => splunk.events.length >= appended.length);
			expect((await ended(ids.splunk)).status).toBe('success');
			const [first] = splunk.events;
			expect(rawEvents(splunk)).toEqual(appended.map(asListed));
			expect(first).toMatchObject({
				time: Date.parse(appended[0]?.timestamp ?? '') / 1000,
				host: 'api.signicat.com',
				source: 'signicat-audit-log',
				sourcetype: 'signicat:audit',
			});
		});

		test('in batches below 1 MB', () => {
			expect(splunk.batches.length).toBeGreaterThan(6);
			expect(splunk.batches.length).toBeLessThan(appended.length / 5);
			expect(Math.max(...splunk.batches.map(({ bytes }) => bytes))).toBeLessThan(SPLUNK_MAX_BYTES);
		});

		test('tells Slack about a short outage, and sends the events afterwards', async () => {
			const text = await recovered;
			await eventually('events in Splunk', () => splunkOut.events.length >= appended.length);
			const execution = await ended(ids.splunkOut);
			expect(execution.status).toBe('success');
			expect(text).toContain(`Execution: ${execution.id}.`);
			expect(text).not.toContain(CONTENT);
			expect(rawEvents(splunkOut)).toEqual(appended.map(asListed));
		});

		test('ends with an error if the token is wrong', async () => {
			const execution = await ended(ids.wrongToken);
			expect(execution.status).toBe('error');
			expect(execution.data.resultData.lastNodeExecuted).toBe('Send the batch again');
			expect(
				messages('Splunk did not take', 'reason: 403', `Execution: ${execution.id}.`),
			).toHaveLength(1);
		});
	});

	describe('forward-to-sentinel', () => {
		test('sends every event once, oldest first, with one field per column', async () => {
			await eventually('records in Sentinel', () => sentinel.records.length >= appended.length);
			expect((await ended(ids.sentinel)).status).toBe('success');
			expect(sentinel.refused).toEqual([]);
			expect(ownRecords(sentinel).map(({ cursor }) => cursor)).toEqual(
				appended.map(({ cursor }) => cursor),
			);
			for (const [index, record] of ownRecords(sentinel).entries()) {
				const { timestamp, userId, ipAddress, message, indexedData } = appended[index] ?? {};
				const expected = { TimeGenerated: timestamp, userId, ipAddress, message, indexedData };
				expect(record).toMatchObject(expected);
			}
		});

		test('in batches below 1 MB, with no value above 64 KB', () => {
			expect(sentinel.batches.length).toBeGreaterThan(6);
			expect(Math.max(...sentinel.batches.map(({ bytes }) => bytes))).toBeLessThan(
				SENTINEL_MAX_BYTES,
			);
			expect(sentinel.tooLong).toEqual([]);
			const replaced = sentinel.records.filter(({ data }) => typeof data === 'string');
			expect(replaced).toHaveLength(1);
		});

		test('keeps the events of a long outage for Retry', async () => {
			const failed = await ended(ids.sentinelOut);
			expect(failed.status).toBe('error');
			expect(sentinelOut.records).toEqual([]);
			const [message] = messages('Sentinel did not take', `Execution: ${failed.id}.`);
			expect(message).toContain('Retry with original workflow (from node with error)');
			sentinelOut.isDown = false;
			// The button that the message names.
			await n8n.request('POST', `/rest/executions/${failed.id}/retry`, { loadWorkflow: false });
			await eventually('all records', () => sentinelOut.records.length >= appended.length);
			expect(ownRecords(sentinelOut).map(({ cursor }) => cursor)).toEqual(
				appended.map(({ cursor }) => cursor),
			);
		});
	});
});
