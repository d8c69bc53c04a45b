import type { ModelAnswer, ModelRequest, ModelTool } from './model';

interface Content {
	text?: string;
}

interface ChatMessage {
	role: string;
	content?: string | Content[] | null;
}

interface ResponsesItem extends ChatMessage {
	type?: string;
	output?: string | Content[];
}

interface About {
	model: string;
	/** Makes the IDs of this response unique. */
	number: number;
}

/** A request of the Chat Completions API. */
export function chatRequest(body: Record<string, unknown>): ModelRequest {
	const messages = (body.messages ?? []) as ChatMessage[];
	const tools = (body.tools ?? []) as Array<{ function: ModelTool }>;
	return {
		model: String(body.model),
		...conversation(messages, (it) => (it.role === 'tool' ? textOf(it.content) : undefined)),
		tools: tools.map((tool) => tool.function),
	};
}

/** A request of the Responses API. */
export function responsesRequest(body: Record<string, unknown>): ModelRequest {
	const items = (Array.isArray(body.input) ? body.input : []) as ResponsesItem[];
	return {
		model: String(body.model),
		...conversation(items, (it) =>
			it.type === 'function_call_output' ? textOf(it.output) : undefined,
		),
		tools: (body.tools ?? []) as ModelTool[],
	};
}

function conversation<Message extends ChatMessage>(
	messages: Message[],
	resultOf: (message: Message) => string | undefined,
): Pick<ModelRequest, 'instructions' | 'question' | 'results'> {
	const asked = messages.map(({ role }) => role).lastIndexOf('user');
	const system = messages.filter(({ role }) => role === 'system' || role === 'developer');
	return {
		instructions: system.map(({ content }) => textOf(content)).join('\n'),
		question: textOf(messages[asked]?.content),
		results: messages.slice(asked + 1).flatMap((message) => resultOf(message) ?? []),
	};
}

function textOf(content?: string | Content[] | null): string {
	if (typeof content === 'string') return content;
	return (content ?? []).map(({ text }) => text ?? '').join('');
}

export function chatReply(answer: ModelAnswer, { model, number }: About): object {
	const call = 'tool' in answer && {
		id: `call_${number}`,
		type: 'function',
		function: { name: answer.tool, arguments: JSON.stringify(answer.parameters) },
	};
	return {
		id: `chatcmpl-${number}`,
		object: 'chat.completion',
		created: Math.floor(Date.now() / 1000),
		model,
		choices: [
			{
				index: 0,
				message: {
					role: 'assistant',
					content: 'text' in answer ? answer.text : null,
					...(call && { tool_calls: [call] }),
				},
				finish_reason: call ? 'tool_calls' : 'stop',
			},
		],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}

export function responsesReply(answer: ModelAnswer, { model, number }: About): object {
	const output =
		'text' in answer
			? {
					type: 'message',
					id: `msg_${number}`,
					role: 'assistant',
					status: 'completed',
					content: [{ type: 'output_text', text: answer.text, annotations: [] }],
				}
			: {
					type: 'function_call',
					id: `fc_${number}`,
					call_id: `call_${number}`,
					status: 'completed',
					name: answer.tool,
					arguments: JSON.stringify(answer.parameters),
				};
	return {
		id: `resp_${number}`,
		object: 'response',
		created_at: Math.floor(Date.now() / 1000),
		status: 'completed',
		error: null,
		incomplete_details: null,
		model,
		output: [output],
		parallel_tool_calls: true,
		tool_choice: 'auto',
		tools: [],
		text: { format: { type: 'text' } },
		usage: {
			input_tokens: 1,
			input_tokens_details: { cached_tokens: 0 },
			output_tokens: 1,
			output_tokens_details: { reasoning_tokens: 0 },
			total_tokens: 2,
		},
	};
}
