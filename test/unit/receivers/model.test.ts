import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalModel, startLocalModel } from '../../../dev/receivers/model';

const PARAMETERS = { type: 'object', properties: { from: {}, to: {}, userId: {} } };
const SUMMARY = JSON.stringify([
	{ total: 3, groups: [{ serviceName: 'Broker', eventType: 'authn_response', count: 2 }] },
]);
const ANSWER =
	'In the last 24 hours, the audit log got 3 events. Most of them are authn_response (2).';

describe('The local model', () => {
	let model: LocalModel;

	beforeAll(async () => {
		model = await startLocalModel();
	});

	afterAll(async () => await model.stop());

	async function post(path: string, body: object, key = model.credentials[0]?.data.apiKey) {
		const response = await fetch(`${String(model.credentials[0]?.data.url)}/${path}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${String(key)}`, 'content-type': 'application/json' },
			body: JSON.stringify({ model: 'gpt-5-mini', ...body }),
		});
		return { status: response.status, body: (await response.json()) as never };
	}

	test('calls a tool for the last 24 hours, and answers from its result (Chat Completions)', async () => {
		const tools = [
			{ type: 'function', function: { name: 'Count_events', parameters: PARAMETERS } },
		];
		const messages = [
			{ role: 'system', content: 'Be brief.' },
			{ role: 'user', content: 'How many?' },
		];
		const called = await post('chat/completions', { tools, messages });
		const [choice] = (called.body as { choices: ChatChoice[] }).choices;
		const [call] = choice?.message.tool_calls ?? [];
		const parameters = JSON.parse(call?.function.arguments ?? '') as Record<string, string>;
		expect(call?.function.name).toBe('Count_events');
		expect(Date.parse(parameters.to ?? '') - Date.parse(parameters.from ?? '')).toBe(86_400_000);
		expect(parameters.userId).toBe('');
		const result = { role: 'tool', tool_call_id: call?.id, content: SUMMARY };
		const answered = await post('chat/completions', { tools, messages: [...messages, result] });
		const [answer] = (answered.body as { choices: ChatChoice[] }).choices;
		expect(answer?.message.content).toBe(ANSWER);
		expect(model.requests.at(-1)).toMatchObject({
			instructions: 'Be brief.',
			question: 'How many?',
			results: [SUMMARY],
		});
	});

	test('does the same in the Responses API', async () => {
		const tools = [{ type: 'function', name: 'Count_events', parameters: PARAMETERS }];
		const input = [{ role: 'user', content: [{ type: 'input_text', text: 'How many?' }] }];
		const called = await post('responses', { tools, input });
		const [call] = (called.body as { output: ResponsesOutput[] }).output;
		expect(call).toMatchObject({ type: 'function_call', name: 'Count_events' });
		const result = { type: 'function_call_output', call_id: call?.call_id, output: SUMMARY };
		const answered = await post('responses', { tools, input: [...input, call, result] });
		const [message] = (answered.body as { output: ResponsesOutput[] }).output;
		expect(message?.content?.[0]?.text).toBe(ANSWER);
	});

	test('refuses another key, another path, and streaming', async () => {
		expect((await post('responses', {}, 'sk-wrong')).status).toBe(401);
		expect((await post('embeddings', {})).status).toBe(404);
		expect((await post('responses', { stream: true })).status).toBe(400);
	});
});

interface ChatChoice {
	message: {
		content: string | null;
		tool_calls?: Array<{ id: string; function: { name: string; arguments: string } }>;
	};
}

interface ResponsesOutput {
	type: string;
	call_id?: string;
	content?: Array<{ text: string }>;
}
