import { startJsonServer, type ReceivedCall, type Reply } from './jsonServer';
import { chatRequest, chatReply, responsesReply, responsesRequest } from './modelMessages';
import type { LocalReceiver } from './types';

const API_KEY = 'sk-local';
const HOUR_MS = 3_600_000;

export interface ModelTool {
	name: string;
	description: string;
	/** The JSON schema of its parameters. */
	parameters: { properties?: Record<string, { type?: string }>; required?: string[] };
}

/** What a model is asked: the conversation so far, and the tools that it may call. */
export interface ModelRequest {
	model: string;
	/** The system message. */
	instructions: string;
	/** The last message of the user. */
	question: string;
	/** The results of the tools that were called since that message. */
	results: string[];
	tools: ModelTool[];
}

export type ModelAnswer = { text: string } | { tool: string; parameters: Record<string, unknown> };

export interface LocalModel extends LocalReceiver {
	/** What it was asked so far, in order. */
	requests: ModelRequest[];
	/** Decides what it answers: a text, or a call of a tool. */
	script: (request: ModelRequest) => ModelAnswer;
}

/**
 * A model with a script in place of OpenAI's: it understands the Responses API and the Chat Completions API
 * (platform.openai.com/docs/api-reference), with tools and without streaming.
 */
export async function startLocalModel(): Promise<LocalModel> {
	const { url, stop } = await startJsonServer((call) => {
		const reply = respond(call);
		if (reply.status >= 400 && reply.status !== 503) {
			model.refused.push(`${call.method} ${call.path}: ${JSON.stringify(reply.body)}`);
		}
		return reply;
	});
	const model: LocalModel = {
		name: 'OpenAI',
		arrivals: [],
		refused: [],
		isDown: false,
		credentials: [
			{ type: 'openAiApi', name: 'OpenAI', data: { apiKey: API_KEY, url: `${url}/v1` } },
		],
		settings: {},
		requests: [],
		script: countLastDay,
		stop,
	};

	function respond({ method, path, headers, body }: ReceivedCall): Reply {
		if (model.isDown) return failure(503, 'service_unavailable', 'The engine is overloaded');
		if (headers.authorization !== `Bearer ${API_KEY}`) {
			return failure(401, 'invalid_api_key', 'Incorrect API key provided');
		}
		if (method === 'GET' && path === '/v1/models') {
			return {
				status: 200,
				body: { object: 'list', data: [{ id: 'gpt-5-mini', object: 'model' }] },
			};
		}
		const isChat = path === '/v1/chat/completions';
		if (method !== 'POST' || (!isChat && path !== '/v1/responses')) {
			return failure(404, 'not_found', `Unknown request URL: ${method} ${path}`);
		}
		const parsed = JSON.parse(body) as Record<string, unknown>;
		if (parsed.stream === true) return failure(400, 'unsupported', 'No streaming here');
		const request = isChat ? chatRequest(parsed) : responsesRequest(parsed);
		const answer = model.script(request);
		model.requests.push(request);
		if ('text' in answer) {
			model.arrivals.push({
				at: new Date().toISOString(),
				receiver: 'OpenAI',
				to: request.model,
				title: request.question,
				text: answer.text,
			});
		}
		const number = model.requests.length;
		const reply = isChat ? chatReply : responsesReply;
		return { status: 200, body: reply(answer, { model: request.model, number }) };
	}
	return model;
}

function failure(status: number, code: string, message: string): Reply {
	return { status, body: { error: { message, type: code, param: null, code } } };
}

/** Answers any question with the number of events of the last 24 hours, which it asks a tool for. */
export function countLastDay({ tools, results }: ModelRequest): ModelAnswer {
	const [result] = results;
	if (result !== undefined) return { text: describe(result) };
	const tool = tools.find(({ name }) => /count/i.test(name));
	if (!tool) return { text: 'There is no tool that counts events.' };
	const now = Date.now();
	const known: Record<string, unknown> = {
		from: new Date(now - 24 * HOUR_MS).toISOString(),
		to: new Date(now).toISOString(),
		groupBy: 'serviceName,eventType',
	};
	const names = Object.keys(tool.parameters.properties ?? {});
	const parameters = Object.fromEntries(names.map((name) => [name, known[name] ?? '']));
	return { tool: tool.name, parameters };
}

/** Says what a summary says, and nothing else. */
function describe(result: string): string {
	try {
		const parsed = JSON.parse(result) as Summary | Summary[];
		const { total, groups } = Array.isArray(parsed) ? (parsed[0] as Summary) : parsed;
		const [first] = groups.filter(({ other }) => !other);
		const most = first ? ` Most of them are ${first.eventType} (${first.count}).` : '';
		return `In the last 24 hours, the audit log got ${total} events.${most}`;
	} catch {
		return `The tool did not return a summary: ${result.slice(0, 500)}`;
	}
}

interface Summary {
	total: number;
	groups: Array<{ eventType?: string; count: number; other?: boolean }>;
}
