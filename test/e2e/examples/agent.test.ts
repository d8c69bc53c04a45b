import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditApi } from '../../../dev/audit-api';
import { readExample, withSettings } from '../../../dev/examples';
import { type Execution, itemsOf, type RunningN8n, type StoredCredential } from '../../../dev/n8n';
import { countLastDay, type LocalModel, startLocalModel } from '../../../dev/receivers/model';
import { type LocalSlack, startLocalSlack } from '../../../dev/receivers/slack';
import { createCredential, TestBed } from '../support/testBed';

const NAME = 'ask-the-audit-log';
const HOUR_MS = 3_600_000;

describe('The workflow that answers questions about the audit log, in a real n8n', () => {
	let bed: TestBed;
	let api: AuditApi;
	let slack: LocalSlack;
	let model: LocalModel;
	let n8n: RunningN8n;
	let credentials: StoredCredential[];

	beforeAll(async () => {
		bed = await TestBed.open('agent');
		const daysAgo = (days: number) => new Date(Date.now() - days * 24 * HOUR_MS).toISOString();
		api = await bed.startApi({ eventCount: 3000, span: { from: daysAgo(3), to: daysAgo(0) } });
		slack = bed.use(await startLocalSlack(bed.folder));
		model = bed.use(await startLocalModel());
		n8n = await bed.startN8n({ env: slack.env });
		credentials = [
			await createCredential(n8n, api, 'Signicat'),
			await n8n.createCredential('slackApi', slack.credential, 'Slack'),
			...(await Promise.all(
				model.credentials.map(async (it) => await n8n.createCredential(it.type, it.data, it.name)),
			)),
		];
	});

	afterAll(async () => await bed?.close());

	/** Sends a message as the chat of the editor does, and waits for the reply. */
	async function ask(chatInput: string, change = {}): Promise<Execution> {
		const file = withSettings(readExample(NAME), { slackErrorChannel: '#alerts' });
		const nodes = file.nodes.map((node) =>
			node.name === 'OpenAI model'
				? { ...node, parameters: { ...node.parameters, ...change } }
				: node,
		);
		const { id } = await n8n.importWorkflow({ ...file, nodes }, credentials);
		const json = { sessionId: 'one', action: 'sendMessage', chatInput };
		const data = {
			startTime: Date.now(),
			executionTime: 0,
			executionIndex: 0,
			executionStatus: 'success',
			source: [null],
			data: { main: [[{ json }]] },
		};
		const run = await n8n.request<{ executionId: string }>('POST', `/rest/workflows/${id}/run`, {
			triggerToStartFrom: { name: 'Question in the chat', data },
		});
		return await n8n.finishedExecution(run.executionId);
	}

	const answerOf = (execution: Execution) =>
		itemsOf(execution, 'Answer from the audit log')[0]?.output;

	test.each([
		['the Responses API', {}],
		['the Chat Completions API', { responsesApiEnabled: false }],
	])('answers with the count of the tool, by %s', async (_api, change) => {
		const before = model.requests.length;
		const execution = await ask('What happened in the last 24 hours?', change);
		expect(execution.data.resultData.error?.message).toBeUndefined();
		const from = Date.now() - 24 * HOUR_MS;
		const expected = api.events.filter(({ timestamp }) => Date.parse(timestamp) >= from);
		expect(expected.length).toBeGreaterThan(500);
		const answer = String(answerOf(execution));
		const [, total] = /the audit log got (\d+) events/.exec(answer) ?? [];
		// A few events leave the last 24 hours between the question and this line.
		expect(Number(total) - expected.length).toBeGreaterThanOrEqual(0);
		expect(Number(total) - expected.length).toBeLessThan(5);
		const [first, second, ...others] = model.requests.slice(before);
		expect(others).toEqual([]);
		expect(first).toMatchObject({ question: 'What happened in the last 24 hours?', results: [] });
		expect(first?.instructions).toContain('Never invent');
		expect(first?.instructions).toMatch(/It is now 20\d\d-.*time zone UTC/);
		expect(second?.results).toHaveLength(1);
		expect(second?.results[0]?.length).toBeLessThan(5000);
	});

	test('offers tools that can only read, with filters that may be empty', async () => {
		await ask('Which tools do you have?');
		const [request] = model.requests.slice(-1);
		const tools = new Map(request?.tools.map((tool) => [tool.name, tool]));
		expect([...tools.keys()].sort()).toEqual([
			'Count_events',
			'Get_events',
			'List_services_and_event_types',
		]);
		const { properties } = tools.get('Get_events')?.parameters ?? {};
		expect(Object.keys(properties ?? {}).sort()).toEqual([
			'eventType',
			'from',
			'ipAddress',
			'serviceName',
			'to',
			'userId',
		]);
	});

	test('gets single events of a user, at most 20', async () => {
		const { userId = '' } = api.events.find((event) => event.userId) ?? {};
		model.script = ({ results }) =>
			results[0] === undefined
				? {
						tool: 'Get_events',
						parameters: {
							from: new Date(Date.now() - 72 * HOUR_MS).toISOString(),
							to: new Date().toISOString(),
							...{ userId, serviceName: '', eventType: '', ipAddress: '' },
						},
					}
				: { text: results[0] };
		const execution = await ask(`What did ${userId} do?`);
		model.script = countLastDay;
		const found = JSON.parse(String(answerOf(execution))) as Array<{ cursor: string }>;
		const expected = api.events.filter((event) => event.userId === userId).slice(0, 20);
		expect(found.map(({ cursor }) => cursor)).toEqual(expected.map(({ cursor }) => cursor));
	});

	test('lists services and event types', async () => {
		model.script = ({ results }) =>
			results[0] === undefined
				? { tool: 'List_services_and_event_types', parameters: {} }
				: { text: results[0] };
		const execution = await ask('What does the log contain?');
		model.script = countLastDay;
		for (const name of new Set(api.events.map(({ serviceName }) => serviceName))) {
			expect(answerOf(execution)).toContain(name);
		}
	});

	test('tells Slack and the chat if the model is unavailable', async () => {
		model.isDown = true;
		const execution = await ask('Is anybody there?');
		model.isDown = false;
		expect(itemsOf(execution, 'Reply that there is no answer')).toEqual([
			{ output: expect.stringContaining('I could not get an answer') },
		]);
		const told = slack.messages.filter(({ text }) => text.includes(`Execution: ${execution.id}.`));
		expect(told).toHaveLength(1);
		expect(told[0]).toMatchObject({ channel: '#alerts' });
		expect(told[0]?.text).not.toContain('Is anybody there');
	});
});
