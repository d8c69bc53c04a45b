import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditApi, AuditEvent } from '../../../dev/audit-api';
import { asListed } from '../../../dev/audit-api/events';
import {
	type LocalSentinel,
	SENTINEL_MAX_BYTES,
	startLocalSentinel,
} from '../../../dev/receivers/sentinel';
import { startLocalSlack } from '../../../dev/receivers/slack';
import {
	type LocalSplunk,
	SPLUNK_MAX_BYTES,
	startLocalSplunk,
} from '../../../dev/receivers/splunk';
import { appendInOrder } from '../support/alertEvents';
import { Forwarding } from '../support/forwarding';
import { createCredential, TestBed } from '../support/testBed';

/** What stands in every large event, and must not be in a message. It takes three bytes. */
const CONTENT = '語';

/** Nothing of a workflow is changed except its settings and credentials. */
describe('The workflows that forward new events, in a real n8n', () => {
	let bed: TestBed;
	let workflows: Forwarding;
	let splunk: LocalSplunk;
	let sentinel: LocalSentinel;
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
		const api = await bed.startApi({ eventCount: 1000 });
		const slack = bed.use(await startLocalSlack(bed.folder));
		[splunk, splunkOut] = [bed.use(await startLocalSplunk()), bed.use(await startLocalSplunk())];
		sentinel = bed.use(await startLocalSentinel());
		sentinelOut = bed.use(await startLocalSentinel());
		splunkOut.isDown = true;
		sentinelOut.isDown = true;
		const n8n = await bed.startN8n({ env: slack.env });
		workflows = new Forwarding(n8n, slack, [
			await createCredential(n8n, api, 'Signicat'),
			await n8n.createCredential('slackApi', slack.credential, 'Slack'),
		]);
		const wrongToken = splunk.credentials.map((credential) => ({
			...credential,
			data: { name: 'Authorization', value: 'Splunk wrong' },
		}));
		ids = {
			splunk: await workflows.publish('forward-to-splunk', splunk),
			sentinel: await workflows.publish('forward-to-sentinel', sentinel),
			// n8n stores an execution that waits for more than 65 seconds, and loads it again.
			splunkOut: await workflows.publish('forward-to-splunk', splunkOut, { retryMinutes: '1.1' }),
			sentinelOut: await workflows.publish('forward-to-sentinel', sentinelOut, {
				retryMinutes: '0',
			}),
			wrongToken: await workflows.publish(
				'forward-to-splunk',
				{ ...splunk, credentials: wrongToken },
				{ retryMinutes: '0' },
			),
		};
		recovered = workflows
			.eventually('a message', () => workflows.messages('Splunk', 'reason: 503')[0])
			.finally(() => {
				splunkOut.isDown = false;
			});
		appended = append(api);
	});

	afterAll(async () => await bed?.close());

	/** A small event, 100 large ones of 54 kB, and one with a value of 120 kB; a millisecond apart. */
	function append(api: AuditApi): AuditEvent[] {
		const large = Array.from({ length: 100 }, (_event, index) => ({
			message: CONTENT.repeat(18_000),
			userId: `user-${index}`,
		}));
		const longData = { data: { text: CONTENT.repeat(40_000) } };
		return appendInOrder({ api }, { message: 'small', data: null }, ...large, longData);
	}

	const rawEvents = ({ events }: LocalSplunk) => events.map(({ event }) => event);
	const cursors = (events: readonly object[]) =>
		events.map((event) => (event as { cursor?: unknown }).cursor);

	describe('forward-to-splunk', () => {
		test('sends every event once, oldest first, as Signicat recorded it', async () => {
			expect((await workflows.ended(ids.splunk)).status).toBe('success');
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

		test('ends with an error if the token is wrong', async () => {
			const { id, status, data } = await workflows.ended(ids.wrongToken);
			expect(status).toBe('error');
			expect(data.resultData.lastNodeExecuted).toBe('Send the batch again');
			const told = workflows.messages('Splunk did not take', 'reason: 403', `Execution: ${id}.`);
			expect(told).toHaveLength(1);
			expect(new Set(splunk.refused)).toEqual(new Set(['Invalid token']));
		});

		test('tells Slack about a short outage, and sends the events afterwards', async () => {
			const text = await recovered;
			const execution = await workflows.ended(ids.splunkOut);
			expect(execution.status).toBe('success');
			expect(text).toContain(`Execution: ${execution.id}.`);
			expect(text).not.toContain(CONTENT);
			expect(rawEvents(splunkOut)).toEqual(appended.map(asListed));
		});
	});

	describe('forward-to-sentinel', () => {
		test('sends every event once, oldest first, with one field per column', async () => {
			expect((await workflows.ended(ids.sentinel)).status).toBe('success');
			expect(sentinel.refused).toEqual([]);
			expect(cursors(sentinel.records)).toEqual(cursors(appended));
			for (const [index, record] of sentinel.records.entries()) {
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
			expect(cursors(replaced)).toEqual(cursors(appended.slice(-1)));
		});

		test('with one token for all batches', () => {
			expect(sentinel.tokens).toBe(1);
		});

		test('keeps the events of a long outage for Retry', async () => {
			const failed = await workflows.ended(ids.sentinelOut);
			expect(failed.status).toBe('error');
			expect(sentinelOut.records).toEqual([]);
			const told = workflows.messages('Sentinel did not take', `Execution: ${failed.id}.`);
			expect(told).toEqual([
				expect.stringContaining('Retry with original workflow (from node with error)'),
			]);
			sentinelOut.isDown = false;
			await workflows.retry(failed);
			await workflows.eventually(
				'all records',
				() => sentinelOut.records.length >= appended.length,
			);
			expect(cursors(sentinelOut.records)).toEqual(cursors(appended));
		});
	});
});
