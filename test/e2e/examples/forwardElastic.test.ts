import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditApi } from '../../../dev/audit-api';
import { type Execution, itemsOf, type RunningN8n, type StoredCredential } from '../../../dev/n8n';
import { type LocalElastic, startLocalElastic } from '../../../dev/receivers/elastic';
import { startLocalSlack } from '../../../dev/receivers/slack';
import { Forwarding } from '../support/forwarding';
import { createCredential, TestBed } from '../support/testBed';

const HOUR_MS = 3_600_000;

/** Nothing of the workflow is changed except its settings and credentials. */
describe('forward-to-elastic, in a real n8n', () => {
	let bed: TestBed;
	let api: AuditApi;
	let elastic: LocalElastic;
	let n8n: RunningN8n;
	let workflows: Forwarding;
	let stored: StoredCredential[];

	beforeAll(async () => {
		bed = await TestBed.open('forward-elastic');
		const daysAgo = (days: number) => new Date(Date.now() - days * 24 * HOUR_MS).toISOString();
		api = await bed.startApi({ eventCount: 6000, span: { from: daysAgo(3), to: daysAgo(0) } });
		const slack = bed.use(await startLocalSlack(bed.folder));
		elastic = bed.use(await startLocalElastic());
		n8n = await bed.startN8n({ env: slack.env });
		workflows = new Forwarding(n8n, slack, [
			await createCredential(n8n, api, 'Signicat'),
			await n8n.createCredential('slackApi', slack.credential, 'Slack'),
		]);
		stored = await workflows.credentialsFor(elastic);
	});

	afterAll(async () => await bed?.close());

	async function run(
		settings: Record<string, string> = {},
		credentials = stored,
	): Promise<Execution> {
		const file = workflows.ready('forward-to-elastic', elastic, settings);
		return await n8n.runWorkflow(file, { credentials });
	}

	const storedCursors = () =>
		[...elastic.documents.values()].map((it) => (it.event as { id: string }).id).sort();

	test('the first run sends the last 24 hours, oldest first, each event once', async () => {
		const execution = await run();
		expect(execution.data.resultData.error?.message).toBeUndefined();
		const [first] = itemsOf(execution, 'One item per part');
		const start = Date.parse(String(first?.from));
		const dayBefore = (at: string | null) => Date.parse(at ?? '') - 24 * HOUR_MS;
		expect(start).toBeGreaterThanOrEqual(dayBefore(execution.startedAt));
		expect(start).toBeLessThanOrEqual(dayBefore(execution.stoppedAt));
		const expected = api.events.filter(({ timestamp }) => Date.parse(timestamp) >= start);
		expect(expected.length).toBeGreaterThan(1500);
		expect(storedCursors()).toEqual(expected.map(({ cursor }) => cursor).sort());
		expect(elastic.bulks.length).toBeGreaterThanOrEqual(4);
		const times = [...elastic.documents.values()].map((it) => String(it['@timestamp']));
		expect(times).toEqual([...times].sort());
		expect(elastic.refused).toEqual([]);
	});

	test('the next run sends what is new, and doubles nothing', async () => {
		const before = storedCursors();
		const [late, added] = api.append(
			{ message: 'late', timestamp: new Date(Date.now() - 50 * 60_000).toISOString() },
			{ message: 'new' },
		);
		const bulks = elastic.bulks.length;
		expect((await run()).status).toBe('success');
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
		expect(
			workflows.messages('Elastic did not answer', '(503)', `Execution: ${failed.id}.`),
		).toHaveLength(1);
		const [added] = api.append({ message: 'during the outage' });
		expect((await run()).status).toBe('success');
		expect(storedCursors()).toContain(added?.cursor);
	});

	test('a part that cannot be sent leaves no gap: nothing newer is sent before it', async () => {
		const before = elastic.documents.size;
		elastic.maxBytes = 1000;
		// 30 hours ago to now: five parts, of which the first does not get through.
		const failed = await run({ overlapMinutes: '1800' });
		elastic.maxBytes = undefined;
		expect(failed.status).toBe('error');
		expect(failed.data.resultData.runData['Export for Elastic']).toHaveLength(1);
		expect(elastic.documents.size).toBe(before);
		expect(workflows.messages('(413)', `Execution: ${failed.id}.`)).toHaveLength(1);
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
		elastic.problemOf = () => undefined;
		expect(failed.status).toBe('error');
		const [message, ...others] = workflows.messages('Elastic rejected', `${failed.id}.`);
		expect(others).toEqual([]);
		expect(message).toContain(
			'rejected 2 events of the Signicat audit log: 2 × document_parsing_exception in signicat.audit.data.',
		);
		expect(message).not.toContain('secret');
		expect(storedCursors()).toContain(good?.cursor);
		// As the message says: this run goes back far enough.
		expect((await run({ overlapMinutes: '90' })).status).toBe('success');
		expect(storedCursors()).toEqual(expect.arrayContaining([first?.cursor, second?.cursor]));
	});

	test('a wrong API key is told to Slack', async () => {
		const data = { name: 'Authorization', value: 'ApiKey wrong' };
		const wrong = await n8n.createCredential('httpHeaderAuth', data, 'Elasticsearch');
		const failed = await run({}, [...workflows.credentials, wrong]);
		expect(failed.status).toBe('error');
		expect(
			workflows.messages('Elastic did not answer', '(401)', `Execution: ${failed.id}.`),
		).toHaveLength(1);
	});
});
